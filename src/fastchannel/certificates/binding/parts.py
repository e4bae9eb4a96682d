"""The words of a name, in capital letters, without what is no name: titles, placeholders, punctuation."""

from __future__ import annotations

import re
import unicodedata

from fastchannel.certificates.mrz.transliteration import APOSTROPHES, capitals

MOST_CHARACTERS = 120  # of one name: the longest that certificates' schemas allow is 80 to 100
MOST_WORDS = 12
ARABIC = re.compile("[\u0600-\u06ff]")  # ICAO has a table for it, but passports write names as they are heard, with vowels
TITLES = frozenset({"DR", "PROF", "MR", "MRS", "MS", "MAG", "ING", "DIPL"})
PLACEHOLDERS = frozenset({"XXX", "FNU", "LNU", "NFN", "NLN", "UNKNOWN"})
_PARTICLES = """
AL EL UL BIN BINTI BINTE BINT IBN BEN ABU
VAN VON VOM ZU ZUM ZUR DER DEN TEN TER
DE DEL DELLA DA DI DO DOS DAS DU LA LAS LE LOS Y E AP
"""
PARTICLES = frozenset(_PARTICLES.split())
Words = tuple[str, ...]


def words_of(name: str) -> Words:
    """The words of a name. A syllable of Hangul is a word of its own. Cut at MOST_CHARACTERS and MOST_WORDS."""
    text = capitals(name[:MOST_CHARACTERS])
    written = []
    for one in text:
        kind = unicodedata.category(one)
        if "가" <= one <= "힣":
            written.append(f" {one} ")
        elif kind[0] in "LM":
            written.append(one)
        elif one not in APOSTROPHES and not (kind[0] == "C" and not one.isspace()):
            written.append(" ")
    found = tuple("".join(written).split())[:MOST_WORDS]
    if found and all(word in PLACEHOLDERS for word in found):
        return ()
    named = tuple(word for word in found if word not in TITLES)
    return named or found


def without_particles(words: Words) -> Words:
    """The words that carry a name; all of them where there would be none."""
    return tuple(word for word in words if word not in PARTICLES) or words
