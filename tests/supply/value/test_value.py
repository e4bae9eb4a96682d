"""A value is the less of claim and share, times days, people and marginal; waiting costs where something stands still."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.marginals import Direction, Marginal
from fastchannel.supply.value.urgency import Cause, Urgency, crew, will_stop
from fastchannel.supply.value.value import Limit, Worth, value
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import small_network, team

YARD = 0.25 * 300.0 / 365.0  # what the yard makes in a day
KNOWN = {
    f"R.{sector}": Marginal(industry=f"R.{sector}", direction=Direction.RESTORED, direct=1.0, amplification=worth, worth=worth)
    for sector, worth in (("A", 1.5), ("B", 3.0), ("C", 6.0))
}


def worth(arrival_day: float = 0.0, admitted: dict[str, int] | None = None, **changes: Any) -> Worth:
    return value(
        team(**changes), table=three(), network=small_network(), marginals=KNOWN, arrival_day=arrival_day, admitted=admitted
    )


def test_a_value_is_the_product_of_its_factors() -> None:
    found = worth()
    assert found.limited_by is Limit.CLAIM
    assert found.value == pytest.approx(0.1 * 30 * 4 / 7 * 3.0)
    assert found.direct == pytest.approx(0.1 * 30)
    assert found.per_room_night == pytest.approx(found.value / 14)


def test_a_claim_above_what_the_site_makes_counts_as_what_it_makes() -> None:
    found = worth(claimed_per_day=1e9)
    assert found.limited_by is Limit.SHARE
    assert found.value == pytest.approx(YARD * 30 * 4 / 7 * 3.0)
    assert worth(claimed_per_day=YARD).value == pytest.approx(found.value)


@given(st.floats(0.0, 1e6), st.floats(1.0, 1e3))
def test_claiming_more_never_gains_beyond_the_sites_share(claim: float, times: float) -> None:
    modest, bold = worth(claimed_per_day=claim), worth(claimed_per_day=claim * times)
    assert bold.value >= modest.value
    assert bold.value <= YARD * 30 * 4 / 7 * 3.0 * (1 + 1e-12)


def test_the_second_technician_at_a_site_is_worth_less_than_the_first() -> None:
    first, second = worth(), worth(admitted={"welder": 1})
    assert second.value == pytest.approx(first.value / 2)


def test_a_day_of_waiting_costs_a_day_of_output_where_the_line_stands_still() -> None:
    found = worth()
    assert found.a_day_later == pytest.approx(found.value * 29 / 30)
    assert worth(arrival_day=1.0).value == pytest.approx(found.a_day_later)
    assert worth(arrival_day=30.0).value == 0.0


def test_waiting_costs_nothing_before_the_line_would_stand_still() -> None:
    later = will_stop(10.0, 30.0)
    now = worth(urgency=later)
    assert now.days == 20.0
    assert worth(arrival_day=10.0, urgency=later).value == now.value == now.a_day_later
    assert worth(arrival_day=11.0, urgency=later).days == 19.0


@pytest.mark.parametrize(("served", "from_day"), [(11.0, 0.0), (12.5, 0.0), (10.0, 365 / 12), (0.0, 11 * 365 / 12)])
def test_a_crew_is_at_stake_from_the_day_its_eleven_months_are_over(served: float, from_day: float) -> None:
    found = crew(served, 400.0)
    assert found.cause is Cause.CREW
    assert found.from_day == pytest.approx(from_day)
    assert found.days_at_stake(0.0) == pytest.approx(400.0 - from_day)


def test_a_crew_that_is_relieved_in_time_for_the_whole_plan_saves_nothing() -> None:
    assert crew(1.0, 30.0).days_at_stake(0.0) == 0.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"room_nights": 0}, "application a: room_nights: found 0, expected 1 or more"),
        ({"claimed_per_day": -1.0}, r"application a: claimed_per_day: found -1\.0"),
        ({"claimed_per_day": float("nan")}, r"application a: claimed_per_day: found nan"),
        ({"team": {}}, r"application a: team: found \{\}, expected people by skill"),
        ({"site": "mine"}, "site mine is not among the 3 sites"),
        ({"team": {"cook": 1}}, "the site has no post for cook; expected rigger, welder"),
    ],
)
def test_an_application_that_is_none_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SupplyError, match=said):
        worth(**changes)


def test_an_industry_without_a_marginal_is_refused_and_never_taken_for_one() -> None:
    with pytest.raises(SupplyError, match=r"application a: R\.B has no marginal"):
        value(team(), table=three(), network=small_network(), marginals={})


@pytest.mark.parametrize("days", [(-1.0, 3.0), (4.0, 3.0)])
def test_days_out_of_order_are_refused(days: tuple[float, float]) -> None:
    with pytest.raises(SupplyError, match="expected days of 0 or more, in order"):
        Urgency(cause=Cause.STOPPED, from_day=days[0], until_day=days[1])
    with pytest.raises(SupplyError, match="months served"):
        crew(-1.0, 10.0)
