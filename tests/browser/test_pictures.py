"""The README's pictures. They are written where SCREENSHOTS says (see tools/screenshots.py); without it, only taken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
MOST_BYTES = 200_000


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Page, str], None]:
    """Writes a picture, which must stay small."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)

    def write(page: Page, name: str) -> None:
        path = folder / f"{name}.png"
        page.screenshot(path=str(path))
        assert path.stat().st_size < MOST_BYTES, name

    return write


def test_the_travellers_page_in_every_language(opened: Callable[..., Page], link: Any, scene: Scene, keep: Any) -> None:
    address = link(scene.approved)
    for language in ("en", "zh-hans", "ko"):
        page = opened("phone", language)
        page.goto(address)
        keep(page, f"traveller-{language}")


def test_the_officers_pages(opened: Callable[..., Page], sign_in: Any, scene: Scene, keep: Any) -> None:
    pages = {
        "roster": (Role.SPONSOR, "/travellers/"),
        "review": (Role.REVIEWER, f"/queue/{scene.sponsored}/"),
        "journey": (Role.SECRETARIAT, f"/journeys/{scene.positive}/"),
        "checkpoint": (Role.CHECKPOINT, "/checkpoint/"),
        "forecast": (
            Role.MISSION,
            "/forecast/china-korea/5/kr-cn/?isolation_days=7&further_test=naat&further_test_day=5",
        ),
    }
    engine().warm()
    for name, (role, address) in pages.items():
        page = opened("picture", "en")
        sign_in(page, role)
        page.goto(address)
        keep(page, name)
