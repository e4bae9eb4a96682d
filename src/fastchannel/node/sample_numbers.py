"""Numbers for samples: short enough to be typed, with a check character that finds a wrong or swapped one."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # 31, a prime, without letters that look like digits or like one another
LENGTH = 9  # random characters: two of a million numbers are alike once in some hundred sheets of as many
MOST_LABELS = 200


def fresh_numbers(count: int) -> list[str]:
    """So many new numbers, in groups of five characters, the last of which checks the others."""
    return [_grouped(body + check_character(body)) for body in (_random() for _ in range(count))]


def is_well_formed(number: str) -> bool:
    """Whether it could be a number of ours: its last character fits the others."""
    bare = number.replace("-", "").upper()
    return len(bare) == LENGTH + 1 and set(bare) <= set(ALPHABET) and check_character(bare[:-1]) == bare[-1]


def check_character(body: str) -> str:
    """What makes the sum of all characters, each times its place, a multiple of 31.

    31 is a prime and no place is one of its multiples, so one wrong character, or two that were swapped, changes the sum.
    """
    size = len(ALPHABET)
    held = sum(place * ALPHABET.index(character) for place, character in enumerate(body, start=1))
    return ALPHABET[-held * pow(len(body) + 1, -1, size) % size]


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _grouped(number: str) -> str:
    return f"{number[:5]}-{number[5:]}"
