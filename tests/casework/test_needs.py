"""Statements of need: every fault has its field, and every field says who reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework import needs
from fastchannel.casework.actor import Actor
from fastchannel.casework.needs import PUBLICITY, Statement, faults, read_team, write_team
from fastchannel.supply.value.urgency import Cause
from fastchannel.terms.events import Role
from tests.casework.batches import FIRST, statement


def test_a_plain_statement_has_no_fault() -> None:
    assert faults(statement()) == []
    assert faults(statement(industry="KOR.c14"), ["KOR.c14"]) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("site", {"site": " "}),
        ("stops", {"stops": ""}),
        ("region", {"region": "CN-XX"}),
        ("industry", {"industry": "KOR.c99"}),
        ("team", {"team": {}}),
        ("team", {"team": {"welder": 0}}),
        ("team", {"team": {"welder": 201}}),
        ("claimed_per_day", {"claimed_per_day": 0.0}),
        ("claimed_per_day", {"claimed_per_day": float("nan")}),
        ("claimed_per_day", {"claimed_per_day": float("inf")}),
        ("latest", {"latest": date(2020, 5, 24)}),
        ("latest", {"latest": date(2021, 6, 1), "until": date(2021, 5, 1)}),
        ("until", {"until": date(2020, 5, 24)}),
        ("until", {"until": date(2021, 7, 1)}),
        ("stock_days", {"cause": Cause.WILL_STOP}),
        ("stock_days", {"cause": Cause.WILL_STOP, "stock_days": -1}),
        ("months_served", {"cause": Cause.CREW}),
        ("rooms", {"rooms": 4}),
        ("classes", {"classes": ("friends",)}),
    ],
)
def test_a_fault_names_its_field(field: str, changes: dict[str, Any]) -> None:
    found = faults(statement(**changes), ["KOR.c14"])
    assert [one.field for one in found] == [field]
    assert found[0].text("ko")


@pytest.mark.parametrize(
    ("changes", "day", "saved"),
    [
        ({"until": date(2020, 5, 29)}, 0, 5.0),  # 25 to 29 May
        ({"until": date(2020, 5, 29)}, 4, 1.0),
        ({"until": date(2020, 5, 29)}, 5, 0.0),
        ({"until": date(2020, 5, 29), "cause": Cause.WILL_STOP, "stock_days": 6}, 0, 3.0),  # from 27 May
        ({"until": date(2020, 5, 29), "cause": Cause.CREW, "months_served": 12.0}, 1, 4.0),
        ({"until": date(2020, 5, 29), "cause": Cause.CREW, "months_served": 1.0}, 0, 0.0),
    ],
)
def test_the_days_that_an_arrival_saves(changes: dict[str, Any], day: int, saved: float) -> None:
    assert statement(**changes).urgency(FIRST).days_at_stake(float(day)) == pytest.approx(saved)


def test_every_field_says_who_reads_it() -> None:
    said = set(Statement.__struct_fields__) - {"agreement", "route", "stated"}
    assert set(PUBLICITY) == said


@given(
    st.dictionaries(st.text("abc 机械工", min_size=1, max_size=9).map(str.strip).filter(bool), st.integers(1, 200), max_size=6)
)
def test_a_team_is_read_as_it_is_written(team: dict[str, int]) -> None:
    assert read_team(write_team(team)) == team


def test_a_team_is_read_as_people_type_it() -> None:
    assert read_team("welder 2\n\n 电焊工：3\nwelder, 1\nrigger x2") == {"welder": 3, "电焊工": 3, "rigger": 2}
    assert read_team("two welders") is None


@pytest.mark.parametrize("role", list(Role))
def test_only_a_sponsor_states_its_own_and_only_the_secretariat_allocates(role: Role) -> None:
    actor = Actor(id="x", role=role, party="CN", organisation="ACME")
    own, other = needs.may_state(actor, "ACME"), needs.may_state(actor, "Other")
    assert (own is None) == (role is Role.SPONSOR)
    assert other is not None
    assert (needs.may_allocate(actor) is None) == (role is Role.SECRETARIAT)
