"""Reading a text of the forecast (a pathogen's profile, a scenario): every mistake is found, with its line.

A `Part` is one table of the text. What is asked of it is either there and right, or a mistake is noted and something harmless
stands in for it, so that the rest of the text is still looked at; `Text.finish` then raises with all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastchannel.agreement.mistakes import MOST_MISTAKES, AgreementError, Found, Mistake, quoted
from fastchannel.agreement.mistakes import Path as Place
from fastchannel.agreement.reading import nearest
from fastchannel.agreement.toml import decoded, parsed, placed
from fastchannel.terms.errors import FastChannelError

_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|([a-z][a-z0-9_-]*))\s*")
MOST_CHARACTERS = 200
MOST = 1e12  # no figure of the forecast is larger
BESIDE = ("source", "doi", "note", "basis", "uncertain")  # what may stand beside a figure
INTERVAL = ("value", "low", "high")


Choose = Callable[[Place, "Figure"], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a source gives it, with its 95 % interval, and the limits that it can have at all."""

    value: float
    low: float
    high: float
    least: float = -math.inf
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which numbers a number must lie; ``low`` itself is allowed unless the limits are ``open``."""

    low: float = -math.inf
    high: float = math.inf
    open: bool = False

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high and not (self.open and number == self.low)

    def __str__(self) -> str:
        words = "" if math.isinf(self.low) else f" {'above' if self.open else 'from'} {self.low:g}"
        return f"a number{words}" + ("" if math.isinf(self.high) else f" {'to' if words else 'up to'} {self.high:g}")


class TextError(FastChannelError):
    """A text is not what it should be. ``mistakes`` has them all, in the order of the text."""

    def __init__(self, mistakes: Sequence[Mistake], *, name: str) -> None:
        self.mistakes = tuple(mistakes)
        self.name = name
        count = len(self.mistakes)
        head = f"{name}: {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.mistakes, self.name)


def _again(mistakes: Sequence[Mistake], name: str) -> TextError:
    return TextError(mistakes, name=name)


class Text:
    """One text as it was written. ``values`` are its named quantities, which expressions may use instead of numbers.

    ``folder`` is where files that it names are looked for. ``choose`` picks a number for a figure with an interval (see
    `draws`); without it the figure's own value is taken.
    """

    def __init__(
        self,
        raw: dict[str, Any],
        *,
        written: str = "",
        name: str = "<text>",
        folder: Path | None = None,
        values: Mapping[str, float] | None = None,
        choose: Choose | None = None,
    ) -> None:
        self.raw, self.written, self.name, self.folder = raw, written, name, folder
        self.values = dict(values or {})
        self.choose = choose
        self.found: list[Found] = []

    @classmethod
    def read(cls, text: str | bytes, *, name: str = "<text>", folder: Path | None = None) -> Text:
        """Parse TOML. Raises TextError."""
        try:
            written = decoded(text, name)
            return cls(parsed(written, name), written=written, name=name, folder=folder)
        except AgreementError as error:
            raise TextError(error.mistakes, name=name) from error

    @property
    def whole(self) -> Part:
        return Part(self, self.raw, ())

    def wrong(self, place: Place, found: str, expected: str, hint: str = "") -> None:
        """Note a mistake. A text with very many is no text of ours, and the rest is left out."""
        if not self.full:
            self.found.append(Found(place, found, expected, hint))

    @property
    def full(self) -> bool:
        """Whether so much is wrong already that no more is noted."""
        return len(self.found) >= MOST_MISTAKES

    def finish(self) -> None:
        """Raises TextError if anything was wrong."""
        if self.found:
            raise TextError(placed(self.found, self.written, self.raw, self.name), name=self.name)


class Part:
    """One table of a text, at ``place``; or the entries of a list, by number."""

    def __init__(self, text: Text, raw: Mapping[Any, Any], place: Place) -> None:
        self.text, self.raw, self.place = text, raw, place

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def wrong(self, key: str | int | None, expected: str, hint: str = "") -> None:
        """Note a mistake at a key, or in the table as a whole."""
        place = self.place if key is None or key not in self.raw else (*self.place, key)
        found = "nothing" if key is not None and key not in self.raw else quoted(self.raw if key is None else self.raw[key])
        self.text.wrong(
            place, found, expected if key is None or key in self.raw else f"the key {quoted(key)}: {expected}", hint
        )

    def only(self, keys: Iterable[str]) -> None:
        """Every key must be one of these."""
        known = list(keys)
        for key in self.raw:
            if self.text.full:
                return
            if key not in known:
                listed = ", ".join(known)
                self.text.wrong((*self.place, key), f"the unknown key {quoted(key)}", f"one of {listed}", nearest(key, known))

    def part(self, key: str) -> Part | None:
        """A table inside; None where there is none. What is there and no table is a mistake."""
        value = self.raw.get(key)
        if isinstance(value, dict):
            return Part(self.text, value, (*self.place, key))
        if key in self.raw:
            self.wrong(key, "a table")
        return None

    def needed(self, key: str, what: str) -> Part:
        """A table that must be there; an empty one stands in for it."""
        if key not in self.raw:
            self.wrong(key, what)
        return self.part(key) or Part(self.text, {}, (*self.place, key))

    def parts(self, key: str) -> list[Part]:
        """A list of tables; one table counts as a list of one."""
        value = self.raw.get(key, [])
        if isinstance(value, dict):
            return [Part(self.text, value, (*self.place, key))]
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.wrong(key, "a list of tables")
            return []
        return [Part(self.text, entry, (*self.place, key, i)) for i, entry in enumerate(value)]

    def named(self) -> list[tuple[str, Part]]:
        """The tables inside, by name."""
        return [(key, part) for key in self.raw if (part := self.part(key)) is not None]

    def words(self, key: str, default: str | None = None) -> str:
        """A string."""
        value = self.raw.get(key, default)
        if not isinstance(value, str):
            self.wrong(key, "words in quotation marks")
            return ""
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, "true or false")
            return default
        return value

    def choice(self, key: str, among: Sequence[str], default: str | None = None) -> str:
        """One of some words."""
        value = self.raw.get(key, default)
        if not isinstance(value, str) or value not in among:
            self.wrong(key, f"one of {', '.join(among)}", nearest(value, among) if isinstance(value, str) else "")
            return default or among[0]
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings; one string counts as a list of one."""
        value = self.raw.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.wrong(key, "a list of words")
            return ()
        return tuple(value)

    def number(
        self,
        key: str | int,
        default: float | None = None,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        above: float | None = None,
    ) -> float:
        """A number, an expression of named quantities, or a figure ``{ value, low, high }``; within limits.

        ``low`` and ``high`` are allowed themselves, ``above`` is not.
        """
        if key not in self.raw and default is not None:
            return default
        limits = Limits(low if above is None else above, high, above is not None)
        number = self._number(self.raw.get(key), (*self.place, key), limits)
        if number is not None and number in limits:
            return number
        if not isinstance(self.raw.get(key), dict):
            self.wrong(key, str(limits))
        elif number is not None:
            self.text.wrong((*self.place, key), f"{number:g}", str(limits))
        return default if default is not None else max(low, min(high, 1.0 if above is None else max(1.0, above + 1.0)))

    def numbers(self, key: str, count: int | None = None) -> tuple[float, ...]:
        """A list of numbers, of a stated length where one is given; an entry may be all that `number` takes."""
        value = self.raw.get(key)
        expected = "a list of numbers" if count is None else f"a list of {count} numbers"
        if not isinstance(value, list) or (count is not None and len(value) != count):
            self.wrong(key, expected)
            return tuple(float(i) for i in range(count or 0))
        found = [self._number(entry, (*self.place, key, i), Limits()) for i, entry in enumerate(value)]
        if any(entry is None for entry in found):
            self.wrong(key, expected)
        return tuple(entry if entry is not None else 0.0 for entry in found)

    def _number(self, value: object, place: Place, limits: Limits) -> float | None:
        """None where there is no number: what is not finite, or larger than any figure is, counts as none."""
        if isinstance(value, dict):
            return self._figure(value, place, limits)
        if isinstance(value, str):
            return self._expression(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST <= value <= MOST:
            return None
        return float(value)

    def _figure(self, raw: dict[str, Any], place: Place, limits: Limits) -> float | None:
        """A number with its interval. It notes what is wrong itself, less where the number alone is outside its limits."""
        figure = Part(self.text, raw, place)
        figure.only((*INTERVAL, *BESIDE))
        found = {key: self._bare(raw.get(key)) for key in INTERVAL if key in raw or key == "value"}
        for key in [key for key, number in found.items() if number is None]:
            figure.wrong(key, str(limits))
        value = found["value"]
        low, high = found.get("low", value), found.get("high", value)
        if value is None or low is None or high is None:
            return None
        if low == high == value:
            return value
        if not low <= value <= high or low not in limits or high not in limits:
            words = f"{value:g} with the interval {low:g} to {high:g}"
            self.text.wrong(place, words, f"a value inside its interval, each of the three {limits}")
            return value
        return value if self.text.choose is None else self.text.choose(place, Figure(value, low, high, limits.low, limits.high))

    def _bare(self, value: object) -> float | None:
        return None if isinstance(value, dict) else self._number(value, self.place, Limits())

    def _expression(self, words: str) -> float | None:
        """Sums and differences of numbers and named quantities, and nothing else."""
        if len(words) > MOST_CHARACTERS:
            return None
        total, at = 0.0, 0
        while at < len(words):
            term = _TERM.match(words, at)
            if term is None or (at > 0 and not term[1]):
                return None
            value = float(term[2]) if term[2] else self.text.values.get(term[3])
            if value is None:
                return None
            total += -value if term[1] == "-" else value
            at = term.end()
        return total if at and -MOST <= total <= MOST else None
