"""Scenario files: what they mean, and what is said of mistakes in them."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from fastchannel.forecast.reading.series import read_series
from fastchannel.forecast.reading.texts import TextError
from fastchannel.forecast.scenario.result import ScenarioResult
from fastchannel.forecast.scenario.scenario import Scenario, load_scenario

SCENARIOS = Path(__file__).resolve().parent / "scenarios"

SMALL = """
[scenario]
id = "small"
tolerance = 1e-6

[values]
q = 5

[course]
onset_after = "incubation"
symptomatic = 0.6

[[course.stage]]
name = "incubation"
duration = { days = 5 }

[course.infectiousness]
since = "infection"
curve = { gamma = { shape = 4, scale = 1.5 } }
reproduction_number = 2

[test.antigen]
curve = { constant = 0.5, from = 0, until = 20 }

[[arrivals]]
exposure = { days = 0 }

[itinerary]
release = "q"

[[itinerary.stay]]
id = "quarantine"
region = "country"
contact = 0.1

[[itinerary.stay]]
id = "free"
from = "q"
region = "country"

[[itinerary.test]]
id = "exit"
test = "antigen"
before_end = 1
result_after = 1

[[report]]
id = "left"
value = "potential(country)"
"""


def small(*changes: tuple[str, str]) -> Scenario:
    written = SMALL
    for old, new in changes:
        assert old in written
        written = written.replace(old, new)
    return load_scenario(written, name="small.toml")


def only(result: ScenarioResult) -> dict[str, float]:
    (row,) = result.rows
    return row.reports


def mistake(*changes: tuple[str, str]) -> str:
    with pytest.raises(TextError) as error:
        small(*changes)
    (one,) = error.value.mistakes
    return str(one)


def spent(day: float) -> float:
    return float(2.0 * stats.gamma.cdf(day, 4, scale=1.5))


def test_what_is_left_is_what_is_caused_in_quarantine_and_after_it_by_who_was_not_found() -> None:
    expected = 0.1 * spent(5) + 0.5 * (2.0 - spent(5))
    assert only(small().run())["left"] == pytest.approx(expected, rel=1e-9)


def test_a_test_with_compliance_and_leakage_finds_that_share_only() -> None:
    found = only(small(("result_after = 1", "result_after = 1\ncompliance = 0.8\nleakage = 0.25")).run())
    assert found["left"] == pytest.approx(0.1 * spent(5) + 0.7 * (2.0 - spent(5)), rel=1e-9)


def test_adherence_is_applied_once() -> None:
    found = only(small(("contact = 0.1", "contact = 0.1\nadherence = 0.75")).run())
    assert found["left"] == pytest.approx((0.75 * 0.1 + 0.25) * spent(5) + 0.5 * (2.0 - spent(5)), rel=1e-9)


def test_each_combination_is_a_case_and_an_option_s_own_dimensions_vary_only_there() -> None:
    vary = """[vary]
q = [3, 5]

[vary.tested]
no = { tests = [] }
yes = { vary = { delay = [0, 1, 2] } }

[course]
"""
    scenario = small(("[course]\n", vary), ("result_after = 1", 'result_after = "delay"'), ("q = 5\n", "delay = 1\n"))
    assert len(scenario.cases) == 2 * (1 + 3)
    table = scenario.run().table()
    assert table["delay"].null_count() == 2
    untested = table.filter((table["tested"] == "no") & (table["q"] == 3.0))["left"].item()
    assert untested == pytest.approx(0.1 * spent(3) + 2.0 - spent(3), rel=1e-9)


def test_an_option_replaces_a_part_of_the_text() -> None:
    changes = '{ "course.infectiousness.curve.gamma.scale" = 0.5, "itinerary.test.exit.test" = "antigen" }'
    found = only(small(("[course]\n", f"[vary.course]\nfast = {{ set = {changes} }}\n\n[course]\n")).run())
    before = 2.0 * float(stats.gamma.cdf(5, 4, scale=0.5))
    assert found["left"] == pytest.approx(0.1 * before + 0.5 * (2.0 - before), rel=1e-9)


def test_quantities_may_be_expressions_of_each_other_in_any_order() -> None:
    found = only(small(("q = 5", 'q = "half + half"\nhalf = 2.5')).run())
    assert found == only(small().run())


def test_a_repeated_test_is_taken_each_time_and_counted_together() -> None:
    scenario = small(("before_end = 1\nresult_after = 1", "every = 1\nfrom = 1\nuntil = 4"))
    (row,) = scenario.run().rows
    parts = [row.entries[f"detected(exit-{i})"] for i in range(1, 5)]
    assert parts == pytest.approx([0.5, 0.25, 0.125, 0.0625])
    assert row.entries["detected(exit)"] == pytest.approx(sum(parts))


def test_groups_of_arrivals_have_their_shares_and_their_own_course() -> None:
    groups = """[[arrivals]]
exposure = { days = 0 }
share = 3

[[arrivals]]
exposure = { days = 0 }
times = 0.5
"""
    found = only(small(("[[arrivals]]\nexposure = { days = 0 }\n", groups)).run())
    assert found["left"] == pytest.approx(only(small().run())["left"] * (0.75 + 0.25 * 0.5), rel=1e-9)


def test_both_engines_agree_on_a_scenario() -> None:
    individuals = small(("tolerance = 1e-6", 'engine = "individuals"\npeople = 200_000'))
    (row,) = individuals.run().rows
    assert abs(row.reports["left"] - only(small().run())["left"]) < 4.0 * row.standard_errors["left"]
    assert individuals.run(threads=1).as_json() == individuals.run(threads=2).as_json()


def test_figures_with_intervals_are_drawn_and_reported_as_quantiles() -> None:
    figure = "reproduction_number = { value = 2, low = 1, high = 4 }"
    draws = "\n[draws]\ncount = 40\nseed = 3\nquantiles = [0.025, 0.5, 0.975]\n"
    scenario = small(
        ("reproduction_number = 2", figure), ('value = "potential(country)"\n', f'value = "potential(country)"\n{draws}')
    )
    result = scenario.run()
    low, middle, high = result.rows[0].quantiles["left"]
    left = only(small().run())["left"]
    assert middle == pytest.approx(left, rel=0.05)
    assert low == pytest.approx(left / 2, rel=0.2)
    assert high == pytest.approx(left * 2, rel=0.2)
    assert result.as_json() == scenario.run().as_json()
    assert json.loads(json.dumps(result.as_json()))["draws"] == 40


@pytest.mark.parametrize("name", ["presymptomatic", "workers"])
def test_an_example_of_the_documentation_gives_what_it_says(name: str) -> None:
    path = SCENARIOS / f"{name}.toml"
    scenario = load_scenario(path.read_bytes(), name=path.name, folder=path.parent)
    steps: list[tuple[int, int]] = []
    result = scenario.run(progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (len(steps), len(steps))
    reports = [row.reports for row in result.rows]
    if name == "presymptomatic":
        untested, tested = (row.quantiles["cases left"] for row in result.rows)
        assert untested == pytest.approx((0.302, 0.492, 0.611), abs=0.01)
        assert tested == pytest.approx((0.252, 0.423, 0.534), abs=0.01)
    else:
        assert [found["share of workers found"] for found in reports] == pytest.approx([0.968, 0.882, 0.725], abs=0.01)
        assert len({found["cases by travellers"] for found in reports}) == 1


def test_a_stage_within_another_is_its_last_part() -> None:
    stages = """[[course.stage]]
name = "incubation"
duration = { lognormal = { median = 5, sd_log = 0.4 } }

[[course.stage]]
name = "pre-symptomatic"
within = "incubation"
duration = { gamma = { shape = 4, mean = 2 } }

[[course.stage]]
name = "ill"
duration = { days = 4 }
"""
    old = '[[course.stage]]\nname = "incubation"\nduration = { days = 5 }\n'
    curve = 'since = "infection"\ncurve = { gamma = { shape = 4, scale = 1.5 } }\nreproduction_number = 2\n'
    by_stage = "by_stage = { pre-symptomatic = 1, ill = 1 }\n"
    scenario = small(
        (old, stages), (curve, by_stage), ("tolerance = 1e-6", "tolerance = 1e-3"), ("contact = 0.1", "contact = 1")
    )
    (row,) = scenario.run().rows
    rng = np.random.default_rng(5)
    incubation = 5.0 * np.exp(0.4 * rng.standard_normal(400_000))
    before_onset = np.minimum(rng.gamma(4.0, 0.5, incubation.size), incubation)
    assert row.entries["baseline(country)"] == pytest.approx(4.0 + before_onset.mean(), abs=0.01)
    onset = np.clip(5.0 - (incubation - before_onset), 0.0, before_onset + 4.0).mean()  # infectious days before release
    assert row.entries["potential(country)"] == pytest.approx(onset + 0.5 * (4.0 + before_onset.mean() - onset), abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "found", "expected"),
    [
        ("symptomatic = 0.6", "symptomatik = 0.6", 'the unknown key "symptomatik"', "Did you mean"),
        ("constant = 0.5", "constant = 1.5", "1.5", "a sensitivity from 0 to 1"),
        ("shape = 4, scale = 1.5", "shape = -4, scale = 1.5", "-4", "above 0"),
        ('release = "q"', 'release = "q - 8"', "release on day -3", "times in order"),
        ('test = "antigen"', 'test = "antigin"', '"antigin"', "one of antigen"),
        ('"potential(country)"', '"potential(contry)"', '"potential(contry)"', "entries of the forecast"),
        ("q = 5", 'q = "r + 1"\nr = "q"', "r + 1", "do not depend on it"),
    ],
)
def test_a_mistake_has_its_line_and_what_was_expected(old: str, new: str, found: str, expected: str) -> None:
    line = SMALL[: SMALL.index(old)].count("\n") + 1
    with pytest.raises(TextError) as error:
        small((old, new))
    words = [str(one) for one in error.value.mistakes if one.line == line]
    assert any(found in one and expected in one for one in words), str(error.value)


def test_a_mistake_in_one_case_names_the_case() -> None:
    assert "In the case q = -1" in mistake(("q = 5\n", ""), ("[course]\n", "[vary]\nq = [5, -1]\n\n[course]\n"))


def test_an_option_that_names_no_test_is_a_mistake() -> None:
    words = mistake(("[course]\n", '[vary.tested]\nyes = { tests = ["exitt"] }\n\n[course]\n'))
    assert '"exitt"' in words
    assert "exit" in words


def test_a_text_that_stands_alone_names_no_file() -> None:
    assert "stands alone" in mistake(("exposure = { days = 0 }", 'exposure = { file = "cases.csv" }'))


@pytest.mark.parametrize("name", ["../cases.csv", "/etc/passwd", "absent.csv", "a\0b"])
def test_only_files_beside_the_text_are_read(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "scenario"
    folder.mkdir()
    (tmp_path / "cases.csv").write_text("day,count\n0,1\n")
    written = SMALL.replace("{ days = 0 }", f"{{ file = {json.dumps(name)} }}")
    with pytest.raises(TextError, match="a file that is there, beside the text"):
        load_scenario(written, folder=folder)


@pytest.mark.parametrize(
    ("rows", "row", "found", "expected"),
    [
        ("0,5\n1,6\n3,7", 4, "day 3 after 1 (a hole)", "day 2"),
        ("0,5\n1,-6", 3, '"-6" in count', "not negative"),
        ("0,5\n1,many", 3, '"many" in count', "not negative"),
        ("0,5\n1,", 3, '"" in count', "not negative"),
        ("0,5\n2,6\n1,7", 4, "day 1 after 2 (not in order)", "day 4"),
        ("0,5\nx,6", 3, '"x" in day', "a number of days"),
        ("0,0\n1,0", 2, "no infection in any row", "not all nought"),
    ],
)
def test_a_series_with_a_mistake_says_in_which_row(rows: str, row: int, found: str, expected: str) -> None:
    series = read_series(["day,count\n", *(line + "\n" for line in rows.split("\n"))], "day", "count")
    (one,) = series.mistakes
    assert one.row == row
    assert found in one.found
    assert expected in one.expected


def test_a_series_is_a_distribution_of_infection_times(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("day,count\n-2,1\n-1,3\n")
    written = SMALL.replace("{ days = 0 }", '{ file = "cases.csv" }')
    steps = SMALL.replace("{ days = 0 }", "{ steps = { edges = [-2, -1, 0], counts = [1, 3] } }")
    assert only(load_scenario(written, folder=tmp_path).run()) == only(load_scenario(steps).run())


def test_what_has_no_value_is_null_in_the_plain_result() -> None:
    scenario = small(('value = "potential(country)"', 'value = "potential(country)"\nper = "inside(free)"'))
    result = scenario.run()
    assert math.isnan(only(result)["left"])
    json.dumps(result.as_json(), allow_nan=False)


def test_the_scenario_of_the_how_to_is_read_and_answered() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-a-scenario.md"
    written = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    table = load_scenario(written).run().table()
    assert table.height == 6
    untested, tested = (table.filter(table["tested"] == label)["averted"].to_list() for label in ("no", "yes"))
    assert all(more > less for more, less in zip(tested, untested, strict=True))


@pytest.mark.parametrize(("old", "new"), [("days = 0", "days = 20_000"), ('release = "q"', "release = 20_000")])
def test_times_beyond_all_journeys_are_refused(old: str, new: str) -> None:
    with pytest.raises(TextError, match=r"10000|10,000|1e\+04"):
        small((old, new))


def test_stays_out_of_order_are_a_mistake() -> None:
    words = mistake(('region = "country"\ncontact', 'region = "country"\nfrom = 6\ncontact'))
    assert "day 5, while quarantine is from day 6" in words


def test_a_row_of_a_series_with_more_fields_than_the_heading_is_refused() -> None:
    series = read_series(["date,cases", "2020-04-01,1,100", "2020-04-02,99"], "date", "cases", date(2020, 1, 1))
    assert [(mistake.row, mistake.found) for mistake in series.mistakes] == [(2, "more fields than the heading has")]
