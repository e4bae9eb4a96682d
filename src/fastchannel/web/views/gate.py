"""The checkpoint that works without a link: the page, what keeps it on the device, and its words in every language.

None of these answers holds anybody's data, and none needs an account: a device opens them before it knows its PIN. A photo
alone is read for a device that signs.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from fastchannel.casework.gate_bundle import milliseconds
from fastchannel.casework.gate_reasons import COLOURS, WORDS, words
from fastchannel.certificates.passes.issuing import PREFIX
from fastchannel.certificates.pictures import MOST_BYTES
from fastchannel.certificates.refusal import RefusedError
from fastchannel.node.desk import office
from fastchannel.node.devices import Wrong, authenticate
from fastchannel.node.pictures import texts_of_file
from fastchannel.terms.language import translate
from fastchannel.web.access import language_of
from fastchannel.web.details import core_language
from fastchannel.web.gate_words import WORDS as PAGE_WORDS
from fastchannel.web.security import PERMISSIONS
from fastchannel.web.words import GATES

_STATIC = Path(__file__).resolve().parent.parent / "static" / "web"
_BESIDE = ("fastchannel.css", "favicon.svg", "marks.svg", "pass.js")  # of the other pages' files, those that the page needs
_WORKER = "worker.js"  # served from here, so that its scope is this page


@require_safe
def gate(request: HttpRequest) -> HttpResponse:
    """The page: the same for everybody, so that the device may keep it."""
    response = render(request, "web/gate.html", _context(language_of(request)))
    response.headers["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps and the version that this list makes."""
    build = {"version": version(), "files": [static(f"web/{name}") for name in files()]}
    source = (_STATIC / "gate" / _WORKER).read_text(encoding="utf-8")
    response = HttpResponse(f"const BUILD = {json.dumps(build)};\n{source}", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes the page installable."""
    return JsonResponse(
        {
            "id": "/gate/",
            "name": f"{_('Checkpoint')} · Fast Channel",
            "short_name": _("Checkpoint"),
            "lang": language_of(request),
            "start_url": "/gate/",
            "scope": "/gate/",
            "display": "standalone",
            "background_color": "#f4f3ee",
            "theme_color": "#10303b",
            "icons": [
                {"src": static("web/gate/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
                {"src": static("web/gate/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "maskable"},
            ],
        },
        content_type="application/manifest+json",
    )


@csrf_exempt  # signed by the device's own key
@require_POST
def photo(request: HttpRequest) -> JsonResponse:
    """The texts of the codes in a picture, the passes first, for a device whose browser reads none. Nothing is kept."""
    announced = str(request.META.get("CONTENT_LENGTH") or "0")
    if not announced.isdecimal() or int(announced) > MOST_BYTES:
        return JsonResponse({"code": "too-large", "most": MOST_BYTES}, status=413)
    body = request.body
    found = authenticate(request.headers.get("Authorization", "")[:200], "POST", request.path, body)
    if isinstance(found, Wrong):
        more = {"server_time": milliseconds(office().clock.now())} if found is Wrong.CLOCK else {}
        return JsonResponse({"code": found.value, **more}, status=403 if found is Wrong.REVOKED else 401)
    try:
        texts = texts_of_file(body)
    except RefusedError as error:
        return JsonResponse({"code": "unreadable", "detail": error.refusal.detail}, status=422)
    return JsonResponse({"texts": sorted(texts, key=lambda one: not one.startswith(PREFIX))})


@lru_cache(maxsize=1)  # a release's files do not change while it runs
def files() -> tuple[str, ...]:
    """The static files of the application, under ``web/``."""
    own = sorted(f"gate/{one.name}" for one in (_STATIC / "gate").iterdir() if one.suffix in {".js", ".css", ".svg"})
    return (*_BESIDE, *(one for one in own if one != f"gate/{_WORKER}"))


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with any byte of the application, of its page or of its words."""
    digest = hashlib.sha256((_STATIC / "gate" / _WORKER).read_bytes())
    for name in files():
        digest.update(name.encode() + (_STATIC / name).read_bytes())
    with translation.override("en"):
        digest.update(render_to_string("web/gate.html", {"language": "en", "shell": _shell("")}).encode())
    return digest.hexdigest()[:16]


def _context(language: str) -> dict[str, Any]:
    return {"language": language, "shell": _shell(version())}


def _shell(named: str) -> dict[str, Any]:
    """What the page's script is told: addresses, languages and words."""
    return {
        "version": named,
        "worker": reverse("web:gate-worker"),
        "marks": static("web/marks.svg"),
        "photo": reverse("web:gate-photo"),
        "languages": [{"code": code, "name": name} for code, name in settings.LANGUAGES],
        "words": {code: _words(code) for code, _name in settings.LANGUAGES},
    }


def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        own = {key: str(text) for key, text in PAGE_WORDS.items()}
    core = core_language(language)
    gates = {f"gate-{gate}": str(text) for gate, text in GATES.items()}
    colours = {f"colour-{colour}": translate(text, core) for colour, text in COLOURS.items()}
    return own | gates | colours | {f"reason-{reason}": words(reason, core) for reason in WORDS}
