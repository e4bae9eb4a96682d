"""Two agreements at the same draws: equal ones differ by nothing, and a stricter one is better in every draw."""

from __future__ import annotations

import pytest

from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.design.contrast import Contrast, ContrastError, compare
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import Settings, forecast
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.situation import Incidence, Situation

SITUATION = Situation(incidence={"": Incidence(per_day=1e-5)}, travellers_per_day={"": 50.0})
SETTINGS = Settings(draws=6)
PROFILE = shipped_profile("sars-cov-2-delta")
NOW = shipped()["china-singapore"].newest
LONGER = load(NOW.written.replace('least    = "1 d"\nmost     = "2 d"', 'least    = "9 d"\nmost     = "11 d"'))


@pytest.fixture(scope="module")
def longer() -> Contrast:
    return compare(LONGER, NOW, PROFILE, SITUATION, settings=SETTINGS)


def test_an_agreement_against_itself_differs_by_nothing() -> None:
    found = compare(NOW, NOW, PROFILE, SITUATION, settings=SETTINGS)
    assert {group.route for group in found.groups} == set(NOW.routes)
    for group in found.groups:
        assert len(group.differences) > 30
        for one in group.differences:
            assert (one.difference.value, one.difference.low, one.difference.high) == (0.0, 0.0, 0.0)
            assert one.ratio.value in (1.0, None)
            assert one.a_better in (0.0, None)


def test_longer_isolation_means_fewer_imports_in_every_draw_and_more_days(longer: Contrast) -> None:
    found = longer.of("sg-cn")
    imports, days = found.difference(Name.IMPORTS), found.difference(Name.DAYS_LOST)
    assert (imports.a_better, imports.b_better) == (1.0, 0.0)
    assert imports.difference.high is not None
    assert imports.difference.high < 0.0
    assert imports.ratio.high is not None
    assert imports.ratio.high < 1.0
    assert days.b_better == 1.0
    assert found.difference(Name.NO_IMPORT).a_better == 1.0


def test_a_route_that_says_the_same_in_both_is_level(longer: Contrast) -> None:
    assert longer.of("cn-sg").difference(Name.IMPORTS).difference.value == 0.0


def test_the_values_are_those_of_the_forecasts(longer: Contrast) -> None:
    alone = forecast(LONGER, PROFILE, SITUATION, settings=Settings(draws=0)).of("sg-cn")
    assert longer.of("sg-cn").difference(Name.IMPORTS).a == pytest.approx(alone.figure(Name.IMPORTS).value, rel=1e-12)


def test_pairing_makes_the_difference_surer_than_the_figures_are(longer: Contrast) -> None:
    ratio = longer.of("sg-cn").difference(Name.IMPORTS).ratio
    figure = forecast(NOW, PROFILE, SITUATION, settings=SETTINGS).of("sg-cn").figure(Name.IMPORTS)
    assert ratio.low is not None
    assert ratio.high is not None
    assert figure.low is not None
    assert figure.high is not None
    assert ratio.high - ratio.low < (figure.high - figure.low) / figure.value


def test_a_figure_of_which_less_is_no_better_is_not_judged(longer: Contrast) -> None:
    assert longer.of("sg-cn").difference(Name.INFECTED).a_better is None


def test_agreements_with_no_route_in_common_are_refused() -> None:
    with pytest.raises(ContrastError, match="none in common"):
        compare(NOW, shipped()["china-korea"].newest, PROFILE, SITUATION, settings=SETTINGS)
