"""A replay and a comparison in the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastchannel.cli.watch_data import Replayed
from fastchannel.terms.language import N_, pick, translate
from fastchannel.watch.triggers.figures import Figure
from fastchannel.watch.triggers.outcomes import Outcome
from fastchannel.watch.triggers.replay_data import ReplayData
from fastchannel.watch.triggers.states import STOPPED, DayState, Kind, Reason, State, Stop
from fastchannel.watch.triggers.words import TriggerWords

COLUMNS = (
    N_("Rule"), N_("Days open"), N_("Imports admitted"), N_("Stops"), N_("False alarms"), N_("Lead time, days"),
    N_("Events missed"), N_("Days that could not be told"),
)  # fmt: skip


def print_replay(console: Console, replayed: Replayed, language: str) -> None:
    """Every change of state with its reasons, then every stop."""
    words, line = TriggerWords(replayed.agreement, language), replayed.timeline
    text = replayed.agreement
    console.print(
        Text.assemble((pick(text.title, language), "bold"), f"  {text.id}@{text.version}  {line.first} – {line.last}")
    )
    console.print(Text(text.digest, style="dim"))
    table = _table(language, N_("Date"), N_("What"), N_("State"), N_("Until"), N_("Clause"), N_("Why"))
    for day in line.changes():
        until = f"{day.last}" if day.last else ""
        clauses = ", ".join(dict.fromkeys(reason.clause for reason in day.reasons if reason.clause))
        state = Text(words.state(day.state), style=_colour(day.state))
        table.add_row(f"{day.day}", words.subject(day.subject), state, until, clauses, words.why(day))
    console.print(table)
    if not line.stops:
        console.print(translate(N_("Nothing was stopped."), language))
        return
    stops = _table(language, N_("Announced"), N_("From"), N_("Until"), N_("What"), N_("Stopped by"), N_("Those under way"))
    for stop in line.stops:
        last = f"{stop.last}" if stop.last else ""
        under_way = words.under_way(stop) if stop.kind is not Kind.FREQUENCY else ""
        stops.add_row(
            f"{stop.announced}", f"{stop.first}", last, words.subject(stop.subject), words.trigger(stop.trigger), under_way
        )
    console.print(stops)


def print_comparison(console: Console, names: Sequence[str], outcomes: Sequence[Outcome], language: str) -> None:
    """One row for each rule."""
    table = Table(*(translate(column, language) for column in COLUMNS), title_justify="left")
    for name, found in zip(names, outcomes, strict=True):
        table.add_row(name, *outcome_cells(found, language))
    console.print(table)


def outcome_cells(found: Outcome, language: str) -> list[str]:
    """One rule's figures as a table shows them, in the order of COLUMNS."""
    unknown = translate(N_("cannot be told"), language)
    imports = f"{found.imports_admitted:g} / {found.imports:g}" if found.imports_of else unknown
    if found.imports_of and found.imports_not_reported:
        imports += " " + translate(N_("({n} not reported)"), language, n=found.imports_not_reported)
    lead = found.median_lead_days
    return [
        f"{found.days_open:.1f} / {found.days}",
        imports,
        f"{found.stops}",
        f"{found.false_alarms}",
        "–" if lead is None else f"{lead:+g}",
        f"{found.missed} / {len(found.lead_days)}",
        f"{found.days_not_told}",
    ]


def replay_json(replayed: Replayed, data: ReplayData, language: str) -> dict[str, Any]:
    """The whole replay for machines: codes and figures, and the sentences for people."""
    words, line = TriggerWords(replayed.agreement, language), replayed.timeline
    return {
        **_heading(replayed),
        "data": data_json(data),
        "changes": [_day_json(day, words) for day in line.changes()],
        "stops": [_stop_json(stop, words) for stop in line.stops],
        "fired": [
            {"on": f"{one.on}", "trigger": one.trigger, "clause": one.clause, "subject": _subject(one), "event": one.event,
             "required": one.required, "found": [_figure_json(figure) for figure in one.figures]}
            for one in line.findings
        ],
    }  # fmt: skip


def comparison_json(replays: Sequence[Replayed], outcomes: Sequence[Outcome], data: ReplayData, event: str) -> dict[str, Any]:
    """The comparison for machines."""
    rules = []
    for replayed, found in zip(replays, outcomes, strict=True):
        rules.append(
            {
                **_heading(replayed),
                "days": found.days,
                "days_open": found.days_open,
                "imports_of": found.imports_of,
                "imports": found.imports,
                "imports_admitted": found.imports_admitted,
                "imports_not_reported": found.imports_not_reported,
                "stops": found.stops,
                "false_alarms": found.false_alarms,
                "lead_days": list(found.lead_days),
                "median_lead_days": found.median_lead_days,
                "events_missed": found.missed,
                "days_not_told": found.days_not_told,
            }
        )
    return {"event": event, "data": data_json(data), "rules": rules}


def data_json(data: ReplayData) -> dict[str, Any]:
    """How the rows balance, and each that was not taken."""
    faults = [{"file": one.name, "row": one.row, "found": one.found, "expected": one.expected} for one in data.faults]
    return {"rows": data.rows, "accepted": data.accepted, "faults": faults}


def _heading(replayed: Replayed) -> dict[str, Any]:
    text, line = replayed.agreement, replayed.timeline
    return {
        "agreement": text.id, "version": text.version, "digest": text.digest, "from": f"{line.first}", "until": f"{line.last}",
    }  # fmt: skip


def _day_json(day: DayState, words: TriggerWords) -> dict[str, Any]:
    return {
        "day": f"{day.day}",
        "subject": _subject(day),
        "state": day.state.value,
        "stopped": day.state in STOPPED,
        "until": f"{day.last}" if day.last else None,
        "flights_per_week": day.flights_per_week,
        "reasons": [_reason_json(reason, words) for reason in day.reasons],
    }


def _subject(of: Any) -> dict[str, str]:
    return {"unit": of.subject.scope.value, "name": of.subject.name}


def _reason_json(reason: Reason, words: TriggerWords) -> dict[str, Any]:
    return {
        "code": reason.code,
        "clause": reason.clause,
        "trigger": reason.trigger,
        "required": reason.required,
        "found": [_figure_json(figure) for figure in reason.found],
        "detail": dict(reason.detail),
        "text": words.reason(reason),
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "required": figure.required,
        "of": figure.of,
        "first": f"{figure.first}",
        "last": f"{figure.last}",
        "known": f"{figure.known}",
        "counts": list(figure.values),
        "value": None if figure.value is None else float(figure.value),
        "at_least": None if figure.at_least is None else float(figure.at_least),
        "holds": figure.holds,
    }


def _stop_json(stop: Stop, words: TriggerWords) -> dict[str, Any]:
    return {
        "trigger": stop.trigger,
        "clause": stop.clause,
        "subject": _subject(stop),
        "kind": stop.kind.value,
        "announced": f"{stop.announced}",
        "first": f"{stop.first}",
        "last": f"{stop.last}" if stop.last else None,
        "extended": stop.extended,
        "routes": list(stop.routes),
        "under_way": str(stop.under_way),
        "text": words.reason(stop.reason),
    }


def _colour(state: State) -> str:
    return "red" if state in STOPPED else "yellow" if state in (State.ANNOUNCED, State.REDUCED) else "green"


def _table(language: str, *headings: str) -> Table:
    return Table(*(translate(heading, language) for heading in headings), title_justify="left")
