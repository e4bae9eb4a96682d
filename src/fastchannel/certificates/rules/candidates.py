"""Values that stand for all others: for each field at, just below and just above every threshold, each constant, and none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.fields import Field, Fields, Kind
from fastchannel.certificates.rules.predicates import CALENDAR, CLOCK, Bound, Predicates, Shift

ABSENT = None  # what a path that is left out evaluates to
OTHER = "other"  # a text that no rule names
MOST_VALUES = 64
MOST_FIELDS = 100
MOST_BOUNDS = 400
START = datetime(2022, 7, 15, tzinfo=UTC)  # any instant will do for rules that count from the clock, but at the end of a month
_DAY, _SECOND, _TICK = timedelta(days=1), timedelta(seconds=1), timedelta(milliseconds=1)
_ROUNDS = 4


def written(instant: datetime) -> str:
    """As certificates write an instant."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def values_of(asked: Predicates, fields: Fields) -> dict[str, tuple[Any, ...]]:
    """The values of every field that is asked for; ``asked`` is blurred where they do not stand for all."""
    if len(asked.paths) > MOST_FIELDS or len(asked.bounds) > MOST_BOUNDS:
        asked.blur(f"more than {MOST_FIELDS} fields or {MOST_BOUNDS} dates are compared")
    moments, numbers, texts = _moments(asked, fields), _numbers(asked), _texts(asked)
    found: dict[str, tuple[Any, ...]] = {}
    for path in sorted(asked.paths)[:MOST_FIELDS]:
        field = fields.at(tuple(path.split(".")))
        if field is None or field.kind in {Kind.ARRAY, Kind.OBJECT}:
            continue
        if path in moments:
            values: Sequence[Any] = moments[path]
        elif field.kind is Kind.INTEGER:
            values = sorted(one for one in numbers.get(path, {1}) if field.least is None or one >= field.least)
        elif field.kind is Kind.BOOLEAN:
            values = (True, False)
        elif path in asked.fragments:
            values = _identifiers(path, asked)
        else:
            other = OTHER if field.kind is Kind.TEXT else "2022-01-01"
            values = (*sorted(map(str, texts.get(path, ()))), other)
        if len(values) > MOST_VALUES:
            asked.blur(f"{path} is compared with more than {MOST_VALUES} values")
        absent = (ABSENT,) if field.optional or path in asked.guards else ()
        found[path] = (*tuple(dict.fromkeys(values))[:MOST_VALUES], *absent)
    return found


def value_sets_of(asked: Predicates) -> dict[str, list[str]]:
    """Value sets for want of the published ones: for fields that several are asked of, members of one, of some and of all."""
    sets: dict[str, list[str]] = defaultdict(list)
    for path, names in sorted(asked.sets.items()):
        if asked.texts.get(path) or len(names) > 3 or any(path in pair for pair in asked.equals):
            asked.blur("the value sets that the rules name are not given")
        for token, members in _tokens(names).items():
            for name in members:
                if token not in sets[name]:
                    sets[name].append(token)
    return dict(sets)


def _tokens(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    ordered = sorted(names)[:3]
    subsets = [each for size in range(len(ordered), 0, -1) for each in combinations(ordered, size)]
    return {f"in {' and '.join(each)}": each for each in subsets}


def members_of(asked: Predicates, value_sets: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """For every field that is looked for in value sets: one value of each combination of sets that there is."""
    found: dict[str, set[str]] = {}
    for path, names in asked.sets.items():
        by_sets: dict[tuple[str, ...], str] = {}
        for name in sorted(names):
            for member in value_sets.get(name, ()):
                held = tuple(sorted(each for each in names if member in value_sets.get(each, ())))
                by_sets.setdefault(held, str(member))
        found[path] = set(by_sets.values())
    return found


def _texts(asked: Predicates) -> dict[str, set[str | bool]]:
    texts = {path: set(values) for path, values in asked.texts.items()}
    for _ in range(_ROUNDS if asked.equals else 0):
        for first, second in asked.equals:
            both = texts.get(first, set()) | texts.get(second, set())
            texts[first], texts[second] = set(both), set(both)
    if len({path for pair in asked.equals for path in pair}) > 2:
        asked.blur("more than two fields are compared with each other")
    for path in {path for pair in asked.equals for path in pair}:
        texts[path].add("another")
    return texts


def _numbers(asked: Predicates) -> dict[str, set[int]]:
    linked = {path for pair in asked.orders for path in pair}
    if len(linked) > 2:
        asked.blur("more than two numbers are compared with each other")
    shared = {one for path in linked for one in asked.numbers.get(path, ())} | ({1, 2} if linked else set())
    numbers: dict[str, set[int]] = {path: {near for one in shared for near in range(one - 2, one + 3)} for path in linked}
    for path, values in asked.numbers.items():
        if path not in linked:
            numbers[path] = {near for one in values for near in (one - 1, one, one + 1)}
    return numbers


def _identifiers(path: str, asked: Predicates) -> tuple[str, ...]:
    fragments = asked.fragments[path]
    if path in asked.texts or any(path in pair for pair in asked.equals):
        asked.blur("an identifier is compared whole and in part")
    if any(not 0 <= index <= MOST_VALUES for index in fragments):
        asked.blur(f"an identifier is looked at outside its parts 0 to {MOST_VALUES}")
    made: list[dict[int, str]] = [{}]
    for index, values in sorted(fragments.items()):
        made = [{**one, index: value} for one in made for value in (*sorted(values), OTHER)][: MOST_VALUES + 1]
    last = min(max(fragments), MOST_VALUES)
    return tuple("/".join(one.get(index, "") for index in range(last + 1)) for one in made)


def _moments(asked: Predicates, fields: Fields) -> dict[str, list[str]]:
    """Dates to either side of every bound, counted from the clock, from dates of the rule itself, or from one another."""
    if not asked.bounds:
        return {}
    _examine(asked)
    bounds = sorted(asked.bounds, key=str)[:MOST_BOUNDS]
    kinds = {path: _kind(fields, path) for one in bounds for path in (one.first, one.second)}
    known: dict[str, set[datetime]] = {}
    for root in (CALENDAR, CLOCK, *sorted(kinds)):
        if root not in kinds or root in known:
            continue
        known[root] = {START}
        if root == CLOCK:
            known[root] |= _hours(bounds, kinds)
        waiting = [root]
        while waiting:
            waiting += _spread(waiting.pop(0), bounds, known, kinds)
    for path, instants in known.items():
        if len(instants) > MOST_VALUES:
            asked.blur(f"{path} is compared with more than {MOST_VALUES} dates")
    return {path: [_as(kinds[path], one) for one in sorted(known[path])[:MOST_VALUES]] for path in kinds if path != CALENDAR}


def _examine(asked: Predicates) -> None:
    """Whether dates near the bounds tell all: the fields hang together as a tree, and months are not mixed with days."""
    edges = {tuple(sorted((one.first, one.second))) for one in asked.bounds}
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for first, second in edges:
        if root(first) == root(second):
            asked.blur("dates are compared with each other in a circle")
            return
        parent[root(first)] = root(second)
    months = [one for one in asked.bounds if {one.first_shift.unit, one.second_shift.unit} & {"month", "year"}]
    if months and len(asked.bounds) > 1:
        asked.blur("months or years are counted beside other spans, and their lengths differ")


def _kind(fields: Fields, path: str) -> Kind:
    field: Field | None = fields.at(tuple(path.split(".")))
    return Kind.DATE_TIME if field is None else field.kind


def _hours(bounds: Sequence[Bound], kinds: Mapping[str, Kind]) -> set[datetime]:
    """Times of day that matter where whole dates are compared with the clock: midnight, between, and hours counted off."""
    if all(kind is Kind.DATE_TIME for kind in kinds.values()):
        return set()
    shifts = {shift.amount % 24 for one in bounds for shift in (one.first_shift, one.second_shift) if shift.unit == "hour"}
    found = {START + timedelta(hours=hours) + step for hours in shifts | {0} for step in (timedelta(0), _TICK)}
    return found | {START + timedelta(hours=hours) - _TICK for hours in shifts | {24}}


def _spread(root: str, bounds: Sequence[Bound], known: dict[str, set[datetime]], kinds: Mapping[str, Kind]) -> list[str]:
    """Give every date that is compared with this one those at which it turns; which they are."""
    reached: dict[str, set[datetime]] = {}
    for one in bounds:
        sides = ((one.first, one.first_shift), (one.second, one.second_shift))
        for (here, shift), (there, other) in (sides, sides[::-1]):
            if here != root or there in known:
                continue
            start = dates.read(one.written) if root == CALENDAR else None
            instants = sorted(known[root])[:MOST_VALUES] if start is None else [start]
            turning = _turning(instants, shift, other)
            if {shift.unit, other.unit} & {
                "month",
                "year",
            }:  # at the end of a month a later date can be moved to an earlier one
                turning += [each + days * _DAY for each in turning for days in (-5, 5)]
            reached.setdefault(there, set()).update(_near(turning, kinds[there]))
    known.update(reached)
    return list(reached)


def _turning(instants: Iterable[datetime], forward: Shift, back: Shift) -> list[datetime]:
    moved = [forward.moved(one) for one in instants]
    turned = [back.moved(one, -1) for one in moved if one is not None]
    # No certificate bears a date at the ends of the calendar, and those near them leave no room for their neighbours.
    return [one for one in turned if one is not None and MINYEAR + 1 < one.year < MAXYEAR - 1]


def _near(turning: Iterable[datetime], kind: Kind) -> set[datetime]:
    step = _SECOND if kind is Kind.DATE_TIME else _DAY
    found: set[datetime] = set()
    for one in turning:
        start = one if kind is Kind.DATE_TIME else one.replace(hour=0, minute=0, second=0, microsecond=0)
        found |= {start - step, start, start + step}
    return found


def _as(kind: Kind, instant: datetime) -> str:
    return written(instant) if kind is Kind.DATE_TIME else instant.date().isoformat()
