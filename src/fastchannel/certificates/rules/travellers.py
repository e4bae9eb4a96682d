"""Representative travellers: every combination of the values that stand for all others, or a sample where they are many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import gcd, prod
from typing import Any

from fastchannel.certificates.rules.candidates import (
    ABSENT,
    OTHER,
    START,
    members_of,
    value_sets_of,
    values_of,
    written,
)
from fastchannel.certificates.rules.expression import Expression
from fastchannel.certificates.rules.fields import Fields
from fastchannel.certificates.rules.predicates import predicates

MOST = 20_000  # travellers looked at for one question
MOST_EVENTS = 4  # of one kind, in one person's certificates
_STRIDE = 7_919  # a prime: consecutive samples differ in every field


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """One of them: the events presented, by array and number, and the value of every field that a rule looks at."""

    events: Mapping[str, int]
    values: Mapping[str, Any]
    value_sets: Mapping[str, Sequence[str]]
    filler: Mapping[str, str]  # by array: a field that no rule looks at, for an event with nothing in it is taken for none

    def data(self) -> dict[str, Any]:
        """What rules are evaluated on."""
        payload: dict[str, Any] = {
            name: [{self.filler[name]: OTHER} for _ in range(count)] for name, count in self.events.items() if count
        }
        external: dict[str, Any] = {"validationClock": written(START), "valueSets": self.value_sets}
        found = {"payload": payload, "external": external}
        for path, value in self.values.items():
            if value is not ABSENT:
                _set(found, path.split("."), value)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Travellers:
    """Those who together show all that the rules can say; ``doubt`` says why they may not, and is empty where they do."""

    shapes: tuple[Mapping[str, int], ...]
    values: Mapping[str, tuple[Any, ...]]
    value_sets: Mapping[str, Sequence[str]]
    filler: Mapping[str, str]
    doubt: str

    @property
    def number(self) -> int:
        """How many combinations there are."""
        return sum(prod(len(self.values[path]) for path in self._open(shape)) for shape in self.shapes)

    @property
    def complete(self) -> bool:
        """Whether all are looked at and nothing else can turn out otherwise: only then anything is proven."""
        return not self.doubt and self.number <= MOST

    def __iter__(self) -> Iterator[Traveller]:
        share = MOST // len(self.shapes)
        for shape in self.shapes:
            paths = self._open(shape)
            choices = [self.values[path] for path in paths]
            if self.number <= MOST:
                for values in product(*choices):
                    yield self._made(shape, paths, values)
                continue
            size = prod(len(one) for one in choices)
            stride = next(step for step in range(_STRIDE, _STRIDE + size + 1) if gcd(step, size) == 1)
            for number in range(min(size, share)):
                yield self._made(shape, paths, _digits(number * stride % size, choices))

    def _open(self, shape: Mapping[str, int]) -> list[str]:
        """The fields that there are where these events are presented."""
        found = []
        for path in self.values:
            steps = path.split(".")
            if len(steps) > 3 and steps[0] == "payload" and steps[2].isdecimal() and int(steps[2]) >= shape.get(steps[1], 0):
                continue
            found.append(path)
        return found

    def _made(self, shape: Mapping[str, int], paths: Sequence[str], values: Sequence[Any]) -> Traveller:
        chosen = dict(zip(paths, values, strict=True))
        return Traveller(events=shape, values=chosen, value_sets=self.value_sets, filler=self.filler)


def travellers(
    expressions: Sequence[Expression], fields: Fields, value_sets: Mapping[str, Sequence[str]] | None = None
) -> Travellers:
    """Those who tell these rules apart. ``value_sets`` are the published ones; without them a set has members of our own."""
    asked = predicates(tuple(expressions))
    sets = value_sets if value_sets is not None else value_sets_of(asked)
    for path, members in members_of(asked, sets).items():
        asked.texts[path].update(members)
    values = values_of(asked, fields)
    most: dict[str, int] = {}
    for path in sorted(asked.paths):
        steps = path.split(".")
        if len(steps) > 1 and steps[0] == "payload" and steps[1] in fields.events:
            index = int(steps[2][:4]) + 1 if len(steps) > 2 and steps[2].isdecimal() else 1
            most[steps[1]] = max(most.get(steps[1], 0), index, 3 if f"payload.{steps[1]}" in asked.counted else 0)
    if any(count > MOST_EVENTS for count in most.values()):
        asked.blur(f"more than {MOST_EVENTS} events of one kind are looked at")
    counts = (range(min(count, MOST_EVENTS) + 1) for count in most.values())
    shapes = tuple(dict(zip(most, each, strict=True)) for each in product(*counts))
    filler = {name: _unasked(name, asked.paths, fields) for name in most}
    return Travellers(shapes=shapes, values=values, value_sets=sets, filler=filler, doubt=asked.blurred)


def _unasked(name: str, paths: Collection[str], fields: Fields) -> str:
    asked = {path.rsplit(".", 1)[-1] for path in paths if path.startswith(f"payload.{name}.")}
    start = f"payload.{name}.#."
    names = [path.removeprefix(start) for path in fields.by_path if path.startswith(start)]
    return next((one for one in names if one not in asked), "ver")


def _digits(number: int, choices: Sequence[Sequence[Any]]) -> list[Any]:
    found = []
    for one in choices:
        number, place = divmod(number, len(one))
        found.append(one[place])
    return found


def _set(data: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Put a value at its path; a part of the path that is not there yet becomes an object."""
    here: Any = data
    for step in steps[:-1]:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    here[steps[-1]] = value
