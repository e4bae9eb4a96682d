"""What the machine could do at most: random numbers, memory and table look-ups a second, on one core."""

from __future__ import annotations

import numpy as np

from bench.timing import Work
from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.grid.grid import Packed
from fastchannel.forecast.grid.plan import SCREENS, WATCHES, lay_out, new_plan
from fastchannel.forecast.individuals.randomness import PERSON, draw_uniforms
from fastchannel.forecast.infection.distributions import Floats

PHILOX = "uniforms, Philox4x32-10 by counter (512 people at a time, as the walk draws them)"
PCG64 = "uniforms, NumPy's PCG64"
GAMMAS = "gammas, NumPy (shape 4)"
TRIAD = "memory, bytes of a triad (two arrays read, one written)"
LOOK_UPS = "look-ups in a table of straight lines (in the second cache)"

CHUNK = 512
TRIAD_LENGTH = 1 << 23  # of each array: 64 MiB, more than the caches hold
TABLE_CELLS = 1 << 13
GAMMA_SHAPE = 4.0


def limits(scale: float) -> dict[str, Work]:
    """The limits as works; ``scale`` makes them shorter or longer."""
    uniforms, many = np.empty((4, CHUNK)), np.empty(1 << 16)
    chunks, repeats = max(1, int(8_000 * scale)), max(1, int(100 * scale))
    generator = np.random.Generator(np.random.PCG64(1))
    a, b, c = (np.full(TRIAD_LENGTH, value) for value in (0.0, 1.0, 2.0))
    table = np.cumsum(generator.random(TABLE_CELLS + 1))
    at = generator.random(1 << 14) * TABLE_CELLS
    return {
        PHILOX: Work(call=lambda: _fill(uniforms, chunks), done=float(uniforms.size * chunks)),
        PCG64: Work(call=lambda: [generator.random(out=many) for _ in range(4 * repeats)], done=4.0 * many.size * repeats),
        GAMMAS: Work(
            call=lambda: [generator.standard_gamma(GAMMA_SHAPE, out=many) for _ in range(repeats)],
            done=float(many.size * repeats),
        ),
        TRIAD: Work(call=lambda: _triad(a, b, c, 3.0), done=24.0 * TRIAD_LENGTH),
        LOOK_UPS: Work(call=lambda: _look_up(table, at, 20 * repeats), done=20.0 * at.size * repeats),
    }


@compiled
def _fill(out: Floats, chunks: int) -> None:
    for chunk in range(chunks):
        draw_uniforms(np.uint64(1), np.uint64(chunk * out.shape[1]), PERSON, 0, out)


@compiled
def _triad(a: Floats, b: Floats, c: Floats, factor: float) -> None:
    for i in range(a.size):
        a[i] = b[i] + factor * c[i]


@compiled
def _look_up(table: Floats, at: Floats, repeats: int) -> float:
    found = 0.0
    for repeat in range(repeats):
        for i in range(at.size):
            cell = int(at[i])
            found += table[cell] + (at[i] - cell) * (table[cell + 1] - table[cell]) + repeat
    return found


def look_ups_of(packed: Packed, symptoms_days: float) -> float:
    """Places that the fast quadrature looks up for one person infected at a known time, as a mean over itineraries.

    One for each test (at all effects at once), one for each moment at which infectiousness must be known, and one in the table
    of incubation periods for each watch and each time of onset at which something changes.
    """
    plan, journeys = new_plan(), packed.journeys
    found = 0
    for i in range(len(packed.itineraries)):
        lay_out(plan, journeys, i, symptoms_days, 0.0)
        segments, pieces = (int(size) for size in plan.sizes)
        found += int(journeys.counts[i, SCREENS]) + segments - 1 + (pieces - 1) * int(journeys.counts[i, WATCHES])
    return found / len(packed.itineraries)
