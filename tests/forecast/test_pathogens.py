"""The shipped profiles hold together, say where every figure is from, and stay possible at any draw."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.mistakes import Mistake
from fastchannel.forecast.infection.curves import Table
from fastchannel.forecast.infection.draws import HALF_WIDTH, sample
from fastchannel.forecast.infection.pathogens import Pathogen, PathogenError, load_profile, shipped_profile, shipped_profiles
from fastchannel.forecast.reading.texts import TextError
from fastchannel.terms.events import Assay as Kind

NAMES = sorted(
    entry.name.removesuffix(".toml")
    for entry in (files("fastchannel") / "library" / "pathogens").iterdir()
    if entry.name.endswith(".toml")
)
ANCESTRAL = "sars-cov-2-ancestral"
Raw = dict[str, Any]


def raw_of(name: str) -> Raw:
    return tomllib.loads(shipped_profile(name).written)


def figures(raw: object, place: str = "", around: Raw | None = None) -> Iterator[tuple[str, Raw, Raw]]:
    """Every table with a value, its place, and the table whose source it shares (a test's curve has one for all knots)."""
    if isinstance(raw, dict):
        if "value" in raw:
            yield place, raw, around or {}
        else:
            for key, value in raw.items():
                yield from figures(value, f"{place}.{key}", raw)
    elif isinstance(raw, list):
        for i, value in enumerate(raw):
            yield from figures(value, f"{place}[{i}]", around)


def test_there_are_profiles_and_each_is_found_by_its_identifier() -> None:
    assert len(NAMES) >= 6
    assert sorted(shipped_profiles()) == NAMES
    with pytest.raises(PathogenError, match=r'no profile "sars-cov-3"; there are .*sars-cov-1'):
        shipped_profile("sars-cov-3")


@pytest.mark.parametrize("name", NAMES)
def test_every_profile_has_a_title_in_every_language_a_note_and_a_digest(name: str) -> None:
    profile = shipped_profile(name)
    assert set(profile.title) == {"en", "zh", "ko"}
    assert all(profile.title.values())
    assert profile.name
    assert profile.note
    assert profile.digest.startswith("sha256:")
    assert profile.digest == load_profile(profile.written).digest


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_lies_in_its_interval(name: str) -> None:
    found = list(figures(raw_of(name)))
    assert len(found) > 40
    for place, figure, _ in found:
        assert figure["low"] <= figure["value"] <= figure["high"], place


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source_or_is_said_to_be_a_judgement(name: str) -> None:
    for place, figure, around in figures(raw_of(name)):
        said = figure if "day" not in figure else around
        assert said.get("source") or said.get("basis") == "judgement", place
        assert said.get("basis", "judgement") == "judgement", place


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_named_with_its_year_and_its_identifier_is_a_doi(name: str) -> None:
    said = [entry for _, figure, around in figures(raw_of(name)) for entry in (figure, around) if "source" in entry]
    for entry in said:
        assert entry["source"] == "assumption" or any(f" {year}" in entry["source"] for year in range(1950, 2030)), entry
        assert entry.get("doi", "10.").startswith("10."), entry


@pytest.mark.parametrize("name", NAMES)
def test_no_number_stands_without_its_interval(name: str) -> None:
    raw = raw_of(name)
    for section in ("incubation", "symptoms", "infectiousness", "immunity", *(f"test.{kind}" for kind in raw["test"])):
        table: Raw = raw["test"][section.removeprefix("test.")] if section.startswith("test.") else raw[section]
        for key, value in table.items():
            assert not isinstance(value, int | float) or isinstance(value, bool), f"{section}.{key}"


@pytest.mark.parametrize("name", NAMES)
def test_incubation_and_infectiousness_give_the_published_generation_interval(name: str) -> None:
    """By a rule of its own: the mean of 200,000 people, each with their incubation and a time of transmission."""
    pathogen, published = shipped_profile(name).at(), raw_of(name)["infectiousness"]["generation_interval"]
    response = pathogen.course.infectiousness
    assert response.curve is not None
    times = np.linspace(*response.curve.support, 200_001)
    weights = response.curve.values(times)
    mean = float(np.sum(times * weights) / np.sum(weights))
    shares = (np.arange(200_000) + 0.5) / 200_000
    incubation = float(np.mean(pathogen.course.stages[0].duration.quantile(shares))) if response.marker == 1 else 0.0
    assert pathogen.implied_generation_days == pytest.approx(incubation + mean, rel=1e-3)
    assert published["low"] <= incubation + mean <= published["high"]


@pytest.mark.parametrize("name", NAMES)
def test_infectiousness_adds_up_to_the_reproduction_number_at_any_draw(name: str) -> None:
    profile = shipped_profile(name)
    for draw in ({}, *sample(profile.unknowns, 12, 5)):
        pathogen = profile.at(draw)
        curve = pathogen.course.infectiousness.curve
        assert curve is not None
        assert curve.total == pytest.approx(pathogen.reproduction_number, rel=1e-9)


def responses(pathogen: Pathogen) -> Iterator[tuple[str, np.ndarray[Any, np.dtype[np.float64]]]]:
    times = np.concatenate((np.linspace(-20.0, 60.0, 801), np.linspace(60.0, 500.0, 221)))
    for name, assay in pathogen.assays.items():
        assert assay.sensitivity.curve is not None
        yield name, assay.sensitivity.curve.values(times)


@pytest.mark.parametrize("name", NAMES)
def test_every_draw_is_possible(name: str) -> None:
    """A profile that could be drawn only most of the time would stop a sensitivity analysis halfway."""
    profile = shipped_profile(name)
    for draw in sample(profile.unknowns, 40, 11):
        pathogen = profile.at(draw)
        for kind, sensitivities in responses(pathogen):
            assert np.all((sensitivities >= 0.0) & (sensitivities <= 1.0)), kind
        course, assays = pathogen.course, pathogen.assays.values()
        assert 0.0 <= course.symptomatic <= 1.0
        assert course.symptoms_days > 0.0
        assert pathogen.dispersion > 0.0
        assert course.stages[0].duration.support[0] >= 0.0
        assert all(0.0 <= assay.specificity <= 1.0 and 0.0 <= assay.correlation < 1.0 for assay in assays)
        assert course.spans[0] < course.spans[1] < course.spans[2]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [-4.5, 4.5])
def test_even_all_unknowns_far_out_at_once_are_possible(name: str, z: float) -> None:
    profile = shipped_profile(name)
    for _, sensitivities in responses(profile.at(dict.fromkeys(profile.unknowns, z))):
        assert np.all((sensitivities >= 0.0) & (sensitivities <= 1.0))


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_moves_every_unknown_to_its_interval_and_no_draw_none(name: str) -> None:
    profile, raw = shipped_profile(name), raw_of(name)
    figure = raw["infectiousness"]["reproduction_number"]
    assert "pathogen.infectiousness.reproduction_number" in profile.unknowns
    assert profile.at().reproduction_number == figure["value"]
    for side, z in (("low", -HALF_WIDTH), ("high", HALF_WIDTH)):
        drawn = profile.at({"pathogen.infectiousness.reproduction_number": z})
        assert drawn.reproduction_number == pytest.approx(figure[side])
        assert drawn.dispersion == raw["infectiousness"]["dispersion"]["value"]


@pytest.mark.parametrize("name", NAMES)
def test_tests_are_of_kinds_that_an_agreement_can_ask_for(name: str) -> None:
    pathogen = shipped_profile(name).at()
    assert {"naat"} <= set(pathogen.assays) <= {kind.value for kind in Kind}
    assert set(pathogen.turnaround_days) == set(pathogen.assays)


@pytest.mark.parametrize("name", NAMES)
def test_nearly_every_infection_is_over_by_the_active_age(name: str) -> None:
    pathogen = shipped_profile(name).at()
    curve = pathogen.course.infectiousness.curve
    assert curve is not None
    left = 1.0 - float(curve.integral(np.array([pathogen.course.spans[2]]))[0]) / pathogen.reproduction_number
    assert left == pytest.approx(0.001, abs=1e-6)
    assert pathogen.active_days >= pathogen.course.spans[2]


@pytest.mark.parametrize(("kind", "name", "last"), [("naat", "PCR", 30.0), ("antigen", "LFT", 20.0)])
def test_the_knots_of_hellewell_et_al_lie_within_the_published_limits(shared: Path, kind: str, name: str, last: float) -> None:
    path = shared / "data" / "risk" / f"{name}_curve_summary.csv"
    if not path.is_file():
        pytest.skip(f"needs {path.name}: the published curve that the knots were read from")
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    days, middle, low, high = (
        np.array([float(row[column]) for row in rows]) for column in ("days_since_infection", "median", "lower_95", "upper_95")
    )
    curve = shipped_profile(ANCESTRAL).at().assays[kind].sensitivity.curve
    assert isinstance(curve, Table)
    knots = [(day, height) for day, height in zip(curve.x, curve.y, strict=True) if day <= last]
    assert len(knots) >= 15
    for day, height in knots:
        at = int(np.argmin(np.abs(days - day)))
        assert days[at] == pytest.approx(day)
        assert low[at] <= height <= high[at]
        assert height == pytest.approx(middle[at], rel=0.03, abs=5e-4)
    between = curve.values(days[days <= last])
    assert np.all((between >= low[days <= last] - 1e-3) & (between <= high[days <= last] + 1e-3))
    assert float(np.max(np.abs(between - middle[days <= last]))) < 0.03


def mistakes(written: str | bytes) -> tuple[Mistake, ...]:
    try:
        load_profile(written)
    except TextError as error:
        return error.mistakes
    return ()


def changed(old: str, new: str) -> str:
    """The ancestral profile with one piece, which must be there once, put otherwise."""
    written = shipped_profile(ANCESTRAL).written
    assert written.count(old) == 1, f"{written.count(old)} times: {old}"
    return written.replace(old, new)


# what is replaced, by what, part of what was found, part of what was expected or of the hint
WRONG: dict[str, tuple[str, str, str, str]] = {
    "unknown section": ("[symptoms]", "[symptom]", '"symptom"', 'Did you mean "symptoms"?'),
    "unknown test": ("[test.antigen]", "[test.antigne]", '"antigne"', 'Did you mean "antigen"?'),
    "unknown key": ("dispersion          =", "dispersal =", '"dispersal"', 'Did you mean "dispersion"?'),
    "missing key": ("dispersion          =", "note =", "nothing", 'the key "dispersion"'),
    "share above 1": (
        "asymptomatic = { value = 0.2, low = 0.17, high = 0.25",
        "asymptomatic = { value = 20",
        "20",
        "from 0 to 1",
    ),
    "value outside its interval": ("value = 2.87, low = 2.39", "value = 2.27, low = 2.39", "2.27 with", "inside its interval"),
    "unknown moment": ('since               = "onset"', 'since = "onsett"', '"onsett"', 'Did you mean "onset"?'),
    "a sensitivity above 1": ("value = 0.785, low = 0.559", "value = 1.785, low = 0.559", "1.785", "from 0 to 1"),
    "a knot out of order": ("{ day = 3.0, value = 0.71", "{ day = 9.0, value = 0.71", "a table", "each after the one before"),
    "figures that contradict each other": (
        "value = 5.9, low = 5.2, high = 7.0",
        "value = 9.9, low = 9.2, high = 11.0",
        "give 6.13",
        "agree",
    ),
    "a title in an unknown language": ('title = { en = "SARS-CoV-2', 'title = { fr = "SARS-CoV-2', '"fr"', "one of"),
    "words for a title": (
        'title = { en = "SARS-CoV-2, ancestral lineages", zh',
        "title = { en = 1, zh",
        "1",
        "quotation marks",
    ),
    "no such curve": ("gamma               =", "gama =", '"gama"', 'Did you mean "gamma"?'),
    "an interval of words": ("low = 5.2, high = 7.0", "low = '5.2 + x', high = 7.0", "5.2 + x", "a number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_in_a_profile_has_its_line_what_was_found_and_what_was_expected(name: str) -> None:
    old, new, found, expected = WRONG[name]
    written = changed(old, new)
    line = written[: written.index(new)].count("\n") + 1
    every = mistakes(written)
    assert any(found in mistake.found and expected in f"{mistake.expected}. {mistake.hint}" for mistake in every), every
    if name not in ("missing key", "a knot out of order", "no such curve"):
        assert any(mistake.line == line for mistake in every), every


def test_expressions_are_allowed_wherever_a_number_is() -> None:
    assert not mistakes(changed("low = 5.2, high = 7.0", "low = '5 + 0.2', high = '8 - 1'"))


def test_infectiousness_may_be_any_curve_and_a_test_may_follow_it() -> None:
    written = shipped_profile(ANCESTRAL).written
    start = written.index("gamma               =")
    logistic = "logistic = [3.0, -0.8]\nfrom = -4\nuntil = 20\ncentre = 0\n"
    written = written[:start] + logistic + written[written.index("reproduction_number", start) :]
    start = written.index("[test.antigen]")
    written = (
        written[:start]
        + '[test.antigen]\nsince = "onset"\nlevel_of = "infectiousness"\nnormalise = "peak"\ntimes = 0.8\n'
        + written[written.index("specificity", start) :]
    )
    assert not mistakes(written)
    pathogen = load_profile(written).at()
    curve, sensitivity = pathogen.course.infectiousness.curve, pathogen.assays["antigen"].sensitivity.curve
    assert curve is not None
    assert sensitivity is not None
    ratio = sensitivity.values(np.array([-2.0, 5.0])) / curve.values(np.array([-2.0, 5.0]))
    assert ratio[0] == pytest.approx(ratio[1])
    refused = mistakes(written.replace('since = "onset"\nlevel_of', 'since = "infection"\nlevel_of'))
    assert any("no curve here" in mistake.expected for mistake in refused)


def test_infectiousness_is_never_negative() -> None:
    written = shipped_profile(ANCESTRAL).written
    start = written.index("gamma               =")
    written = written[:start] + "table = [[0, -0.1], [5, 1], [9, 0]]\n" + written[written.index("reproduction_number", start) :]
    assert any(
        "-0.1 on day 0" in mistake.found and "infectiousness from 0" in mistake.expected for mistake in mistakes(written)
    )


@pytest.mark.parametrize(
    "written", ["", "x = 1", b"\xff", "[pathogen]", "[[pathogen]]", "pathogen = []\ntest = 1\nincubation = nan"]
)
def test_what_is_no_profile_at_all_is_refused_with_all_that_is_missing(written: str | bytes) -> None:
    assert mistakes(written)


VALUES = st.sampled_from(
    ["nan", "inf", "-inf", "0", "-1", "1e12", "5e-324", "9" * 400, "true", "'q - 1'", "[]", "{}", "[[1, 2]]", "2020-01-01",
     "1e6", "{ value = 1 }", "{ value = nan }", "{ value = 1, low = 2, high = 0 }", "{ gamma = { shape = 1, scale = 1e-9 } }"]
)  # fmt: skip
LINES = [
    number
    for number, line in enumerate(shipped_profile(ANCESTRAL).written.splitlines())
    if " = " in line and not line.startswith((" ", "#")) and not line.endswith("[")
]


@given(st.lists(st.tuples(st.sampled_from(LINES), VALUES), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_profile_with_any_value_put_otherwise_raises_only_our_error(changes: list[tuple[int, str]]) -> None:
    lines = shipped_profile(ANCESTRAL).written.splitlines()
    for number, value in changes:
        lines[number] = f"{lines[number].partition(' = ')[0]} = {value}"
    found = mistakes("\n".join(lines))
    assert all(1 <= mistake.line <= len(lines) for mistake in found)
    if not found:
        assert math.isfinite(load_profile("\n".join(lines)).at().active_days)
