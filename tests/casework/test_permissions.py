"""The permission table."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import ACTIONS, ROLES, TABLE, Action, Subject, can, check
from fastchannel.casework.reference import page
from fastchannel.decide.stages import Stage
from fastchannel.terms.events import Role
from fastchannel.terms.language import LANGUAGES
from tests.casework import cases

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "permissions.md"
HERE = Subject(
    journey="j", stage=Stage.SPONSORED, sponsor="sponsor-1", origin="KR-11", arrival_place="CN-SD", destination="CN-SH"
)

places = st.sampled_from(["CN", "KR", "CN-SH", "CN-S", "KR-11", "KR-1", ""])
actors = st.builds(
    Actor,
    id=st.just("x"),
    role=st.sampled_from(Role),
    party=st.sampled_from(["CN", "KR"]),
    jurisdiction=st.frozensets(places.filter(bool), max_size=2),
    organisation=st.sampled_from(["", "sponsor-1"]),
    journey=st.sampled_from(["", "j"]),
)
subjects = st.builds(
    Subject,
    journey=st.sampled_from(["", "j", "k"]),
    stage=st.none() | st.sampled_from(Stage),
    sponsor=st.sampled_from(["", "sponsor-1", "sponsor-2"]),
    origin=places,
    arrival_place=places,
    destination=places,
)


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_rule_and_words(action: Action) -> None:
    assert TABLE[action]
    assert ACTIONS[action]


def test_every_role_has_words_and_something_to_do() -> None:
    assert set(ROLES) == set(Role)
    assert {role for rules in TABLE.values() for role in rules} == set(Role)


@given(actors, st.sampled_from(Action), subjects)
def test_can_and_check_always_agree_and_a_denial_always_has_words(actor: Actor, action: Action, subject: Subject) -> None:
    denial = check(actor, action, subject)
    assert can(actor, action, subject) == (denial is None)
    if denial is not None:
        assert all(denial.text(language) for language in LANGUAGES)


@given(actors, st.sampled_from(Action), subjects, st.sampled_from(["CN-SH", "CN"]))
def test_a_wider_jurisdiction_never_takes_a_permission_away(actor: Actor, action: Action, subject: Subject, more: str) -> None:
    if not actor.jurisdiction:
        return
    wider = Actor(
        id=actor.id,
        role=actor.role,
        party=actor.party,
        jurisdiction=actor.jurisdiction | {more},
        organisation=actor.organisation,
        journey=actor.journey,
    )
    assert can(wider, action, subject) or not can(actor, action, subject)


@pytest.mark.parametrize(
    ("jurisdiction", "allowed"),
    [({"CN-SH"}, True), ({"CN"}, True), (set(), True), ({"CN-S"}, False), ({"CN-SD"}, False), ({"CN-SHX"}, False)],
)
def test_a_reviewer_decides_for_its_own_regions_by_whole_codes(jurisdiction: set[str], allowed: bool) -> None:
    actor = Actor(id="x", role=Role.REVIEWER, party="CN", jurisdiction=frozenset(jurisdiction))
    assert can(actor, Action.REVIEW, HERE) is allowed


def test_a_sponsor_sees_the_status_of_its_own_travellers_only_and_nobodys_health() -> None:
    assert can(cases.SPONSOR, Action.SEE_STATUS, HERE)
    assert not can(cases.OTHER_SPONSOR, Action.SEE_STATUS, HERE)
    assert not can(cases.SPONSOR, Action.SEE_HEALTH, HERE)


def test_a_traveller_reaches_one_journey_only() -> None:
    assert can(cases.traveller("j"), Action.CHECK_IN, HERE)
    denial = check(cases.traveller("k"), Action.CHECK_IN, HERE)
    assert denial is not None
    assert denial.code == "own"


def test_a_stage_is_not_told_to_whom_the_journey_is_out_of_reach() -> None:
    withdrawn = Subject(journey="j", stage=Stage.WITHDRAWN, sponsor="sponsor-1", destination="CN-SH")
    denial = check(cases.OTHER_SPONSOR, Action.WITHDRAW, withdrawn)
    assert denial is not None
    assert denial.code == "sponsored"


def test_only_a_laboratory_reports_results() -> None:
    assert set(TABLE[Action.RESULT]) == {Role.LABORATORY}


def test_the_reference_page_is_made_from_the_table() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == page(), "write it anew: python -m fastchannel.casework.reference"


def test_a_denial_names_the_place_in_the_readers_language() -> None:
    officer = Actor(id="x", role=Role.REVIEWER, party="CN", jurisdiction=frozenset({"CN-SH"}))
    denial = check(officer, Action.REVIEW, Subject(journey="j", stage=Stage.SPONSORED, destination="CN-LN"))
    assert denial is not None
    assert ["CN-LN" in denial.text(language) for language in LANGUAGES] == [False] * len(LANGUAGES)
    assert "辽宁" in denial.text("zh-Hans")
