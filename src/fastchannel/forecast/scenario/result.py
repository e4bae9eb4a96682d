"""What a scenario comes to, as a table and as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fastchannel.forecast.scenario.cases import Case
from fastchannel.forecast.scenario.text import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRow:
    """One case. With draws, ``entries`` and ``reports`` are means over them and ``quantiles`` tells how they spread.

    ``entries`` are for one infected traveller (`scenario_report.ENTRIES`); ``standard_errors`` of entries and reports are
    there where people were drawn one by one.
    """

    case: Case
    quantities: Mapping[str, float]  # by name; in the first draw, where there are draws
    entries: dict[str, float]
    reports: dict[str, float]
    standard_errors: dict[str, float]
    quantiles: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What a scenario comes to. ``levels`` are the quantiles' probabilities, ``draws`` how many there were (0: none)."""

    settings: Settings
    rows: tuple[ScenarioRow, ...]
    levels: tuple[float, ...]
    draws: int

    def table(self) -> pl.DataFrame:
        """One row for each case: its labels, its reports with errors and quantiles, and every entry."""
        dimensions = list(dict.fromkeys(name for row in self.rows for name in row.case.labels))
        words = {name for name in dimensions if any(isinstance(row.case.labels.get(name, 0.0), str) for row in self.rows)}
        records = []
        for row in self.rows:
            record: dict[str, float | str | None] = {}
            for name in dimensions:
                label = row.case.labels.get(name)
                record[name] = f"{label:g}" if name in words and isinstance(label, float) else label
            record |= row.reports
            for name, values in row.quantiles.items():
                record |= {f"{name} q{level:g}": value for level, value in zip(self.levels, values, strict=True)}
            record |= row.entries
            record |= {f"{name} standard error": value for name, value in row.standard_errors.items()}
            records.append(record)
        return pl.from_dicts(records, infer_schema_length=None)

    def as_json(self) -> dict[str, object]:
        """The result as plain values, in a stable order; what has no value is null."""
        return {
            "scenario": self.settings.id,
            "engine": self.settings.engine,
            "draws": self.draws,
            "quantile_levels": list(self.levels),
            "cases": [
                {
                    "case": dict(row.case.labels),
                    "reports": _plain(row.reports),
                    "quantiles": {name: [_finite(value) for value in values] for name, values in row.quantiles.items()},
                    "per_infected": _plain(row.entries),
                    "standard_errors": _plain(row.standard_errors),
                }
                for row in self.rows
            ],
        }


def _plain(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in values.items()}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
