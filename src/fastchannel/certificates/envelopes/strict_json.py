"""JSON within bounds: no key twice, no NaN, no huge numbers, no deep nesting, nothing that is not Unicode text."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

import msgspec

from fastchannel.certificates.refusal import malformed

MOST_BYTES = 256 * 1024
MOST_DEPTH = 40
_MOST_DIGITS = 20
DETAIL = "json-parse-error"
_OTHERWISE: Final = object()
_DIGITS = bytes(ord("0") if chr(one).isdecimal() else ord(" ") for one in range(128)).ljust(256)  # every digit as 0
_HUGE = b"0" * _MOST_DIGITS


def decode(raw: bytes | str, where: str = "json") -> Any:
    """The one value that the text is. Raises RefusedError."""
    if len(raw) > MOST_BYTES:
        raise malformed(where, f"{len(raw)} bytes", f"at most {MOST_BYTES}", detail="too-large")
    try:
        data = raw if isinstance(raw, bytes) else raw.encode("utf-8")  # a text may hold half of a surrogate pair
        found = _plain(data)
        if found is _OTHERWISE:
            found = _decoder.decode(data.decode("utf-8"))
            if b"\\u" in data:
                json.dumps(found, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no text
        if data.count(b"[") + data.count(b"{") > MOST_DEPTH:
            _shallow(found, MOST_DEPTH)
    except (ValueError, RecursionError) as error:
        detail = "trailing-characters" if "Extra data" in str(error) else DETAIL
        raise malformed(where, error, "JSON", detail=detail) from None
    return found


def _plain(data: bytes) -> Any:
    """The value of JSON that is written as msgspec writes it, as most issuers write theirs: the fast way, by a C reader.

    That reader keeps the last of two members with one key. But then it has fewer members than the text, so what it writes
    again cannot be the text: where it is the same, byte by byte, no key stood twice. Everything else goes the slow way.
    """
    if _HUGE in data.translate(_DIGITS):
        return _OTHERWISE
    try:
        found = msgspec.json.decode(data)
        return found if msgspec.json.encode(found) == data else _OTHERWISE
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _OTHERWISE


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
