"""Repairs change what they were asked to, tell every change, and leave a table without those faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.chain.faults import Kind, check
from fastchannel.supply.chain.repairs import Change, repair
from fastchannel.supply.chain.stocks import check_stocks, circles
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import FINAL, FLOWS, three

MENDED = [Kind.ZERO_OUTPUT, Kind.NEGATIVE_FLOW, Kind.NEGATIVE_DEMAND, Kind.UNBALANCED]


def test_nothing_is_repaired_that_was_not_asked_for() -> None:
    broken = three(output=np.array([100.0, 300.0, 700.0]))
    assert repair(broken, [Kind.NEGATIVE_DEMAND]).table.output.tolist() == [100.0, 300.0, 700.0]
    assert repair(broken, []).changes == ()


def test_a_table_in_order_is_left_as_it_is() -> None:
    mended = repair(three(), MENDED)
    assert mended.changes == ()
    assert np.array_equal(mended.table.flows, FLOWS)


def test_an_industry_without_output_is_taken_out_with_what_it_traded() -> None:
    flows = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 0.0]])
    mended = repair(three(flows=flows, output=np.array([10.0, 0.0, 10.0])), [Kind.ZERO_OUTPUT])
    assert [str(one) for one in mended.table.industries] == ["R.A", "R.C"]
    assert mended.table.flows.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert mended.changes == (Change(kind=Kind.ZERO_OUTPUT, where="R.B", before=2.0 + 85.0, after=0.0),)


def test_a_negative_sale_becomes_a_purchase_the_other_way_round() -> None:
    flows = FLOWS.copy()
    flows[0, 1] = -4.0
    mended = repair(three(flows=flows), [Kind.NEGATIVE_FLOW])
    assert mended.table.flows[0, 1] == 0.0
    assert mended.table.flows[1, 0] == FLOWS[1, 0] + 4.0
    assert mended.changes == (Change(kind=Kind.NEGATIVE_FLOW, where="R.A → R.B", before=-4.0, after=0.0),)


def test_a_negative_demand_is_lifted_and_the_rows_sum_stays() -> None:
    final = FINAL.copy()
    final[1] = [100.0, -15.0]
    mended = repair(three(final=final), [Kind.NEGATIVE_DEMAND])
    assert mended.table.final[1].tolist() == [85.0, 0.0]
    assert [(one.where, one.size) for one in mended.changes] == [("R.B → FD.R.households", 15.0), ("R.B → FD.R.others", 15.0)]


def test_an_unbalanced_row_is_scaled_in_its_final_demand_or_else_in_its_output() -> None:
    mended = repair(three(output=np.array([100.0, 300.0, 80.0])), [Kind.UNBALANCED])
    assert mended.table.output.tolist() == [100.0, 300.0, 600.0]  # it sells 125 to industries: no final demand could mend that
    assert [(one.where, one.before, one.after) for one in mended.changes] == [("R.C", 80.0, 600.0)]
    mended = repair(three(output=np.array([100.0, 300.0, 695.0])), [Kind.UNBALANCED])
    assert mended.table.final[2] == pytest.approx([300.0, 270.0])
    assert mended.table.output.tolist() == [100.0, 300.0, 695.0]


@given(
    st.lists(st.floats(-20.0, 60.0), min_size=9, max_size=9),
    st.lists(st.floats(-30.0, 90.0), min_size=6, max_size=6),
    st.lists(st.sampled_from([0.0, 50.0, 400.0]), min_size=3, max_size=3).filter(any),
)
def test_after_repair_no_fault_of_those_kinds_is_left(flows: list[float], final: list[float], output: list[float]) -> None:
    broken = three(flows=np.reshape(flows, (3, 3)), final=np.reshape(final, (3, 2)), output=np.array(output))
    mended = repair(broken, MENDED)
    left = {one.kind for one in check(mended.table)} - {Kind.INPUTS_EXCEED_OUTPUT, Kind.ZERO_OUTPUT}
    assert not left
    assert bool(mended.changes) == bool({one.kind for one in check(broken)} & set(MENDED))


def test_what_cannot_be_repaired_is_said() -> None:
    with pytest.raises(
        SupplyError, match="three: inputs_exceed_output cannot be repaired; expected zero_output, negative_flow"
    ):
        repair(three(), [Kind.INPUTS_EXCEED_OUTPUT])
    with pytest.raises(SupplyError, match="no industry has an output"):
        repair(three(output=np.zeros(3)), [Kind.ZERO_OUTPUT])


def test_circles_are_found_with_all_their_members() -> None:
    assert circles(5, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)]) == ((0, 1, 2),)
    assert circles(3, [(0, 1), (1, 2)]) == ()
    assert circles(2, [(1, 1)]) == ((1,),)
    assert circles(2, []) == ()


def test_a_circle_without_stock_is_a_fault_and_so_is_each_stock_below_a_day() -> None:
    binding = np.array([[False, True, False], [True, False, True], [False, False, False]])
    found = check_stocks(three(), np.array([0.0, 0.0, 7.0]), binding)
    assert [(one.kind, one.where) for one in found] == [
        (Kind.LOW_STOCK, "R.A"),
        (Kind.LOW_STOCK, "R.B"),
        (Kind.ZERO_STOCK_CYCLE, "R.A → R.B"),
    ]
    assert check_stocks(three(), np.array([1.0, 1.0, 1.0]), binding) == ()
