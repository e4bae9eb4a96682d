"""The forecast of an agreement: its figures by hand, their units, their intervals, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.forecast.figures import TITLES, UNITS, Name
from fastchannel.forecast.forecast import EngineName, Forecast, GroupForecast, Settings, forecast
from fastchannel.forecast.infection.pathogens import Profile, shipped_profile
from fastchannel.forecast.measures import ReadingError
from fastchannel.forecast.practice import PracticeText, default_practice, load_practice
from fastchannel.forecast.situation import Incidence, Prices, Situation, SituationError
from tests.agreement.small import changed
from tests.forecast.readings import covid, versions, written

TEST = 'id = "swab"\nkind = "test"\ntest = "naat"\nsampled = "departure - 72 h .. departure"'
ARRIVAL = 'id = "second"\nkind = "test"\ntest = "naat"\nsampled = "arrival .. arrival + 1 d"'
BOARDING = 'id = "boarding"\nkind = "gate"\nat = "boarding"\nrequires = ["swab"]'
RELEASE = 'id = "release"\nkind = "gate"\nat = "release"\nrequires = ["second"]'
LOOP = 'id = "loop"\nkind = "stay"\nplace = "closed loop"\nfrom = "release"\nuntil = "arrival + 14 d"'
QUOTA = 'id = "places"\nkind = "quota"\npeople = 70\nper = "week"'
CENTRAL = Settings(draws=0)
DAILY = 1e-4
STEADY = Situation(incidence={"": Incidence(per_day=DAILY)}, travellers_per_day={"": 200.0}, days=30.0)
INFECTED_DAYS = math.exp(1.621 + 0.418**2 / 2.0) + covid().course.spans[2]  # mean incubation, and until it is over


@cache
def profile() -> Profile:
    return shipped_profile("sars-cov-2-ancestral")


@cache
def quiet() -> PracticeText:
    """Nobody ill stays at home, nobody is infected on the flight, and everyone travels alone."""
    text = default_practice().written
    for old, new in (
        ("ill_stay_home    = { value = 0.5, low = 0.2,", "ill_stay_home    = { value = 0.0, low = 0.0,"),
        ("inside    = { value = 0.3, low = 0.05,", "inside    = { value = 0.0, low = 0.0,"),
        ("party_size       = { value = 1.5,", "party_size       = { value = 1.0,"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_practice(text)


def of(agreement: Agreement, situation: Situation = STEADY, settings: Settings = CENTRAL) -> GroupForecast:
    return forecast(agreement, profile(), situation, practice=quiet(), settings=settings).of("kr-cn")


@cache
def central() -> GroupForecast:
    return of(written(TEST, BOARDING, ARRIVAL, RELEASE, LOOP))


@cache
def drawn() -> Forecast:
    return forecast(written(TEST, BOARDING, ARRIVAL, RELEASE), profile(), STEADY, settings=Settings(draws=12, seed=3))


def value(found: GroupForecast, name: Name, about: str = "") -> float:
    return found.figure(name, about).value


def values(found: GroupForecast) -> dict[tuple[Name, str], float]:
    return {(figure.name, figure.of): figure.value for figure in found.figures}


# By hand


def test_without_measures_all_infected_are_imports_but_those_whose_infection_ends_on_the_flight() -> None:
    found = of(written())
    infected = DAILY * INFECTED_DAYS * 1e6
    assert value(found, Name.INFECTED) == pytest.approx(infected, rel=1e-3)
    assert value(found, Name.IMPORTS) == pytest.approx(infected - DAILY * 0.15 * 1e6, rel=1e-3)
    assert value(found, Name.TRAVELLING) == pytest.approx(10_000.0)
    assert value(found, Name.POTENTIAL_AVERTED) == pytest.approx(0.0, abs=1e-6)
    assert value(found, Name.AVERTED_SHARE) == pytest.approx(0.0, abs=1e-9)
    assert (value(found, Name.TESTS), value(found, Name.DAYS_LOST), value(found, Name.FALSE_POSITIVES)) == (0.0, 0.0, 0.0)


def test_imports_expected_and_their_absence_follow_from_the_rate_and_the_volume() -> None:
    found = of(written())
    rate, travellers = value(found, Name.IMPORTS) / 1e6, 200.0 * 30.0
    assert value(found, Name.EXPECTED_IMPORTS) == pytest.approx(rate * travellers)
    assert value(found, Name.NO_IMPORT) == pytest.approx((1.0 - rate) ** travellers)
    assert 0.0 < value(found, Name.OUTBREAK) < 1.0 - value(found, Name.NO_IMPORT)


def test_what_the_measures_ask_of_the_healthy_is_by_hand() -> None:
    found = central()
    assert value(found, Name.TESTS) == pytest.approx(2 * 0.99)
    assert value(found, Name.DAYS_LOST) == pytest.approx(1.5)
    assert value(found, Name.CLOSED_LOOP_DAYS) == pytest.approx(12.5)
    assert value(found, Name.ROOMS) == pytest.approx(200.0 * 1.5)
    clear = (1.0 - 0.99 * 0.001) ** 2 * (1.0 - 0.002 * 0.8) ** 1.5 * (1.0 - 0.002 * 0.6) ** 12.5
    assert value(found, Name.FALSE_POSITIVES) == pytest.approx((1.0 - clear) * 1e6)


def test_cost_is_said_of_what_has_a_price_and_of_nothing_else() -> None:
    agreement = written(TEST, BOARDING, ARRIVAL, RELEASE)
    priced = replace(STEADY, prices=Prices(currency="EUR", test=50.0, room_night=80.0, day_lost=200.0))
    assert value(of(agreement, priced), Name.COST) == pytest.approx(2 * 0.99 * 50.0 + 1.5 * 280.0)
    only_tests = replace(STEADY, prices=Prices(currency="EUR", test=50.0))
    assert value(of(agreement, only_tests), Name.COST) == pytest.approx(2 * 0.99 * 50.0)
    with pytest.raises(KeyError):
        of(agreement).figure(Name.COST)


# Units and balance


def test_each_name_has_a_unit_and_a_title() -> None:
    assert set(UNITS) == set(TITLES) == set(Name)


def test_per_million_travellers_is_per_ten_thousand_infected_times_the_infected() -> None:
    found = central()
    times = value(found, Name.INFECTED) / 1e4
    assert value(found, Name.IMPORTS) == pytest.approx(value(found, Name.RELEASED_INFECTED) * times)
    for step in ("swab", "second", "loop", "waiting"):
        per_million = value(found, Name.DETECTED_PER_MILLION, step)
        assert per_million == pytest.approx(value(found, Name.DETECTED, step) * times)


def test_who_does_not_travel_was_found_before_departure() -> None:
    found = central()
    assert value(found, Name.TRAVELLING) + value(found, Name.DETECTED, "swab") == pytest.approx(10_000.0)


def test_transmission_left_is_the_sum_over_the_regions_of_the_destination() -> None:
    found = central()
    regions = sum(value(found, Name.POTENTIAL_LEFT, region) for region in ("quarantine", "closed loop", "community"))
    left, averted = value(found, Name.POTENTIAL_LEFT), value(found, Name.POTENTIAL_AVERTED)
    assert left == pytest.approx(regions)
    assert value(found, Name.AVERTED_SHARE) == pytest.approx(averted / (left + averted))
    assert 0.5 < value(found, Name.AVERTED_SHARE) < 1.0


def test_several_samples_of_one_measure_are_one_step() -> None:
    twice = of(written(TEST + "\ncount = 2", BOARDING))
    assert [figure.of for figure in twice.figures if figure.name is Name.DETECTED] == ["swab"]
    assert value(twice, Name.TESTS) == pytest.approx(2 * 0.99)
    assert value(twice, Name.DETECTED, "swab") > value(of(written(TEST, BOARDING)), Name.DETECTED, "swab")


def test_each_measure_added_lets_fewer_through() -> None:
    texts = [written(TEST, BOARDING), written(TEST, BOARDING, ARRIVAL, RELEASE)]
    imports = [value(of(text), Name.IMPORTS) for text in (written(), *texts)]
    assert imports[0] > imports[1] > imports[2]


# Scale


def test_imports_are_in_proportion_to_incidence_and_shares_do_not_depend_on_it() -> None:
    agreement = written(TEST, BOARDING)
    one, three = (of(agreement, replace(STEADY, incidence={"": Incidence(per_day=rate)})) for rate in (DAILY, 3.0 * DAILY))
    for name in (Name.INFECTED, Name.IMPORTS, Name.EXPECTED_IMPORTS):
        assert value(three, name) == pytest.approx(3.0 * value(one, name), rel=1e-9)
    for name in (Name.RELEASED_INFECTED, Name.TRAVELLING, Name.AVERTED_SHARE, Name.FALSE_POSITIVES):
        assert value(three, name) == pytest.approx(value(one, name), rel=1e-9)


def test_twice_the_travellers_or_twice_the_days_are_twice_the_imports_and_the_square_of_none() -> None:
    agreement, single = written(TEST, BOARDING), of(written(TEST, BOARDING))
    for situation in (replace(STEADY, travellers_per_day={"": 400.0}), replace(STEADY, days=60.0)):
        double = of(agreement, situation)
        assert value(double, Name.EXPECTED_IMPORTS) == pytest.approx(2.0 * value(single, Name.EXPECTED_IMPORTS))
        assert value(double, Name.NO_IMPORT) == pytest.approx(value(single, Name.NO_IMPORT) ** 2)
        assert value(double, Name.IMPORTS) == value(single, Name.IMPORTS)


def test_a_quota_limits_the_volume_and_stands_for_it_where_nobody_says_how_many_travel() -> None:
    limited = written(TEST, BOARDING, QUOTA)
    ten_a_day = value(of(limited), Name.EXPECTED_IMPORTS)
    assert ten_a_day == pytest.approx(10.0 * 30.0 * value(of(limited), Name.IMPORTS) / 1e6)
    unsaid = replace(STEADY, travellers_per_day={})
    assert value(of(limited, unsaid), Name.EXPECTED_IMPORTS) == pytest.approx(ten_a_day)
    with pytest.raises(KeyError):
        of(written(TEST, BOARDING), unsaid).figure(Name.EXPECTED_IMPORTS)


@pytest.mark.parametrize("engine", EngineName)
def test_no_incidence_is_no_import_for_certain_and_the_travellers_still_pay(engine: EngineName) -> None:
    nobody = replace(STEADY, incidence={"": Incidence(per_day=0.0)})
    found = of(written(TEST, BOARDING, ARRIVAL, RELEASE), nobody, Settings(engine=engine, draws=0, people=1_000))
    for name in (Name.INFECTED, Name.IMPORTS, Name.EXPECTED_IMPORTS, Name.RELEASED_INFECTED, Name.OUTBREAK, Name.AVERTED_SHARE):
        assert value(found, name) == 0.0
    assert value(found, Name.NO_IMPORT) == 1.0
    assert value(found, Name.DAYS_LOST) == pytest.approx(1.5)


# Engines


def test_tables_and_drawn_people_give_the_figures_of_the_exact_engine() -> None:
    agreement = written(TEST, BOARDING, ARRIVAL)
    settings = Settings(draws=0, people=200_000, tolerance=1e-4)
    exact, tables, people = (
        values(of(agreement, settings=replace(settings, engine=e)))
        for e in (EngineName.QUADRATURE, EngineName.GRID, EngineName.INDIVIDUALS)
    )
    assert tables.keys() == exact.keys() == people.keys()
    for key, figure in exact.items():
        assert tables[key] == pytest.approx(figure, rel=1e-3, abs=1e-6), key
        assert people[key] == pytest.approx(figure, rel=0.05, abs=0.5), key


# Draws


def test_draws_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    agreement = written(TEST, BOARDING)
    one, same, other = (of(agreement, settings=Settings(draws=4, seed=seed)) for seed in (5, 5, 6))
    assert one.figures == same.figures
    assert one.figures != other.figures


def test_an_interval_is_in_order_and_the_value_is_that_without_draws() -> None:
    found = drawn().of("kr-cn")
    without = forecast(written(TEST, BOARDING, ARRIVAL, RELEASE), profile(), STEADY, settings=CENTRAL).of("kr-cn")
    assert values(found) == values(without)
    for figure in found.figures:
        assert figure.low is not None
        assert figure.median is not None
        assert figure.high is not None
        assert figure.low <= figure.median <= figure.high
    imports = found.figure(Name.IMPORTS)
    assert (imports.low or 0.0) < imports.value < (imports.high or 0.0)
    assert without.figure(Name.IMPORTS).low is None


def test_progress_counts_the_central_run_and_every_draw() -> None:
    seen: list[tuple[int, int]] = []
    settings = Settings(draws=3)
    forecast(
        written(TEST),
        profile(),
        STEADY,
        practice=quiet(),
        settings=settings,
        progress=lambda done, all_: seen.append((done, all_)),
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


# What it is a forecast of


def test_a_forecast_names_the_text_and_the_profile_by_their_digests_and_carries_the_budget() -> None:
    budgeted = load(
        changed('source = "made for tests"', 'source = "made for tests"\nbudget = { imports_per_million = 5, clause = "1(3)" }')
    )
    found = forecast(budgeted, profile(), STEADY, settings=CENTRAL)
    assert (found.agreement, found.version, found.digest) == ("small", 1, budgeted.digest)
    assert (found.pathogen, found.pathogen_digest, found.practice) == (profile().id, profile().digest, "default")
    assert (found.on, found.budget_per_million) == (date(2020, 5, 1), 5.0)
    assert drawn().budget_per_million is None


def test_each_route_has_its_own_incidence_or_that_of_the_party_or_that_of_all() -> None:
    agreement = versions("china-korea")[1]
    rates = {"kr-cn": Incidence(per_day=4e-4), "CN": Incidence(per_day=2e-4), "": Incidence(per_day=1e-4)}
    found = forecast(agreement, profile(), replace(STEADY, incidence=rates), practice=quiet(), settings=CENTRAL)
    kr_cn, cn_kr = (value(found.of(route), Name.INFECTED) for route in ("kr-cn", "cn-kr"))
    assert kr_cn == pytest.approx(2.0 * cn_kr)
    fallen_back = forecast(
        agreement,
        profile(),
        replace(STEADY, incidence={"kr-cn": rates["kr-cn"], "": rates[""]}),
        practice=quiet(),
        settings=CENTRAL,
    )
    assert kr_cn == pytest.approx(4.0 * value(fallen_back.of("cn-kr"), Name.INFECTED))


def test_shenyang_is_forecast_beside_the_rest_and_leaves_less_transmission() -> None:
    found = forecast(versions("china-korea")[1], profile(), STEADY, settings=CENTRAL)
    rest, shenyang = (each for each in found.groups if each.group.route == "kr-cn")
    assert found.of("kr-cn") is rest
    assert value(shenyang, Name.POTENTIAL_LEFT) < value(rest, Name.POTENTIAL_LEFT)
    assert value(shenyang, Name.IMPORTS) == pytest.approx(value(rest, Name.IMPORTS), rel=1e-4)


def test_the_flight_circuit_breaker_is_a_figure_of_the_route_that_has_it() -> None:
    found = forecast(versions("china-korea")[3], profile(), STEADY, settings=CENTRAL)
    five, ten = (
        found.of("kr-cn").figure(Name.SUSPENSION, trigger).value for trigger in ("five-on-a-flight", "ten-on-a-flight")
    )
    assert 0.0 < ten < five < 1.0
    with pytest.raises(KeyError):
        found.of("cn-kr").figure(Name.SUSPENSION, "five-on-a-flight")


# What is refused


def test_an_unknown_route_or_party_is_refused_with_what_there_is() -> None:
    for wrong in (
        replace(STEADY, incidence={"kr-jp": Incidence(per_day=DAILY)}),
        replace(STEADY, travellers_per_day={"kr-jp": 10.0}),
    ):
        with pytest.raises(SituationError, match='found "kr-jp"; expected a route or a party: CN, KR, kr-cn'):
            of(written(TEST), wrong)


def test_a_route_without_incidence_is_refused() -> None:
    with pytest.raises(SituationError, match='found no incidence for the route "kr-cn"; expected one for it or for KR'):
        of(written(TEST), replace(STEADY, incidence={"CN": Incidence(per_day=DAILY)}))


def test_a_profile_without_a_test_that_the_text_asks_for_is_refused() -> None:
    with pytest.raises(ReadingError, match='asks for the test "antibody"'):
        forecast(versions("china-korea")[1], shipped_profile("influenza-pandemic"), STEADY, settings=CENTRAL)


def test_a_route_that_the_agreement_does_not_have_has_no_forecast() -> None:
    with pytest.raises(KeyError, match="cn-kr"):
        drawn().of("cn-kr")
