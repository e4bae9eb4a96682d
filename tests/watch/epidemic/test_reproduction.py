"""The reproduction number against EpiEstim's published example, closed forms and an independent computation."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from fastchannel.watch.epidemic.arrays import EpidemicError
from fastchannel.watch.epidemic.reproduction import Prior, reproduction_number, serial_interval

# Onsets of influenza A(H1N1) in a school in Pennsylvania, 27 April to 9 May 2009 (Cauchemez et al. 2011,
# PNAS 108, 2825–2830; Flu2009 of EpiEstim). The rows below are those that EpiEstim's demonstration prints for weekly
# windows and a serial interval of 2.6 days, standard deviation 1.5 (mrc-ide.github.io/EpiEstim/articles/demo.html): mean,
# standard deviation, 2.5 % and 97.5 % of R for the windows that end on days 8 to 13. It prints no later window.
FLU_2009 = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13]
PUBLISHED = {
    8: (1.735798, 0.4091314, 1.0287437, 2.624781),
    9: (1.749168, 0.3647267, 1.1088223, 2.533119),
    10: (1.537058, 0.3074116, 0.9947030, 2.195540),
    11: (1.431839, 0.2705921, 0.9514466, 2.008849),
    12: (1.422725, 0.2515046, 0.9731426, 1.956336),
    13: (1.635373, 0.2523436, 1.1786332, 2.165745),
}
# discr_si(0:20, mu = 2.6, sigma = 1.5) as the same page prints it
PUBLISHED_INTERVAL = [
    0.0, 2.331721e-01, 3.585794e-01, 1.981108e-01, 1.033427e-01, 5.290518e-02, 2.682146e-02, 1.351620e-02, 6.783438e-03,
    3.394351e-03, 1.694674e-03, 8.445945e-04, 4.203313e-04, 2.089422e-04, 1.037609e-04, 5.148480e-05, 2.552773e-05,
    1.264952e-05, 6.264667e-06, 3.101068e-06, 1.534394e-06,
]  # fmt: skip


def test_every_published_window_of_the_school_agrees_to_all_printed_figures() -> None:
    found = reproduction_number(FLU_2009, serial_interval(2.6, 1.5, 32))
    for day, (mean, deviation, lower, upper) in PUBLISHED.items():
        at = (0, day - 1)
        assert found.mean[at] == pytest.approx(mean, abs=5.1e-7)
        assert found.deviation[at] == pytest.approx(deviation, abs=5.1e-8)
        assert found.lower[at] == pytest.approx(lower, abs=5.1e-8 if lower < 1.0 else 5.1e-7)
        assert found.upper[at] == pytest.approx(upper, abs=5.1e-7)


def test_the_serial_interval_is_the_published_one_to_all_printed_figures() -> None:
    assert serial_interval(2.6, 1.5, 21) == pytest.approx(PUBLISHED_INTERVAL, rel=2e-6, abs=0.0)


@pytest.mark.parametrize(("mean", "deviation"), [(2.6, 1.5), (4.7, 2.9), (8.4, 3.8)])
def test_the_serial_interval_is_the_integral_that_defines_it(mean: float, deviation: float) -> None:
    shape, scale = ((mean - 1.0) / deviation) ** 2, deviation**2 / (mean - 1.0)
    found = serial_interval(mean, deviation, 80)
    for day in range(1, 12):
        exact = sum(
            quad(
                lambda u, day=day: gamma.pdf(u - 1.0, shape, scale=scale) * (1.0 - abs(day - u)),
                low, low + 1.0, epsabs=1e-12, epsrel=1e-10,
            )[0]
            for low in (day - 1.0, float(day))
        )  # fmt: skip
        assert found[day] == pytest.approx(exact, abs=1e-7)
    assert found.sum() == pytest.approx(1.0, abs=1e-6)
    assert found @ np.arange(80) == pytest.approx(mean, abs=1e-4)


def test_many_regions_at_once_are_what_one_day_after_another_gives() -> None:
    generator = np.random.default_rng(3)
    cases = generator.poisson(generator.gamma(0.8, 30.0, size=(150, 1)), size=(150, 200)).astype(float)
    imported = np.floor(cases * 0.2)
    weights = serial_interval(4.7, 2.9, 20)
    found = reproduction_number(cases, weights, imported=imported, window_days=5, level=0.9, prior=Prior(shape=2.0, scale=3.0))
    for region, end in ((0, 5), (3, 40), (77, 63), (77, 64), (149, 199)):
        counted, pressure = 0.0, 0.0
        for day in range(end - 4, end + 1):
            counted += cases[region, day] - imported[region, day]
            pressure += sum(weights[k] * cases[region, day - k] for k in range(1, min(day, 19) + 1))
        posterior = gamma(2.0 + counted, scale=1.0 / (1.0 / 3.0 + pressure))
        at = (region, end)
        assert found.mean[at] == pytest.approx(posterior.mean(), rel=1e-12)
        assert found.deviation[at] == pytest.approx(posterior.std(), rel=1e-12)
        assert (found.lower[at], found.upper[at]) == pytest.approx(tuple(posterior.ppf([0.05, 0.95])), rel=1e-10)


def test_no_case_at_all_leaves_the_prior() -> None:
    found = reproduction_number(np.zeros(20), serial_interval(2.6, 1.5, 12))
    assert np.isnan(found.mean[0, :7]).all()
    assert found.mean[0, 7:] == pytest.approx(np.full(13, 5.0), rel=1e-14)
    assert found.lower[0, 7:] == pytest.approx(np.full(13, gamma.ppf(0.025, 1.0, scale=5.0)), rel=1e-12)


def test_a_day_that_was_not_reported_takes_away_every_window_that_needs_it_and_no_other() -> None:
    cases = np.full(60, 10.0)
    weights = serial_interval(2.6, 1.5, 12)
    whole = reproduction_number(cases, weights).mean[0]
    cases[30] = np.nan
    holed = reproduction_number(cases, weights).mean[0]
    lost = np.isnan(holed) & ~np.isnan(whole)
    assert np.flatnonzero(lost).tolist() == list(range(30, 30 + 11 + 7))
    assert np.array_equal(holed[~lost], whole[~lost], equal_nan=True)


def test_intervals_hold_the_true_number_as_often_as_they_say() -> None:
    generator = np.random.default_rng(4)
    weights, truth, runs, days = serial_interval(4.7, 2.9, 20), 1.2, 2_000, 40
    cases = np.zeros((runs, days))
    cases[:, 0] = 20.0
    for day in range(1, days):
        back = min(day, 19)
        cases[:, day] = generator.poisson(truth * (cases[:, day - back : day][:, ::-1] @ weights[1 : back + 1]))
    found = reproduction_number(cases, weights, level=0.9)
    held = ((found.lower[:, 30] <= truth) & (truth <= found.upper[:, 30])).mean()
    assert held == pytest.approx(0.9, abs=3.0 * np.sqrt(0.09 / runs))


@pytest.mark.parametrize(
    ("cases", "weights", "words"),
    [
        ([1.0, -2.0, 3.0] * 5, [0.0, 1.0], "region 0, day 1: found -2"),
        ([1.0] * 10, [0.5, 0.5], "serial interval: found 0.5 on day 0"),
        ([1.0] * 10, [0.0, 0.5], "serial interval: found a sum of 0.5"),
        ([1.0] * 3, [0.0, 1.0], "window: found 7 days"),
    ],
)
def test_what_gives_no_answer_is_refused_with_its_place(cases: list[float], weights: list[float], words: str) -> None:
    with pytest.raises(EpidemicError, match=words):
        reproduction_number(cases, weights)


def test_more_imported_than_all_cases_is_refused() -> None:
    with pytest.raises(EpidemicError, match="day 2: found 3; expected at most the 1 cases"):
        reproduction_number(np.ones(10), [0.0, 1.0], imported=[0, 0, 3, 0, 0, 0, 0, 0, 0, 0])
