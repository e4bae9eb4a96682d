"""Which unknown matters most: indices that add up, and nothing that moves lost."""

from __future__ import annotations

import re
from functools import cache

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.design.sensitivity import Sensitivity, SensitivityError, sensitivity
from fastchannel.forecast.figures import Name
from fastchannel.forecast.infection.pathogens import Profile, load_profile, shipped_profile
from fastchannel.forecast.practice import PracticeText, default_practice, load_practice
from fastchannel.forecast.situation import Incidence, Situation

SITUATION = Situation(incidence={"": Incidence(per_day=1e-5)})
KNOWN = re.compile(r"\{ value = (-?[0-9.]+), low = [^{}]*?\}")


def _agreement() -> Agreement:
    return shipped()["china-singapore"].newest


@cache
def _profile() -> Profile:
    """A profile of which everything is known but the tests' sensitivities."""
    return load_profile(_known(shipped_profile("sars-cov-2-delta").written, ()))


@cache
def _practice() -> PracticeText:
    """A practice of which little is unknown: the sampling of tests, and one that the agreement does not read."""
    return load_practice(_known(default_practice().written, ("compliance", "leak_any", "sampled_at", "follow_up")))


def _known(written: str, but: tuple[str, ...]) -> str:
    return "\n".join(line if line.startswith(but) and but else KNOWN.sub(r"\1", line) for line in written.splitlines())


@cache
def _found(most: int = 12) -> Sensitivity:
    return sensitivity(_agreement(), _profile(), SITUATION, route="cn-sg", practice=_practice(), paths=3, samples=16, most=most)


def test_what_the_agreement_does_not_read_is_idle() -> None:
    assert "practice.watch.follow_up" in _found().idle  # the route has no check-ins after release


def test_every_unknown_is_accounted_for_once() -> None:
    for found in (_found(), _found(1)):
        names = [*(share.unknown for share in found.shares), *found.pooled, *found.idle]
        assert sorted(names) == sorted((*_profile().unknowns, *_practice().unknowns))


def test_the_tests_sensitivity_and_the_time_of_sampling_matter_most_and_the_shares_add_up() -> None:
    found = _found()
    assert [share.unknown for share in found.shares[:2]] == ["pathogen.test.naat.table", "practice.journey.sampled_at"]
    assert found.shares == tuple(sorted(found.shares, key=lambda share: -share.total))
    assert sum(share.first for share in found.shares) == pytest.approx(1.0, abs=0.35)
    assert found.sd > 0.0


def test_what_is_not_looked_at_alone_is_moved_together_and_its_variance_said() -> None:
    found = _found(1)
    assert len(found.shares) == 1
    assert len(found.pooled) == 3
    assert found.rest is not None
    assert found.shares[0].total + found.rest.total >= 0.65


def test_the_same_numbers_come_out_again() -> None:
    _found.cache_clear()
    first = _found(1)
    _found.cache_clear()
    assert _found(1) == first


def test_the_screening_leaves_out_only_what_changes_nothing() -> None:
    found = _found()
    assert len(found.shares) == 4
    assert found.evaluations == 3 * (8 + 1) + 16 * (4 + 2)
    unread = ("pathogen.test.antigen.table", "pathogen.test.igm.table", "pathogen.test.antibody.table")
    assert found.idle == (*unread, "practice.watch.follow_up")


def test_a_figure_that_nothing_changes_is_refused() -> None:
    nobody = Situation(incidence={"": Incidence(per_day=0.0)})
    with pytest.raises(SensitivityError, match="nothing that is unknown changes"):
        sensitivity(_agreement(), _profile(), nobody, route="cn-sg", practice=_practice(), paths=2, samples=4)


def test_a_number_of_samples_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(SensitivityError, match="found 12; expected a power of two"):
        sensitivity(_agreement(), _profile(), SITUATION, samples=12)


def test_a_figure_that_there_is_not_is_refused() -> None:
    with pytest.raises(SensitivityError, match="no figure outbreak"):
        sensitivity(_agreement(), _profile(), SITUATION, practice=_practice(), figure=(Name.OUTBREAK, ""), paths=2, samples=4)
