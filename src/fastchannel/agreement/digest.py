"""The digest that names a text: what the text says, however it is laid out.

The text's values as JSON (dates as ``2020-05-01``), in the canonical form of RFC 8785, hashed with SHA-256. Comments, spaces,
the order of keys and the way a table is written do not change it; the order of a list does. Anyone can compute it with a
TOML parser and twenty lines, and need not trust ours.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import Any

import rfc8785


def canonical(raw: dict[str, Any]) -> bytes:
    """The canonical JSON of a parsed text."""
    return bytes(rfc8785.dumps(_jsonable(raw)))


def digest_of(raw: dict[str, Any]) -> str:
    """``sha256:`` and the hash of the canonical form, in hexadecimal."""
    return f"sha256:{hashlib.sha256(canonical(raw)).hexdigest()}"


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value
