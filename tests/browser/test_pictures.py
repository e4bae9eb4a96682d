"""Pictures of the screens, each at the size that its user has: `make screenshots` keeps them in docs/images.

SCREENS is the one list of them. A screen that this build does not have is left out with a printed line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page

from fastchannel.casework import health
from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from tests.web import scene as stage
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
MOST_BYTES = 200_000
SPECIMEN = Path(__file__).parent / "specimen.html"


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: its name, who sees it (None: a traveller by their link), and where.

    The address is a path with the scene's travellers in braces, or ``name:`` and a page's name, with the journey that it is
    about. ``size`` is one of the sizes of tests/browser/conftest.py. ``ready`` is there when the picture can be taken.
    """

    name: str
    role: Role | None
    address: str
    size: str = "picture"
    language: str = "en"
    ready: str = "main"


SCREENS = (
    Screen("traveller-en", None, "/t/{approved}/", "phone"),
    Screen("traveller-zh-hans", None, "/t/{approved}/", "phone", "zh-hans"),
    Screen("traveller-ko", None, "/t/{approved}/", "phone", "ko"),
    Screen("pass", None, "/t/{ready}/pass/", "phone"),
    Screen("roster", Role.SPONSOR, "name:roster"),
    Screen("review", Role.REVIEWER, "/queue/{sponsored}/"),
    Screen("checkpoint", Role.CHECKPOINT, "name:checkpoint"),
    Screen("gate", Role.CHECKPOINT, "name:gate", "phone", ready="#gate input"),
    Screen("monitoring", Role.MONITOR, "name:monitor"),
    Screen("site", Role.SITE, "name:site", "phone"),
    Screen("laboratory", Role.LABORATORY, "name:laboratory"),
    Screen("case", Role.MONITOR, "name:case {positive}"),
    Screen("secretariat", Role.SECRETARIAT, "name:secretariat"),
    Screen("trust", Role.SECRETARIAT, "name:trust"),
    Screen("journey", Role.SECRETARIAT, "/journeys/{positive}/"),
    Screen("watch", Role.SECRETARIAT, "name:watch"),
    Screen("allocation", Role.SECRETARIAT, "name:allocations"),
    Screen("chain", Role.SECRETARIAT, "name:chain"),
    Screen("needs", Role.SPONSOR, "name:needs"),
    Screen(
        "forecast", Role.MISSION, "/forecast/china-korea/5/kr-cn/?isolation_days=7&further_test=naat&further_test_day=5"
    ),
)  # fmt: skip


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Page, str], None]:
    """Writes a picture, which must stay small: where SCREENSHOTS says, or only to try it."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)

    def write(page: Page, name: str) -> None:
        path = folder / f"{name}.png"
        page.screenshot(path=str(path))
        assert path.stat().st_size < MOST_BYTES, name

    return write


def address_of(screen: Screen, scene: Scene, link: Callable[[str], str]) -> str | None:
    """Where the screen is; None where this build does not have it."""
    travellers = asdict(scene)
    if screen.role is None:
        travellers = {name: link(journey).removeprefix("/t/").removesuffix("/") for name, journey in travellers.items()}
    found = screen.address.format_map(travellers)
    if not found.startswith("name:"):
        return found
    name, *about = found.removeprefix("name:").split()
    try:
        return reverse(f"web:{name}", args=about)
    except NoReverseMatch:
        return None


def test_every_screen_has_its_picture(
    opened: Callable[..., Page],
    enter: Callable[[Page, Role], None],
    link: Any,
    scene: Scene,
    keep: Any,
    capsys: Any,
    live_server: Any,
    desk: Any,
) -> None:
    engine().warm()
    # The positive of the scene is a case from here on.
    health.confirm(desk, stage.actor(Role.MONITOR), scene.positive, case="CN-1", key="case")
    pages: dict[tuple[Role | None, str], Page] = {}
    for screen in SCREENS:
        address = address_of(screen, scene, link)
        if address is None:
            with capsys.disabled():
                sys.stderr.write(f"\n{screen.name}: left out, this build has no page {screen.address!r}\n")
            continue
        seen = (screen.role, screen.size)
        if seen not in pages:
            pages[seen] = opened(screen.size, screen.language)
            if screen.role is not None:
                enter(pages[seen], screen.role)
        page = pages[seen]
        page.context.add_cookies([{"name": "django_language", "value": screen.language, "url": live_server.url}])
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, screen.name
        page.locator(screen.ready).first.wait_for()
        keep(page, screen.name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_design_system_has_its_picture(scheme: str, opened: Callable[..., Page], keep: Any, live_server: Any) -> None:
    page = opened("picture", "en", color_scheme=scheme)
    specimen = SPECIMEN.read_text(encoding="utf-8")
    page.route("**/specimen/", lambda route: route.fulfill(body=specimen, content_type="text/html"))
    page.goto("/specimen/")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": 1200, "height": height})
    keep(page, f"design-system-{scheme}")
