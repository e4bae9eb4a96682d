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
from fastchannel.cli.event_words import EventWords
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Detail, Obligation, Reason, Standing, Status, Verdict
from fastchannel.decide.words import STAGES, STATUSES, VERDICTS, obligation_words, say
from fastchannel.terms.events import Event, Role, kind_of
from fastchannel.terms.language import N_, pick, translate
from fastchannel.terms.places import name_of

COLOURS = {
    Verdict.RELEASED: "green", Verdict.PROCEED: "green", Verdict.WAIT: "yellow", Verdict.HOLD: "magenta", Verdict.REFUSE: "red",
}  # fmt: skip
_STATUS_COLOURS = {Status.MET: "green", Status.WAIVED: "green", Status.MISSED: "red", Status.FAILED: "red"}
# What is asked by the law of the channel itself has no title in a text.
_RULES = {
    "in-force": N_("The agreement being in force"),
    "eligibility": N_("Who may travel"),
    "region": N_("The regions that are open"),
    "onward": N_("The way on from the point of entry"),
    "application": N_("The application in time"),
    "review": N_("Review of the application"),
    "duties": N_("The sponsor's duties"),
    "case": N_("A confirmed infection"),
    "contact": N_("Contact with a case"),
    "suspension": N_("The route's suspension"),
}


def step_titles(texts: Versions, standing: Standing, language: str) -> dict[str, str]:
    """What the text that was applied calls its steps, by identifier."""
    rules = {name: translate(title, language) for name, title in _RULES.items()}
    route = texts[standing.version].routes.get(standing.route) if standing.version in texts else None
    if route is None:
        return rules
    return rules | {step.id: pick(step.title, language) for step in route.text.measure if step.title}


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


def print_timeline(console: Console, events: Sequence[Event], told: EventWords) -> None:
    """Print what happened, in the order in which it happened."""
    language = told.words.language
    table = _table(language, N_("When"), N_("What"), N_("By whom"), N_("Details"))
    for event in sorted(events, key=lambda one: (one.at, one.recorded, one.id)):
        what = translate(EVENTS.get(kind_of(event), kind_of(event)), language)
        who = f"{translate(ROLES[event.role], language)} {event.party}".strip()
        table.add_row(local(event.at, told.zone), what, who, told.details(event))
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
        words = say(_with_titles(reason, titles, language), language, zone=zone)
        table.add_row(verdict, reason.clause, titles.get(reason.measure, reason.measure), words)
    return table


def _with_titles(reason: Reason, titles: Mapping[str, str], language: str) -> Reason:
    """The reason with steps and places by their names."""
    named = {
        key: [titles.get(one, one) for one in value] if isinstance(value, list) else _place(key, value, language)
        for key, value in reason.found.items()
    }
    return msgspec.structs.replace(reason, found=named)


def _place(key: str, value: Detail, language: str) -> Detail:
    return name_of(value, language) if key in {"region", "arrival"} and isinstance(value, str) else value


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


def _table(language: str, *headings: str) -> Table:
    return Table(*(translate(heading, language) for heading in headings), title_justify="left")
