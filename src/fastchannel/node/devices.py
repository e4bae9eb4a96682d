"""Checkpoints' devices: enrolled with an officer's code, known by their key, revoked for good.

Nothing of a request is believed before its signature: P-256 over method, path, time and body. A request is taken once.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.gate_bundle import LASTS, milliseconds
from fastchannel.casework.gate_expected import GATES
from fastchannel.casework.permissions import Action, Denial, Subject, can, check
from fastchannel.casework.ports import Purpose, access
from fastchannel.certificates.keys import Verifier, spki_of
from fastchannel.node.desk import office
from fastchannel.node.gate import Post
from fastchannel.node.identifiers import token_digest
from fastchannel.node.models import AccessLog, Account, Device, DeviceRequest, EnrolmentCode, EnrolmentFailure
from fastchannel.terms.language import N_

CODE_LASTS = timedelta(minutes=15)
MOST_FAILURES = 10  # wrong codes from one address in FAILURES_COUNT
FAILURES_COUNT = timedelta(hours=1)
LOGGED_AGAIN = timedelta(hours=24)
SILENT_AFTER = LASTS  # a device that has not been heard of for so long has no bundle that it may use
CLOCK = timedelta(minutes=5)  # a request's time may be so far from ours
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that reads as a digit
_MISREAD = str.maketrans("OIL", "011")
_CODE_LETTERS = 12  # 60 bits for a quarter of an hour, and ten guesses
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")
_AUTHORIZATION = re.compile(r"Device ([0-9a-z]{26})\.([0-9]{1,15})\.([A-Za-z0-9_-]{86})")


class Wrong(StrEnum):
    """Why a device's call is not answered."""

    ENROLMENT = "enrolment"
    TOO_MANY = "too-many"
    MALFORMED = "malformed"
    SIGNATURE = "signature"
    CLOCK = "clock"
    REVOKED = "revoked"


class PublicJwk(msgspec.Struct, frozen=True):
    """A P-256 public key as browsers export it; what else a JWK says is left out."""

    kty: str
    crv: str
    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A new code, as the officer reads it out; it is nowhere kept."""

    text: str
    expires: datetime


def new_code(officer: Account, place: str, gates: tuple[str, ...]) -> Code | Denial:
    """A code for one device at a place of the officer's own, which then acts for the officer. Raises InvalidEntryError."""
    actor = officer.actor
    denial = check(actor, Action.ENROL, Subject())
    if denial:
        return denial
    if not actor.covers(place) or not place.startswith(settings.CONFIG.party):
        raise InvalidEntryError("place", N_("Found {found}, which is outside your jurisdiction."), found=place)
    if not gates or not set(gates) <= set(GATES):
        raise InvalidEntryError("gates", N_("Choose at least one gate."))
    now = office().clock.now()
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS))
    with transaction.atomic():
        EnrolmentCode.objects.filter(expires__lt=now, device=None).delete()
        EnrolmentCode.objects.create(
            digest=token_digest(text), officer=officer, place=place, gates=sorted(gates), created=now, expires=now + CODE_LASTS
        )
        office().access.note(access(actor, now, Purpose.WRITE, f"{Action.ENROL}: {place}"))
    return Code(text="-".join(text[at : at + 4] for at in range(0, _CODE_LETTERS, 4)), expires=now + CODE_LASTS)


def enrol(code: str, name: str, public_key: PublicJwk, *, address: str) -> Device | Wrong:
    """A device enrolled by a code, which is then used up; wrong codes are counted by the address that they come from."""
    spki = _spki(public_key)
    if spki is None or _NAME.fullmatch(name.strip()) is None:
        return Wrong.MALFORMED
    now = office().clock.now()
    who = hashlib.sha256(f"{settings.SECRET_KEY}\0{address}".encode()).hexdigest()
    recent = EnrolmentFailure.objects.filter(address=who, at__gt=now - FAILURES_COUNT)
    if recent.count() >= MOST_FAILURES:
        return Wrong.TOO_MANY
    with transaction.atomic():
        digest = token_digest(re.sub(r"[\s-]", "", code).upper().translate(_MISREAD))
        held = EnrolmentCode.objects.select_for_update(of=("self",)).select_related("officer").filter(digest=digest).first()
        if held is not None and held.device_id is None and now < held.expires and held.officer.is_active:
            device = Device.objects.create(
                name=name.strip(), officer=held.officer, place=held.place, gates=held.gates, spki=spki, enrolled=now
            )
            held.device = device
            held.save(update_fields=["device"])
            return device
    EnrolmentFailure.objects.filter(at__lt=now - FAILURES_COUNT).delete()
    EnrolmentFailure.objects.create(address=who, at=now)
    return Wrong.ENROLMENT


def _spki(key: PublicJwk) -> bytes | None:
    if (key.kty, key.crv) != ("EC", "P-256") or not _COORDINATE.fullmatch(key.x) or not _COORDINATE.fullmatch(key.y):
        return None
    x, y = (int.from_bytes(_bytes(part), "big") for part in (key.x, key.y))
    try:
        return spki_of(ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())
    except ValueError:  # no point of the curve
        return None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(device: str, ms: int, method: str, path: str, body: bytes) -> bytes:
    """The text that a device signs."""
    return f"{method}\n{path}\n{ms}\n{hashlib.sha256(body).hexdigest()}".encode()


def authenticate(authorization: str, method: str, path: str, body: bytes) -> Device | Wrong:
    """The device whose key signed the request. The signature is looked at first: nobody else learns what became of a device."""
    found = _AUTHORIZATION.fullmatch(authorization)
    device = Device.objects.select_related("officer").filter(id=found[1]).first() if found else None
    if found is None or device is None:
        return Wrong.SIGNATURE
    message = signed(device.id, int(found[2]), method, path, body)
    if not Verifier(bytes(device.spki)).verifies(message, _bytes(found[3])):
        return Wrong.SIGNATURE
    if device.revoked is not None or not _vouched(device):
        return Wrong.REVOKED
    now = office().clock.now()
    if abs(milliseconds(now) - int(found[2])) > CLOCK / timedelta(milliseconds=1):
        return Wrong.CLOCK
    return device if _first_time(device, message, now) else Wrong.CLOCK


def _vouched(device: Device) -> bool:
    """Whether the officer for whom it acts may still have it there."""
    officer = device.officer
    return officer.is_active and can(officer.actor, Action.ENROL, Subject()) and officer.actor.covers(device.place)


def _first_time(device: Device, message: bytes, now: datetime) -> bool:
    """Whether the request did not come before. Keyed on what is signed: a signature has a second form that verifies too."""
    DeviceRequest.objects.filter(at__lt=now - 3 * CLOCK).delete()
    try:
        with transaction.atomic():
            digest = hashlib.sha256(device.id.encode() + b"\n" + message).hexdigest()
            DeviceRequest.objects.create(digest=digest, at=now)
    except IntegrityError:
        return False
    return True


def revoke(actor: Actor, identifier: str, reason: str) -> Device | Denial | None:
    """Revoke a device for good; None where there is none. Raises InvalidEntryError without a reason."""
    denial = check(actor, Action.REVOKE_DEVICE, Subject())
    if denial:
        return denial
    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed."))
    now = office().clock.now()
    with transaction.atomic():
        device = visible(actor).select_for_update(of=("self",)).filter(id=identifier).first()
        if device is None or device.revoked is not None:
            return device
        device.revoked, device.revoked_by, device.revoked_why = now, actor.id, reason.strip()[:200]
        device.save(update_fields=["revoked", "revoked_by", "revoked_why"])
        office().access.note(access(actor, now, Purpose.WRITE, f"{Action.REVOKE_DEVICE}: {device.id}"))
    return device


def visible(actor: Actor) -> QuerySet[Device]:
    """The devices that somebody sees: those in the actor's jurisdiction; all of the party's without one."""
    rows = Device.objects.select_related("officer").order_by("-id")
    if check(actor, Action.SEE_DEVICES, Subject()) is not None:
        return rows.none()
    places = [place for place in set(rows.values_list("place", flat=True)) if actor.covers(place)]
    return rows.filter(place__in=places)


def note_export(device: Device, journeys: Iterable[str]) -> None:
    """Log that travellers' data went to a device: each traveller once a day, though bundles are fetched by the minute."""
    now, why = office().clock.now(), f"gate bundle {device.id}"
    held = AccessLog.objects.filter(actor=device.officer_id, why=why, at__gt=now - LOGGED_AGAIN)
    known = {journey for one in held.values_list("journeys", flat=True) for journey in one}
    new = [journey for journey in dict.fromkeys(journeys) if journey not in known]
    office().note(device.officer.actor, Purpose.EXPORT, why, new)


def post_of(device: Device) -> Post:
    """Where it stands."""
    return Post(place=device.place, gates=tuple(device.gates))


def actor_of(device: Device) -> Actor:
    """The officer for whom it acts, at the device's place alone."""
    officer = device.officer.actor
    return Actor(
        id=officer.id, role=officer.role, party=officer.party, agency=officer.agency, jurisdiction=frozenset({device.place})
    )
