"""Reading loose, untrusted fields: absent stays empty, white space goes and is noted, another type is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cbor2 import undefined

from fastchannel.certificates.refusal import malformed
from fastchannel.certificates.tolerances import FLOAT_DOSES, NULLS, SPACES, TAGGED_DATE, Noted

MOST_TEXT = 512


def absent(value: object) -> bool:
    """Whether a value says that there is none: null, or CBOR's undefined."""
    return value is None or value is undefined


def text(source: dict[Any, Any], key: str, noted: Noted, where: str = "") -> str:
    """The text at a key; "" where absent. Raises RefusedError."""
    found = source.get(key)
    if type(found) is str:
        trimmed = found.strip()
        if len(trimmed) != len(found):
            noted.add(SPACES, f"{where}{key}", found)
        return trimmed[:MOST_TEXT]
    if absent(found):
        if key in source:
            noted.add(NULLS, f"{where}{key}")
        return ""
    if isinstance(found, datetime):
        noted.add(TAGGED_DATE, f"{where}{key}", found.isoformat())
        return found.isoformat()
    raise malformed(f"{where}{key}", found, "text", detail="field")


def texts(source: dict[Any, Any], keys: tuple[str, ...], noted: Noted, where: str = "") -> list[str]:
    """The texts at the keys, as `text` gives each: one call a record, because a certificate has a score of them."""
    found: list[str] = []
    for key in keys:
        value = source.get(key)
        if type(value) is str and len(value) <= MOST_TEXT and value.strip() == value:
            found.append(value)
        else:
            found.append(text(source, key, noted, where))
    return found


def count(source: dict[Any, Any], key: str, noted: Noted, where: str = "") -> int | None:
    """The whole number at a key; None where absent. A whole float is noted. Raises RefusedError."""
    found = source.get(key)
    if type(found) is int:
        return found
    if absent(found):
        return None
    if type(found) is float and found.is_integer() and abs(found) < 1e6:
        noted.add(FLOAT_DOSES, f"{where}{key}", found)
        return int(found)
    raise malformed(f"{where}{key}", found, "a whole number", detail="field")


def mapping(value: object, where: str) -> dict[Any, Any]:
    """The map. Raises RefusedError."""
    if not isinstance(value, dict):
        raise malformed(where, value, "a map", detail="field")
    return value


def entries(source: dict[Any, Any], key: str, noted: Noted, *, most: int = 64) -> list[dict[Any, Any]]:
    """The list of maps at a key; empty where absent or null, which is noted. Raises RefusedError."""
    found = source.get(key)
    if absent(found):
        if key in source:
            noted.add(NULLS, key)
        return []
    if not isinstance(found, list) or len(found) > most or not all(isinstance(one, dict) for one in found):
        raise malformed(key, found, f"a list of at most {most} maps", detail="field")
    return found
