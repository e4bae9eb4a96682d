"""Several teams for one site: together they are worth what all of them bring, whatever the order in which they are given."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.in_turn import Valuation, in_turn
from fastchannel.supply.value.marginals import marginals
from fastchannel.supply.value.reading_admitted import read_admitted
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import shortage, small_economy, small_network, team


def valuation(**changes: object) -> Valuation:
    found = marginals(small_economy(), shortage(left=0.5))
    made = Valuation(table=three(), network=small_network(), marginals={one.industry: one for one in found})
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_second_team_of_a_site_comes_after_the_first() -> None:
    first, second = in_turn([team("a"), team("b")], valuation())
    assert (dict(first.admitted), dict(second.admitted)) == ({}, {"welder": 1})
    assert second.worth.value == pytest.approx(first.worth.value / 2, rel=1e-12)  # q = 1/2


def test_teams_of_other_sites_do_not_come_after_each_other() -> None:
    turns = in_turn([team("a"), team("n", site="ward", team={"nurse": 2})], valuation())
    assert [dict(one.admitted) for one in turns] == [{}, {}]


def test_those_admitted_before_come_first() -> None:
    [after] = in_turn([team("a")], valuation(admitted={"yard": {"welder": 1}}))
    _, second = in_turn([team("a"), team("b")], valuation())
    assert after.worth.value == second.worth.value


@given(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4), nights=st.integers(1, 20))
def test_together_they_are_worth_what_one_team_of_all_is(sizes: list[int], nights: int) -> None:
    asking = [team(f"t{n}", team={"welder": size}, room_nights=nights * size) for n, size in enumerate(sizes)]
    together = in_turn([team("all", team={"welder": sum(sizes)})], VALUATION)[0].worth.value
    for order in itertools.islice(itertools.permutations(asking), 6):
        turns = in_turn(order, VALUATION)
        assert [one.worth.identifier for one in turns] == [one.identifier for one in order]
        assert sum(one.worth.value for one in turns) == pytest.approx(together, rel=1e-9)


VALUATION = valuation()


def test_values_fall_by_the_day_of_arrival() -> None:
    [turn] = in_turn([team("a")], valuation(), days=32)  # it stands still until day 30
    assert turn.values[0] == turn.worth.value
    assert turn.values[1] == turn.worth.a_day_later
    assert turn.values[29] == pytest.approx(turn.worth.value / 30)
    assert turn.values[30:] == (0.0, 0.0)


def test_who_was_admitted_is_read_by_site(tmp_path: Path) -> None:
    text = b"site,skill,people\nyard,welder,2\nyard,welder,1\nmill,smelter,1\n"
    assert read_admitted(text, "a.csv") == {"yard": {"welder": 3}, "mill": {"smelter": 1}}
    with pytest.raises(SupplyError, match=r"a\.csv: line 2: found 'yard', 'welder', 'x'"):
        read_admitted(b"site,skill,people\nyard,welder,x\n", "a.csv")
    with pytest.raises(SupplyError, match="column people is missing"):
        read_admitted(b"site,skill\n", "a.csv")
