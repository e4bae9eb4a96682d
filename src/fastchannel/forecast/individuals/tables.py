"""Curves and quantile functions as tables of straight lines, which the compiled walk reads.

A curve's table has equal cells; a cell in which the curve or its slope jumps holds two lines that meet exactly at the jump, so
that a step is a step and not a slope. Away from jumps a line is within ``ACCURACY`` of the curve's largest height, or as near
as ``MOST_CELLS`` allow (`tests/forecast/test_individuals.py`). A quantile function's table has equal cells of probability,
finer towards both ends, down to a probability of 2⁻³³.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.infection.distributions import Atoms, Distribution, Floats, Point, Steps, Uniform

Integers = NDArray[np.int64]

ACCURACY = 3e-5
FIRST_STEP = 1.0 / 32.0
MOST_CELLS = 1 << 15
QUANTILE_CELLS = 1 << 12
_TAIL_CELLS, _TAIL_PARTS, _LEAST_LOG2 = 32, 32, -33


class Lines(NamedTuple):
    """Tables of T curves end to end, with c cells in all. A cell's second line holds from ``split`` on."""

    origin: Floats  # (T) left end of the first cell
    cells_per_unit: Floats  # (T)
    first: Integers  # (T) position of the first cell
    last: Integers  # (T) of the last
    split: Floats  # (c)
    line: Floats  # (2c, 2) height at nought, and slope


class Quantiles(NamedTuple):
    """Quantile functions of D distributions end to end: pieces between ``edge``s, found through ``guide``."""

    guide: Integers  # (D, cells) the piece that holds the start of each cell
    edge: Floats  # (pieces + 1)
    low: Floats  # (pieces) the quantile at the edge
    slope: Floats  # (pieces)


@compiled
def lines_at(lines: Lines, table: int, at: float, since: Floats, out: Floats) -> None:
    """A curve's heights at times ``at`` − ``since`` by its table; beyond the table's ends it stays as it is there."""
    origin, per_unit = lines.origin[table], lines.cells_per_unit[table]
    first, most = lines.first[table], float(lines.last[table] - lines.first[table])
    split, line = lines.split, lines.line
    for i in range(out.size):
        x = at - since[i]
        place = (x - origin) * per_unit
        cell = np.uint64(first) + np.uint64(
            min(max(place, 0.0), most)
        )  # without a sign, so that no index can count from the end
        row = cell + cell + np.uint64(x >= split[cell])
        out[i] = line[row, 0] + line[row, 1] * x


@compiled
def quantile_at(quantiles: Quantiles, row: int, p: float) -> float:
    """The value that a share ``p`` lies below, 0 < p < 1."""
    piece = np.uint64(quantiles.guide[row, np.uint64(p * QUANTILE_CELLS)])
    while p >= quantiles.edge[piece + np.uint64(1)]:
        piece += np.uint64(1)
    return float(quantiles.low[piece] + quantiles.slope[piece] * (p - quantiles.edge[piece]))


@compiled
def quantiles_at(quantiles: Quantiles, row: int, p: Floats, out: Floats) -> None:
    """The same for many; a distribution whose quantile function is one line needs no search."""
    first = quantiles.guide[row, 0]
    if quantiles.guide[row, -1] == first and quantiles.edge[first + 1] > 1.0:
        low, slope = quantiles.low[first], quantiles.slope[first]
        for i in range(out.size):
            out[i] = low + slope * p[i]
        return
    for i in range(out.size):
        out[i] = quantile_at(quantiles, row, p[i])


class Table(NamedTuple):
    """One curve's table: cells from ``origin``, ``split`` (c), ``line`` (2c, 2)."""

    origin: float
    step: float
    split: Floats
    line: Floats


def tabulate(
    values: Callable[[Floats], Floats], low: float, high: float, kinks: Iterable[float], after: float | None = None
) -> Table:
    """The table of a function from ``low`` to ``high``; before, it is what it is there; after, too, or ``after``."""
    step = FIRST_STEP
    while True:
        table, error = _tabulate(values, low, high, np.unique([low, high, *kinks]), after, step)
        if error <= ACCURACY or table.split.size * 2 > MOST_CELLS:
            return table
        step *= 0.5


def _tabulate(
    values: Callable[[Floats], Floats], low: float, high: float, kinks: Floats, after: float | None, step: float
) -> tuple[Table, float]:
    """The table with cells of one length, and its largest error relative to the largest height (infinite if jumps crowd)."""
    kinks = kinks[(kinks >= low) & (kinks <= high)]
    offsets = [_room(kinks - (low - (1.0 + phase) * step), step) for phase in np.linspace(0.0, 1.0, 33)]
    origin = low - (1.0 + float(np.argmax(offsets)) / 32.0) * step
    count = int(np.ceil((high - origin) / step)) + 2
    edges = origin + step * np.arange(count + 1)
    at = np.floor((kinks - origin) / step).astype(np.int64)
    crowded = bool(np.any(np.diff(at) == 0))
    split = np.full(count, np.inf)
    split[at] = np.where(_belongs_left(values, kinks), np.nextafter(kinks, np.inf), kinks)
    whole = np.isinf(split)
    middle = np.where(whole, edges[1:], split)
    starts, ends = np.stack((edges[:-1], middle), axis=1), np.stack((middle, edges[1:]), axis=1)
    left = values(starts)
    right = np.where(ends == middle[:, None], values(np.nextafter(ends, -np.inf)), values(ends))
    right = np.where(whole[:, None], values(ends), right)
    width = ends - starts
    slope = np.where(width > 0.0, (right - left) / np.where(width > 0.0, width, 1.0), 0.0)
    base = left - slope * starts
    slope[[0, -1]] = 0.0
    base[0], base[-1] = left[0, 0], right[-1, -1] if after is None else after
    wrong = np.abs(values(0.5 * (starts + ends)) - base - slope * 0.5 * (starts + ends))[1:-1]
    scale = max(float(np.max(np.abs(left))), 1e-300)
    error = np.inf if crowded else float(np.max(wrong[width[1:-1] > 0.0])) / scale
    return Table(origin, step, split, np.stack((base.ravel(), slope.ravel()), axis=1)), error


def _room(distances: Floats, step: float) -> float:
    """How far the nearest jump is from an edge of a cell."""
    share = np.mod(distances / step, 1.0)
    return float(np.min(np.minimum(share, 1.0 - share)))


def _belongs_left(values: Callable[[Floats], Floats], kinks: Floats) -> NDArray[np.bool_]:
    """Whether the height at a jump is that of the left."""
    here, before, behind = values(kinks), values(np.nextafter(kinks, -np.inf)), values(np.nextafter(kinks, np.inf))
    return np.asarray(np.abs(here - before) < np.abs(here - behind))


def pack_tables(tables: list[Table]) -> Lines:
    """Tables end to end."""
    counts = np.array([table.split.size for table in tables], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    return Lines(
        origin=np.array([table.origin for table in tables]),
        cells_per_unit=np.array([1.0 / table.step for table in tables]),
        first=first,
        last=first + counts - 1,
        split=np.concatenate([table.split for table in tables]),
        line=np.ascontiguousarray(np.concatenate([table.line for table in tables])),
    )


def pack_quantiles(distributions: list[Distribution]) -> Quantiles:
    """The quantile functions of distributions end to end."""
    guides, edges, lows, slopes = [], [], [], []
    offset = 0
    for distribution in distributions:
        edge, low, slope = _quantile_pieces(distribution)
        starts = np.arange(QUANTILE_CELLS) / QUANTILE_CELLS
        guides.append(offset + np.maximum(np.searchsorted(edge, starts, side="right") - 1, 0))
        edges.append(edge)
        lows.append(low)
        slopes.append(slope)
        offset += edge.size
    last = np.array([np.inf])
    return Quantiles(
        np.stack(guides).astype(np.int64), np.concatenate((*edges, last)), np.concatenate(lows), np.concatenate(slopes)
    )


def _quantile_pieces(distribution: Distribution) -> tuple[Floats, Floats, Floats]:
    """Pieces of a quantile function, from 0 to 1: the edge and the quantile where each starts, and its slope; then an end."""
    if isinstance(distribution, Point | Uniform):
        low, high = distribution.support
        edge, ends = np.array([0.0, 1.0]), np.array([[low, high]])
    elif isinstance(distribution, Atoms | Steps):
        edge, ends = _discrete_pieces(distribution)
    else:
        edge = _probabilities()
        inner = np.clip(edge, 2.0**_LEAST_LOG2, 1.0 - 2.0**_LEAST_LOG2)
        values = distribution.quantile(inner)
        ends = np.stack((values[:-1], values[1:]), axis=1)
    slope = (ends[:, 1] - ends[:, 0]) / np.diff(edge)
    return np.concatenate((edge[:-1], [np.inf])), np.append(ends[:, 0], ends[-1, 1]), np.append(slope, 0.0)


def _discrete_pieces(distribution: Atoms | Steps) -> tuple[Floats, Floats]:
    weights = np.asarray(distribution.weights, dtype=np.float64)
    if isinstance(distribution, Atoms):
        ends = np.stack((distribution.values, distribution.values), axis=1).astype(np.float64)
    else:
        ends = np.stack((distribution.edges[:-1], distribution.edges[1:]), axis=1).astype(np.float64)
    kept = weights > 0.0
    edge = np.concatenate(([0.0], np.cumsum(weights[kept]) / weights.sum()))
    edge[-1] = 1.0
    return edge, ends[kept]


def _probabilities() -> Floats:
    """Edges of a quantile table: equal cells, the outer ones in parts, so that steps shrink towards the end."""
    outer = 2.0 ** np.linspace(_LEAST_LOG2, np.log2(_TAIL_CELLS / QUANTILE_CELLS), _TAIL_PARTS * 22)
    inner = np.arange(_TAIL_CELLS + 1, QUANTILE_CELLS - _TAIL_CELLS) / QUANTILE_CELLS
    return np.concatenate(([0.0], outer, inner, 1.0 - outer[::-1], [1.0]))
