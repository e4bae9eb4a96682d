"""What the traveller's page says at a glance: what to do now and by when, and each day's check-in as a dot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from fastchannel.agreement.phrases import listed
from fastchannel.casework.permissions import Action, can
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Status, Verdict
from fastchannel.terms import events as ev
from fastchannel.terms.events import Role
from fastchannel.web import times, words
from fastchannel.web.details import ObligationLine
from fastchannel.web.record import Record

MONITORS = frozenset({"monitor", "follow-up"})
OPEN = frozenset({Status.DUE.value, Status.PENDING.value})
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
    """Today's check-in."""

    day: date
    answered: bool
    symptoms: bool


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
    struck = {event.corrects for event in record.events if isinstance(event, ev.Corrected) and event.replacement is None}
    found: dict[date, bool] = {}
    for event in record.events:
        if event.id in struck:
            continue
        if isinstance(event, ev.CheckedIn) or (isinstance(event, ev.Called) and event.reached):
            found[event.day] = found.get(event.day, False) or event.symptoms
    return found


def check_in_today(record: Record) -> CheckIn | None:
    """Today's check-in where one is asked for and may be given."""
    if not can(record.actor, Action.CHECK_IN, record.file.subject):
        return None
    monitor = _open_monitor(record)
    if monitor is None:
        return None
    day = record.now.astimezone(times.zone_of(monitor.zone)).date()
    given = answers(record)
    return CheckIn(day=day, answered=day in given, symptoms=given.get(day, False))


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
