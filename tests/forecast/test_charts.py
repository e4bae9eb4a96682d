"""Charts are drawn without a network, carry their labels in the reader's language, and show the figures that they are of."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import Forecast, Settings, forecast, problem_of
from fastchannel.forecast.individuals.individuals import simulate
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.shown.charts import (
    Chart,
    ChartError,
    Influence,
    course_chart,
    found_chart,
    imports_chart,
    render,
    sensitivity_chart,
    write_chart,
)
from fastchannel.forecast.shown.front_chart import FrontPoint, front_chart
from fastchannel.forecast.shown.output import OutputError
from fastchannel.forecast.situation import Incidence, Situation
from fastchannel.terms.language import LANGUAGES, pick, translate

AGREEMENT = shipped()["china-korea"].newest
PROFILE = shipped_profile("sars-cov-2-ancestral")
TITLES = {PROFILE.id: PROFILE.id}
INCIDENCE = Incidence(per_day=2e-6)


@pytest.fixture(scope="module")
def found() -> Forecast:
    return forecast(AGREEMENT, PROFILE, Situation(incidence={"": INCIDENCE}), settings=Settings(draws=3))


def texts(chart: Chart) -> str:
    """All that an SVG says."""
    root = ET.fromstring(render(chart, "svg"))
    return "\n".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))


def rows_of(spec: dict[str, Any], panel: int | None = None) -> list[dict[str, Any]]:
    """The rows of a layered chart, or of one panel of several: those of its first layer."""
    part = spec if panel is None else spec["vconcat"][panel]
    name = (part.get("data") or part["layer"][0]["data"])["name"]
    return list(spec["datasets"][name])


def front() -> list[FrontPoint]:
    points = [FrontPoint(label=f"option {i}", days_lost=float(i), imports=100.0 / (1 + i) ** 2) for i in range(4)]
    return [*points, FrontPoint(label="as it stands", days_lost=3.0, imports=30.0, best=False, current=True)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_infected_are_found_names_steps_and_routes_in_the_language(found: Forecast, language: str) -> None:
    said = texts(found_chart([found], AGREEMENT, language, TITLES))
    route = AGREEMENT.routes["kr-cn"]
    steps = {measure.id: pick(measure.title, language) for measure in route.text.measure if measure.title}
    assert pick(AGREEMENT.title, language) in said
    assert pick(route.title, language) in said
    assert steps["test-before-departure"] in said
    assert translate("Never found", language) in said
    assert translate("Infected travellers, of 10,000", language) in said


def test_what_is_found_and_what_is_not_adds_up_to_all_the_infected(found: Forecast) -> None:
    spec = found_chart([found], AGREEMENT, "en", TITLES).to_dict()
    for panel in range(len(spec["vconcat"])):
        assert sum(row["value"] for row in rows_of(spec, panel)) == pytest.approx(10_000.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_imports_stand_beside_the_budget(found: Forecast, language: str) -> None:
    said = texts(imports_chart([replace(found, budget_per_million=8.0)], AGREEMENT, language, TITLES))
    assert translate("budget", language) in said
    assert translate("Imports per million travellers", language) in said
    assert pick(AGREEMENT.routes["cn-kr"].title, language) in said


def test_the_imports_shown_are_those_of_the_forecast(found: Forecast) -> None:
    spec = imports_chart([found], AGREEMENT, "en", TITLES).to_dict()
    shown = [row["value"] for row in rows_of(spec)]
    assert shown == [group.figure(Name.IMPORTS).value for group in found.groups]


def test_a_front_names_its_options_and_the_text_as_it_stands() -> None:
    said = texts(front_chart(front(), "en", "China–Korea fast channel", budget=10.0))
    assert all(words in said for words in ("option 0", "option 3", "as it stands", "budget", "Days lost per traveller"))


def test_a_long_front_names_only_as_many_as_can_be_read_and_always_the_text_as_it_stands() -> None:
    points = [FrontPoint(label=f"option {i}", days_lost=i / 10, imports=100.0 * 0.8**i) for i in range(60)]
    points.append(FrontPoint(label="now", days_lost=3.01, imports=40.0, best=False, current=True))
    spec = front_chart(points, "en", "title").to_dict()
    named = [row for row in rows_of(spec, 0) if row["number"]]
    assert 2 < len(named) <= 12
    assert "now" in {row["label"] for row in named}
    assert len(rows_of(spec, 1)) == len(named)


def test_unknowns_come_with_the_one_that_matters_most_first() -> None:
    chart = sensitivity_chart([Influence(label="small", share=0.1), Influence(label="large", share=0.6)], "en", "title")
    assert [row["label"] for row in rows_of(chart.to_dict())] == ["large", "small"]
    assert "60%" in texts(chart)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_course_says_when_travellers_depart_and_are_released(found: Forecast, language: str) -> None:
    reading = found.of("kr-cn").group.reading
    problem = problem_of(reading, INCIDENCE, 0.0, PROFILE.at(), default_practice().at())
    said = texts(course_chart(simulate(problem, 20_000, 1), reading.itinerary, language, "title"))
    for label in ("departure", "release", "Days since departure", "found in the day"):
        assert translate(label, language) in said


def test_a_picture_is_as_wide_as_a_page_and_no_wider(found: Forecast, tmp_path: Path) -> None:
    path = tmp_path / "found.png"
    write_chart(found_chart([found], AGREEMENT, "ko", TITLES), path)
    raw = path.read_bytes()
    assert raw.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", raw[16:24])
    assert 1_000 < width < 2_200
    assert height > 400


@pytest.mark.parametrize("draw", [lambda: front_chart([], "en", ""), lambda: sensitivity_chart([], "en", "")])
def test_nothing_to_show_is_an_error_that_says_so(draw: Any) -> None:
    with pytest.raises(ChartError, match="found no"):
        draw()


def test_a_chart_is_an_svg_or_a_png(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"expected one of \.svg, \.png"):
        write_chart(front_chart(front(), "en", ""), tmp_path / "front.pdf")
