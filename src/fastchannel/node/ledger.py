"""The joint ledger of imports on this node: what our people and the other parties' signed, and what it comes to.

A case is entered by the party that confirmed it, by itself; each party's officer says what it is. Both go to the other party in
the transaction that keeps them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from msgspec import Struct

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.ports import Purpose
from fastchannel.casework.watching import Travelled, case_entry, results
from fastchannel.decide.journey import fold
from fastchannel.exchange.bodies import LedgerTold, ledger_body
from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.leaves import Kind as LaneKind
from fastchannel.exchange.sealing import Draft
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.figures import found
from fastchannel.node.link import link
from fastchannel.watch.alarms.results import Expected, Result, Step
from fastchannel.watch.errors import WatchError
from fastchannel.watch.ledger.counting import Travellers
from fastchannel.watch.ledger.exposure import Exposure
from fastchannel.watch.ledger.fold import Ledger, State, fold_ledger
from fastchannel.watch.ledger.records import Classification, Entry, Kind, Record, Statement, decode, digest_of, encode

SYSTEM = "system"
_EXPOSURE = """
SELECT count(*), coalesce(sum((SELECT count(*) FROM unnest(sampled) AS day WHERE day <= %(until)s)), 0)::bigint,
       coalesce(sum(least(until, %(until)s) - arrived), 0)::bigint, count(*) FILTER (WHERE until > %(until)s)
FROM node_course WHERE arrived BETWEEN %(since)s AND %(until)s AND place LIKE %(place)s
"""
_log = logging.getLogger(__name__)


def ledger(at: datetime | None = None) -> Ledger:
    """The ledger as known here at a time; None means now."""
    now = office().clock.now()
    held = models.LedgerRecord.objects.filter(learned__lte=at or now).order_by("recorded", "digest")
    # Another party's clock may be ahead: what has come is known.
    records = [decode(bytes(one.raw)) for one in held]
    return fold_ledger(records, max([at or now, *(one.recorded for one in records)]))


class Summary(Struct, frozen=True, kw_only=True):
    """What the ledger comes to: by party the day of the last import through the channel, and how many cases are not settled."""

    last: dict[str, date]
    awaits: int
    disputed: int


def summary() -> Summary:
    """The ledger at a glance; of many cases, as of a few minutes ago."""
    return found("ledger", Summary, _summary, now=office().clock.now()).value


def _summary() -> Summary:
    held = ledger()
    last: dict[str, date] = {}
    for line in held.lines:
        for version in line.standing or line.heads:
            if any(view.classification.kind is Kind.CHANNEL for view in version.views.values()):
                party = version.entry.place[:2]
                last[party] = max(version.entry.confirmed, last.get(party, version.entry.confirmed))
    return Summary(last=last, awaits=len(held.of(State.AWAITS)), disputed=len(held.of(State.DISPUTED)))


def enter_cases() -> int:
    """Enter the confirmed cases of our party that travelled and are not in the ledger yet; how many."""
    party, now = settings.CONFIG.party, office().clock.now()
    entered = models.LedgerRecord.objects.filter(party=party).exclude(journey="").values("journey")
    confirmed = models.Event.objects.filter(kind="confirmed").exclude(journey__in=entered)
    count = 0
    for one in travelled(sorted(set(confirmed.values_list("journey_id", flat=True)))):
        entry = case_entry(one, party=party, officer=SYSTEM, now=now)
        if entry is not None:
            keep(entry, one.agreement)
            count += 1
    return count


def classify(actor: Actor, digest: str, classification: Classification, reason: str) -> str:
    """An officer of this party says what an entry is; the statement's digest. Raises NodeError where there is no such entry."""
    row = models.LedgerRecord.objects.filter(digest=digest).exclude(journey="").first()
    entry = decode(bytes(row.raw)) if row is not None else None
    if not isinstance(entry, Entry):
        raise NodeError(f"ledger: found no entry {digest}")
    one = next(iter(travelled([entry.journey])), None)
    if one is None:
        raise NodeError(f"ledger: found no journey {entry.journey} of the entry at this node")
    said = Statement(
        party=settings.CONFIG.party,
        officer=actor.role.value,  # who it was stands in the access log: names of people stay here
        recorded=office().clock.now(),
        entry=digest,
        classification=classification,
        reason=reason,
    )
    office().note(actor, Purpose.WRITE, "classify a case", [entry.journey])
    return keep(said, one.agreement)


def keep(record: Record, agreement: Agreement) -> str:
    """Keep a record of ours and tell it to the other parties of the agreement, in one transaction; its digest."""
    digest, raw = digest_of(record), encode(record)
    with transaction.atomic():
        _store(record, digest, raw)
        linked = link()
        if linked is not None:
            for peer in linked.others(agreement):
                body = ledger_body(agreement, raw, peer)
                draft = Draft(id=office().identifiers.new(), at=record.recorded, agreement=agreement.digest, body=body)
                linked.lanes.append(linked.lane(LaneKind.BULK, peer), [draft])
    return digest


def take(sender: str, told: LedgerTold) -> None:
    """Keep a record that another party told. Raises LeafError where it is none, or speaks for somebody else."""
    try:
        record = decode(told.record)
    except WatchError as error:
        raise LeafError(f"ledger: {str(error)[:300]}") from error
    if record.party != sender:
        raise LeafError(f"ledger: found a record of {record.party}, expected one of {sender}")
    if isinstance(record, Entry) and settings.CONFIG.party not in record.parties:
        raise LeafError(f"ledger: found a case between {', '.join(record.parties)}, which is none of ours")
    _store(record, digest_of(record), told.record.encode())


def _store(record: Record, digest: str, raw: bytes) -> None:
    entry = record if isinstance(record, Entry) else None
    models.LedgerRecord.objects.get_or_create(
        digest=digest,
        defaults={
            "party": record.party,
            "case": entry.case if entry else "",
            "journey": entry.journey if entry else "",
            "recorded": record.recorded,
            "learned": office().clock.now(),
            "raw": raw,
        },
    )


def travelled(journeys: list[str]) -> Iterator[Travelled]:
    """These journeys as the watch sees them. One that cannot be decided is told in the log, and hides no other."""
    desk = office()
    for name in journeys:
        try:
            events = desk.journal.events(name)
            standing = desk.decide(events, desk.now_for(events))
            text = desk.texts.versions(standing.agreement)[standing.version]
        except CaseworkError:
            _log.exception("journey not watched", extra={"journey": name})
            continue
        yield Travelled(journey=fold(events, standing.at, standing.known), standing=standing, agreement=text)


def arrived(since: date, until: date) -> Iterator[Travelled]:
    """Travellers who arrived from day to day, both included, by the date of the place."""
    day = timedelta(days=1)
    events = models.Event.objects.filter(kind="arrived", at__gte=_start(since) - day, at__lt=_start(until) + 2 * day)
    for one in travelled(sorted(set(events.values_list("journey_id", flat=True)))):
        moment = one.journey.arrived
        if moment is not None and since <= one.day(moment) <= until:
            yield one


def exposure(since: date, until: date, destination: str = "") -> Exposure:
    """The channel's travellers who arrived in the period, their tests and the days on which they were followed.

    ``destination`` is a party or region; empty, any.
    """
    [found] = exposures(since, until, [destination])
    return found


def exposures(since: date, until: date, destinations: Sequence[str]) -> list[Exposure]:
    """The same for several destinations, as `watch.ledger.exposure.count_exposure` counts it."""
    counted = []
    with connection.cursor() as cursor:
        for to in destinations:
            cursor.execute(_EXPOSURE, {"since": since, "until": until, "place": f"{to}%"})
            travellers, tests, days, still = cursor.fetchone()
            counted.append(
                Exposure(
                    of=Travellers.CHANNEL, since=since, until=until,
                    travellers=travellers, tests=tests, person_days=days, still_followed=still,
                )
            )  # fmt: skip
    return counted


def exposures_lately(since: date, until: date, destinations: Sequence[str]) -> list[Exposure]:
    """The same; of a large record, as of a few minutes ago."""
    name = f"exposures {since} {until} {' '.join(destinations)}"
    return found(name, list[Exposure], lambda: exposures(since, until, destinations), now=office().clock.now()).value


def tests_of(since: date, until: date, expected: dict[Step, Expected], forecast: str) -> Iterator[Result]:
    """What the tests of travellers who arrived in the period found."""
    for one in arrived(since, until):
        yield from results(one, expected, forecast)


def _start(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), office().clock.now().tzinfo)
