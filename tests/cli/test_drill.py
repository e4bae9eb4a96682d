"""Synthetic travellers: reproducible, and what becomes of them is what their fate says."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.cli.drill import LONGEST_LEAD, SHORTEST_LEAD, Fate, Script, scripts
from fastchannel.decide.decide import decide
from fastchannel.decide.standing import Standing, Verdict

END = timedelta(days=60)  # after departure; every journey is over by then
OUTCOMES = {
    Fate.RELEASED: (Verdict.RELEASED, ""),
    Fate.RETURNED: (Verdict.RELEASED, ""),
    Fate.POSITIVE_ON_ARRIVAL: (Verdict.RELEASED, ""),
    Fate.EARLY_SAMPLE: (Verdict.REFUSE, "test.sampled-early"),
    Fate.WRONG_LABORATORY: (Verdict.REFUSE, "test.laboratory"),
    Fate.POSITIVE_BEFORE: (Verdict.REFUSE, "test.detected"),
    Fate.FORGED: (Verdict.REFUSE, "document.not-accepted"),
    Fate.CLOSED_REGION: (Verdict.REFUSE, "region.not-open"),
    Fate.SILENT: (Verdict.HOLD, "monitor.silent"),
    Fate.SYMPTOMS: (Verdict.HOLD, "monitor.symptoms"),
    Fate.NOT_APPROVED: (Verdict.REFUSE, "review.refused"),
    Fate.WITHDRAWN: (Verdict.REFUSE, "journey.withdrawn"),
}


def some(agreement: str, count: int, *, seed: int = 7, first: date = date(2020, 5, 20)) -> list[Script]:
    return list(islice(scripts(shipped()[agreement], seed=seed, first=first, days=20), count))


def standing(agreement: str, script: Script, after: timedelta) -> Standing:
    return decide(shipped()[agreement], script.events, script.departure + after)


@pytest.fixture(scope="module")
def travellers() -> list[Script]:
    return some("china-korea", 400)


def test_the_same_seed_gives_the_same_travellers_and_another_seed_others() -> None:
    assert some("china-korea", 20) == some("china-korea", 20)
    assert some("china-korea", 20) != some("china-korea", 20, seed=8)


@pytest.mark.parametrize("fate", list(Fate))
def test_each_fate_ends_as_it_says(fate: Fate, travellers: list[Script]) -> None:
    verdict, code = OUTCOMES[fate]
    chosen = [script for script in travellers if script.fate is fate]
    assert chosen, f"nobody of {len(travellers)} has the fate {fate}"
    for script in chosen:
        found = standing("china-korea", script, END)
        codes = [reason.code for reason in found.reasons]
        assert found.verdict is verdict, (script.case, codes)
        assert not code or code in codes
        assert all(reason.clause for reason in found.reasons)


def test_one_who_tests_positive_on_arrival_is_held_until_recovered(travellers: list[Script]) -> None:
    for script in (one for one in travellers if one.fate is Fate.POSITIVE_ON_ARRIVAL):
        assert standing("china-korea", script, timedelta(days=3)).verdict is Verdict.HOLD


def test_travellers_go_both_ways(travellers: list[Script]) -> None:
    ways = [script.case.route for script in travellers]
    assert ways.count("kr-cn") == ways.count("cn-kr")


@pytest.mark.parametrize(
    ("agreement", "first"),
    [("china-korea", date(2020, 6, 1)), ("china-korea", date(2020, 12, 10)), ("china-singapore", date(2020, 6, 20))],
)
def test_good_travellers_are_released_under_every_shipped_text(agreement: str, first: date) -> None:
    for script in some(agreement, 60, first=first):
        if script.fate is Fate.RELEASED:
            found = standing(agreement, script, END)
            assert found.verdict is Verdict.RELEASED, (script.case, found.reasons)


def test_everybody_applies_in_good_time_and_nothing_is_recorded_before_it_happens(travellers: list[Script]) -> None:
    for script in travellers:
        assert SHORTEST_LEAD - timedelta(days=1) < script.departure - script.events[0].at < LONGEST_LEAD + timedelta(days=1)
        assert all(event.recorded >= event.at for event in script.events)
        assert list(script.events) == sorted(script.events, key=lambda event: event.at)


def test_no_profile_can_be_taken_for_a_real_person(travellers: list[Script]) -> None:
    for script in travellers:
        assert script.profile.passport.startswith("ZZ")
        assert script.profile.email.endswith(".invalid")
