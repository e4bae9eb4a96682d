"""Rows under a heading: each with as many fields as the heading has, found by the column's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastchannel.watch.reports.gathering import Gathering
from fastchannel.watch.reports.lines import Row, read_lines
from fastchannel.watch.reports.remarks import Effect, Fault


class Headed:
    """A file's rows. Where its heading lacks a needed column or has it twice, `rows` rejects every row and gives none."""

    def __init__(self, raw: bytes, encoding: str, gathering: Gathering, needed: Sequence[str]) -> None:
        self._gathering = gathering
        self._rows = read_lines(raw, encoding, gathering.remarks)
        heading = next(self._rows, None)
        if isinstance(heading, int):  # it cannot be read, but is none of the rows that are counted
            gathering.remarks.rejected.discard(heading)
        self.names: tuple[str, ...] = tuple(heading.fields) if isinstance(heading, Row) else ()
        self._columns = ", ".join(needed)
        self._usable = bool(self.names) and all(self.names.count(name) == 1 for name in needed)
        if not self._usable:
            found = ", ".join(self.names) or "nothing"
            gathering.remarks.add(1, "", Fault.HEADING, Effect.NOTED, found, columns=self._columns)
        self.at = {name: i for i, name in enumerate(self.names)}

    def rows(self) -> Iterator[Row]:
        """The rows that have the right number of fields; all others are rejected with a remark."""
        for row in self._rows:
            self._gathering.rows += 1
            if isinstance(row, int):
                continue
            if not self._usable:
                self._gathering.reject(row.number, "", Fault.HEADING, row.fields[0], columns=self._columns)
            elif len(row.fields) != len(self.names):
                self._gathering.reject(row.number, "", Fault.COLUMNS, len(row.fields), columns=len(self.names))
            else:
                yield row
