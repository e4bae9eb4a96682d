"""The checkpoint's page and its worker hold nothing about anybody, and say everything in three languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from fastchannel.casework.gate_reasons import COLOURS, WORDS
from fastchannel.web import gate_words
from fastchannel.web.security import PERMISSIONS
from fastchannel.web.views import gate

SOURCES = Path(gate.__file__).parents[1] / "static" / "web" / "gate"
# Keys that the script puts together: their beginnings, with every end that occurs.
BUILT: dict[str, Iterable[str]] = {
    "colour-": COLOURS,
    "reason-": WORDS,
    "gate-": ("boarding", "entry"),
    "pin-": ("short", "long", "easy"),
}


@pytest.fixture
def client() -> Client:
    return Client()


def shell(client: Client) -> dict[str, Any]:
    page = client.get("/gate/").content.decode()
    told = re.search(r'<script id="gate-shell" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert told is not None
    read: dict[str, Any] = json.loads(told[1])
    return read


def found(client: Client, path: str) -> bool:
    response = client.get(path)
    response.close()  # a file stays open until then
    return response.status_code == 200


def test_the_camera_is_allowed_on_this_page_alone(client: Client) -> None:
    assert client.get("/gate/").headers["Permissions-Policy"] == PERMISSIONS.replace("camera=()", "camera=(self)")
    assert "camera=()" in client.get("/gate/manifest.webmanifest").headers["Permissions-Policy"]


def test_no_script_stands_in_the_page_but_the_words_as_data(client: Client) -> None:
    response = client.get("/gate/")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>([^<]*)", response.content.decode())
    assert [attributes for attributes, body in scripts if body.strip()] == [' id="gate-shell" type="application/json"']
    assert "style=" not in response.content.decode()


def test_the_page_is_the_same_for_everybody(client: Client) -> None:
    """It sets no cookie and knows no account, so that the device may keep it."""
    response = client.get("/gate/")
    assert response.cookies == {}
    assert "csrf" not in response.content.decode()


def test_the_worker_keeps_these_files_and_the_page(client: Client) -> None:
    response = client.get("/gate/worker.js")
    first, _, source = response.content.decode().partition("\n")
    build = json.loads(first.removeprefix("const BUILD = ").removesuffix(";"))
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cache-Control"] == "no-cache"
    assert source == (SOURCES / "worker.js").read_text(encoding="utf-8")
    assert build["version"] == shell(client)["version"] == gate.version()
    assert all(found(client, path) for path in build["files"])
    imported = {
        name for one in SOURCES.glob("*.js") for name in re.findall(r'from "\./([\w.-]+)"', one.read_text(encoding="utf-8"))
    }
    assert {f"/static/web/gate/{name}" for name in imported | {"main.js", "gate.css"}} <= set(build["files"])


def test_another_byte_makes_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gate.version()
    gate.version.cache_clear()
    monkeypatch.setattr(gate, "PAGE_WORDS", {**gate_words.WORDS, "title": "Gate"})
    try:
        assert gate.version() != before
    finally:
        gate.version.cache_clear()


def test_every_word_that_the_script_asks_for_is_told_in_each_language(client: Client) -> None:
    told = shell(client)["words"]
    assert set(told) == {code for code, _ in settings.LANGUAGES}
    text = "".join(one.read_text(encoding="utf-8") for one in SOURCES.glob("*.js"))
    asked = set(re.findall(r'(?:say|note)\("([a-z-]+)"', text))
    asked |= {f"{start}{end}" for start, ends in BUILT.items() for end in ends}
    asked |= {f"{one}-{part}" for one in re.findall(r'plainScreen\(this, "(\w+)"', text) for part in ("title", "text")}
    assert len(asked) > 80
    assert {language: asked - set(words) for language, words in told.items()} == {language: set() for language in told}


def test_it_can_be_installed(client: Client) -> None:
    manifest = json.loads(client.get("/gate/manifest.webmanifest").content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/gate/", "/gate/", "standalone")
    assert all(found(client, icon["src"]) for icon in manifest["icons"])


@pytest.mark.parametrize("path", ["/gate/", "/gate/worker.js", "/gate/manifest.webmanifest"])
def test_nothing_is_written_here(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
