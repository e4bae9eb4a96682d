"""The menu: a role's own day first, the rest in groups, and where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from fastchannel.web import navigation
from fastchannel.web.navigation import GROUPS, MOST_IN_LINE, PAGES, PARENTS, TITLES, menu_of
from tests.web.scene import Scene


def current(role: Role, here: str) -> list[tuple[str, str]]:
    menu = menu_of(role, here)
    return [(item.url, item.current) for group in menu.groups for item in group.items if item.current]


@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_of_a_role_is_in_one_group_and_the_first_is_its_day(role: Role) -> None:
    menu = menu_of(role, "")
    urls = [item.url for group in menu.groups for item in group.items]
    assert len(urls) == len(set(urls)) == len(PAGES[role])
    assert menu.groups[0].items[0].group == navigation.DAY
    assert {navigation.group_of(item, PAGES[role]) for item in PAGES[role][:1]} == {navigation.DAY}


def test_no_page_is_named_by_two_groups_and_every_page_has_a_title() -> None:
    named = [page for pages in GROUPS.values() for page in pages]
    assert len(named) == len(set(named))
    assert {page for pages in PAGES.values() for page in pages} <= set(TITLES)
    assert {parent for parents in PARENTS.values() for parent in parents} <= set(named)


@pytest.mark.parametrize(
    ("role", "here", "marked"),
    [
        (Role.REVIEWER, "queue", [("/queue/", "page")]),
        (Role.REVIEWER, "review", [("/queue/", "true")]),
        (Role.REVIEWER, "journey", [("/journeys/", "true")]),
        (Role.SPONSOR, "journey", [("/travellers/", "true")]),
        (Role.LABORATORY, "task", [("/laboratory/", "true")]),
        (Role.SITE, "task", [("/site/", "true")]),
        (Role.LABORATORY, "journey", []),
        (Role.MISSION, "nothing", []),
    ],
)
def test_the_page_or_the_one_above_it_is_marked(role: Role, here: str, marked: list[tuple[str, str]]) -> None:
    assert current(role, here) == marked


def test_a_long_menu_keeps_the_day_and_the_current_page_in_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = tuple(dict.fromkeys(page for pages in PAGES.values() for page in pages))
    assert len(everything) > MOST_IN_LINE
    monkeypatch.setitem(PAGES, Role.SECRETARIAT, ("dashboard", *(page for page in everything if page != "dashboard")))
    menu = menu_of(Role.SECRETARIAT, "link")
    line = [item.url for item in menu.line]
    assert menu.folded
    assert line[0] == "/overview/"
    assert "/link/" in line
    assert "/watch/" not in line
    assert sum(len(group.items) for group in menu.groups) == len(everything)


def test_a_page_that_this_build_lacks_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGES, Role.SPONSOR, ("roster", "nowhere", "agreements"))
    assert [item.url for item in menu_of(Role.SPONSOR, "").line] == ["/travellers/", "/agreements/"]


def test_a_page_says_which_of_the_menu_it_is(scene: Scene, signed_in: Callable[..., Client]) -> None:
    page = signed_in(Role.REVIEWER).get(f"/queue/{scene.ready}/").content.decode()
    assert page.count('href="/queue/" aria-current="true"') == 2  # in the line and behind the button
