"""Casework's passes over the database, signed by the node's own key; and the lists with which others verify them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

from fastchannel.casework.ports import IssuedPass
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import TrustedKey, kid_of, spki_of
from fastchannel.certificates.passes.issuing import signer
from fastchannel.certificates.passes.revoking import Revoked, RevokedPasses
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.joint import peers_passes
from fastchannel.node.places import Places
from fastchannel.node.trust import trust_store

SLOW_CLOCK = timedelta(days=1)  # an expired pass stays on the list of those revoked for a checkpoint whose clock is slow


class DatabasePasses:
    """The passes of this node."""

    @property
    def key_id(self) -> bytes:
        """What names the key in trust lists."""
        return own_key().kid

    def sign(self, message: bytes) -> bytes:
        """ES256's r and s side by side."""
        return _signing(_pass_key())(message)

    def live(self, journey: str, at: datetime) -> IssuedPass | None:
        """The journey's pass that is neither revoked nor expired."""
        found = models.Pass.objects.filter(journey=journey, revoked=None, expires__gt=at).order_by("-issued").first()
        return _read(found) if found is not None else None

    def last(self, journey: str) -> IssuedPass | None:
        """The journey's latest pass, whatever became of it."""
        found = models.Pass.objects.filter(journey=journey).order_by("-issued", "revoked").first()
        return _read(found) if found is not None else None

    def keep(self, issued: IssuedPass) -> None:
        """Write a new one down."""
        fields = asdict(issued)
        models.Pass.objects.create(journey_id=fields.pop("journey"), **fields)

    def revoke(self, journey: str, at: datetime, why: str) -> int:
        """Revoke what is live of the journey."""
        found = models.Pass.objects.filter(journey=journey, revoked=None, expires__gt=at)
        return found.update(revoked=at, withdrawn=why)


passes = DatabasePasses()


def own_key() -> TrustedKey:
    """The public half of the node's key, as trust lists have it: it may sign passes and nothing else."""
    return _trusted(_pass_key(), settings.CONFIG.party)


def own_list(at: datetime) -> TrustList:
    """The list of that key alone, for whoever verifies this node's passes."""
    return TrustList(party=settings.CONFIG.party, version=1, issued=at, keys=(own_key(),))


def revoked_passes(at: datetime) -> RevokedPasses:
    """The passes that were revoked, without those that expired long enough ago to be refused for that alone."""
    held = models.Pass.objects.filter(revoked__isnull=False)
    found = held.filter(expires__gt=at - SLOW_CLOCK).order_by("revoked", "id").values_list("id", "revoked")
    return RevokedPasses(revision=held.count(), passes=tuple(Revoked(id=name, at=when) for name, when in found if when))


def pass_store() -> TrustStore:
    """What this node verifies passes with: its own key, the parties' lists, and what was revoked."""
    now = office().clock.now()
    held, peers = trust_store(), peers_passes()
    return TrustStore(
        [own_list(now), *held.lists, *(trusted for trusted, _ in peers)],
        revocations=[revoked_passes(now), *held.revocations, *(revoked for _, revoked in peers)],
    )


def _read(found: models.Pass) -> IssuedPass:
    return IssuedPass(
        id=found.id,
        journey=found.journey_id,
        gate=found.gate,
        verdict=found.verdict,
        issued=found.issued,
        expires=found.expires,
        text=found.text,
        by=found.by,
        revoked=found.revoked,
        withdrawn=found.withdrawn,
    )


def _pass_key() -> Path:
    if not settings.NODE_DIRECTORY:
        raise NodeError("this process runs no node, so there is no key that signs passes")
    return Places(Path(settings.NODE_DIRECTORY)).pass_key


@lru_cache(maxsize=2)
def _private(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in that file, which is made where there is none: whoever is first wins, and the others read what it wrote."""
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(part)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise NodeError(f"{path}: found no private key that can be read, so no pass can be signed") from error
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise NodeError(f"{path}: found another kind of key, expected P-256")
    return found


@lru_cache(maxsize=2)
def _signing(path: Path) -> Callable[[bytes], bytes]:
    return signer(_private(path))


@lru_cache(maxsize=2)
def _trusted(path: Path, party: str) -> TrustedKey:
    spki = spki_of(_private(path).public_key())
    return TrustedKey(kid=kid_of(spki), spki=spki, country=party, uses=frozenset({Use.CROSSING}))
