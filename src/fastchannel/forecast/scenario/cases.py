"""The cases of a scenario: every combination of what its text says may vary, and the text as it reads in each.

``[vary]`` has one entry for each dimension: a list of numbers, which become a named quantity, or a table of options by name.
An option may set quantities (``values``), replace parts of the text (``set``), say which tests and watches take place
(``tests``, ``watches``) and have dimensions of its own (``vary``), which vary only where it is chosen.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastchannel.agreement.mistakes import Path as Place
from fastchannel.forecast.reading.texts import Part, Text

MOST_CASES = 20_000
NAME = re.compile(r"[a-z][a-z0-9_-]*")
OPTION = ("values", "set", "tests", "watches", "vary")


@dataclass(frozen=True, slots=True)
class Change:
    """A value that takes the place of another in the text; ``place`` is where the text says so."""

    path: str
    value: object
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One combination. ``tests`` and ``watches`` name those that take place; None: all of the text."""

    labels: Mapping[str, float | str] = field(default_factory=dict)
    values: Mapping[str, tuple[object, Place]] = field(default_factory=dict)  # as written, and where
    changes: tuple[Change, ...] = ()
    tests: frozenset[str] | None = None
    watches: frozenset[str] | None = None

    def __str__(self) -> str:
        return ", ".join(
            f"{name} = {label:g}" if isinstance(label, float) else f"{name} = {label}" for name, label in self.labels.items()
        )


def read_cases(whole: Part) -> list[Case]:
    """Every combination, in the order of the text; one case where nothing varies."""
    vary = whole.part("vary")
    if vary is None:
        return [Case()]
    found: list[Case] = []
    for case in _expanded(Case(), [(name, vary) for name in vary.raw]):
        if len(found) == MOST_CASES:
            whole.wrong("vary", f"at most {MOST_CASES:,} combinations")
            break
        found.append(case)
    return found or [Case()]


def _expanded(case: Case, dimensions: Sequence[tuple[str, Part]]) -> Iterator[Case]:
    if not dimensions:
        yield case
        return
    (name, vary), *rest = dimensions
    if not NAME.fullmatch(name) or name in case.labels:
        vary.wrong(name, "the name of a dimension, in small letters, that varies only once")
        return
    if isinstance(vary.raw[name], list):
        for i, number in enumerate(vary.numbers(name)):
            labels, place = {**case.labels, name: number}, (*vary.place, name, i)
            yield from _expanded(replace(case, labels=labels, values={**case.values, name: (number, place)}), rest)
        return
    options = vary.needed(name, "a list of numbers, or a table of options").named()
    if not options:
        vary.wrong(name, "at least one number or option")
    for label, option in options:
        option.only(OPTION)
        further = option.part("vary")
        inner = [(key, further) for key in further.raw] if further else []
        yield from _expanded(_chosen(replace(case, labels={**case.labels, name: label}), option), [*inner, *rest])


def _chosen(case: Case, option: Part) -> Case:
    """The case with what one option says; the tests of several options take place together."""
    values, changes = option.part("values"), option.part("set")
    return replace(
        case,
        values={
            **case.values,
            **({name: (raw, (*values.place, name)) for name, raw in values.raw.items()} if values else {}),
        },
        changes=(
            *case.changes,
            *((Change(path, raw, (*changes.place, path)) for path, raw in changes.raw.items()) if changes else ()),
        ),
        tests=_together(case.tests, option, "tests"),
        watches=_together(case.watches, option, "watches"),
    )


def _together(so_far: frozenset[str] | None, option: Part, key: str) -> frozenset[str] | None:
    if key not in option:
        return so_far
    return (so_far or frozenset()) | frozenset(option.strings(key))


def case_text(text: Text, case: Case, drawn: Mapping[str, float] | None = None) -> Text:
    """The text as it reads in a case. ``drawn`` are quantities of a draw, which stand before what the text says."""
    raw = text.raw
    changed = Text(raw, written=text.written, name=text.name, folder=text.folder, choose=text.choose)
    if case.changes:
        changed.raw = copy.deepcopy(raw)
        for change in case.changes:
            _change(changed, change)
    written = changed.whole.part("values")
    values: dict[str, tuple[object, Place]] = {}
    if written is not None:
        values = {name: (value, (*written.place, name)) for name, value in written.raw.items()}
    _evaluate(changed, {**values, **case.values}, drawn or {})
    return changed


def _evaluate(text: Text, written: Mapping[str, tuple[object, Place]], drawn: Mapping[str, float]) -> None:
    """Give the text its quantities, each after those that it is an expression of."""
    text.values.update(drawn)
    waiting = {name: entry for name, entry in written.items() if name not in drawn}
    while waiting:
        ready = [
            name
            for name, (raw, _) in waiting.items()
            if not (set(NAME.findall(raw)) & set(waiting) if isinstance(raw, str) else ())
        ]
        for name in ready or list(waiting):
            raw, place = waiting.pop(name)
            if not NAME.fullmatch(name):
                text.wrong(place, f'the name "{name}"', "a name in small letters, figures, - and _")
            text.values[name] = Part(text, {str(place[-1]): raw}, place[:-1]).number(str(place[-1])) if ready else math.nan
            if not ready:
                text.wrong(place, f'"{raw}"', "an expression of quantities that do not depend on it")


def _change(text: Text, change: Change) -> None:
    """Put a value in the place of another. Entries of a list are named by their id or name, or counted from 0."""
    *steps, last = change.path.split(".")
    at: Any = text.raw
    for step in steps:
        at = _inside(at, step)
    if isinstance(at, dict):
        at[last] = copy.deepcopy(change.value)
        return
    if isinstance(at, list):
        for i, entry in enumerate(at):
            if _is(entry, i, last):
                at[i] = copy.deepcopy(change.value)
                return
    text.wrong(change.place, f'the path "{change.path}"', "keys of this text, joined by dots, that lead to a value")


def _inside(at: object, step: str) -> object:
    if isinstance(at, dict):
        return at.get(step)
    if isinstance(at, list):
        return next((entry for i, entry in enumerate(at) if _is(entry, i, step)), None)
    return None


def _is(entry: object, position: int, step: str) -> bool:
    named = isinstance(entry, dict) and step in (entry.get("id"), entry.get("name"))
    return named or step == str(position)
