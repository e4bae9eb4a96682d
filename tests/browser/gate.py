"""The checkpoint in Chromium: its modules alone, and the page as an officer uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "fastchannel" / "web" / "static"
ORIGIN = "http://localhost:9"  # a secure context, which WebCrypto needs; nobody listens there
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def serve_modules(context: BrowserContext) -> None:
    """Answers every address of `ORIGIN` from the folder of static files, and any other with an empty page."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(body="<!doctype html><title>gate</title>", content_type="text/html")

    context.route(f"{ORIGIN}/**", answer)


@contextmanager
def modules(chromium: Browser) -> Iterator[Page]:
    """A page on which the modules can be imported from /static/web/gate/."""
    context = chromium.new_context()
    serve_modules(context)
    page = context.new_page()
    page.goto(f"{ORIGIN}/")
    yield page
    context.close()


PIN = "271828"
# A scanner at the USB socket: keys one behind the other, and Enter, wherever the focus is.
_TYPED = """(text) => {
  for (const key of [...text.replaceAll("\\n", "\\r"), "Enter"]) {
    const pressed = key === "\\r" ? "Enter" : key;
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true }));
  }
}"""


class Device:
    """The page as somebody at a gate uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def enrol(self, code: str, pin: str = PIN) -> None:
        """Opens the page and makes the device a checkpoint, with its first list."""
        self.page.goto("/gate/")
        self.page.wait_for_selector("form")
        for field, text in zip(self.page.locator("form input").all(), (code, "Gate 3, tablet 2", pin, pin), strict=True):
            field.fill(text)
        self.page.click("form button")
        self.page.wait_for_selector("main.home")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # from here on it opens with no link
        self.synced()

    def unlock(self, pin: str = PIN) -> None:
        self.page.fill("main.start input", pin)
        self.page.click("main.start button")
        self.page.wait_for_selector("main.home")

    def synced(self) -> None:
        """Until the device has said that all is sent."""
        expect(self.page.locator(".strip .link")).to_contain_text(re.compile("all sent|全部已发送|모두 전송됨"), timeout=10_000)
        expect(self.page.locator(".warnings .notice.wait")).to_have_count(0)

    def type(self, text: str) -> None:
        """Types as a scanner does."""
        self.page.evaluate(_TYPED, text)

    def scan(self, text: str) -> tuple[str, str]:
        """Colour and reason of what a scanner types."""
        self.type(text)
        return self.shown()

    def pick(self, name: str) -> tuple[str, str]:
        """Colour and reason of the first traveller whom a name finds."""
        self.page.locator("summary").nth(1).click()
        self.page.fill("input[type=search]", name)
        self.page.locator(".pick").first.click()
        return self.shown()

    def passport(self, number: str, birth: str) -> tuple[str, str]:
        """Colour and reason of a passport typed by hand."""
        self.page.locator("summary").nth(0).click()
        self.page.locator("details[open] input").nth(0).fill(number)
        self.page.locator("details[open] input").nth(1).fill(birth)
        self.page.click("details[open] button")
        return self.shown()

    def shown(self) -> tuple[str, str]:
        verdict = self.page.wait_for_selector("main.verdict")
        assert verdict is not None
        classes = (verdict.get_attribute("class") or "").split()
        return next(one for one in classes if one in {"green", "amber", "red"}), self.page.inner_text(".reason")

    def act(self, place: int, why: int | None = None) -> str:
        """Presses the act of that place, and the reason of that place where one is asked for; what the page then says."""
        self.page.locator(".decide .act").nth(place).click()
        if why is not None:
            self.page.locator(".why").nth(why).click()
        self.page.wait_for_selector("main.home")
        return self.page.inner_text(".said")

    def stored(self) -> dict[str, Any]:
        """What the store holds as it lies there, bytes as text."""
        found: dict[str, Any] = self.page.evaluate(_STORED)
        return found


_STORED = """async () => {
  const { openDatabase, answered } = await import("/static/web/gate/database.js");
  const database = await openDatabase();
  const found = {};
  const plain = (one) => one instanceof CryptoKey ? `key ${one.type} ${one.extractable}`
    : one instanceof ArrayBuffer || ArrayBuffer.isView(one) ? String.fromCharCode(...new Uint8Array(one.buffer ?? one)) : one;
  for (const store of database.objectStoreNames) {
    const rows = await answered(database.transaction(store).objectStore(store).getAll());
    found[store] = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, one]) => [name, plain(one)])));
  }
  database.close();
  return found;
}"""
