"""What came of reading a file: its figures in columns, what is to be said of its rows, and counts that balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from fastchannel.watch.reports.remarks import Fault, Remark

# One row for each figure of a day. Where cases come from and where they were detected are empty for the whole of them.
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "published": pl.Date,
    "day": pl.Date,
    "place": pl.String,
    "figure": pl.String,
    "origin": pl.String,
    "detected": pl.String,
    "kind": pl.String,
    "count": pl.Int64,
    "source": pl.String,
    "row": pl.Int32,
}


class Entry(NamedTuple):
    """A figure that is kept, as in `SCHEMA`, and the column it came from."""

    published: date
    day: date
    place: str
    figure: str
    origin: str
    detected: str
    kind: str
    number: int
    source: str
    row: int
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as it was read. ``table`` has the columns of `SCHEMA`, ``faults`` counts all remarks by what they say.

    ``rows`` are those of the file under its heading: each is accepted or rejected. ``figures`` are the cells of accepted rows
    that could hold one: each is kept, empty or left out.
    """

    file: str
    table: pl.DataFrame
    remarks: tuple[Remark, ...]
    faults: Counter[Fault]
    rows: int
    accepted: int
    rejected: int
    figures: int
    kept: int
    empty: int
    left_out: int

    @property
    def balances(self) -> bool:
        """Whether nothing was lost on the way."""
        return (
            self.rows == self.accepted + self.rejected
            and self.figures == self.kept + self.empty + self.left_out
            and self.kept == self.table.height
        )
