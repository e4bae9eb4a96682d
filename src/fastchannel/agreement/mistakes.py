"""What is wrong with a text: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastchannel.terms.errors import FastChannelError

Path = tuple[str | int, ...]
MOST_MISTAKES = 200  # a text that has more is not an agreement; the rest is counted


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake, or one warning. ``line`` counts from 1; ``where`` is the place in words."""

    line: int
    where: str
    found: str
    expected: str
    hint: str = ""
    name: str = ""  # of the text, where several were read together

    def __str__(self) -> str:
        place = f"{self.name}:{self.line}" if self.name else f"line {self.line}"
        words = f"{place}: {self.where}: found {self.found}; expected {self.expected}"
        return f"{words}. {self.hint}" if self.hint else words


class AgreementError(FastChannelError):
    """A text is not an agreement. ``mistakes`` has them all, in the order of the text."""

    def __init__(self, mistakes: Sequence[Mistake], *, name: str = "<text>") -> None:
        self.mistakes = tuple(mistakes)
        self.name = name
        count = len(self.mistakes)
        head = f"{name}: {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.mistakes, self.name)


def _again(mistakes: Sequence[Mistake], name: str) -> AgreementError:
    return AgreementError(mistakes, name=name)


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake by its path in the text, before its line and words are looked up."""

    path: Path
    found: str
    expected: str
    hint: str = ""


def quoted(value: object) -> str:
    """A value as a message shows it: short, and on one line."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return f'"{text}"' if len(text) <= 80 else f'"{text[:77]}…"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a very large number"
    return text if len(text) <= 80 else f"{text[:77]}…"


def in_words(path: Path, raw: object) -> str:
    """The place of a path in words: ``route kr-cn, measure 3 (self-monitoring), until``."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and not isinstance(raw, list):
            continue  # one value that stands for a list of one
        if isinstance(raw, dict):
            raw = raw.get(step)
        elif isinstance(raw, list):
            raw = raw[step] if isinstance(step, int) and step < len(raw) else None
        if isinstance(step, str):
            words.append(step if len(step) <= 60 else f"{step[:57]}…")
            continue
        name = raw.get("id") if isinstance(raw, dict) else None
        ordinal = f"{step + 1} ({name})" if isinstance(name, str) and len(name) <= 60 else str(step + 1)
        words[-1:] = [f"{words[-1]} {ordinal}" if words else ordinal]
    return _joined(words) or "the text"


def _joined(words: list[str]) -> str:
    """Tables of named things read as one: ``route kr-cn``."""
    if len(words) > 1 and words[0] in ("route", "party", "words"):
        words = [f"{words[0]} {words[1]}", *words[2:]]
    return ", ".join(words)
