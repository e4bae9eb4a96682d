"""A forecast as a table and as JSON: for spreadsheets, notebooks and other programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from fastchannel.forecast.figures import Figure, Name
from fastchannel.forecast.forecast import Forecast, GroupForecast
from fastchannel.forecast.situation import Incidence, Situation
from fastchannel.terms.errors import FastChannelError

FORMAT, FORMAT_VERSION = "fastchannel-forecast", 1
SUFFIXES = (".parquet", ".csv", ".json")
COLUMNS = {
    "agreement": pl.String,
    "version": pl.Int64,
    "digest": pl.String,
    "pathogen": pl.String,
    "route": pl.String,
    "group": pl.String,
    "name": pl.String,
    "of": pl.String,
    "unit": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "median": pl.Float64,
    "high": pl.Float64,
}


class OutputError(FastChannelError):
    """A forecast cannot be written there."""


def to_table(*forecasts: Forecast) -> pl.DataFrame:
    """One row for each figure, with the columns of `COLUMNS`. ``of`` is the step, region or trigger that a figure is about.

    ``low``, ``median`` and ``high`` are the 2.5, 50 and 97.5 per cent points over the draws, null where there were none.
    """
    rows = [row for forecast in forecasts for group in forecast.groups for row in _rows(forecast, group)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _rows(forecast: Forecast, found: GroupForecast) -> Iterator[tuple[object, ...]]:
    head = (forecast.agreement, forecast.version, forecast.digest, forecast.pathogen, found.group.route, found.group.id)
    for figure in found.figures:
        numbers = (_finite(number) for number in (figure.value, figure.low, figure.median, figure.high))
        yield (*head, figure.name.value, figure.of, figure.unit, *numbers)


def to_json(forecast: Forecast) -> dict[str, object]:
    """The forecast as plain values in a stable order. Keys are only ever added; a number that is not finite is null."""
    settings = forecast.settings
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "agreement": {"id": forecast.agreement, "version": forecast.version, "digest": forecast.digest},
        "pathogen": {"id": forecast.pathogen, "digest": forecast.pathogen_digest},
        "practice": forecast.practice,
        "on": forecast.on.isoformat(),
        "situation": _situation(forecast.situation),
        "settings": {"engine": settings.engine.value, "draws": settings.draws, "seed": settings.seed},
        "budget_per_million": forecast.budget_per_million,
        "groups": [_group(found) for found in forecast.groups],
    }


def _situation(situation: Situation) -> dict[str, object]:
    prices = situation.prices
    return {
        "incidence": {name: _incidence(incidence) for name, incidence in situation.incidence.items()},
        "travellers_per_day": dict(situation.travellers_per_day),
        "days": situation.days,
        "immune": situation.immune,
        "prices": {
            "currency": prices.currency,
            "test": prices.test,
            "room_night": prices.room_night,
            "day_lost": prices.day_lost,
        },
    }


def _incidence(incidence: Incidence) -> dict[str, object]:
    if incidence.series:
        return {"series": list(incidence.series)}
    return {"per_day": incidence.per_day, "growth_per_day": incidence.growth_per_day}


def detections(found: GroupForecast) -> list[Figure]:
    """How many each step finds first, in the order of the journey."""
    itinerary = found.group.reading.itinerary
    begins: dict[str, float] = {}
    for step, at in (
        *((one.id, one.sampled) for one in itinerary.screens),
        *((one.id, one.start) for one in itinerary.watches),
    ):
        begins[step] = min(at, begins.get(step, at))
    figures = [figure for figure in found.figures if figure.name is Name.DETECTED]
    return sorted(figures, key=lambda figure: begins[figure.of])


def _group(found: GroupForecast) -> dict[str, object]:
    group, reading = found.group, found.group.reading
    return {
        "id": group.id,
        "route": group.route,
        "places": list(group.places),
        "purposes": list(group.purposes),
        "clauses": dict(reading.clauses),
        "figures": [_figure(figure) for figure in found.figures],
    }


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name.value,
        "of": figure.of,
        "unit": figure.unit,
        "value": _finite(figure.value),
        "low": _finite(figure.low),
        "median": _finite(figure.median),
        "high": _finite(figure.high),
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def document(forecasts: Iterable[Forecast]) -> dict[str, object]:
    """Several forecasts as one JSON document."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "forecasts": [to_json(forecast) for forecast in forecasts],
    }


def write(forecasts: Iterable[Forecast], path: Path) -> None:
    """Write the table as Parquet or CSV, or the document as JSON, by the name's ending. Raises OutputError."""
    check_suffix(path)
    known = list(forecasts)
    try:
        if path.suffix == ".parquet":
            to_table(*known).write_parquet(path)
        elif path.suffix == ".csv":
            to_table(*known).write_csv(path)
        else:
            path.write_text(json.dumps(document(known), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def check_suffix(path: Path, among: tuple[str, ...] = SUFFIXES) -> None:
    """Raises OutputError where the name's ending is none that we write."""
    if path.suffix not in among:
        raise OutputError(f'{path}: found the ending "{path.suffix}"; expected one of {", ".join(among)}')
