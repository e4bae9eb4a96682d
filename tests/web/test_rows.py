"""The rows of long lists: what stands in them is text and never markup, and their links are the site's own addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template import engines
from django.urls import resolve, reverse
from jinja2 import UndefinedError

import fastchannel.web
from fastchannel.web.rows import link

ROWS = sorted(path.stem for path in (Path(fastchannel.web.__file__).parent / "templates" / "rows").glob("*.html"))
HOSTILE = '<b onload="x">\' & {{ 7 * 7 }}'
NOW = datetime(2020, 5, 1, tzinfo=UTC)


class Anything:
    """A row all of whose texts are hostile."""

    rung = badge = way = None
    missing: tuple[Any, ...] = ()
    departure = next_due = due = NOW
    departure_zone = zone = "UTC"
    clean = mine = failed = departs = second = False
    cells = ""

    def __getattr__(self, name: str) -> Any:
        return [HOSTILE] if name == "against" else HOSTILE

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@pytest.mark.parametrize("name", ROWS)
def test_what_a_row_holds_is_text(name: str) -> None:
    row: Any = Anything()
    row.line = row.way = row
    message = Message(0, HOSTILE)
    context = {"rows": [row], "now": NOW, "button": HOSTILE, "query": HOSTILE, "said": [message]}
    page = engines["jinja2"].get_template(f"rows/{name}.html").render(context, HttpRequest())
    assert "<b " not in page
    assert "49" not in page
    assert "&lt;b onload=&#34;x&#34;&gt;&#39; &amp; {{ 7 * 7 }}" in page
    assert 'href="/' in page


def test_a_name_that_a_row_does_not_have_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        engines["jinja2"].get_template("rows/work.html").render({"rows": [{"journey": "x"}]})


@pytest.mark.parametrize("page", ["journey", "task", "review", "owner"])
@pytest.mark.parametrize("journey", ["01m8g6x144ehnfq79fs3v3wbgp", "a b", "é", "argument", "?x=1&y", "%2e", "#"])
def test_a_link_is_the_address_that_the_site_has(page: str, journey: str) -> None:
    assert unquote(link(page, journey)) == unquote(reverse(f"web:{page}", args=[journey]))
    assert resolve(unquote(link(page, journey))).kwargs == {"journey": journey}


def test_a_link_leads_to_no_page_above() -> None:
    assert link("journey", "../queue/?") == "/journeys/..%2Fqueue%2F%3F/"
