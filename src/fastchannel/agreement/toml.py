"""From bytes to the raw values of a text in TOML, and mistakes back to their lines: for every text that people write."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from fastchannel.agreement.mistakes import AgreementError, Found, Mistake, in_words
from fastchannel.agreement.positions import MOST_BYTES, bounds, line_of, lines

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_HINTS = {
    "Invalid initial character for a key part": "A table in braces stands on one line, with no comma at its end.",
    "Invalid value": "Words stand in quotation marks.",
    "Cannot overwrite a value": "The key is there already.",
    "Cannot declare": "The table is there already; a further one of its kind is written [[…]].",
}


def _refuse(name: str, line: int, found: str, expected: str, hint: str = "") -> AgreementError:
    return AgreementError([Mistake(line, "the text", found, expected, hint, name)], name=name)


def decoded(text: str | bytes, name: str) -> str:
    """The text as a string, if it is one and not too long."""
    if len(text) > MOST_BYTES:
        raise _refuse(name, 1, f"{len(text):,} bytes", f"at most {MOST_BYTES:,}", "No such text is that long.")
    try:
        raw = text.encode() if isinstance(text, str) else bytes(text)
        written = raw.decode("utf-8-sig")
    except UnicodeEncodeError as error:
        raise _refuse(name, 1, f"a character that is none at position {error.start}", "text in UTF-8") from error
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1 if isinstance(text, bytes) else 1
        found = f"the byte {error.object[error.start]:#04x}"
        raise _refuse(name, line, found, "text in UTF-8", "Save the file as UTF-8.") from error
    if len(raw) > MOST_BYTES:
        raise _refuse(name, 1, f"{len(raw):,} bytes", f"at most {MOST_BYTES:,}", "No such text is that long.")
    if "\0" in written:
        line = written[: written.index("\0")].count("\n") + 1
        raise _refuse(name, line, "a NUL character", "text", "This file is not a text.")
    return written


def parsed(written: str, name: str) -> dict[str, Any]:
    """The text's raw values, if it is TOML of reasonable depth."""
    too_much = bounds(written)
    if too_much:
        line, found, expected = too_much
        raise _refuse(name, line, found, expected)
    try:
        return tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT.search(message)
        line = int(at[1]) if at and at[1] else written.count("\n") + 1
        found = _AT.sub("", message)[:200]
        column = f"Look at column {at[2]}." if at and at[2] else "Look at the end of the text."
        hint = next((f" {words}" for start, words in _HINTS.items() if found.startswith(start)), "")
        raise _refuse(name, line, f"what TOML does not allow ({found})", "a text in TOML", column + hint) from error
    except (ValueError, RecursionError, OverflowError) as error:
        raise _refuse(name, 1, "a value that cannot be read", "a text in TOML", str(error)[:200]) from error


def placed(found: list[Found], written: str, raw: dict[str, Any], name: str) -> list[Mistake]:
    """Mistakes with their lines and places in words, in the order of the text."""
    if not found:
        return []
    where = lines(written)
    label = "" if name == "<text>" else name
    found_at = [
        Mistake(line_of(item.path, where), in_words(item.path, raw), item.found, item.expected, item.hint, label)
        for item in found
    ]
    return sorted(dict.fromkeys(found_at), key=lambda mistake: mistake.line)
