"""The trust lists of this node: every file in its directory ``trust``, read anew when one of them changes."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.files import decode_trust_list
from fastchannel.certificates.trust.store import TrustList, TrustStore

FOLDER = "trust"
_log = logging.getLogger(__name__)

Seen = tuple[tuple[str, int, int], ...]  # name, nanoseconds of its last change, bytes


def trust_store() -> TrustStore:
    """The lists for travellers; none where the directory holds none, so that verifying says that a trust list is missing."""
    folder = Path(settings.NODE_DIRECTORY) / FOLDER if settings.NODE_DIRECTORY else None
    return _stored(folder, _seen(folder)) if folder is not None else TrustStore([])


def _seen(folder: Path) -> Seen:
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            state = path.stat()
        except OSError:
            continue  # it was replaced while we looked
        found.append((path.name, state.st_mtime_ns, state.st_size))
    return tuple(found)


@lru_cache(maxsize=2)
def _stored(folder: Path, seen: Seen) -> TrustStore:
    lists = (_trust_list(folder / name) for name, _, _ in seen)
    return TrustStore([one for one in lists if one is not None and one.domain is Domain.PRODUCTION])


def _trust_list(path: Path) -> TrustList | None:
    """One list; None where it cannot be read, for a damaged list vouches for nobody and must not silence the others."""
    try:
        return decode_trust_list(path.read_bytes(), path.name)
    except (OSError, CertificateError) as error:
        _log.warning("trust list unreadable", extra={"file": path.name, "error": type(error).__name__})
        return None
