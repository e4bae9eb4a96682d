"""The chart of a search for a better agreement: what each way to write it costs, against what it lets in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fastchannel.forecast.shown.charts import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    WIDTH,
    Chart,
    ChartError,
    Row,
    chart_data,
    interval_row,
    mark_line,
    scaled,
    styled,
)
from fastchannel.terms.language import N_, translate

MOST_NAMED = 12
APART = 0.05  # of the axis in days, and
FALLS = 0.35  # of the imports before: points that are nearer in both have no number of their own
LIMIT = 600  # pixels of a line under the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPoint:
    """One way to write an agreement: what it costs in ``days_lost`` per traveller, what it lets in per million travellers."""

    label: str
    days_lost: float
    imports: float
    low: float | None = None
    high: float | None = None
    best: bool = True  # on the front: no other is better in both
    current: bool = False  # the text as it stands
    chosen: bool = False  # what the search proposes


def front_chart(
    points: Iterable[FrontPoint], language: str, title: str, subtitle: str = "", budget: float | None = None, axis: str = ""
) -> Chart:
    """Days lost against imports: the best ways joined and numbered, and what each number means under the chart.

    ``axis`` names what is let in, where it is not imports at the figures' own values.
    """
    known = sorted(points, key=lambda point: (point.days_lost, -point.imports))
    if not known:
        raise ChartError("found no way to write the text; expected one at least")
    most_days = max(known[-1].days_lost, 1.0) * 1.06
    named = _named(known, most_days)
    numbers = {id(point): str(i) for i, point in enumerate(named, start=1)}
    rows: list[Row] = [
        interval_row(point.label, point.imports, point.low, point.high)
        | {"days": point.days_lost, "best": point.best, "kind": _kind(point), "number": numbers.get(id(point), "")}
        for point in known
    ]
    ends = [row[key] for row in rows if row["best"] or row["kind"] for key in ("low", "high")] + ([budget] if budget else [])
    y_axis = alt.Axis(title=axis or translate(N_("Imports per million travellers"), language), format="~g")
    x_axis = alt.Axis(title=translate(N_("Days lost per traveller"), language))
    y, x = (
        alt.Y("value:Q", axis=y_axis, scale=scaled(ends)),
        alt.X("days:Q", axis=x_axis, scale=alt.Scale(domain=[0, most_days])),
    )
    base = alt.Chart(chart_data(rows))
    best, now = base.transform_filter("datum.best"), base.transform_filter("datum.kind == 'current'")
    chosen = base.transform_filter("datum.kind == 'chosen'")
    layers: list[Any] = [
        base.transform_filter("!datum.best").mark_point(filled=True, size=24, color=GREY, opacity=0.45).encode(x=x, y=y),
        best.mark_line(color=BLUE, strokeWidth=1.5, interpolate="step-after").encode(x=x, y=y),
        best.mark_rule(color=BLUE, opacity=0.25, strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q"),
        best.mark_point(filled=True, size=50, color=BLUE, opacity=1.0).encode(x=x, y=y),
        chosen.mark_point(filled=True, shape="square", size=130, color=GREEN, opacity=1.0).encode(x=x, y=y),
        now.mark_point(filled=True, shape="diamond", size=170, color=ORANGE, opacity=1.0).encode(x=x, y=y),
        base.mark_text(align="left", baseline="bottom", dx=7, dy=-3, fontSize=11, color=INK).encode(x=x, y=y, text="number:N"),
    ]
    if budget is not None:
        layers += mark_line(budget, translate(N_("budget"), language), ORANGE, across=True)
    picture = alt.layer(*layers, width=WIDTH, height=320)
    key = _key(named, language)
    subtitle = subtitle or translate(N_("Fewer imports for more days lost"), language)
    return styled(alt.vconcat(picture, key, spacing=10), title, subtitle, language)


def _kind(point: FrontPoint) -> str:
    return "current" if point.current else "chosen" if point.chosen else ""


def _named(known: Sequence[FrontPoint], most_days: float) -> list[FrontPoint]:
    """The text as it stands, what is proposed, and of the best those that lie apart from the one named before."""
    always = [point for point in known if point.current or point.chosen]
    named = list(always)
    for point in (point for point in known if point.best and not (point.current or point.chosen)):
        near = any(
            abs(point.days_lost - other.days_lost) < APART * most_days
            and abs(point.imports - other.imports) < FALLS * max(point.imports, other.imports)
            for other in named
        )
        if not near and len(named) < MOST_NAMED:
            named.append(point)
    return sorted(named, key=lambda point: (point.days_lost, -point.imports))


def _key(named: Sequence[FrontPoint], language: str) -> alt.LayerChart | alt.FacetChart:
    """What the numbers mean: a line for each."""
    marks = {"current": ("◆", ORANGE), "chosen": ("■", GREEN), "": ("●", BLUE)}
    words = {"current": translate(N_("as it stands"), language), "chosen": translate(N_("proposed"), language)}
    rows: list[Row] = []
    for i, point in enumerate(named, start=1):
        mark, colour = marks[_kind(point)]
        note = words.get(_kind(point), "")
        text = f"{i}   {note}: {point.label}" if note and note != point.label else f"{i}   {point.label}"
        rows.append({"line": i, "mark": mark, "colour": colour, "text": text})
    base = alt.Chart(chart_data(rows))
    y = alt.Y("line:O", axis=None)
    marked = base.mark_text(align="left", fontSize=11).encode(
        y=y, x=alt.value(-40), text="mark:N", color=alt.Color("colour:N", scale=None, legend=None)
    )
    said = base.mark_text(align="left", fontSize=11, color=INK, limit=LIMIT).encode(y=y, x=alt.value(-24), text="text:N")
    return alt.layer(marked, said, width=WIDTH, height=alt.Step(17))
