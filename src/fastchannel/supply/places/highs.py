"""One call of HiGHS: whole and fractional columns within two-sided rows, silently, with a start where one is known.

Branches are bounded by their number, not by a clock, so that the same batch gives the same answer on a slow machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
from highspy._core import _Highs as Solver  # the typed class: its subclass ships no types
from scipy.sparse import csr_array

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.compiled import Bools, Floats

INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


class UnsolvedError(SupplyError):
    """The solver ended with neither a choice nor the proof that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Minimise ``costs`` · x with ``low`` ≤ ``rows`` x ≤ ``high`` and 0 ≤ x ≤ ``most``; x is whole where ``whole``."""

    costs: Floats
    rows: csr_array
    low: Floats
    high: Floats
    most: Floats
    whole: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """The columns found and what no others can be below."""

    columns: Floats
    bound: float


def minimise(programme: Programme, gap: float, most_nodes: int, start: Floats | None = None) -> Minimum | None:
    """To a relative gap; None where nothing keeps the rows. Raises UnsolvedError where neither was found."""
    solver = Solver()
    solver.setOptionValue("output_flag", False)
    chosen = {"mip_rel_gap": gap, "mip_max_nodes": most_nodes, "mip_allow_restart": False, "threads": 1, "random_seed": 0}
    for option, value in chosen.items():  # without restarts: they doubled the time on batches of a thousand people
        solver.setOptionValue(option, value)
    solver.passModel(_model(programme))
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    solver.run()
    status = solver.getModelStatus()
    if status in INFEASIBLE:
        return None
    info = solver.getInfo()
    if info.primal_solution_status != highspy.kSolutionStatusFeasible:
        said = solver.modelStatusToString(status)
        raise UnsolvedError(f"HiGHS ended without a choice: {said}. Ask for a wider gap or give fewer applications.")
    bound = info.mip_dual_bound if programme.whole.any() else info.objective_function_value
    return Minimum(columns=np.asarray(solver.getSolution().col_value), bound=bound if math.isfinite(bound) else -math.inf)


def _model(programme: Programme) -> highspy.HighsLp:
    columns = programme.rows.tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = programme.costs.size, programme.low.size
    model.col_cost_, model.col_lower_, model.col_upper_ = programme.costs, np.zeros(programme.costs.size), programme.most
    model.row_lower_, model.row_upper_ = programme.low, programme.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = columns.indptr, columns.indices
    model.a_matrix_.value_ = columns.data
    kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
    model.integrality_ = [kinds[int(whole)] for whole in programme.whole]
    return model
