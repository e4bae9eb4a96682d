"""Small tables written in the layouts of OECD ICIO, WIOD and EXIOBASE are read; what does not fit them is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fastchannel.supply.chain.exiobase import read_exiobase
from fastchannel.supply.chain.faults import check
from fastchannel.supply.chain.icio import read_icio
from fastchannel.supply.chain.table import Table
from fastchannel.supply.chain.wiod import read_wiod
from fastchannel.supply.errors import SupplyError

FLOWS = [[10, 5, 1, 0], [4, 20, 0, 2], [0, 1, 8, 6], [3, 0, 2, 9]]
FINAL = [[30, 6, 4, 1], [40, 7, 3, 2], [2, 1, 25, 5], [1, 3, 50, 8]]
OUTPUT = [57, 78, 48, 76]

ICIO = """V1,CN1_A01,CN1_C26,KOR_A01,KOR_C26,CHN_HFCE,CHN_INVNT,KOR_HFCE,KOR_INVNT,OUT
CN1_A01,10,5,1,0,30,6,4,1,57
CN1_C26,4,20,0,2,40,7,3,2,78
KOR_A01,0,1,8,6,2,1,25,5,48
KOR_C26,3,0,2,9,1,3,50,8,76
TLS,1,2,1,2,0,0,0,0,6
VA,39,50,36,57,0,0,0,0,182
OUT,57,78,48,76,73,17,82,16,
"""
WIOD = """Intercountry input-output table,,,,,,,,,,,,
(current prices),,,,,,,,,,,,
,,,,A01,C26,A01,C26,CONS_h,INVEN,CONS_h,INVEN,GO
,,,,Crops,Electronics,Crops,Electronics,{h},{i},{h},{i},Total output
,,,,CHN,CHN,KOR,KOR,CHN,CHN,KOR,KOR,TOT
,,,,c1,c2,c1,c2,c37,c42,c37,c42,c60
A01,Crops,CHN,r1,10,5,1,0,30,6,4,1,57
C26,Electronics,CHN,r2,4,20,0,2,40,7,3,2,78
A01,Crops,KOR,r1,0,1,8,6,2,1,25,5,48
C26,Electronics,KOR,r2,3,0,2,9,1,3,50,8,76
VA,Value added,TOT,r64,40,52,37,59,,,,,
""".format(h="Final consumption expenditure by households", i="Changes in inventories and valuables")
_SECTORS = [("CN", "Crops"), ("CN", "Electronics"), ("KR", "Crops"), ("KR", "Electronics")]
_HOUSEHOLDS = "Final consumption expenditure by households"
_NPISH = "Final consumption expenditure by non-profit organisations serving households (NPISH)"


def tabbed(rows: list[list[object]]) -> bytes:
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def exiobase(
    values: Sequence[Sequence[float]], heads: list[tuple[str, str]], *, named: bool = True, units: bool = False
) -> bytes:
    unit: list[object] = [""] if units else []
    lines: list[list[object]] = [["region", "", *unit, *(a for a, _ in heads)], ["sector", "", *unit, *(b for _, b in heads)]]
    if named:
        lines.append(["region", "sector", *unit, *("" for _ in heads)])
    money: list[object] = ["M.EUR"] if units else []
    return tabbed(lines + [[*label, *money, *row] for label, row in zip(_SECTORS, values, strict=True)])


DEMANDS = [("CN", _HOUSEHOLDS), ("CN", _NPISH), ("KR", _HOUSEHOLDS), ("KR", _NPISH)]
X = tabbed([["region", "sector", "indout"], *([*label, made] for label, made in zip(_SECTORS, OUTPUT, strict=True))])


def holds(table: Table) -> bool:
    return [table.flows.tolist(), table.final.tolist(), table.output.tolist()] == [FLOWS, FINAL, OUTPUT]


def test_icio_is_read_with_the_parts_of_china_as_regions() -> None:
    table = read_icio(ICIO.encode(), "2018.csv")
    assert holds(table)
    assert [str(one) for one in table.industries] == ["CN1.A01", "CN1.C26", "KOR.A01", "KOR.C26"]
    assert [one.households for one in table.demands] == [True, False, True, False]
    assert table.demands[0].region == "CHN"
    assert check(table) == ()


def test_older_icio_with_taxes_by_country_is_read_too() -> None:
    older = ICIO.replace("TLS,", "CHN_TAXSUB,").replace("VA,", "VALU,").replace("OUT", "OUTPUT")
    assert holds(read_icio(older.encode(), "2015.csv"))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("KOR_C26,CHN", "KOR_C27,CHN", "row KOR_C26 has no column"),
        ("CHN_HFCE,CHN_INVNT", "CHN_HFCE,CHN_NONSENSE", "column CHN_NONSENSE has no row and is no final demand"),
        ("KOR_INVNT,OUT", "KOR_INVNT,SUM", "found no column of output; expected OUT, OUTPUT, TOTAL"),
        ("2,9,1,3", "2,9,-,3", "line 5, column 6: found '-', expected a number"),
    ],
)
def test_what_does_not_fit_icio_is_refused(was: str, now: str, said: str) -> None:
    assert was in ICIO
    with pytest.raises(SupplyError, match=said):
        read_icio(ICIO.replace(was, now).encode(), "2018.csv")


def test_wiod_is_read_below_its_title_and_without_its_sums() -> None:
    table = read_wiod(WIOD.encode(), "wiot.csv")
    assert holds(table)
    assert [str(one) for one in table.industries] == ["CHN.c01", "CHN.c02", "KOR.c01", "KOR.c02"]
    assert [(str(one), one.households) for one in table.demands][:2] == [("FD.CHN.c37", True), ("FD.CHN.c42", False)]
    assert check(table) == ()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("KOR,TOT", "KOR,SUM", "found no column of country TOT"),
        ("KOR,r2", "KOR,r3", "row KOR r3 has no column; expected a column c3 of it"),
        (",r", ",x", "found no row of an industry under four lines of headings"),
        ("3,0,2,9", "3,0,n/a,9", "line 10, column 7: found 'n/a', expected a number"),
    ],
)
def test_what_does_not_fit_wiod_is_refused(was: str, now: str, said: str) -> None:
    assert was in WIOD
    with pytest.raises(SupplyError, match=said):
        read_wiod(WIOD.replace(was, now).encode(), "wiot.csv")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("units", [True, False])
def test_exiobase_is_read_with_and_without_names_and_units_of_its_columns(*, named: bool, units: bool) -> None:
    table = read_exiobase(
        flows=(exiobase(FLOWS, _SECTORS, named=named, units=units), "Z.txt"),
        final=(exiobase(FINAL, DEMANDS, named=named, units=units), "Y.txt"),
        output=(X, "x.txt"),
    )
    assert holds(table)
    assert [str(one) for one in table.industries] == ["CN.Crops", "CN.Electronics", "KR.Crops", "KR.Electronics"]
    assert [one.households for one in table.demands] == [True, False, True, False]
    assert table.unit == "M EUR"


def test_exiobase_without_its_output_takes_what_the_rows_sell() -> None:
    table = read_exiobase(flows=(exiobase(FLOWS, _SECTORS), "Z.txt"), final=(exiobase(FINAL, DEMANDS), "Y.txt"))
    assert holds(table)


def test_exiobase_in_shares_is_turned_into_flows_by_its_output() -> None:
    shares = [[value / made for value, made in zip(row, OUTPUT, strict=True)] for row in FLOWS]
    raw = exiobase(shares, _SECTORS)
    table = read_exiobase(shares=(raw, "A.txt"), final=(exiobase(FINAL, DEMANDS), "Y.txt"), output=(X, "x.txt"))
    assert table.flows.ravel().tolist() == pytest.approx([value for row in FLOWS for value in row])


def test_what_does_not_fit_exiobase_is_refused() -> None:
    final = (exiobase(FINAL, DEMANDS), "Y.txt")
    with pytest.raises(SupplyError, match=r"Y.txt: found no flows; expected Z.txt, or A.txt together with x.txt"):
        read_exiobase(final=final, shares=(exiobase(FLOWS, _SECTORS), "A.txt"))
    swapped = [_SECTORS[0], _SECTORS[2], _SECTORS[1], _SECTORS[3]]
    with pytest.raises(SupplyError, match=r"Z.txt: column KR.Crops where CN.Electronics was expected"):
        read_exiobase(final=final, flows=(exiobase(FLOWS, swapped), "Z.txt"))
    short = X.rsplit(b"\n", 2)[0] + b"\n"
    with pytest.raises(SupplyError, match=r"x.txt: found 3 rows, expected 4"):
        read_exiobase(final=final, flows=(exiobase(FLOWS, _SECTORS), "Z.txt"), output=(short, "x.txt"))
    with pytest.raises(SupplyError, match=r"Z.txt: found 1 lines, expected two of headings"):
        read_exiobase(final=final, flows=(b"region\n", "Z.txt"))
