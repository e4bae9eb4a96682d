"""On a machine with no Chinese or Korean font, the pages bring theirs: the right face for the language, and few slices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CHROMIUM, SIZES

pytestmark = pytest.mark.browser
BARE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{cache}</cachedir></fontconfig>"""


@pytest.fixture
def bare(chromium: Browser, tmp_path: Path) -> Iterator[Browser]:
    """A browser on a machine whose only fonts are Latin."""
    from tools.fonts import FONTS, STAMP

    if not (FONTS / STAMP).exists():
        pytest.skip("needs the web fonts: install fonttools, brotli and noto-cjk-sans-otc, then python tools/fonts.py")
    settings = tmp_path / "fonts.conf"
    settings.write_text(BARE.format(cache=tmp_path / "cache"), encoding="utf-8")
    browser = chromium.browser_type.launch(
        executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"], env={"FONTCONFIG_FILE": str(settings)}
    )
    yield browser
    browser.close()


def faces(page: Page, selector: str) -> set[str]:
    """The faces that the page's own fonts drew the element's text with."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {one["familyName"] for one in used if one["isCustomFont"]}


def drawn(page: Page, selector: str, face: str) -> bool:
    """Whether the element is drawn with that face alone, at once or as soon as its slice has come."""
    for _ in range(100):
        if faces(page, selector) == {face}:
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize(
    ("language", "own", "page_bytes"), [("zh-hans", "Noto Sans CJK SC", 160_000), ("ko", "Noto Sans CJK KR", 60_000)]
)
def test_the_page_brings_the_face_of_its_language(
    language: str, own: str, page_bytes: int, bare: Browser, live_server: Any
) -> None:
    context = bare.new_context(viewport=SIZES["phone"], base_url=live_server.url)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page = context.new_page()
    loaded: list[int] = []
    page.on("requestfinished", lambda one: loaded.append(one.sizes()["responseBodySize"]) if ".woff2" in one.url else None)
    page.goto("/login/")
    page.evaluate("document.fonts.ready")
    assert all(drawn(page, selector, own) for selector in ("h1", "label", ".foot span"))
    assert drawn(page, '.languages [lang="zh-hans"]', "Noto Sans CJK SC")
    assert drawn(page, '.languages [lang="ko"]', "Noto Sans CJK KR")
    assert len(loaded) == 3  # the language's own slice, and the two small ones of the languages' names
    assert sum(loaded) < page_bytes
    page.evaluate("document.querySelector('h1').textContent = '直'")  # a Chinese character that Korea draws otherwise
    assert drawn(page, "h1", "Noto Sans CJK SC")
    context.close()
