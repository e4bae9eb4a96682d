"""A scenario held against numbers that others published: ``[[compare]]`` names the table and how its rows match the cases."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fastchannel.forecast.reading.course_text import NOTES
from fastchannel.forecast.reading.files import path_beside
from fastchannel.forecast.reading.texts import Part
from fastchannel.forecast.scenario.cases import Case

MOST_ERRORS = 4.0
ABSENT = "NA"  # what a table has where a dimension does not vary, and where a value is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Rows of ``file`` belong to the case for which every column of ``match`` reads as its pattern does.

    A pattern is words with dimensions or quantities in braces: ``Q{days}_{test}``. One that the case has not reads "NA".
    """

    id: str
    file: str
    columns: tuple[str, ...]  # of a file without a heading
    value: str
    report: str
    tolerance: float
    match: Mapping[str, str]
    where: Mapping[str, str]


class Held(Protocol):
    """What of a case's result is compared."""

    @property
    def case(self) -> Case: ...

    @property
    def quantities(self) -> Mapping[str, float]: ...

    @property
    def reports(self) -> Mapping[str, float]: ...

    @property
    def standard_errors(self) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a comparison found; ``unmatched`` counts rows of the table for which there is no case."""

    id: str
    values: int
    unmatched: int
    tolerance: float
    largest_deviation: float
    at: str
    most_errors: float | None = None  # the largest deviation in standard errors, where people were drawn one by one

    @property
    def held(self) -> bool:
        """Every value was there and within the tolerance, and within four standard errors where there are any."""
        if self.most_errors is not None and not self.most_errors <= MOST_ERRORS:
            return False
        return self.values > 0 and self.unmatched == 0 and self.largest_deviation <= self.tolerance


def read_comparison(part: Part, dimensions: set[str], quantities: set[str], reports: tuple[str, ...]) -> Comparison:
    part.only(("id", "file", "columns", "value", "report", "tolerance", "match", "where", *NOTES))
    match, where = (part.part(key) or Part(part.text, {}, part.place) for key in ("match", "where"))
    for name in where.raw:
        if name not in dimensions:
            where.wrong(name, f"a dimension that varies: {', '.join(sorted(dimensions))}")
    patterns = {column: match.words(column) for column in match.raw}
    for column, pattern in patterns.items():
        try:
            pattern.format_map(dict.fromkeys(dimensions | quantities, ""))
        except (KeyError, ValueError, IndexError, AttributeError):
            match.wrong(column, f"words with dimensions in braces: {', '.join(sorted(dimensions | quantities))}")
    return Comparison(
        id=part.words("id"),
        file=part.words("file"),
        columns=part.strings("columns"),
        value=part.words("value"),
        report=part.choice("report", reports) if reports else "",
        tolerance=part.number("tolerance", above=0.0),
        match=patterns,
        where={name: where.words(name) for name in where.raw},
    )


def compare(comparison: Comparison, folder: Path, rows: Sequence[Held]) -> Compared:
    """Hold the reports of cases against the table. Raises FileNotFoundError."""
    path = path_beside(folder, comparison.file)
    if path is None:
        raise FileNotFoundError(comparison.file)
    cases = {
        _key([pattern.format_map(_Words(row)) for pattern in comparison.match.values()]): row
        for row in rows
        if all(_Words(row)[name] == words for name, words in comparison.where.items())
    }
    worst, at, values, unmatched = 0.0, "", 0, 0
    in_errors: float | None = None
    with path.open(newline="", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines, comparison.columns or None):
            if row[comparison.value] == ABSENT:
                continue
            held = cases.get(_key([row[column] for column in comparison.match]))
            if held is None:
                unmatched += 1
                continue
            values += 1
            deviation = abs(held.reports[comparison.report] - float(row[comparison.value]))
            error = held.standard_errors.get(comparison.report)
            if error is not None and error > 0.0:
                in_errors = max(in_errors or 0.0, deviation / error)
            if not deviation <= worst:
                worst, at = (math.inf if math.isnan(deviation) else deviation), str(held.case)
    return Compared(
        id=comparison.id,
        values=values,
        unmatched=unmatched,
        tolerance=comparison.tolerance,
        largest_deviation=worst,
        at=at,
        most_errors=in_errors,
    )


class _Words(dict[str, str]):
    """A case's quantities and labels as a table writes them."""

    def __init__(self, row: Held) -> None:
        every = {**row.quantities, **row.case.labels}
        super().__init__({name: f"{entry:g}" if isinstance(entry, float) else entry for name, entry in every.items()})

    def __missing__(self, key: str) -> str:
        return ABSENT


def _key(cells: Sequence[str]) -> tuple[float | str, ...]:
    """Cells that can be compared: numbers by their value."""
    return tuple(_number_or_words(cell) for cell in cells)


def _number_or_words(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
