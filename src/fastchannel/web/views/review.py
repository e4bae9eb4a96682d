"""The reviewer's queue, and one application with its evidence beside what the rules say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from fastchannel.decide.stages import Stage
from fastchannel.node import queries
from fastchannel.node.desk import office
from fastchannel.terms import events as ev
from fastchannel.web import acts
from fastchannel.web.access import actor_of, page, record_or_refusal
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.lists import PAGE, Filter, page_of, shown
from fastchannel.web.record import Record

UNDECIDED = (Stage.APPLIED.value, Stage.SPONSORED.value)
EVIDENCE = frozenset({"applied", "replanned", "sponsored", "documented", "sampled", "resulted", "allotted", "corrected"})
ACTS = ("approve", "return", "refuse", "document", "override")


@page("queue")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Applications that wait for a decision, the nearest departure first."""
    actor = actor_of(request)
    chosen = Filter(request)
    stages = chosen.chosen("stage") or UNDECIDED
    found = queries.queue(
        actor,
        stages=stages,
        verdicts=chosen.chosen("verdict"),
        text=chosen.get("text"),
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    counts = queries.counts(actor)
    waiting = sum(sum(counts.stages.get(stage, {}).values()) for stage in UNDECIDED)
    answer = ngettext(
        "%(n)d application waits for a decision; the nearest departure is first.",
        "%(n)d applications wait for a decision; the nearest departure is first.",
        waiting,
    ) % {"n": waiting}
    context = {
        "answer": answer,
        "filters": chosen,
        "page": page_of(request, (shown(row) for row in found.items), found.after),
        "now": office().clock.now(),
    }
    return render(request, "web/queue.html", context)


@page("queue")
@require_GET
def application(request: HttpRequest, journey: str) -> HttpResponse:
    """One application to be decided."""
    return show(request, record_or_refusal(request, journey, why="review"))


def show(request: HttpRequest, record: Record, *, bound: tuple[str, ActForm] | None = None, status: int = 200) -> HttpResponse:
    """The page of one application; with ``bound``, a form that has to be mended."""
    context = {
        **record.context(),
        "evidence": [line for line in record.event_lines if line.kind in EVIDENCE],
        "four_eyes": _four_eyes(record),
        "acts": acts.offers(record, ACTS, page="review", bound=bound),
    }
    return render(request, "web/review.html", context, status=status)


def _four_eyes(record: Record) -> str:
    if not record.provisions.application.four_eyes:
        return ""
    given = [event for event in record.events if isinstance(event, ev.Reviewed)]
    approved = bool(given) and given[-1].outcome is ev.Outcome.APPROVED
    if approved and given[-1].by == record.actor.id and record.standing.stage != Stage.APPROVED:
        return ""  # the button says why it is shut
    if approved and record.standing.stage != Stage.APPROVED:
        return _("One officer has approved. The agreement asks for a second, who must be somebody else.")
    return _("The agreement asks two officers to approve.")
