"""The health monitor's first tasks: find who is silent, take them, call them; then a case and its contacts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fastchannel.casework.ports import Person
from fastchannel.node import sweep
from fastchannel.node.messages import deliver
from fastchannel.node.models import CallNote, CaseTask, NamedContact
from fastchannel.terms.events import Role
from tests.browser.steps import EVERYWHERE, fits, go_to, violations
from tests.web import contacts
from tests.web import scene as stage

pytestmark = pytest.mark.browser
FIRST = date(2020, 5, 8)


@pytest.fixture
def silent(transactional_db: None, desk: Any, hand_clock: Any) -> tuple[str, ...]:
    """Four travellers before departure, of whom one was never heard of; it is the afternoon of 19 May."""
    hand_clock.instant = stage.APPLIED
    found = tuple(stage.apply(desk, number) for number in range(4))
    for number, journey in enumerate(found):
        who = Person(name=stage.NAMES[number], passport=f"M{number}", language="ko", telephone=f"+82 10 1234 567{number}")
        desk.people.replace(journey, who)
    hand_clock.instant = datetime(2020, 5, 19, 6, 0, tzinfo=UTC)
    stage.check_in(desk, found[1], FIRST, date(2020, 5, 19))
    stage.check_in(desk, found[2], FIRST, date(2020, 5, 17), without=(date(2020, 5, 12),))
    stage.check_in(desk, found[3], FIRST, date(2020, 5, 18))
    for _ in range(3):
        sweep.wake_due()
    deliver()
    return found


@pytest.fixture
def enter(desk: Any) -> Callable[[Page, Role], None]:
    """Signs a page in by the form."""

    def sign_in(page: Page, role: Role) -> None:
        stage.account(role)
        page.goto("/login/")
        page.fill("#id_username", role.value)
        page.fill("#id_password", stage.PASSWORD)
        page.click("main button")
        page.wait_for_load_state()

    return sign_in


@EVERYWHERE
def test_a_monitor_takes_and_calls_whoever_has_been_silent_longest(
    size: str, language: str, opened: Callable[..., Page], enter: Any, silent: tuple[str, ...], picture: Any
) -> None:
    page = opened(size, language, bypass_csp=True, color_scheme="dark" if language == "zh-hans" else "light")
    enter(page, Role.MONITOR)
    first = page.locator("tbody tr[id^=row-]").first
    expect(first).to_have_attribute("id", f"row-{silent[0]}")
    assert first.locator("td.day").count() == 14
    assert fits(page)
    picture(page, f"monitoring-{size}-{language}")
    assert violations(page) == []
    first.locator(".owner button").click()
    expect(page.locator(f"#row-{silent[0]} .owner strong")).to_be_visible()
    page.locator(f"#row-{silent[0]} .step a.button").click()
    page.wait_for_selector("#act-call[open]")
    assert fits(page)
    page.select_option('#act-call select[name="said"]', "silent")
    page.select_option('#act-call select[name="next_step"]', "call again")
    page.click("#act-call button")
    page.wait_for_selector(".notices .notice.good")
    assert CallNote.objects.get().outcome == "not reached"
    page.reload()  # what was said goes
    assert page.locator(".talks li").count() == 1
    picture(page, f"call-{size}-{language}")
    assert violations(page) == []
    page.goto("/monitoring/calls/")
    assert fits(page)
    assert violations(page) == []
    picture(page, f"sheet-{size}-{language}")


@EVERYWHERE
def test_an_officer_names_the_contacts_of_a_case_and_does_the_first_task(
    size: str,
    language: str,
    opened: Callable[..., Page],
    transactional_db: None,
    desk: Any,
    hand_clock: Any,
    enter: Any,
    picture: Any,
) -> None:
    flight = contacts.play(desk, hand_clock)
    page = opened(size, language, bypass_csp=True, color_scheme="dark" if language == "zh-hans" else "light")
    enter(page, Role.MONITOR)
    go_to(page, "/cases/")
    page.wait_for_load_state()
    assert fits(page)
    assert violations(page) == []
    picture(page, f"cases-{size}-{language}")
    page.click(f'a[href="/cases/{flight.case}/"]')
    page.wait_for_load_state()
    assert fits(page)
    assert page.locator(".case-graph .person").count() == 6
    picture(page, f"case-{size}-{language}")
    assert violations(page) == []
    assert page.locator('input[name="contact"]:checked').count() == 3  # whoever is certainly close is ticked
    page.click("form[action$='/contacts/'] button.main")
    page.wait_for_selector(".notices .notice.good")
    assert NamedContact.objects.filter(case=contacts.NUMBER).count() == 3
    page.reload()
    assert page.locator("form[action$='/tasks/'] button[value=done]").count() == 9
    page.locator("form[action$='/tasks/'] button[value=done]").first.click()
    page.wait_for_selector(".notices .notice.good")
    assert CaseTask.objects.exclude(done=None).count() == 1
    page.reload()
    assert fits(page)
    assert violations(page) == []
    picture(page, f"traced-{size}-{language}")
