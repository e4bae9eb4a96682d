"""Whether two words are spellings of one name: by the letters' transliterations, by folding, and by a slip of the keyboard."""

from __future__ import annotations

from fastchannel.certificates.mrz.transliteration import letter_of

_SLIPS_FROM = (5, 10)  # letters that a word must have for one slip, and for two
# Two letters for one with marks, whichever way round it was written: MUELLER and MULLER, JOERGENSEN and JORGENSEN, NXX and N.
# And the rules that Russian passports have followed one after the other: IURII and YURIY, FEDOR and FYODOR.
_FOLDS = (
    ("UXX", "U"),
    ("NXX", "N"),
    ("AE", "A"),
    ("OE", "O"),
    ("UE", "U"),
    ("AA", "A"),
    ("SS", "S"),
    ("YO", "E"),
    ("YE", "E"),
    ("Y", "I"),
)


def plain(word: str) -> str | None:
    """A word of capital letters as recommended for the zone; None where it has a letter that the zone cannot write."""
    if word.isascii() and word.isalpha():
        return word
    rows = [letter_of(one) for one in word]
    return None if None in rows else "".join(row.recommended for row in rows if row)


def spells(word: str, written: str) -> bool:
    """Whether ``written`` is the word with each letter as recommended, as permitted or as seen."""
    return len(written) in _ends(word, written)[0]


def begins(word: str, written: str) -> bool:
    """Whether ``written`` is the word so spelled and cut off, before its end."""
    return _ends(word, written)[1]


def _ends(word: str, written: str) -> tuple[set[int], bool]:
    """Where the whole word may end within ``written``, and whether ``written`` may end before the word does.

    A walk over the letters that keeps the set of places reached: linear, where listing all spellings would be exponential.
    """
    if word.isascii():
        return {len(word)} if written.startswith(word) else set(), len(written) < len(word) and word.startswith(written)
    places, cut = {0}, False
    for one in word:
        row = letter_of(one)
        if row is None:
            return set(), False
        after = set()
        for place in places:
            for way in row.all:
                if written.startswith(way, place):
                    after.add(place + len(way))
                rest = written[place:]
                cut = cut or (len(rest) < len(way) and way.startswith(rest))
        places = after
    return places, cut


def folded(word: str) -> str:
    """Capital ASCII letters with the marks' traces taken away, so that spellings with and without them meet."""
    for long, short in _FOLDS:
        word = word.replace(long, short)
    return word


def slipped(one: str, other: str) -> bool:
    """Whether few slips of a keyboard part two words: a letter more, less, another, or two neighbours swapped."""
    shorter = min(len(one), len(other))
    allowed = sum(shorter >= least for least in _SLIPS_FROM)
    return distance(one, other, allowed) <= allowed


def distance(one: str, other: str, most: int) -> int:
    """Edit distance with swaps of neighbours, or ``most`` + 1 where it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before = before, row
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
