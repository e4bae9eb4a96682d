"""What the traveller's page says at a glance: what to do now and by when, and each day's check-in as a dot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from fastchannel.agreement.phrases import listed
from fastchannel.casework.actor import Actor
from fastchannel.casework.checkins import asks, deadline
from fastchannel.casework.permissions import Action, can
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Status, Verdict
from fastchannel.node import queries
from fastchannel.terms import events as ev
from fastchannel.terms.events import Role
from fastchannel.web import times, words
from fastchannel.web.details import ObligationLine, core_language
from fastchannel.web.record import Record

MONITORS = frozenset({"monitor", "follow-up"})
OPEN = frozenset({Status.DUE.value, Status.PENDING.value})
PASSED = frozenset({"boarding", "entry", "release"})  # gates that a pass opens
NEXT = 4  # steps ahead that a phone shows at once
MOST_DOTS = 62  # a page stays readable; no agreement monitors for longer than two months


@dataclass(frozen=True, slots=True, kw_only=True)
class NowCard:
    """One sentence, and by when."""

    sentence: str
    by: datetime | None
    zone: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Today's check-in, and until when it can be given or changed."""

    day: date
    zone: str
    answered: bool
    symptoms: bool
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A day whose check-in a phone with no connection asks for by itself."""

    day: date
    by: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that comes next."""

    title: str
    clause: str
    when: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal and what became of it."""

    against: str
    grounds: str
    at: datetime
    answered: datetime | None
    upheld: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Somebody read or wrote the record: by their office, not by name."""

    at: datetime
    role: str
    party: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One day's check-in: a mark, and the same in words."""

    day: date
    tone: str
    mark: str
    label: str
    word: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorCard:
    """The days of one monitoring."""

    title: str
    summary: str
    done: int
    needed: int
    dots: tuple[Dot, ...]


def answers(record: Record) -> dict[date, bool]:
    """Local date → whether symptoms were said for it, as corrections left it."""
    found = dict.fromkeys(record.facts.checked, False)
    return found | {day: True for day, _said, _event in record.facts.symptoms}


def check_in_today(record: Record) -> CheckIn | None:
    """Today's check-in where one is asked for and may be given."""
    if not can(record.actor, Action.CHECK_IN, record.file.subject):
        return None
    monitor = _open_monitor(record)
    if monitor is None:
        return None
    day = record.now.astimezone(times.zone_of(monitor.zone)).date()
    asked = asks(record.standing, day)
    if asked is None:
        return None
    given = answers(record)
    return CheckIn(day=day, zone=asked.zone, answered=day in given, symptoms=given.get(day, False), until=deadline(asked, day))


def planned_days(record: Record) -> list[PlannedDay]:
    """Today and the days to come on which a check-in is asked for, as far as is known now."""
    if not can(record.actor, Action.CHECK_IN, record.file.subject):
        return []
    found: dict[date, PlannedDay] = {}
    for item in record.standing.obligations:
        if item.kind not in MONITORS or item.opens is None or item.due is None:
            continue
        zone = times.zone_of(item.zone)
        first = max(item.opens, record.now).astimezone(zone).date()
        stop = item.due.astimezone(zone).date()
        for n in range(min((stop - first).days, MOST_DOTS)):
            day = first + timedelta(days=n)
            found.setdefault(day, PlannedDay(day=day, by=deadline(item, day), zone=item.zone))
    return [found[day] for day in sorted(found)]


def next_steps(record: Record) -> list[Step]:
    """What comes next, the nearest first, but for the daily check-in, which the page asks for by itself."""
    ahead = [
        item
        for item in record.obligations
        if item.kind not in MONITORS and item.status in (*OPEN, Status.AHEAD.value) and item.due is not None
    ]
    ahead.sort(key=lambda item: (item.opens if item.opens and item.opens > record.now else item.due) or record.now)
    return [Step(title=item.title, clause=item.clause, when=_when(item, record), who=item.who) for item in ahead[:NEXT]]


def _when(item: ObligationLine, record: Record) -> str:
    if item.opens is not None and item.opens > record.now:
        return _("from %(opens)s to %(due)s, %(zone)s") % {
            "opens": item.opens_text,
            "due": item.due_text,
            "zone": item.zone_text,
        }
    return _("until %(due)s, %(zone)s") % {"due": item.due_text, "zone": item.zone_text}


def appeals(record: Record) -> list[Appeal]:
    """Every appeal with its answer, the latest first."""
    given = {event.appeal: event for event in record.events if isinstance(event, ev.Answered)}
    found = []
    for event in record.events:
        if isinstance(event, ev.Appealed):
            answer = given.get(event.id)
            found.append(
                Appeal(
                    against=record.reader.measure(event.against),
                    grounds=event.grounds,
                    at=event.at,
                    answered=answer.at if answer else None,
                    upheld=answer.upheld if answer else False,
                    reason=answer.reason if answer else "",
                )
            )
    return found[::-1]


def touches(record: Record, actor: Actor) -> list[Touch]:
    """Who touched the record besides the traveller, the latest first."""
    if not can(actor, Action.SEE_ACCESS, record.file.subject):
        return []
    core = core_language(record.language)
    return [
        Touch(at=item.at, role=item.role, party=item.party, why=words.touch(item.why, core))
        for item in queries.accesses(record.journey, besides=actor.id)
    ]


def _open_monitor(record: Record) -> ObligationLine | None:
    return next(
        (
            item
            for item in record.obligations
            if item.kind in MONITORS and item.opens and item.due and item.opens <= record.now < item.due
        ),
        None,
    )


def end_of_today(record: Record, zone: str) -> datetime:
    """The last minute of the local day."""
    local = record.now.astimezone(times.zone_of(zone))
    return local.replace(hour=23, minute=59, second=0, microsecond=0)


def now_card(record: Record) -> NowCard:
    """What the traveller must do now, in one sentence."""
    verdict, stage = record.standing.verdict, record.standing.stage
    tone = words.verdict_badge(verdict.value).tone
    zone = record.reader.zone
    monitor = _open_monitor(record)
    check_in = check_in_today(record)
    if stage in (Stage.WITHDRAWN, Stage.COMPLETED) or verdict is Verdict.RELEASED:
        said = {
            Stage.WITHDRAWN: _("The application was withdrawn. Nothing is required of you."),
        }.get(stage, _("Your journey under the fast channel is complete. Nothing more is required of you."))  # type: ignore[call-overload]
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    if verdict is Verdict.REFUSE:
        gate = str(words.word(words.GATES, record.standing.gate))
        said = _("You may not go on: %(gate)s is closed to you. Read the reason below; you can appeal.") % {"gate": gate}
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    if check_in and monitor and not check_in.answered:
        return NowCard(
            sentence=_("Check in today: do you have symptoms?"),
            by=end_of_today(record, monitor.zone),
            zone=monitor.zone,
            tone=tone,
        )
    if verdict is Verdict.HOLD:
        said = _("Wait where you are: an officer looks at your case and will contact you.")
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    mine = [item for item in record.obligations if item.who == Role.TRAVELLER and item.kind not in MONITORS and item.due]
    due = sorted((item for item in mine if item.status == Status.DUE), key=lambda item: item.due or record.now)
    if due:
        return NowCard(sentence=_task(due[0]), by=due[0].due, zone=due[0].zone, tone=tone)
    ahead = sorted(
        (item for item in mine if item.status == Status.AHEAD and item.opens), key=lambda item: item.opens or record.now
    )
    if ahead:
        opens = times.moment_words(ahead[0].opens or record.now, ahead[0].zone, record.language)
        said = _("Nothing to do now. Next: %(what)s, from %(opens)s.") % {"what": ahead[0].title, "opens": opens}
        return NowCard(sentence=said, by=ahead[0].due, zone=ahead[0].zone, tone=tone)
    if stage is Stage.ISOLATED:
        titles = [item.title for item in record.obligations if item.status == Status.PENDING and item.kind == "test"]
        said = _("Stay in isolation until an officer lets you out.")
        if titles:
            said = _("Stay in isolation until an officer lets you out. Results outstanding: %(what)s.") % {
                "what": listed(titles, record.reader.core)
            }
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    waiting = next((item for item in record.obligations if item.status in OPEN and item.who != Role.TRAVELLER), None)
    if waiting:
        said = _("Nothing to do now. %(what)s is with: %(who)s.") % {
            "what": waiting.title,
            "who": words.word(words.ROLES, waiting.who),
        }
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    if verdict is Verdict.PROCEED and record.standing.gate in PASSED:
        gate = str(words.word(words.GATES, record.standing.gate))
        said = _("Nothing to do now. Nothing stands against the next step: %(gate)s. Have your pass at hand.") % {"gate": gate}
        return NowCard(sentence=said, by=None, zone=zone, tone=tone)
    return NowCard(sentence=_("Nothing to do now."), by=None, zone=zone, tone=tone)


def _task(item: ObligationLine) -> str:
    if item.kind == "test":
        return _("Have a sample taken: %(what)s.") % {"what": item.title}
    if item.kind == "document":
        return _("Present this document: %(what)s.") % {"what": item.title}
    if item.kind in {"stay", "transfer"}:
        return _("Follow the rules of your stay: %(what)s.") % {"what": item.title}
    return _("To do: %(what)s.") % {"what": item.title}


def monitor_cards(record: Record) -> list[MonitorCard]:
    """Every monitoring with its days."""
    given = answers(record)
    return [
        _card(record, item, given)
        for item in record.obligations
        if item.kind in MONITORS and item.opens is not None and item.due is not None
    ]


def _card(record: Record, item: ObligationLine, given: dict[date, bool]) -> MonitorCard:
    zone = times.zone_of(item.zone)
    today = record.now.astimezone(zone).date()
    first = (item.opens or record.now).astimezone(zone).date()
    stop = (item.due or record.now).astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range(min((stop - first).days, MOST_DOTS))]
    dots = tuple(_dot(day, today, given.get(day), record.language) for day in days)
    missed = sum(dot.mark == "cross" for dot in dots)
    if today in days and today not in given:
        summary = _("Today's check-in is still open.")
    elif missed:
        summary = _("Days missed: %(missed)d.") % {"missed": missed}
    elif days and today < first:
        summary = _("Begins on %(day)s.") % {"day": times.day_words(first, record.language)}
    else:
        summary = _("Nothing is missing.")
    return MonitorCard(title=item.title, summary=summary, done=item.done, needed=item.needed, dots=dots)


def _dot(day: date, today: date, said: bool | None, language: str) -> Dot:
    label = times.short_day_words(day, language)
    if said is True:
        tone, mark, word = "hold", "warning", _("symptoms reported")
    elif said is False:
        tone, mark, word = "good", "check", _("no symptoms")
    elif day == today:
        tone, mark, word = "today", "", _("today, still open")
    elif day < today:
        tone, mark, word = "stop", "cross", _("missed")
    else:
        tone, mark, word = "ahead", "", _("to come")
    return Dot(day=day, tone=tone, mark=mark, label=label, word=word, text=f"{times.day_words(day, language)}: {word}")
