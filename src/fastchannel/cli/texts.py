"""Finds an agreement's text: a file, or the identifier of one that ships."""

from __future__ import annotations

import re
from pathlib import Path

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.terms.errors import FastChannelError

_SHIPPED = re.compile(r"([a-z0-9][a-z0-9-]*)(?:@([0-9]{1,6}))?")


class TextError(FastChannelError):
    """There is no such agreement."""


def read_text(path: Path) -> bytes:
    """The bytes of an agreement's file. Raises TextError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise TextError(f"{path}: cannot be read: {error.strerror or error}") from error


def is_shipped(name: str) -> bool:
    """Whether the name means an agreement that ships rather than a file: a file of that name comes first."""
    return bool(_SHIPPED.fullmatch(name)) and not Path(name).exists()


def find_versions(name: str) -> Versions:
    """All versions of a shipped agreement, or the one text in a file, or one shipped version (``china-korea@1``)."""
    if not is_shipped(name):
        return Versions.of(find_agreement(name))
    if "@" in name:
        return Versions.of(find_agreement(name))
    return _shipped(name)


def find_agreement(name: str) -> Agreement:
    """One text: a file, ``china-korea@1``, or the newest version of ``china-korea``. Raises TextError, AgreementError."""
    if not is_shipped(name):
        return load(read_text(Path(name)), name=name)
    identifier, _, version = name.partition("@")
    versions = _shipped(identifier)
    if not version:
        return versions.newest
    found = next((one for one in versions if one.version == int(version)), None)
    if found is None:
        known = ", ".join(str(one.version) for one in versions)
        raise TextError(f"{identifier} has no version {version}; there are {known}")
    return found


def _shipped(identifier: str) -> Versions:
    texts = shipped()
    if identifier not in texts:
        raise TextError(f'"{identifier}" is neither a file nor an agreement that ships ({", ".join(sorted(texts))})')
    return texts[identifier]
