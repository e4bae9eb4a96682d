"""A negotiator designs an agreement: moves a slider, and the figures follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from tests.browser.steps import fits
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
ADDRESS = "/forecast/china-korea/5/kr-cn/"


@pytest.fixture(autouse=True)
def compiled() -> None:
    if not engine().ready:
        engine().warm()


@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("desktop", "en"), ("phone", "ko")])
def test_moving_a_slider_changes_the_figures_the_words_beside_it_and_the_address(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, scene: Scene
) -> None:
    page = opened(size, language)
    sign_in(page, Role.SECRETARIAT)
    page.goto(ADDRESS)
    assert fits(page)
    drawn = page.locator(".trade-off .here").first
    place = drawn.get_attribute("cx")
    imports, said = page.locator(".tile b").first, page.locator("#said-isolation_days")
    before, words = imports.inner_text(), said.inner_text()
    slider = page.locator("#design-isolation_days")
    slider.focus()
    for _ in range(6):
        slider.press("ArrowRight")
    expect(imports).not_to_have_text(before)
    expect(said).not_to_have_text(words)
    expect(slider).to_be_focused()
    expect(drawn).not_to_have_attribute("cx", place or "")
    expect(slider).to_have_attribute("aria-valuetext", said.inner_text().strip())
    assert "isolation_days=7" in page.url
    assert fits(page)


def test_without_scripts_the_button_shows_the_forecast(opened: Callable[..., Page], sign_in: Any, scene: Scene) -> None:
    page = opened("phone", "en", java_script_enabled=False)
    sign_in(page, Role.MISSION)
    page.goto(ADDRESS)
    before = page.locator(".tile b").first.inner_text()
    page.select_option("#design-first_test", "none")
    page.click(".choices button")
    page.wait_for_load_state()
    assert page.locator(".tile b").first.inner_text() != before


def test_a_choice_that_the_pathogen_does_not_know_is_told_beside_it(
    opened: Callable[..., Page], sign_in: Any, scene: Scene
) -> None:
    page = opened("desktop", "en")
    sign_in(page, Role.REVIEWER)
    page.goto(ADDRESS)
    page.select_option("#design-pathogen", "influenza-pandemic")
    expect(page.locator("#design-arrival_tests_error")).to_contain_text("Antibodies")
    page.select_option("#design-arrival_tests", "naat")
    expect(page.locator("#design-arrival_tests_error")).to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_field_has_a_label_and_every_drawing_a_title(
    scheme: str, opened: Callable[..., Page], sign_in: Any, scene: Scene
) -> None:
    page = opened("phone", "en", color_scheme=scheme)
    sign_in(page, Role.SECRETARIAT)
    page.goto(ADDRESS)
    unlabelled = "[...document.querySelectorAll('input:not([type=hidden]),select')].filter(e => !e.labels.length).length"
    assert page.evaluate(unlabelled) == 0
    assert page.evaluate("[...document.querySelectorAll('svg[role=img]')].filter(e => !e.querySelector('title')).length") == 0
    repeated = "(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))"
    assert page.evaluate(repeated) == 0
