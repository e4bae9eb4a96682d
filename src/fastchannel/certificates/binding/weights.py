"""What each finding weighs, and where the verdicts part: the whole of the judgement, in one place.

The score begins at 1; each reason's weight is added, and the sum is held between 0 and 1. A verdict of MATCH needs `MATCH_FROM`
and no reason of `NEVER_MATCH`. Under `MISMATCH_BELOW` it is MISMATCH, unless the passport's number is the one certified. The
weights are judgements, not estimates; what they lead to is measured by tools/binding_rates.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Code(StrEnum):
    """What was found. Stable: stored with decisions, and put into words by `words`."""

    NAME_EQUAL = "name.equal"
    NAME_SPACING = "name.spacing"  # the same letters, parted or hyphenated in another way
    NAME_TRANSLITERATION = "name.transliteration"
    NAME_PARTICLE = "name.particle"
    NAME_ORDER = "name.order"
    NAME_TRUNCATED = "name.truncated"
    NAME_SINGLE = "name.single"
    NAME_ROMANISATION = "name.romanisation"  # another spelling of the same language
    NAME_DIALECT = "name.dialect"  # as another Chinese language reads the same character
    NAME_MIDDLE_MISSING = "name.middle-missing"
    NAME_PART_MISSING = "name.part-missing"  # of a family name with several parts
    NAME_INITIAL = "name.initial"
    NAME_SYLLABLE_MISSING = "name.syllable-missing"  # of a Chinese or Korean name: it is then another name
    NAME_MISSING = "name.missing"  # one side has no given name, or no family name, that the other side has
    NAME_SCRIPT = "name.script"
    NAME_TYPING = "name.typing"
    NAME_PART_DIFFERS = "name.part-differs"
    NAME_DIFFERS = "name.differs"
    BIRTH_EQUAL = "birth.equal"
    BIRTH_PARTIAL = "birth.partial"  # year and month agree, and no more is known on one side
    BIRTH_YEAR_ONLY = "birth.year-only"
    BIRTH_MISSING = "birth.missing"
    BIRTH_SWAPPED = "birth.day-month-swapped"
    BIRTH_TYPING = "birth.typing"  # one digit differs, or two neighbours are swapped
    BIRTH_DIFFERS = "birth.differs"
    DOCUMENT_EQUAL = "document.equal"
    DOCUMENT_DIFFERS = "document.differs"


WEIGHTS: Mapping[Code, float] = {
    Code.NAME_EQUAL: 0.0,
    Code.NAME_SPACING: -0.01,
    Code.NAME_TRANSLITERATION: -0.02,
    Code.NAME_PARTICLE: -0.03,
    Code.NAME_ORDER: -0.05,
    Code.NAME_TRUNCATED: -0.05,
    Code.NAME_ROMANISATION: -0.06,
    Code.NAME_SINGLE: -0.08,
    Code.NAME_MIDDLE_MISSING: -0.1,
    Code.NAME_DIALECT: -0.12,
    Code.NAME_PART_MISSING: -0.15,
    Code.NAME_TYPING: -0.25,
    Code.NAME_INITIAL: -0.3,
    Code.NAME_SYLLABLE_MISSING: -0.3,
    Code.NAME_MISSING: -0.4,
    Code.NAME_SCRIPT: -0.25,
    Code.NAME_PART_DIFFERS: -0.4,
    Code.NAME_DIFFERS: -0.5,
    Code.BIRTH_EQUAL: 0.0,
    Code.BIRTH_PARTIAL: -0.12,
    Code.BIRTH_YEAR_ONLY: -0.25,
    Code.BIRTH_MISSING: -0.3,
    Code.BIRTH_SWAPPED: -0.3,
    Code.BIRTH_TYPING: -0.35,
    Code.BIRTH_DIFFERS: -0.55,
    Code.DOCUMENT_EQUAL: 0.15,
    Code.DOCUMENT_DIFFERS: -0.25,
}

MATCH_FROM = 0.8
MISMATCH_BELOW = 0.35

BIRTH_CONFLICTS = frozenset({Code.BIRTH_SWAPPED, Code.BIRTH_TYPING, Code.BIRTH_DIFFERS})
NEVER_MATCH = BIRTH_CONFLICTS | {
    Code.NAME_INITIAL,
    Code.NAME_SYLLABLE_MISSING,
    Code.NAME_MISSING,
    Code.NAME_SCRIPT,
    Code.NAME_TYPING,
    Code.NAME_PART_DIFFERS,
    Code.NAME_DIFFERS,
    Code.DOCUMENT_DIFFERS,
}
