"""The claim "zero import": never a count without what it was counted over and what it leaves possible."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.ledger.claim import Claim, ClaimError, Count, Verdict, zero_import
from fastchannel.watch.ledger.counting import Travellers
from fastchannel.watch.ledger.exposure import Exposure, ExposureError, Followed, count_exposure
from fastchannel.watch.ledger.fold import State, fold_ledger
from fastchannel.watch.ledger.records import Record
from fastchannel.watch.ledger.undetected import Prior, Step, When, undetected
from fastchannel.watch.ledger.words import classification_words, state_words
from tests.watch.ledger.cases import CHANNEL, LOCAL, NO_CASE, OTHER, UNKNOWN, at, both, defined, entry, says

ON = date(2020, 6, 29)
SPRING = Exposure(
    of=Travellers.CHANNEL,
    since=date(2020, 5, 1),
    until=ON,
    travellers=3_697,
    tests=11_091,
    person_days=50_000,
    still_followed=420,
)
STEPS = (
    Step(name="before departure", when=When.BEFORE, sensitivity=0.7, found=None),
    Step(name="on arrival", when=When.ARRIVAL, sensitivity=0.6, found=0),
)
A, B = entry("a", 3), entry("b", 10)


def claim(records: list[Record], exposure: Exposure = SPRING, **given: Any) -> Claim:
    return zero_import(fold_ledger(records, at(60)), exposure, defined("channel"), ON, **given)


def telling(claim: Claim) -> list[Callable[[], str]]:
    """Every way to make text of the claim or of its counts."""
    each: list[object] = [claim, claim.imports, claim.should_all_be]
    ways: list[Callable[[], str]] = []
    for one in each:
        ways += [partial(str, one), partial("{}".format, one), partial(repr, one), partial(format, one)]
    return [*ways, lambda: claim.words("zh-Hans"), lambda: claim.words("ko"), lambda: claim.imports.words("ko")]


def test_nothing_in_3_697_is_told_with_its_exposure_and_bounds() -> None:
    made = claim([], prior=Prior(mean=2.0, sd=1.0), steps=STEPS)
    assert made.verdict is Verdict.ZERO
    for tell in telling(made):
        text = tell()
        assert [figure for figure in ("3,697", "11,091", "50,000", "95%", "0.081%") if figure not in text] == []
    assert json.loads(json.dumps(made.as_data()))["imports"] == {
        "imports": 0,
        "travellers": 3_697,
        "tests": 11_091,
        "person_days": 50_000,
        "confidence": 0.95,
        "at_most_per_traveller": pytest.approx(1 - 0.05 ** (1 / 3_697)),
        "at_most_per_person_day": pytest.approx(-math.log(0.05) / 50_000),
    }


@pytest.mark.parametrize("bare", [int, float, len, hex, lambda one: format(one, "d"), lambda one: one + 0])
def test_no_bare_number_can_be_had_of_a_count(bare: Callable[[Any], object]) -> None:
    for one in (claim([]), claim([]).imports):
        with pytest.raises(TypeError):
            bare(one)


def test_a_claim_cannot_be_made_without_an_exposure() -> None:
    made = claim([])
    whole: dict[str, Any] = {field.name: getattr(made, field.name) for field in fields(made)}
    assert Claim(**whole) == made
    del whole["exposure"]
    bare: dict[str, Any] = {"number": 0, "confidence": 0.95}
    with pytest.raises(TypeError, match="exposure"):
        Claim(**whole)
    with pytest.raises(TypeError, match="exposure"):
        Count(**bare)


def test_the_sentences_say_what_was_counted_and_what_it_proves() -> None:
    made = claim([], prior=Prior(mean=2.0, sd=1.0), steps=STEPS)
    counted, imports, bounds, streak, followed, unseen = str(made).splitlines()
    assert counted == (
        "Counted: imports among travellers of the fast channel, from anywhere to anywhere, by date of confirmation, "
        "as revised since; 1 May 2020 to 29 June 2020, as known at 30 June 2020 00:00 UTC."
    )
    assert imports == "Imports: 0 among 3,697 travellers, over 11,091 tests and 50,000 person-days of follow-up."
    assert bounds == (
        "With 95% confidence no more than 0.081% of travellers are imports that would be found, "
        "and no more than 6 per 100,000 person-days."
    )
    assert streak == "Days without an import at the end of the period: 60."
    assert followed == "Still being followed, so that an import among them may yet show: 420 travellers."
    # Gamma(4, 2), Q = 0.3 × 0.6, u = 0.12: a mean of 0.2202, none with (2.18 / 2.3)^4 = 0.8071
    assert unseen == (
        "Imports that no test found: of 2 infected travellers that the forecast expected, 0.23 on average given what each step "
        "finds and found; none with a probability of 80.7%; no more than 1 with a probability of 95%."
    )


def test_cases_that_are_not_settled_are_told_with_the_bound_should_they_be_imports() -> None:
    made = claim([A, *both(A, CHANNEL, 4), B, says("CN", B, LOCAL, 11)])
    assert made.verdict is Verdict.NOT_ZERO
    lines = str(made).splitlines()
    assert lines[1].startswith("Imports: 1 among 3,697 travellers")
    assert lines[2].startswith("With 95% confidence no more than 0.13% of")  # qbeta(0.95, 2, 3696) = 0.12825 %
    assert lines[3].startswith(
        "Not settled between the parties, and possibly imports: b. Should all of them be: Imports: 2 among 3,697"
    )
    assert "0.18%" in lines[3]  # qbeta(0.95, 3, 3695) = 0.17016 % … rounded up
    assert lines[4] == (
        "Days without an import at the end of the period: 56; 49 should the cases that are not settled be imports."
    )
    assert lines[-1] == "Imports that no test found are not estimated: no forecast was given."


def test_nothing_stands_while_a_case_is_open_is_no_zero() -> None:
    assert claim([B]).verdict is Verdict.UNSETTLED
    assert claim([B, *both(B, UNKNOWN, 11)]).verdict is Verdict.UNSETTLED
    assert claim([B, *both(B, OTHER, 11)]).verdict is Verdict.ZERO  # of the channel
    assert claim([B, *both(B, NO_CASE, 11)]).verdict is Verdict.ZERO


def test_no_import_of_nobody_proves_nothing_and_is_said_so() -> None:
    nobody = claim([], replace(SPRING, travellers=0, tests=0, person_days=0, still_followed=0))
    assert nobody.verdict is Verdict.NOBODY
    assert "This proves nothing: nobody travelled." in str(nobody)


def test_where_nobody_was_followed_there_is_no_bound_per_person_day() -> None:
    made = claim([], replace(SPRING, person_days=0))
    assert "no bound per person-day" in str(made)
    assert made.imports.as_data()["at_most_per_person_day"] is None


def test_an_arrival_that_is_not_known_is_told() -> None:
    made = zero_import(fold_ledger([A, *both(A, CHANNEL, 4)], at(60)), SPRING, defined("channel", by="arrival"), ON)
    assert "Counted by the day of confirmation, because the day of arrival is not known: a." in str(made).splitlines()


def test_the_undetected_are_those_of_the_model() -> None:
    made = claim([], prior=Prior(mean=2.0, sd=1.0), steps=STEPS)
    alone = undetected(Prior(mean=2.0, sd=1.0), STEPS)
    assert made.undetected is not None
    assert (made.undetected.mean, made.undetected.none) == (alone.mean, alone.none)
    assert alone.mean == pytest.approx(4 * 0.12 / 2.18)


@pytest.mark.parametrize(
    ("exposure", "on", "says_so"),
    [
        (replace(SPRING, of=Travellers.ALL), ON, "exposure is of all travellers"),
        (SPRING, date(2020, 6, 28), "count it until 2020-06-28"),
        (replace(SPRING, until=date(2020, 5, 2)), date(2020, 7, 1), "fold it later"),
        (replace(SPRING, travellers=0, still_followed=0), ON, "1 imports among 0 travellers"),
    ],
)
def test_parts_that_do_not_belong_together_make_no_claim(exposure: Exposure, on: date, says_so: str) -> None:
    with pytest.raises(ClaimError, match=says_so):
        zero_import(fold_ledger([A, *both(A, CHANNEL, 4)], at(60)), exposure, defined("channel"), on)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(10, 100_000), st.sampled_from([0.9, 0.95, 0.99]))
def test_what_is_told_is_never_less_than_what_holds(imports: int, open_: int, travellers: int, confidence: float) -> None:
    """The percentage in the sentence is the bound rounded up, to two figures."""
    standing = [entry(f"s{number}", 3) for number in range(imports)]
    records = [record for one in standing for record in (one, *both(one, CHANNEL, 4))]
    made = claim(
        [*records, *(entry(f"o{n}", 3) for n in range(open_))],
        replace(SPRING, travellers=travellers, still_followed=0),
        confidence=confidence,
    )
    line = str(made).splitlines()[2]
    told = float(line.partition("no more than ")[2].partition("%")[0]) / 100
    assert made.imports.at_most_per_traveller <= told * (1 + 1e-9)
    assert told <= made.imports.at_most_per_traveller * 1.1 + 1e-12
    assert made.should_all_be.at_most_per_traveller >= made.imports.at_most_per_traveller


def test_exposure_counts_those_who_arrived_in_the_period_until_its_end() -> None:
    def followed(arrived: int, until: int, *sampled: int) -> Followed:
        return Followed(
            arrived=date(2020, 5, arrived), until=date(2020, 5, until), sampled=tuple(date(2020, 5, d) for d in sampled)
        )

    people = [followed(1, 15, 1, 7, 14), followed(9, 23, 9, 11), followed(10, 10, 10), followed(11, 25, 11)]
    counted = count_exposure(people, Travellers.CHANNEL, date(2020, 5, 1), date(2020, 5, 10))
    assert (counted.travellers, counted.tests, counted.person_days, counted.still_followed) == (3, 4, 9 + 1 + 0, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: replace(SPRING, travellers=-1),
        lambda: replace(SPRING, still_followed=4_000),
        lambda: replace(SPRING, until=date(2020, 4, 30)),
        lambda: count_exposure(
            [Followed(arrived=date(2020, 5, 2), until=date(2020, 5, 1))], Travellers.ALL, date(2020, 5, 1), date(2020, 5, 9)
        ),
    ],
)
def test_an_exposure_that_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ExposureError):
        wrong()


def test_views_and_states_are_told() -> None:
    assert classification_words(CHANNEL) == "imported from Republic of Korea through the fast channel"
    assert classification_words(LOCAL) == "infected locally"
    assert len({state_words(state) for state in State}) == len(State)
