"""What a traveller's phone does without a connection: the pages that it keeps, and the answers that it sends later."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from msgspec import Meta

from fastchannel.casework import checkins
from fastchannel.casework.checkins import Kept
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Denial
from fastchannel.node.desk import office
from fastchannel.node.links import find, open_link
from fastchannel.web import times
from fastchannel.web.contact import contacts_of
from fastchannel.web.details import core_language
from fastchannel.web.security import POLICY
from fastchannel.web.views.traveller import ENDED, gone, links_of, open_page, refusal_words, stamped, taken_words

MOST_BYTES = 2048  # an answer is some 150
SCRIPTS = ("web/screens/traveller-store.js", "web/screens/traveller-worker.js")
ASSETS = (
    "web/fastchannel.css", "web/fastchannel.js", "web/favicon.svg", "web/marks.svg", "web/screens/traveller.css",
    "web/screens/traveller-store.js", "web/screens/traveller.js",
)  # fmt: skip


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer as a phone sends it; ``pressed`` and ``sent`` by its own clock."""

    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{16,64}$")]
    day: date
    symptoms: bool
    pressed: Annotated[datetime, Meta(tz=True)]
    sent: Annotated[datetime, Meta(tz=True)]


_decoder = msgspec.json.Decoder(Answer)


@csrf_exempt  # the address alone is the authority, and no cookie adds to it: another site's page gains nothing by our reader's
@require_POST
def answers(request: HttpRequest, token: str) -> HttpResponse:
    """Take one answer, at once or later. A refusal is an answer too, with its reason and what to do."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > MOST_BYTES:
        return _told("unreadable", _("Nothing was recorded."), status=413)
    if open_link(token) is None:
        return _ended(request, token)
    try:
        answer = _decoder.decode(request.body)
    except msgspec.MsgspecError:
        return _told("unreadable", _("Nothing was recorded."), status=400)
    record = open_page(request, token, why="daily check-in")
    if record is None:
        return _ended(request, token)
    try:
        done = checkins.answer(
            office(),
            record.actor,
            record.journey,
            day=answer.day,
            symptoms=answer.symptoms,
            key=answer.key,
            kept=Kept(pressed=answer.pressed, sent=answer.sent),
        )
    except KeyConflictError:
        return _told("refused", _("This form was sent before with other content. Load the page again."))
    except InvalidEntryError as error:
        return _told("refused", error.text(core_language(record.language)))
    if isinstance(done, Denial):
        return _told("refused", refusal_words(record, done, answer.day))
    return _told("recorded", taken_words(done), at=done.recorded)


@require_GET
def offline(request: HttpRequest, token: str) -> HttpResponse:
    """What the phone shows in place of a page that it does not keep."""
    record = open_page(request, token, why="traveller's page with no connection")
    if record is None:
        return gone(request, token)
    context = {"links": links_of(token), "contacts": contacts_of(record)}
    return stamped(render(request, "web/traveller_offline.html", context), record)


@require_GET
def worker(request: HttpRequest, token: str) -> HttpResponse:
    """The worker that keeps this link's pages: its address bounds its scope to the link's own pages."""
    link = find(token)
    if link is None or open_link(token) is None:
        return gone(request, token)
    links = links_of(token)
    says = {
        "base": links["home"],
        "pages": {name: links[name] for name in ("home", "pass", "paper", "offline")},
        "expires": times.iso(link.expires),
        "assets": [static(name) for name in ASSETS],
        "headers": {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY},
        "version": _version(),
    }
    lines = [f"self.LINK = {msgspec.json.encode(says).decode()};"]
    lines.append(f"importScripts({', '.join(msgspec.json.encode(static(name)).decode() for name in SCRIPTS)});")
    return HttpResponse("\n".join(lines), content_type="text/javascript; charset=utf-8")


def _ended(request: HttpRequest, token: str) -> HttpResponse:
    shown = gone(request, token)
    response = _told("ended", _("This link is not valid"), status=shown.status_code)
    response.headers[ENDED] = shown.headers[ENDED]
    return response


def _told(outcome: str, said: str, *, status: int = 200, at: datetime | None = None) -> HttpResponse:
    found = {"outcome": outcome, "said": said, "recorded": times.iso(at) if at else ""}
    return JsonResponse(found, status=status, json_dumps_params={"ensure_ascii": False})


@cache
def _version() -> str:
    """A digest of what the phone keeps besides pages, so that a new release is taken over at once."""
    digest = hashlib.sha256(settings.STATIC_URL.encode())
    for name in (*ASSETS, *SCRIPTS):
        path = finders.find(name)
        if path:
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]
