"""The node's jobs, run by Procrastinate from the same database, so that a job exists exactly if its cause was committed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from fastchannel.node import erasure, figures, imports, labreports, ledger, messages, recalls, sweep, triggers
from fastchannel.node.applying import apply_arrived, look_again
from fastchannel.node.desk import office
from fastchannel.node.joint import announce
from fastchannel.node.link import link, post
from fastchannel.node.models import Batch, Heartbeat

CHUNKS_A_TURN = 4
URGENT = 10
ABANDONED_SECONDS = 60.0
_log = logging.getLogger(__name__)


@app.task(name="import_roster", queue="imports", retry=RetryStrategy(max_attempts=10, wait=5))
def import_roster(roster: str) -> None:
    """Take in a part of one roster; the rest waits its turn, so that large rosters do not keep the sweep waiting."""
    if not imports.process(roster, chunks=CHUNKS_A_TURN):
        enqueue_import(roster)


@app.task(name="recall", queue="imports", retry=RetryStrategy(max_attempts=10, wait=5))
def recall_notices(recall: str) -> None:
    """Take back a part of what one recall is about; the rest waits its turn."""
    if not recalls.process(recall, chunks=CHUNKS_A_TURN):
        enqueue_recall(recall)


@app.task(name="allocate_batch", queue="allocation", retry=RetryStrategy(max_attempts=3, wait=5))
def allocate_batch(batch: str) -> None:
    """Work out who has a place in a batch, exactly; again where it changed meanwhile."""
    from fastchannel.node import allocations  # the solver's libraries: a worker that never allocates starts without them

    if not allocations.solve(batch):
        enqueue_allocation(batch)


@app.periodic(cron=f"* * * * * */{settings.CONFIG.sweep_seconds}", periodic_id="sweep")
@app.task(name="sweep", queue="sweep", queueing_lock="sweep", priority=URGENT)
def sweep_journeys(timestamp: int) -> None:
    """Look at journeys whose time has come; show that the worker is alive."""
    while sweep.wake_due() == sweep.AT_ONCE:
        pulse()
    pulse()


@app.periodic(cron=f"* * * * * */{settings.CONFIG.sweep_seconds}", periodic_id="exchange")
@app.task(name="exchange", queue="exchange", queueing_lock="exchange")
def exchange(timestamp: int) -> None:
    """Offer the other parties' nodes what they lack, where this node is linked with any, and read what they told."""
    found = link()
    if found is not None:
        now = office().clock.now()
        announce(found, now)
        found.exchange(now, post)
        apply_arrived(found, now)


@app.task(name="apply", queue="exchange", queueing_lock="apply", priority=URGENT)
def apply_told() -> None:
    """Read what the other parties' nodes told, as soon as it is here."""
    found = link()
    if found is not None:
        apply_arrived(found, office().clock.now())


@app.periodic(cron=f"* * * * * */{settings.CONFIG.sweep_seconds}", periodic_id="messages")
@app.task(name="messages", queue="messages", queueing_lock="messages")
def send_messages(timestamp: int) -> None:
    """Send the reminders that the sweep has recorded; a gateway that does not answer keeps nothing else waiting."""
    messages.deliver()


@app.periodic(cron="*/10 * * * *", periodic_id="upkeep")
@app.task(name="upkeep", queue="sweep", queueing_lock="upkeep")
def upkeep(timestamp: int) -> None:
    """Erase what is over its retention; add up what was counted; go on with imports that somebody's crash has left."""
    while sweep.erase_due() == sweep.AT_ONCE:
        pulse()
    sweep.erase_bodies()
    sweep.forget_keys()
    figures.tidy()
    labreports.forget()
    if not figures.small():
        erasure.planned(anew=True)
    resume()


@app.periodic(cron="*/10 * * * *", periodic_id="watch")
@app.task(name="watch", queue="sweep", queueing_lock="watch")
def watch(timestamp: int) -> None:
    """Enter new cases in the joint ledger, and run the triggers of the agreements in force."""
    ledger.enter_cases()
    triggers.run()


@app.periodic(cron="*/5 * * * *", periodic_id="clear")
@app.task(name="clear", queue="sweep", queueing_lock="clear", pass_context=True)
async def clear_abandoned(context: JobContext, timestamp: int) -> None:
    """Put away jobs whose worker was killed: what they were to do is enqueued anew by `resume` or by the clock."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=ABANDONED_SECONDS):
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)


def resume() -> int:
    """Enqueue every import and recall that is not finished and every batch without its answer; how many."""
    waiting, wrong, unsolved = (
        imports.unfinished(),
        recalls.unfinished(),
        Batch.unsolved(),
    )
    for roster in waiting:
        enqueue_import(roster)
    for recall in wrong:
        enqueue_recall(recall)
    for batch in unsolved:
        enqueue_allocation(batch)
    return len(waiting) + len(wrong) + len(unsolved)


def begin_exchange() -> None:
    """The node comes up: peers are asked what they have before anything is signed for them."""
    found = link()
    if found is not None:
        now = office().clock.now()
        found.lanes.start(now)
        look_again(found, now)
        announce(found, now)


def enqueue_apply() -> None:
    """See to it that what has just arrived is read."""
    try:
        with transaction.atomic():
            apply_told.defer()
    except AlreadyEnqueued:
        pass  # that one reads this too


def enqueue_import(roster: str) -> None:
    """See to it that a roster is taken in. One job at a time waits for each; two at work would take turns."""
    try:
        with transaction.atomic():
            import_roster.configure(queueing_lock=f"import:{roster}").defer(roster=roster)
    except AlreadyEnqueued:
        _log.info("import waits already", extra={"roster": roster})


def enqueue_recall(recall: str) -> None:
    """See to it that a recall is carried out."""
    try:
        with transaction.atomic():
            recall_notices.configure(queueing_lock=f"recall:{recall}").defer(recall=recall)
    except AlreadyEnqueued:
        _log.info("recall waits already", extra={"recall": recall})


def enqueue_allocation(batch: str) -> None:
    """See to it that a batch is worked out. One job at a time waits for each."""
    try:
        with transaction.atomic():
            allocate_batch.configure(queueing_lock=f"allocation:{batch}").defer(batch=batch)
    except AlreadyEnqueued:
        _log.info("allocation waits already", extra={"batch": batch})


def pulse() -> None:
    """The worker is alive."""
    Heartbeat.objects.update_or_create(part="worker", defaults={"at": datetime.now(UTC)})
