"""Every oddity of a table is reported by itself: where, found, expected."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fastchannel.supply.chain.faults import Fault, Kind, check
from fastchannel.supply.chain.table import Demand, Industry, Table
from tests.supply.chain.small_tables import three


@pytest.fixture(scope="module")
def full(shared: Path) -> Table:
    with np.load(shared / "data" / "supply" / "wiod2011_full.npz") as kept:
        regions = [str(one) for one in kept["countries"]]
        return Table(
            source="wiod2011_full.npz",
            unit="M USD",
            industries=tuple(Industry(region=region, sector=f"c{place:02}") for region in regions for place in range(1, 36)),
            demands=tuple(Demand(region=region, category=f"c{place}") for region in regions for place in range(37, 42)),
            flows=kept["Z"].astype(np.float64),
            final=kept["F"].astype(np.float64),
            output=kept["x"].astype(np.float64),
        )


def test_the_traps_of_the_full_table_are_reported_one_by_one(full: Table) -> None:
    found = check(full)
    counts = Counter(one.kind for one in found)
    assert counts == {Kind.ZERO_OUTPUT: 22, Kind.NEGATIVE_DEMAND: 352, Kind.UNBALANCED: 550 + counts_of_single_units(full)}
    assert max(one.size for one in found if one.kind is Kind.UNBALANCED) == 108.0
    assert len({(one.kind, one.where) for one in found}) == len(found)  # none stands for several


def counts_of_single_units(full: Table) -> int:
    """Rows that are off by 1 to 50, counted without the code under test."""
    off = [
        abs(sum(map(float, full.flows[row])) + sum(map(float, full.final[row])) - float(full.output[row]))
        for row in range(1435)
    ]
    return sum(0.5 < one <= 50 for one in off)


def test_a_tolerance_leaves_the_smaller_imbalances_unsaid(full: Table) -> None:
    assert sum(one.kind is Kind.UNBALANCED for one in check(full, tolerance=50.0)) == 550
    assert not [one for one in check(full, tolerance=108.0) if one.kind is Kind.UNBALANCED]


def test_a_table_in_order_has_no_faults() -> None:
    assert check(three()) == ()


@pytest.mark.parametrize(
    ("field", "place", "value", "fault"),
    [
        ("flows", (0, 1), -45.0, Fault(kind=Kind.NEGATIVE_FLOW, where="R.A → R.B", found=-45.0, expected=0.0)),
        ("final", (2, 0), -5.0, Fault(kind=Kind.NEGATIVE_DEMAND, where="R.C → FD.R.households", found=-5.0, expected=0.0)),
        ("output", (1,), 0.0, Fault(kind=Kind.ZERO_OUTPUT, where="R.B", found=0.0, expected=0.0)),
        ("output", (1,), -1.0, Fault(kind=Kind.NEGATIVE_OUTPUT, where="R.B", found=-1.0, expected=0.0)),
        ("output", (1,), 100.0, Fault(kind=Kind.INPUTS_EXCEED_OUTPUT, where="R.B", found=100.0, expected=135.0)),
        ("output", (1,), 301.0, Fault(kind=Kind.UNBALANCED, where="R.B", found=300.0, expected=301.0)),
    ],
)
def test_each_kind_of_fault_says_where_found_and_expected(
    field: str, place: tuple[int, ...], value: float, fault: Fault
) -> None:
    values = getattr(three(), field).copy()
    values[place] = value
    assert fault in check(three(**{field: values}))
