"""Small tables that several tests read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fastchannel.supply.chain.table import Demand, Industry, Table

SECTORS = ("A", "B", "C")
COEFFICIENTS = np.array([[0.10, 0.15, 0.05], [0.05, 0.20, 0.25], [0.05, 0.10, 0.15]])
OUTPUT = np.array([100.0, 300.0, 600.0])
HOUSEHOLDS = np.array([10.0, 80.0, 250.0])
OTHERS = np.array([5.0, 5.0, 225.0])
FLOWS = COEFFICIENTS * OUTPUT
FINAL = np.column_stack([HOUSEHOLDS, OTHERS])


_THREE = Table(
    source="three",
    unit="M USD",
    industries=tuple(Industry(region="R", sector=one) for one in SECTORS),
    demands=(
        Demand(region="R", category="households", households=True),
        Demand(region="R", category="others", households=False),
    ),
    flows=FLOWS,
    final=FINAL,
    output=OUTPUT,
)


def three(**changes: Any) -> Table:
    """The three industries of the reference run, with ``changes``: every row of theirs balances."""
    return replace(_THREE, **changes)
