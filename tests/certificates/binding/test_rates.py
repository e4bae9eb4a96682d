"""On generated people, `bind` errs within the bounds that the documentation gives, with room for the small sample."""

from __future__ import annotations

import random

import pytest

from fastchannel.certificates.binding.match import Verdict, bind
from tools.binding_rates import POPULATIONS, Person, Rate, certificate, measure, passport, person

PEOPLE, SEED = 300, 1
MOST_HELD = {"Chinese (Hong Kong)": 0.16}  # certificates in pinyin go to an officer, and are meant to
OTHERS_MOST_HELD = 0.07


@pytest.mark.parametrize("population", POPULATIONS)
def test_few_of_a_persons_own_certificates_are_held_and_next_to_no_other_persons_is_a_match(population: str) -> None:
    found = measure(POPULATIONS[population], PEOPLE, SEED)
    assert found.no_match.count <= MOST_HELD.get(population, OTHERS_MOST_HELD) * PEOPLE
    assert found.mismatch.count <= 0.02 * PEOPLE
    assert found.random_match.count == 0
    assert found.same_birth_match.count <= 0.015 * PEOPLE


@pytest.mark.parametrize("population", POPULATIONS)
def test_namesakes_born_in_another_year_are_never_a_match(population: str) -> None:
    rng = random.Random(SEED)
    for _ in range(PEOPLE):
        one = person(rng, POPULATIONS[population])
        day = one.birth.replace(year=one.birth.year + rng.choice((-1, 1, 2, 10)), day=min(one.birth.day, 28))
        namesake = Person(
            family=one.family,
            given=one.given,
            birth=day,
            certified_family=one.certified_family,
            certified_given=one.certified_given,
        )
        named = certificate(rng, namesake)
        if named.birth[:4] != f"{one.birth.year}":  # an error of typing may bring the right year back
            assert bind(named, passport(one)).verdict is not Verdict.MATCH


def test_the_same_seed_measures_the_same() -> None:
    draw = POPULATIONS["Korean"]
    assert measure(draw, 50, 7) == measure(draw, 50, 7)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 1000, 0.00018, 0.00564)],
)
def test_bounds_are_those_of_wilson(count: int, of: int, low: float, high: float) -> None:
    assert Rate(count=count, of=of).bounds == pytest.approx((low, high), abs=1e-4)
