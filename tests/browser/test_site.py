"""The site officer's first tasks: enter the rooms, put an arrival into one, see when they may go, and print the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fastchannel.casework import travel
from fastchannel.node.models import Room
from fastchannel.terms.events import Role
from tests.browser.steps import fits, violations
from tests.web import scene as stage
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
SITE = "Songjiang hotel 2"


def look(page: Page) -> list[str]:
    """What axe-core finds, and whether the page fits."""
    faults = violations(page)
    return faults if fits(page) else [*faults, "sticks out sideways"]


@pytest.mark.parametrize(("size", "language"), [("phone", "ko"), ("desktop", "en")])
def test_an_officer_enters_rooms_and_puts_an_arrival_into_one(
    size: str, language: str, opened: Callable[..., Page], enter: Any, scene: Scene, desk: Any, hand_clock: Any, picture: Any
) -> None:
    hand_clock.instant = datetime(2020, 5, 22, 4, 0, tzinfo=UTC)
    for journey in (scene.ready, scene.approved):
        stage.done(travel.arrive(desk, stage.actor(Role.CHECKPOINT), journey, place="CN-SH", key=f"arrive-{journey}"))
    page = opened(size, language, bypass_csp=True, color_scheme="dark" if language == "ko" else "light")
    enter(page, Role.SITE)
    page.goto("/site/")
    page.fill("#site", SITE)
    assert look(page) == []
    page.locator("form[action='/site/name/'] button").click()
    page.locator("a[href='/site/rooms/']").first.click()
    page.fill("#rooms", "1201-1212")
    page.fill("#beds", "1")
    page.locator("form.sheet button").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.locator("#reason-" + str(Room.objects.get(name="1203").pk)).fill("Tap leaks")
    page.locator("tr", has_text="1203").locator("button").click()
    expect(page.locator("tr", has_text="1203")).to_contain_text("Tap leaks")
    picture(page, f"site-rooms-{size}-{language}")
    assert look(page) == []
    page.goto("/site/")
    picture(page, f"site-{size}-{language}-before")
    arrival = page.locator(".arrivals li", has=page.locator(f"a[href='/site/{scene.ready}/']"))
    expect(arrival.locator("select")).to_have_value("1202")  # who stands above has 1201
    arrival.locator("button").click()
    room = page.locator(".room", has=page.locator(f"a[href='/site/{scene.ready}/']"))
    expect(room).to_contain_text("1202")
    expect(room.locator(".missing li")).to_have_count(2)
    picture(page, f"site-{size}-{language}")
    assert look(page) == []
    room.locator("a.name").click()
    picture(page, f"site-person-{size}-{language}")
    assert look(page) == []
    page.goto("/site/door/")
    expect(page.locator("tbody tr")).to_have_count(2)  # with the one who was in 1208 before
    picture(page, f"site-door-{size}-{language}")
    assert look(page) == []
