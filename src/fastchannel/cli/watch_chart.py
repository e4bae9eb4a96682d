"""The states as strips, one for each subject, with the figures that rules look at below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt

from fastchannel.agreement.conditions import Comparison
from fastchannel.cli.watch_data import Replayed, days_between
from fastchannel.forecast.shown.charts import BLUE, GREEN, GREY, INK, ORANGE, WIDTH, Chart, chart_data, mark_line, styled
from fastchannel.terms.language import N_, pick, translate
from fastchannel.watch.triggers.evaluate import evaluate, per_flight
from fastchannel.watch.triggers.states import DayState, State
from fastchannel.watch.triggers.words import STATES, TriggerWords

COLOURS = {
    State.OPEN: GREEN, State.CONTINUED: "#56b4e9", State.RESUMED: "#009e9e", State.INCREASED: "#cc79a7",
    State.REDUCED: "#f0e442", State.ANNOUNCED: "#e69f00", State.PAUSED: "#999999", State.SUSPENDED: ORANGE,
    State.EXTENDED: "#ec9f8a",
}  # fmt: skip
MOST_STRIPS = 30
MOST_LINES = 8
LETTER, WIDE_LETTER = 6, 11  # pixels: a piece that is wide enough for its state's name has it written on it
SERIES = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9", "#e69f00", "#8b2500", GREY)


def replay_chart(replayed: Replayed, language: str) -> Chart:
    """One text's subjects, then each trigger's figures against their limits. Those that most changes are of come first."""
    words = TriggerWords(replayed.agreement, language)
    line = replayed.timeline
    changes = [day.subject for day in line.changes()]
    shown = sorted(line.subjects, key=lambda subject: -changes.count(subject))[:MOST_STRIPS]
    rows = [row for subject in shown for row in _pieces(line.days[subject], words.subject(subject), words)]
    panels: list[Any] = [_strips(rows, line.first, line.last, language)]
    panels += [panel for panel in _figures(replayed, words) if panel is not None]
    title = pick(replayed.agreement.title, language)
    chart = alt.vconcat(*panels, spacing=24).resolve_scale(color="independent", strokeDash="independent")
    return styled(chart, title, translate(N_("What became of it, day by day"), language), language)


def comparison_chart(replays: Sequence[Replayed], names: Sequence[str], language: str) -> Chart:
    """One strip for each rule's subjects, the one that is stopped longest of each, on the same days."""
    rows: list[dict[str, Any]] = []
    for replayed, name in zip(replays, names, strict=True):
        words, line = TriggerWords(replayed.agreement, language), replayed.timeline
        if line.subjects:
            subject = max(line.subjects, key=lambda one: sum(day.state is not State.OPEN for day in line.days[one]))
            label = f"{name} · {words.subject(subject)}" if len(line.subjects) > 1 else name
            rows += _pieces(line.days[subject], label, words)
    first, last = replays[0].timeline.first, replays[0].timeline.last
    title = translate(N_("What each rule would have done"), language)
    subtitle = translate(N_("Of each rule, what is stopped longest"), language)
    return styled(_strips(rows, first, last, language), title, subtitle, language)


def _pieces(days: Sequence[DayState], label: str, words: TriggerWords) -> list[dict[str, Any]]:
    """Days of one state running as one piece; a strip that begins late has nothing before."""
    rows: list[dict[str, Any]] = []
    for day in days:
        if rows and rows[-1]["state"] == words.state(day.state):
            rows[-1]["end"] = f"{day.day + timedelta(days=1)}"
        else:
            end = f"{day.day + timedelta(days=1)}"
            rows.append({"label": label, "state": words.state(day.state), "start": f"{day.day}", "end": end, "on": ""})
    for row in rows:
        length = (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days
        needed = 10 + sum(LETTER if letter.isascii() else WIDE_LETTER for letter in row["state"])
        row["on"] = row["state"] if WIDTH * length >= needed * len(days) else ""
    return rows


def _strips(rows: list[dict[str, Any]], first: date, last: date, language: str) -> Any:
    states = [translate(STATES[state], language) for state in State]
    there = {row["state"] for row in rows}
    scale = alt.Scale(
        domain=[name for name in states if name in there],
        range=[COLOURS[state] for state, name in zip(State, states, strict=True) if name in there],
    )
    base = alt.Chart(chart_data(rows))
    y = alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=260, ticks=False, domain=False))
    x = alt.X("start:T", axis=alt.Axis(title=None, format="%Y-%m-%d", labelAngle=-30), scale=_days(first, last))
    legend = alt.Legend(title=None, orient="top", symbolType="square", columns=5)
    bars = base.mark_bar(height=18).encode(x=x, x2="end:T", y=y, color=alt.Color("state:N", scale=scale, legend=legend))
    text = base.mark_text(align="left", dx=4, fontSize=10, color=INK).encode(x=x, y=y, text="on:N")
    return alt.layer(bars, text, width=WIDTH, height=alt.Step(26))


def _days(first: date, last: date) -> alt.Scale:
    ends = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in (first, last + timedelta(days=1))]
    return alt.Scale(domain=ends)


def _figures(replayed: Replayed, words: TriggerWords) -> Iterable[Any]:
    """A panel for each comparison of a trigger that looks at every day."""
    line = replayed.timeline
    wanted: dict[str, Comparison] = {}
    for trigger in replayed.agreement.text.trigger:
        if not per_flight(trigger.when):
            wanted.update({str(one): one for group in trigger.when.any_of for one in group})
    if not wanted:
        return
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    for day in days_between(line.first, line.last):
        seen: set[tuple[str, str]] = set()
        for finding in evaluate(replayed.agreement.text, replayed.seen, day):
            for figure in finding.figures:
                if figure.value is not None and (figure.required, figure.of) not in seen and figure.required in found:
                    seen.add((figure.required, figure.of))
                    row = {"day": f"{day}", "value": float(figure.value), "of": words.of(figure)}
                    found[figure.required].append(row)
    for name, rows in found.items():
        yield _panel(rows, wanted[name], words, line.first, line.last) if rows else None


def _panel(rows: list[dict[str, Any]], comparison: Comparison, words: TriggerWords, first: date, last: date) -> Any:
    highest: dict[str, float] = {}
    for row in rows:
        highest[row["of"]] = max(highest.get(row["of"], 0.0), row["value"])
    names = sorted(highest, key=lambda name: -highest[name])[:MOST_LINES]
    kept = [row for row in rows if row["of"] in names]
    x = alt.X("day:T", axis=alt.Axis(title=None, format="%Y-%m-%d", labelAngle=-30), scale=_days(first, last))
    y = alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=4), scale=alt.Scale(domainMin=0))
    scale = alt.Scale(domain=names, range=list(SERIES[: len(names)]))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke")
    dashes = alt.StrokeDash("of:N", scale=alt.Scale(domain=names), legend=legend)
    line = alt.Chart(chart_data(kept)).mark_line(interpolate="step-after", strokeWidth=2)
    line = line.encode(x=x, y=y, color=alt.Color("of:N", scale=scale, legend=legend), strokeDash=dashes)
    limit = mark_line(float(comparison.limit), f"{comparison.limit}", INK, across=True)
    title = alt.TitleParams(words.comparison(comparison), anchor="start", fontSize=12, fontWeight="normal", frame="group")
    return alt.layer(line, *limit, width=WIDTH, height=120, title=title)
