"""A standing in the terminal: verdict, reasons with their clauses, obligations with their deadlines in local time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.vocabulary import EVENTS
from fastchannel.casework.permissions import ROLES
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Obligation, Reason, Standing, Status, Verdict
from fastchannel.decide.words import STAGES, STATUSES, VERDICTS, obligation_words, say
from fastchannel.terms.events import Event, Itinerary, Role, kind_of
from fastchannel.terms.language import N_, pick, translate

COLOURS = {
    Verdict.RELEASED: "green", Verdict.PROCEED: "green", Verdict.WAIT: "yellow", Verdict.HOLD: "magenta", Verdict.REFUSE: "red",
}  # fmt: skip
_STATUS_COLOURS = {Status.MET: "green", Status.WAIVED: "green", Status.MISSED: "red", Status.FAILED: "red"}
_COMMON = frozenset({"id", "journey", "at", "recorded", "by", "role", "party", "evidence"})


def step_titles(texts: Versions, standing: Standing, language: str) -> dict[str, str]:
    """What the text that was applied calls its steps, by identifier."""
    route = texts[standing.version].routes.get(standing.route) if standing.version in texts else None
    if route is None:
        return {}
    return {step.id: pick(step.title, language) for step in route.text.measure if step.title}


def print_standing(console: Console, standing: Standing, language: str, titles: Mapping[str, str]) -> None:
    """Print the verdict, the reasons and the obligations; ``titles`` are the steps' names."""
    zone = _zone(standing.obligations)
    verdict = Text(translate(VERDICTS[standing.verdict], language), style=f"bold {COLOURS[standing.verdict]}")
    stage = translate(STAGES[Stage(standing.stage)], language)
    console.print(Text.assemble((standing.journey, "bold"), "  ", verdict, "  ", stage))
    console.print(
        translate(
            N_("Agreement {agreement}, version {version}, route {route}, as of {at}"),
            language,
            agreement=standing.agreement,
            version=standing.version,
            route=standing.route,
            at=local(standing.at, zone),
        )
    )
    console.print(standing.digest, style="dim")
    if standing.reasons:
        console.print(_reasons(standing.reasons, language, zone, titles))
    if standing.obligations:
        console.print(_obligations(standing.obligations, language, titles))


def print_timeline(console: Console, events: Sequence[Event], language: str, zone: ZoneInfo, titles: Mapping[str, str]) -> None:
    """Print what happened, in the order in which it happened."""
    table = _table(language, N_("When"), N_("What"), N_("By whom"), N_("Details"))
    for event in sorted(events, key=lambda one: (one.at, one.recorded, one.id)):
        what = translate(EVENTS.get(kind_of(event), kind_of(event)), language)
        who = f"{translate(ROLES[event.role], language)} {event.party}".strip()
        table.add_row(local(event.at, zone), what, who, _details(event, titles))
    console.print(table)


def local(instant: datetime, zone: ZoneInfo) -> str:
    """The instant on that place's clocks."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"


def _zone(obligations: Sequence[Obligation]) -> ZoneInfo:
    return ZoneInfo(next((one.zone for one in obligations if one.zone != "UTC"), "UTC"))


def _reasons(reasons: Sequence[Reason], language: str, zone: ZoneInfo, titles: Mapping[str, str]) -> Table:
    table = _table(language, N_("Verdict"), N_("Clause"), N_("Required step"), N_("Reason"))
    for reason in reasons:
        verdict = Text(translate(VERDICTS[reason.effect], language), style=COLOURS[reason.effect])
        words = say(_with_titles(reason, titles), language, zone=zone)
        table.add_row(verdict, reason.clause, titles.get(reason.measure, reason.measure), words)
    return table


def _with_titles(reason: Reason, titles: Mapping[str, str]) -> Reason:
    """The reason with steps by their names wherever it lists them."""
    named = {
        key: [titles.get(one, one) for one in value] if isinstance(value, list) else value
        for key, value in reason.found.items()
    }
    return msgspec.structs.replace(reason, found=named)


def _obligations(obligations: Sequence[Obligation], language: str, titles: Mapping[str, str]) -> Table:
    table = _table(
        language, N_("Required step"), N_("What"), N_("Clause"), N_("By whom"), N_("Status"), N_("Done"), N_("Until")
    )
    for one in obligations:
        status = Text(translate(STATUSES[one.status], language), style=_STATUS_COLOURS.get(one.status, ""))
        until = local(one.due, ZoneInfo(one.zone)) if one.due is not None else ""
        done = f"{one.done}/{one.needed}" if one.needed > 1 else ""
        who = translate(ROLES[Role(one.who)], language)
        step = titles.get(one.measure, one.measure)
        table.add_row(step, obligation_words(one, language), one.clause, who, status, done, until)
    return table


def _details(event: Event, titles: Mapping[str, str]) -> str:
    values = {name: getattr(event, name) for name in event.__struct_fields__ if name not in _COMMON | {"digest"}}
    return ", ".join(f"{name} {_plain(value, titles)}" for name, value in values.items() if value not in (None, "", ()))


def _plain(value: object, titles: Mapping[str, str]) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M%z}"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, Itinerary):
        return f"{value.origin} → {value.destination} {value.departure:%Y-%m-%d %H:%M%z}"
    return titles.get(str(value), str(value))


def _table(language: str, *headings: str) -> Table:
    return Table(*(translate(heading, language) for heading in headings), title_justify="left")
