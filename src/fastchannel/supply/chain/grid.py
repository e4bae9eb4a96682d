"""Numbers in a delimited text under lines of headings and beside columns of labels, as the large tables come."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import polars as pl

from fastchannel.supply.chain.table import Floats
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """``headings[h][c]`` of each column, ``labels[r][l]`` of each row, and ``values[r, c]`` (rows, columns)."""

    where: str
    headings: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[str, ...], ...]
    values: Floats


def read_grid(
    raw: bytes, where: str, *, head_lines: int, label_columns: int, separator: str = ",", skip_lines: int = 0
) -> Grid:
    """The grid of a text in UTF-8, after ``skip_lines`` of other things. An empty cell is nothing (0).

    Raises SupplyError with line and column of what is no number.
    """
    lines = text_of(raw, where).splitlines(keepends=True)[skip_lines:]
    if len(lines) <= head_lines:
        raise SupplyError(f"{where}: found {len(lines)} lines, expected {head_lines} of headings and the rows under them")
    head = list(csv.reader(lines[:head_lines], delimiter=separator))
    width = max(len(line) for line in head)
    headings = tuple(tuple(_padded(line, width)[label_columns:]) for line in head)
    cells = _cells("".join(lines[head_lines:]), where, separator, width)
    labels = tuple(zip(*(cells[name].to_list() for name in cells.columns[:label_columns]), strict=True))
    values = _numbers(cells, where, skip_lines + head_lines, label_columns)
    return Grid(
        where=where,
        headings=tuple(tuple(one.strip() for one in line) for line in headings),
        labels=tuple(tuple((one or "").strip() for one in row) for row in labels),
        values=values,
    )


def text_of(raw: bytes, where: str) -> str:
    """The text. Raises SupplyError where it is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SupplyError(f"{where}: byte {error.start} is not UTF-8; expected a text in UTF-8") from None


def first_lines(raw: bytes, where: str, count: int, separator: str = ",") -> list[list[str]]:
    """The cells of the first lines, without the space around them."""
    lines = text_of(raw, where).splitlines()[:count]
    return [[cell.strip() for cell in line] for line in csv.reader(lines, delimiter=separator)]


def is_figure(text: str) -> bool:
    """Whether a cell holds a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _padded(line: list[str], width: int) -> list[str]:
    return line + [""] * (width - len(line))


def _cells(body: str, where: str, separator: str, width: int) -> pl.DataFrame:
    try:
        found = pl.read_csv(
            io.BytesIO(body.encode()), has_header=False, separator=separator, infer_schema=False, raise_if_empty=False
        )
    except pl.exceptions.PolarsError as error:
        said = (str(error).splitlines() or ["no reason given"])[0]
        raise SupplyError(f"{where}: its rows cannot be read ({said}); expected {width} cells in each") from None
    if found.width != width:
        raise SupplyError(f"{where}: rows have {found.width} cells and the headings {width}; expected as many")
    return found


def _numbers(cells: pl.DataFrame, where: str, head_lines: int, label_columns: int) -> Floats:
    written = cells.select(pl.col(name).str.strip_chars() for name in cells.columns[label_columns:])
    read = written.with_columns(pl.all().cast(pl.Float64, strict=False))
    for place, (text, number) in enumerate(zip(written.iter_columns(), read.iter_columns(), strict=True)):
        if number.null_count() == 0:
            continue
        bad = number.is_null() & text.is_not_null() & (text != "")
        if bad.any():
            row = bad.arg_true()[0]
            line, column = head_lines + row + 1, label_columns + place + 1
            raise SupplyError(f"{where}: line {line}, column {column}: found {text[row]!r}, expected a number")
    return read.fill_null(0.0).to_numpy().astype(np.float64)
