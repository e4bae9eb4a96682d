"""Names as the machine readable zone writes them: ICAO Doc 9303-3, section 6, and its rules on punctuation, section 4.6."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from fastchannel.certificates.mrz.errors import MrzError

APOSTROPHES = "'’‘ʼʻ`´′＇"
HYPHENS = "-‐‑‒–—―−－"
MOST_CHARACTERS = 500


class Letter(Struct, frozen=True, kw_only=True):
    """How a letter may be written: as recommended, as permitted, and as seen in documents of older rules."""

    recommended: str
    permitted: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every way of writing it, the recommended one first."""
        return tuple(dict.fromkeys((self.recommended, *self.permitted, *self.seen)))


@cache
def _table() -> Mapping[str, Letter]:
    text = (files("fastchannel.certificates.mrz") / "transliteration.tsv").read_text(encoding="utf-8")
    found = {chr(code): Letter(recommended=chr(code)) for code in range(ord("A"), ord("Z") + 1)}
    for line in text.splitlines():
        if not line.startswith("#"):
            letter, *columns = line.split("\t")
            ways = [tuple("" if way == "-" else way for way in column.split()) for column in (*columns, "", "")[:3]]
            found[letter] = Letter(recommended=ways[0][0], permitted=ways[1], seen=ways[2])
    return found


def letter_of(character: str) -> Letter | None:
    """The row of a capital letter; None where the zone has no way to write it. Marks that no row knows are taken off."""
    table = _table()
    found = table.get(character)
    if found is not None:
        return found
    parts = unicodedata.normalize("NFD", character)
    while found is None and len(parts) > 1 and unicodedata.combining(parts[-1]):
        parts = parts[:-1]
        found = table.get(unicodedata.normalize("NFC", parts))
    return found


def capitals(text: str) -> str:
    """Composed capital letters, so that each has its row; full-width letters as usual ones."""
    return unicodedata.normalize("NFC", "".join(_narrow(one) for one in unicodedata.normalize("NFC", text).upper()))


def _narrow(character: str) -> str:
    return chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character


def transliterate(name: str) -> str:
    """The name as recommended for the zone: A to Z, a space where the zone has a filler.

    Apostrophes and full stops are left out, a hyphen becomes a filler. Raises MrzError for a letter that has no row, and for
    more than MOST_CHARACTERS.
    """
    if len(name) > MOST_CHARACTERS:
        raise MrzError(line=0, field="name", found=f"{len(name)} characters", expected=f"at most {MOST_CHARACTERS}")
    written = []
    for one in capitals(name):
        if one.isspace() or one in HYPHENS or one == ",":
            written.append(" ")
        elif one not in APOSTROPHES and not unicodedata.category(one).startswith("P"):
            row = letter_of(one)
            if row is None:
                if unicodedata.combining(one):  # a mark that no letter takes up
                    continue
                raise MrzError(line=0, field="name", found=one, expected="a letter of ICAO Doc 9303-3, section 6")
            written.append(row.recommended)
    return " ".join("".join(written).split())
