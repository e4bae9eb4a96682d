"""Our own table: what is read, and what is refused with its place."""

from __future__ import annotations

import numpy as np
import pytest

from fastchannel.supply.chain.own_csv import read_own, write_own
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import three

SMALL = """region,sector,R.a,R.b,FD.R.households,FD.R.others,X
R,a,1,2,3,4,10
R,b,5,,7,8,20
"""


def test_a_table_is_read_with_its_households_apart() -> None:
    table = read_own(SMALL.encode(), "small.csv", unit="M USD")
    assert [str(one) for one in table.industries] == ["R.a", "R.b"]
    assert table.flows.tolist() == [[1, 2], [5, 0]]
    assert table.final.tolist() == [[3, 4], [7, 8]]
    assert table.output.tolist() == [10, 20]
    assert [one.households for one in table.demands] == [True, False]
    assert table.value_added.tolist() == [4, 18]


def test_columns_may_come_in_any_order() -> None:
    swapped = "region,sector,X,R.b,FD.R,R.a\nR,a,10,2,7,1\nR,b,20,0,15,5\n"
    table = read_own(swapped.encode(), "swapped.csv")
    assert table.flows.tolist() == [[1, 2], [5, 0]]
    assert table.demands[0].households is None


def test_what_is_written_is_read_back_to_the_last_bit() -> None:
    table = three(flows=np.full((3, 3), 1 / 3))
    again = read_own(write_own(table), "again.csv")
    assert again.industries == table.industries
    for name in ("flows", "final", "output"):
        assert np.array_equal(getattr(again, name), getattr(table, name))
    assert [one.households for one in again.demands] == [True, False]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("5,,7", "5,x,7", r"small.csv: line 3, column 4: found 'x', expected a number"),
        ("R.b,", "R.c,", r"small.csv: industry R.b has a row and no column; expected a column R.b"),
        (",X\n", ",Y\n", r"small.csv: column Y is no industry of a row, no final demand \(FD.…\) and not X"),
        ("R,b,5", "R,a,5", r"small.csv: industry R.a is there twice; expected one row for each"),
        ("7,8,20", "7,8,20,1", r"small.csv: its rows cannot be read"),
        ("7,8,20", "7,8,inf", r"small.csv: output of R.b: found no finite number in 1 places"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(was: str, now: str, said: str) -> None:
    assert was in SMALL
    with pytest.raises(SupplyError, match=said):
        read_own(SMALL.replace(was, now).encode(), "small.csv")


def test_a_table_without_rows_or_not_in_utf_8_is_refused() -> None:
    with pytest.raises(SupplyError, match=r"found 1 lines, expected 1 of headings and the rows under them"):
        read_own(SMALL.splitlines()[0].encode(), "small.csv")
    with pytest.raises(SupplyError, match="byte 0 is not UTF-8"):
        read_own(b"\xff" + SMALL.encode(), "small.csv")
