"""What is known by sector is spread over the regions, and what is no figure is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastchannel.supply.chain.sectors import Input, read_criticality, read_per_sector
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import three

RANKS = ",A,B,C\nA,0,1,0\nB,0.5,0,1\nC,0,0,0\n"
DAYS = "sector,days\nA,30\nB,14\nC,7\n"


def test_ranks_say_how_the_column_needs_the_row() -> None:
    ranks = read_criticality(RANKS.encode(), "ranks.csv").of(three())
    assert ranks[0, 1] == Input.ESSENTIAL
    assert ranks[1, 0] == Input.IMPORTANT
    assert ranks[2, 0] == Input.OTHER


def test_columns_are_found_by_their_name() -> None:
    turned = ",C,B,A\nA,0,1,0\nB,1,0,0.5\nC,0,0,0\n"
    assert (read_criticality(turned.encode(), "t").ranks == read_criticality(RANKS.encode(), "r").ranks).all()


def test_the_survey_covers_every_industry_of_35(shared: Path) -> None:
    name = "criticality_wiod35_derived.csv"
    ranks = read_criticality((shared / "data" / "supply" / name).read_bytes(), name).ranks
    assert ranks.shape == (35, 35)
    assert [(ranks == one).sum() for one in Input] == [862, 206, 157]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("0.5", "0.7", r"ranks.csv: B → A: found 0\.7, expected 1 \(essential\), 0\.5 \(important\) or 0 \(other\)"),
        (",A,B,C", ",A,B,D", r"ranks.csv: rows and columns are not the same sectors: C"),
    ],
)
def test_ranks_that_are_none_are_refused(was: str, now: str, said: str) -> None:
    with pytest.raises(SupplyError, match=said):
        read_criticality(RANKS.replace(was, now).encode(), "ranks.csv")


def test_a_sector_without_a_figure_is_named_with_its_industry() -> None:
    lacking = read_per_sector(DAYS.replace("C,7\n", "").encode(), "days.csv")
    with pytest.raises(SupplyError, match=r"days.csv: has nothing of sector C \(R\.C\); expected one of 2, for example"):
        lacking.of(three())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("C,x", "line 4: found 'C,x', expected a sector and a number"),
        ("C", "line 4: found 'C', expected a sector and a number"),
        ("C,-1", r"line 4: found -1\.0, expected a finite number of 0 or more"),
        ("A,7", "line 4: sector A is there twice"),
    ],
)
def test_a_line_that_is_none_is_refused(line: str, said: str) -> None:
    with pytest.raises(SupplyError, match=said):
        read_per_sector(DAYS.replace("C,7", line).encode(), "days.csv")
