"""Syllables of Chinese and Korean names, and whether two spellings may be of the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from fastchannel.certificates.binding.weights import Code

MOST_SYLLABLES = {"family": 2, "given": 5}
_SYLLABLES_OF_A_WORD = 3
_LONGEST_SPELLING = 8
_SYSTEMS = {"family": ("zh", "zh-family", "ko-family"), "given": ("zh", "zh-given", "ko")}
Syllable = tuple[str, str]  # system and key


@cache
def _spellings(part: str) -> Mapping[str, frozenset[Syllable]]:
    """What each spelling may stand for, in the family or the given name. A Hangul syllable stands for itself."""
    text = (files("fastchannel.certificates.binding") / "romanisation.tsv").read_text(encoding="utf-8")
    found: dict[str, set[Syllable]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        system, key, spellings = line.split("\t")
        if system in _SYSTEMS[part]:
            for spelling in (*spellings.split(), *((key,) if system.startswith("ko") else ())):
                found.setdefault(spelling, set()).add((system, key))
    return {spelling: frozenset(syllables) for spelling, syllables in found.items()}


def is_syllable(word: str, part: str) -> bool:
    """Whether the word may be one syllable of a Chinese or Korean name."""
    return word in _spellings(part)


def is_read(word: str) -> bool:
    """Whether the whole word may be read as syllables of a Chinese or Korean name."""
    spellings = _spellings("given")
    reached = {0}
    for _ in range(_SYLLABLES_OF_A_WORD):
        reached = {place + length for place in reached for length, _ in _syllables(word, place, spellings)}
        if len(word) in reached:
            return True
    return False


def romanised(one: str, other: str, part: str) -> Iterator[tuple[str, Code]]:
    """The languages in which both words may spell the same syllables, each with what it takes to say so.

    ``part`` is "family" or "given". Walks both words at once, syllable by syllable: states are pairs of places, so the time is
    bounded by the product of the lengths, however many ways there are to part a word.
    """
    for language in ("zh", "ko"):
        for dialect in (False, True) if language == "zh" else (False,):
            systems = {name for name in _SYSTEMS[part] if name.startswith(language) and (dialect or name != f"zh-{part}")}
            if _walk(one, other, part, systems):
                yield language, Code.NAME_DIALECT if dialect else Code.NAME_ROMANISATION
                break


def _walk(one: str, other: str, part: str, systems: set[str]) -> bool:
    spellings = _spellings(part)
    reached = {(0, 0)}
    for _ in range(MOST_SYLLABLES[part]):
        after = set()
        for i, j in reached:
            for a, of_one in _syllables(one, i, spellings):
                for b, of_other in _syllables(other, j, spellings):
                    if any(system in systems for system, _key in of_one & of_other):
                        after.add((i + a, j + b))
        if (len(one), len(other)) in after:
            return True
        reached = after
    return False


def _syllables(
    word: str, place: int, spellings: Mapping[str, frozenset[Syllable]]
) -> Iterator[tuple[int, frozenset[Syllable]]]:
    for length in range(1, min(_LONGEST_SPELLING, len(word) - place) + 1):
        syllables = spellings.get(word[place : place + length])
        if syllables:
            yield length, syllables
