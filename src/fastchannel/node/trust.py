"""The trust lists of this node, and the lists of what issuers took back: its directory ``trust``, read anew when it changes.

``trust/NAME.json`` is a trust list. ``trust/revoked/PARTY.cbor`` is a party's signed list of revoked certificates, and
``trust/revoked/PARTY.pem`` the public key under which it must be signed.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.files import decode_trust_list
from fastchannel.certificates.trust.revocation import HeldRevocations, open_revocations
from fastchannel.certificates.trust.signing import Pinned, public_key
from fastchannel.certificates.trust.store import Revocations, TrustList, TrustStore
from fastchannel.node.places import Places

_log = logging.getLogger(__name__)

Seen = tuple[tuple[str, int, int], ...]  # name, nanoseconds of its last change, bytes


class LostRevocations:
    """A list of revoked certificates that cannot be read: what it would say of any certificate cannot be told."""

    def __init__(self, name: str) -> None:
        """``name`` is the file's."""
        self.name = name

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal:
        """REVOCATION_STALE for every certificate."""
        return Refusal(code=Code.REVOCATION_STALE, where="revocation list", found=self.name, detail="unreadable")


def trust_store() -> TrustStore:
    """The lists for travellers; none where the directory holds none, so that verifying says that a trust list is missing."""
    if not settings.NODE_DIRECTORY:
        return TrustStore([])
    folder = Places(Path(settings.NODE_DIRECTORY)).trust
    return _stored(folder, _seen(folder, "*.json", "revoked/*.cbor", "revoked/*.pem"))


def _seen(folder: Path, *patterns: str) -> Seen:
    found = []
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        try:
            state = path.stat()
        except OSError:
            continue  # it was replaced while we looked
        found.append((path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size))
    return tuple(found)


@lru_cache(maxsize=2)
def _stored(folder: Path, seen: Seen) -> TrustStore:
    names = [name for name, _, _ in seen]
    lists = (_trust_list(folder / name) for name in names if name.endswith(".json"))
    return TrustStore(
        [one for one in lists if one is not None and one.domain is Domain.PRODUCTION],
        revocations=[_revocations(folder / name) for name in names if name.endswith(".cbor")],
    )


def _trust_list(path: Path) -> TrustList | None:
    """One list; None where it cannot be read, for a damaged list vouches for nobody and must not silence the others."""
    try:
        return decode_trust_list(path.read_bytes(), path.name)
    except (OSError, CertificateError) as error:
        _log.warning("trust list unreadable", extra={"file": path.name, "error": type(error).__name__})
        return None


def _revocations(path: Path) -> Revocations:
    """One party's list. Where it cannot be read nothing can be told: a damaged list must not set what it revoked free."""
    try:
        spki = public_key(path.with_suffix(".pem").read_bytes())
        return HeldRevocations(
            open_revocations(path.read_bytes(), Pinned(party=path.stem, spki=spki, domain=Domain.PRODUCTION))
        )
    except (OSError, CertificateError) as error:
        _log.warning("revocation list unreadable", extra={"file": path.name, "error": type(error).__name__})
        return LostRevocations(path.name)
