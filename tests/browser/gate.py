"""The checkpoint's modules in Chromium, served from their folder: nothing is asked of a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route

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
