"""Charts of a forecast as Vega-Lite: what is shown is in the data, what it looks like is here; `render` draws them offline.

Colours are Okabe and Ito's, which people with colour-blindness can tell apart; no chart says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import altair as alt
import vl_convert

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import Forecast, GroupForecast
from fastchannel.forecast.individuals.individuals import Simulated
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.shown.output import check_suffix, detections
from fastchannel.forecast.shown.wording import ForecastWords, number
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

BLUE, ORANGE, GREEN, GREY, INK = "#0072b2", "#d55e00", "#009e73", "#9a9a9a", "#333333"
WIDTH = 520  # pixels of the plot itself: with its labels a chart is as wide as a page
FONTS = {
    "en": "Noto Sans, Arial, Helvetica, DejaVu Sans, sans-serif",
    "zh-Hans": "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
    "ko": "Noto Sans CJK KR, Noto Sans KR, Apple SD Gothic Neo, Malgun Gothic, sans-serif",
}
IMAGES = (".svg", ".png")
PIXELS = 2.0  # of a PNG for each pixel of the chart
WIDE = 30.0  # numbers that differ by more than this factor are shown on a logarithmic scale

Layers = alt.LayerChart | alt.FacetChart
Chart = Layers | alt.VConcatChart
Row = dict[str, Any]


class ChartError(FastChannelError):
    """A chart cannot be drawn or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """How much of a figure's variance an unknown explains: a share with its interval."""

    label: str
    share: float
    low: float | None = None
    high: float | None = None


def found_chart(forecasts: Sequence[Forecast], agreement: Agreement, language: str, pathogens: dict[str, str]) -> Chart:
    """Of 10,000 infected travellers, how many each step finds first: a panel for each route of each forecast."""
    words = ForecastWords(agreement, language)
    panels = [
        _found_panel(
            forecast.of(route), words, pathogens[forecast.pathogen], last=(forecast, route) == (forecasts[-1], routes[-1])
        )
        for forecast in forecasts
        for routes in (list(dict.fromkeys(found.group.route for found in forecast.groups)),)
        for route in routes
    ]
    if not panels:
        raise ChartError("found no route to show; expected one at least")
    chart = alt.vconcat(*panels, spacing=18).resolve_scale(x="shared")
    return styled(chart, words.title, words.say(N_("Where infected travellers are first found")), language)


def _found_panel(found: GroupForecast, words: ForecastWords, pathogen: str, *, last: bool) -> Layers:
    route = found.group.route
    rows: list[Row] = [
        interval_row(words.step(route, figure.of), figure.value, figure.low, figure.high) | {"found": True}
        for figure in detections(found)
    ]
    never = max(10_000.0 - sum(row["value"] for row in rows), 0.0)
    rows.append(interval_row(words.say(N_("Never found")), never, None, None) | {"found": False})
    colour = alt.condition("datum.found", alt.value(BLUE), alt.value(ORANGE))
    title = words.say(N_("Infected travellers, of 10,000")) if last else None
    axis = alt.Axis(title=title, format=",d", tickCount=6, labels=last)
    x = alt.X("value:Q", axis=axis, scale=alt.Scale(domainMin=0))
    return _bars(rows, x, colour, f"{words.route(route)} · {pathogen}")


def _bars(rows: list[Row], x: alt.X, colour: Any, title: str | None = None) -> Layers:
    """Horizontal bars with their intervals, each with its number at the end."""
    base = alt.Chart(chart_data(rows))
    y = alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=260, ticks=False, domain=False))
    bars = base.mark_bar(height=14, opacity=0.85).encode(x=x, y=y, color=colour)
    spread = base.mark_rule(color=INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q", y=y)
    shown = base.mark_text(align="left", dx=6, fontSize=11, color=INK).encode(x="high:Q", y=y, text="shown:N")
    layers = alt.layer(bars, spread, shown, width=WIDTH, height=alt.Step(22))
    if title is not None:
        layers.title = alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="normal", frame="group")
    return layers


def imports_chart(forecasts: Sequence[Forecast], agreement: Agreement, language: str, pathogens: dict[str, str]) -> Chart:
    """Imports per million travellers with their intervals, by route, group and pathogen, and the text's budget."""
    words = ForecastWords(agreement, language)
    rows: list[Row] = []
    for forecast in forecasts:
        for found in forecast.groups:
            figure = found.figure(Name.IMPORTS)
            parts = (
                words.route(found.group.route),
                words.group(found.group),
                pathogens[forecast.pathogen] * (len(forecasts) > 1),
            )
            label = " · ".join(part for part in parts if part)
            rows.append(interval_row(label, figure.value, figure.low, figure.high))
    budget = next((forecast.budget_per_million for forecast in forecasts if forecast.budget_per_million is not None), None)
    ends = [row[key] for row in rows for key in ("low", "high")] + ([budget] if budget else [])
    title = words.say(N_("Imports per million travellers"))
    x = alt.X("value:Q", axis=alt.Axis(title=title, format="~g"), scale=scaled(ends))
    base = alt.Chart(chart_data(rows))
    y = alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=400, ticks=False, domain=False))
    spread = base.mark_rule(color=BLUE, strokeWidth=3, opacity=0.5).encode(x="low:Q", x2="high:Q", y=y)
    points = base.mark_point(filled=True, size=90, color=BLUE, opacity=1.0).encode(x=x, y=y)
    shown = base.mark_text(align="left", dx=8, fontSize=11, color=INK).encode(x="high:Q", y=y, text="shown:N")
    layers: list[Any] = [spread, points, shown]
    if budget is not None:
        layers += mark_line(budget, words.say(N_("budget")), ORANGE)
    chart = alt.layer(*layers, width=WIDTH, height=alt.Step(30))
    return styled(chart, words.title, words.say(N_("What the measures let through")), language)


def sensitivity_chart(influences: Iterable[Influence], language: str, title: str) -> Chart:
    """Which unknown matters most: the share of the variance that each explains, the largest first."""
    ordered = sorted(influences, key=lambda one: -one.share)
    rows = [interval_row(one.label, one.share, one.low, one.high, f"{one.share:.0%}") for one in ordered]
    if not rows:
        raise ChartError("found no unknown to show; expected one at least")
    axis = alt.Axis(title=translate(N_("Share of the variance that it explains"), language), format=".0%", tickCount=6)
    chart = _bars(rows, alt.X("value:Q", axis=axis, scale=alt.Scale(domainMin=0)), alt.value(BLUE))
    return styled(chart, title, translate(N_("Which unknown matters most"), language), language)


def course_chart(simulated: Simulated, itinerary: Itinerary, language: str, title: str) -> Chart:
    """What becomes of 10,000 infected travellers day by day: infectious and not found, and found in the day."""
    ratio = 10_000.0 / simulated.flow.infected
    labels = (translate(N_("infectious and not found"), language), translate(N_("found in the day"), language))
    shown = ((labels[0], 0.0, simulated.infectious_at_large_by_day), (labels[1], 0.5, simulated.found_by_day))
    rows = [
        {"day": float(day) + shift, "value": float(value) * ratio, "series": label}
        for label, shift, values in shown  # the day's bar stands in its middle
        for day, value in zip(simulated.days[1:-1], values[1:-1], strict=True)
    ]
    x = alt.X("day:Q", axis=alt.Axis(title=translate(N_("Days since departure"), language), tickMinStep=1))
    y = alt.Y("value:Q", axis=alt.Axis(title=translate(N_("Infected travellers, of 10,000"), language), format=",d"))
    legend = alt.Legend(title=None, orient="top", symbolType="square")
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(labels), range=[ORANGE, BLUE]), legend=legend)
    base = alt.Chart(chart_data(rows)).encode(x=x, y=y, color=colour)
    bars = base.transform_filter(alt.datum.series == labels[1]).mark_bar(width=8, opacity=0.6)
    line = base.transform_filter(alt.datum.series == labels[0]).mark_line(strokeWidth=2.5)
    moments = (
        (itinerary.departure, N_("departure")),
        (itinerary.release, N_("release")),
        (itinerary.completion, N_("completion")),
    )
    marks = [
        mark
        for height, (at, label) in enumerate(moments)
        for mark in mark_line(at, translate(label, language), "#666666", height=2 + 14 * height, left=height == 0)
    ]
    subtitle = translate(N_("Infected travellers day by day"), language)
    return styled(alt.layer(bars, line, *marks, width=WIDTH, height=300), title, subtitle, language)


def chart_data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def interval_row(label: str, value: float, low: float | None, high: float | None, shown: str | None = None) -> Row:
    low, high = (value if low is None else low), (value if high is None else high)
    return {"label": label, "value": value, "low": low, "high": max(high, value), "shown": shown or number(value)}


def mark_line(
    at: float, label: str, colour: str, *, across: bool = False, height: int = 2, left: bool = False
) -> list[alt.Chart]:
    """A dashed line at a number, with its name."""
    base = alt.Chart(chart_data([{"at": at, "name": label}]))
    rule = base.mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
    if across:
        text = base.mark_text(align="right", baseline="bottom", color=colour, fontSize=11, dy=-3)
        return [rule.encode(y="at:Q"), text.encode(y="at:Q", x=alt.value(WIDTH), text="name:N")]
    text = base.mark_text(align="right" if left else "left", baseline="top", color=colour, fontSize=11, dx=-3 if left else 3)
    return [rule.encode(x="at:Q"), text.encode(x="at:Q", y=alt.value(height), text="name:N")]


def scaled(ends: Sequence[float]) -> alt.Scale:
    """Logarithmic where the numbers differ by much and none is nought."""
    if ends and min(ends) > 0.0 and max(ends) > WIDE * min(ends):
        return alt.Scale(type="log", nice=False, domain=[min(ends) * 0.8, max(ends) * 1.25])
    return alt.Scale(domainMin=0, nice=True)


def styled(chart: Any, title: str, subtitle: str, language: str) -> Chart:
    font = FONTS[language]
    lines: dict[str, Any] = {"subtitle": subtitle} if subtitle else {}
    heading = alt.TitleParams(title, anchor="start", frame="bounds", fontSize=16, subtitleFontSize=13, offset=14, **lines)
    styled: Chart = (
        chart.properties(title=heading, padding=16, background="white")
        .configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=11,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor="#e6e6e6",
            domainColor=GREY,
            tickColor=GREY,
            labelColor=INK,
            titleColor=INK,
        )
        .configure_axisY(grid=False)
        .configure_title(color=INK, subtitleColor="#555555", font=font, subtitleFont=font)
        .configure_legend(labelFontSize=12, labelLimit=300)
    )
    return styled


def render(chart: Chart, kind: Literal["svg", "png"]) -> bytes:
    """The picture, drawn on this machine and with nothing fetched."""
    spec = chart.to_dict()
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    return vl_convert.vegalite_to_png(spec, scale=PIXELS, allowed_base_urls=[])


def write_chart(chart: Chart, path: Path) -> None:
    """Draw to a file, SVG or PNG by its ending. Raises ChartError, OutputError."""
    check_suffix(path, IMAGES)
    try:
        path.write_bytes(render(chart, "svg" if path.suffix == ".svg" else "png"))
    except OSError as error:
        raise ChartError(f"{path}: cannot be written: {error.strerror or error}") from error
