"""What comes out of a printer: the traveller's record and the pass, black on white, without the frame of the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.web.scene import Scene

pytestmark = pytest.mark.browser


@contextmanager
def printed(page: Page) -> Iterator[pypdfium2.PdfDocument]:
    """The page as Chromium prints it on A4."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    yield document
    document.close()


def words(document: pypdfium2.PdfDocument) -> str:
    return " ".join(sheet.get_textpage().get_text_range() for sheet in document)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-hans", "dark")])
def test_the_travellers_record_prints_black_on_white_with_every_day_to_sign(
    language: str, scheme: str, opened: Callable[..., Page], link: Any, scene: Scene
) -> None:
    page = opened("phone", language, color_scheme=scheme)
    page.goto(link(scene.approved) + "paper/")
    days = page.locator("tbody tr").count()
    with printed(page) as document:
        assert len(document) <= 3
        said = words(document)
        first = document[0].render(scale=1).to_pil()
    assert days == 14
    assert scene.approved in said
    assert "한국어" not in said  # the languages belong to the frame
    assert_white(first)


def test_the_pass_prints_on_one_sheet_with_a_code_that_scans(opened: Callable[..., Page], link: Any, scene: Scene) -> None:
    import zxingcpp

    page = opened("phone", "en", color_scheme="dark")
    page.goto(link(scene.ready) + "pass/")
    if page.locator("form button.main").count():
        page.click("form button.main")
        page.wait_for_selector(".pass .code")
    with printed(page) as document:
        assert len(document) == 1
        assert "CHOI DOYUN" in words(document)
        sheet = document[0].render(scale=3).to_pil()
    assert_white(sheet)
    assert [code.text[:3] for code in zxingcpp.read_barcodes(sheet)] == ["FC1"]


def assert_white(sheet: Image.Image) -> None:
    """The sheet's edge and most of it are white."""
    grey = sheet.convert("L")
    assert grey.getpixel((2, 2)) == 255
    assert sum(grey.histogram()[250:]) > 0.75 * grey.width * grey.height
