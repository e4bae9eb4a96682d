"""What checkpoints' devices call: enrolment, the bundle, and what was done while there was no link. No session, no cookie."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from fastchannel.casework.gate_bundle import encode_bundle, etag, milliseconds
from fastchannel.casework.gate_entries import MOST_ENTRIES
from fastchannel.casework.gate_reasons import COLOURS, WORDS
from fastchannel.node import gate_sync
from fastchannel.node.desk import office
from fastchannel.node.devices import PublicJwk, Wrong, authenticate, enrol, note_export, post_of
from fastchannel.node.gate import bundle_of
from fastchannel.node.models import Device
from fastchannel.terms.language import LANGUAGES, translate

MOST_BYTES = 256 * 1024
MOST_ENROLMENT_BYTES = 4 * 1024
_STATUS = {
    Wrong.ENROLMENT: 403,
    Wrong.TOO_MANY: 429,
    Wrong.MALFORMED: 400,
    Wrong.SIGNATURE: 401,
    Wrong.CLOCK: 401,
    Wrong.REVOKED: 403,
}


class Enrolment(Struct, frozen=True):
    """What a device sends to be enrolled."""

    code: str
    name: str
    public_key: PublicJwk


@csrf_exempt  # a new device has no session; it has a code that an officer made
@require_POST
def enrolment(request: HttpRequest) -> HttpResponse:
    """Enrol a device by its code and public key."""
    body = _body(request, MOST_ENROLMENT_BYTES)
    if body is None:
        return _answer(413, {"code": "too-large"})
    try:
        asked = msgspec.json.decode(body, type=Enrolment)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _wrong(Wrong.MALFORMED)
    found = enrol(asked.code[:64], asked.name, asked.public_key, address=str(request.META.get("REMOTE_ADDR", "")))
    if isinstance(found, Wrong):
        return _wrong(found)
    said = {"device": found.id, "party": office().party, "place": found.place, "gates": found.gates}
    return _answer(201, said | {"server_time": _now()})


@require_safe
def bundle(request: HttpRequest) -> HttpResponse:
    """The bundle for the device's post."""
    device = _device(request, b"")
    if not isinstance(device, Device):
        return device
    made = bundle_of(post_of(device), office().clock.now())
    tag = f'"{etag(made)}"'
    _seen(request, device, bundle=tag.strip('"'), bundle_at=office().clock.now())
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        answer = HttpResponse(status=304)
    else:
        note_export(device, (one.ref for one in made.expected))
        raw = encode_bundle(made)[:-1] + b"," + msgspec.json.encode(_beside())[1:]
        answer = HttpResponse(raw, content_type="application/json")
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            answer.content = gzip.compress(raw, 6, mtime=0)
            answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"] = tag
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["X-Server-Time"] = str(_now())
    return answer


@csrf_exempt  # signed by the device's own key
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Take in what a device did."""
    body = _body(request, MOST_BYTES)
    if body is None:
        return _answer(413, {"code": "too-large", "most": MOST_ENTRIES})
    device = _device(request, body)
    if not isinstance(device, Device):
        return device
    try:
        message = msgspec.json.decode(body, type=gate_sync.Message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _wrong(Wrong.MALFORMED)
    if len(message.entries) > MOST_ENTRIES:
        return _answer(413, {"code": Wrong.TOO_MANY, "most": MOST_ENTRIES})
    found = gate_sync.take(device, message)
    _seen(request, device)
    return _answer(200, found)


def _body(request: HttpRequest, most: int) -> bytes | None:
    """The body; None where it is larger than it may be, which is told before it is read."""
    announced = str(request.META.get("CONTENT_LENGTH") or "0")
    if not announced.isdecimal() or int(announced) > most:
        return None
    return request.body if len(request.body) <= most else None


def _device(request: HttpRequest, body: bytes) -> Device | HttpResponse:
    found = authenticate(request.headers.get("Authorization", "")[:200], str(request.method), request.path, body)
    return _wrong(found) if isinstance(found, Wrong) else found


def _seen(request: HttpRequest, device: Device, **more: object) -> None:
    """What the device says of itself, for the page of devices."""
    unsent = request.headers.get("X-Unsent", "")
    known = {"unsent": int(unsent)} if unsent.isdecimal() and len(unsent) < 9 else {}
    version = request.headers.get("X-App-Version", "")[:32]
    Device.objects.filter(pk=device.pk).update(**known, **({"app_version": version} if version.isprintable() else {}), **more)


def _beside() -> dict[str, object]:
    """What is not part of the bundle's identity: the time, and the words of reasons and colours."""
    return {
        "server_time": _now(),
        "words": {reason: {one: translate(text, one) for one in LANGUAGES} for reason, text in WORDS.items()},
        "colours": {colour: {one: translate(text, one) for one in LANGUAGES} for colour, text in COLOURS.items()},
    }


def _wrong(code: Wrong) -> HttpResponse:
    more = {"server_time": _now()} if code is Wrong.CLOCK else {}
    return _answer(_STATUS[code], {"code": code.value} | more)


def _answer(status: int, said: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(said), status=status, content_type="application/json")


def _now() -> int:
    return milliseconds(office().clock.now())
