"""JSON within bounds: no key twice, no NaN, no huge numbers, no deep nesting, nothing that is not Unicode text."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fastchannel.certificates.refusal import malformed

MOST_BYTES = 256 * 1024
MOST_DEPTH = 40
_MOST_DIGITS = 20
DETAIL = "json-parse-error"


def decode(raw: bytes | str, where: str = "json") -> Any:
    """The one value that the text is. Raises RefusedError."""
    if len(raw) > MOST_BYTES:
        raise malformed(where, f"{len(raw)} bytes", f"at most {MOST_BYTES}", detail="too-large")
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        text.encode("utf-8")  # a text may hold half of a surrogate pair too, which nothing behind this can write
        found = _decoder.decode(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no text
        if text.count("[") + text.count("{") > MOST_DEPTH:
            _shallow(found, MOST_DEPTH)
    except (ValueError, RecursionError) as error:
        detail = "trailing-characters" if "Extra data" in str(error) else DETAIL
        raise malformed(where, error, "JSON", detail=detail) from None
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key that stands twice")
    return found


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(text)


def _float(text: str) -> float:
    found = float(text)
    if found in {float("inf"), float("-inf")}:
        raise ValueError("a number that is too large")
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text}, which is no JSON")


def _shallow(value: object, left: int) -> None:
    if left < 0:
        raise ValueError(f"nesting deeper than {MOST_DEPTH}")
    if isinstance(value, dict):
        for one in value.values():
            _shallow(one, left - 1)
    elif isinstance(value, list):
        for one in value:
            _shallow(one, left - 1)


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_constant)
