"""Draws of what a scenario does not know exactly: rows of a file, or its figures with intervals (see `draws`)."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastchannel.forecast.infection.draws import Draw, sample
from fastchannel.forecast.reading.course_text import NOTES
from fastchannel.forecast.reading.files import file_beside
from fastchannel.forecast.reading.texts import Part
from fastchannel.forecast.scenario.cases import NAME

MOST_DRAWS = 100_000
QUANTILES = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One draw: quantities of the text by name, and standard normal numbers for its figures with intervals."""

    values: Mapping[str, float] = field(default_factory=dict)
    unknowns: Draw = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How a scenario is drawn. No draws at all: everything has the value that the text gives it."""

    rows: tuple[Mapping[str, float], ...] = ()
    count: int = 0
    seed: int = 1
    quantiles: tuple[float, ...] = ()

    @property
    def first(self) -> Drawn:
        return Drawn(values={**self.rows[0], "draw": 0.0} if self.rows else {})

    def draws(self, unknowns: tuple[str, ...]) -> tuple[Drawn, ...]:
        """Every draw; one with nothing drawn where the scenario asks for none."""
        if self.rows:
            return tuple(Drawn(values={"draw": float(i), **row}) for i, row in enumerate(self.rows))
        if self.count:
            return tuple(Drawn(values={}, unknowns=draw) for draw in sample(unknowns, self.count, self.seed))
        return (Drawn(),)

    def __bool__(self) -> bool:
        return bool(self.rows) or self.count > 0


def read_drawing(part: Part | None) -> Drawing:
    """``[draws]``: a ``file`` whose columns are quantities, or a ``count`` and a ``seed``; and the ``quantiles`` reported."""
    if part is None:
        return Drawing()
    part.only(("file", "count", "seed", "quantiles", *NOTES))
    quantiles = part.numbers("quantiles") if "quantiles" in part else QUANTILES
    if not quantiles or not all(0.0 <= q <= 1.0 for q in quantiles):
        part.wrong("quantiles", "numbers from 0 to 1")
    count = int(part.number("count", 0.0, low=1.0, high=MOST_DRAWS))
    if ("file" in part) == ("count" in part) and "file" not in part:
        part.wrong(None, 'a "file" of draws, or a "count" of them')
    rows = _rows(part) if "file" in part else ()
    return Drawing(
        rows=rows[: count or None], count=0 if rows else count, seed=int(part.number("seed", 1.0, low=0.0)), quantiles=quantiles
    )


def _rows(part: Part) -> tuple[Mapping[str, float], ...]:
    path = file_beside(part)
    if path is None:
        return ()
    name, found = path.name, list[dict[str, float]]()
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
        reader = csv.DictReader(lines)
        columns = [column for column in reader.fieldnames or () if column]
        for column in columns:
            if not NAME.fullmatch(column):
                part.text.wrong(
                    (*part.place, "file"), f'the column "{column}" of {name}', "a name in small letters, figures, - and _"
                )
        for number, row in enumerate(reader, start=2):
            if number > MOST_DRAWS:
                part.wrong("file", f"at most {MOST_DRAWS:,} rows")
                break
            found.append({column: _cell(part, name, number, column, row[column]) for column in columns})
    if not found:
        part.wrong("file", "a heading, and at least one row")
    return tuple(found)


def _cell(part: Part, name: str, number: int, column: str, cell: str | None) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        part.text.wrong((*part.place, "file"), f'"{cell or ""}" in row {number} of {name}, {column}', "a number")
        return 1.0
    return value
