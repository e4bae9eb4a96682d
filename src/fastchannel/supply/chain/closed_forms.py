"""What follows from a table at once, with no time in it: coefficients, Leontief multipliers and hypothetical extraction.

Leontief (1936), "Quantitative input and output relations in the economic systems of the United States"; extraction as in
Dietzenbacher, van der Linden and Steenge (1993), "The regional extraction method: EC input–output comparisons". They take
every input for indispensable and every buyer for bound, so that they say how an industry is woven into the others; what a
shortage does, and when, is asked of ``propagate``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError


def coefficients(table: Table) -> Floats:
    """Inputs for one unit of output (N, N): A[i, j] = flows[i, j] / output[j], and nothing for an industry without output."""
    made = np.where(table.output > 0, table.output, np.inf)
    return np.asarray(table.flows / made)


def spectral_radius(table: Table) -> float:
    """The largest absolute eigenvalue of the coefficients; the inverse is a sum of rounds only below 1."""
    return float(np.abs(scipy.linalg.eigvals(coefficients(table), check_finite=False)).max())


def multipliers(table: Table) -> Floats:
    """Output of all industries for one unit of final demand for each (N,): the column sums of (I − A)⁻¹.

    Raises SupplyError where I − A has no inverse.
    """
    count = len(table.industries)
    return _solve(table, np.eye(count) - coefficients(table), np.ones(count), transposed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Output that all industries together lose, in the table's unit a year, without one industry.

    ``against_solution`` compares two solutions of the same equations. ``against_table`` compares with the sum of the table's
    outputs, as is customary: where rows do not balance it counts what the table itself fails to explain among the losses.
    """

    industry: str
    against_table: float
    against_solution: float


def extraction(table: Table, industry: str) -> Extraction:
    """What is lost if this industry neither bought, sold nor made anything.

    Its row and column of A and its final demand are set to zero; the rest of final demand stays. Raises SupplyError for an
    industry that is not in the table.
    """
    place = table.place(industry)
    all_ = coefficients(table)
    kept = all_.copy()
    kept[place, :] = 0.0
    kept[:, place] = 0.0
    wanted = table.final.sum(axis=1)
    with_it = _solve(table, np.eye(len(wanted)) - all_, wanted)
    wanted[place] = 0.0
    without = _solve(table, np.eye(len(wanted)) - kept, wanted)
    return Extraction(
        industry=industry,
        against_table=float(table.output.sum() - without.sum()),
        against_solution=float(with_it.sum() - without.sum()),
    )


def _solve(table: Table, left: Floats, right: Floats, *, transposed: bool = False) -> Floats:
    try:
        return np.asarray(scipy.linalg.solve(left.T if transposed else left, right), dtype=np.float64)
    except scipy.linalg.LinAlgError as error:
        raise SupplyError(
            f"{table.source}: I − A has no inverse: some industries use up all that they make; expected value added"
        ) from error
