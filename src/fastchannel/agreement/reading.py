"""One walk through a text, against the types of `text`: every mistake is found, none hides another.

The walk knows no agreement. What it needs to know of a field is its type: plain values, words by language, lists, named
tables, one of several kinds told apart by ``kind``, and values that vary by date.
"""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any

from fastchannel.agreement.mistakes import MOST_MISTAKES, Found, Path, quoted
from fastchannel.agreement.scalars import SCALARS
from fastchannel.agreement.text import (
    MEASURES,
    TEXT_LANGUAGES,
    AgreementText,
    Dated,
    Except,
    Heading,
    MeasureText,
    Switch,
    Texts,
    Varying,
    always,
    key_of,
)
from fastchannel.terms.errors import FastChannelError

MOST_IN_A_LIST = 400
MOST_CHARACTERS = 4_000
MOST_IN_A_SCALAR = 500
FIXED_IN_EXCEPTIONS = {"id", "kind", "title", "except", "for", "holds_from", "holds_until"}
_WRONG = object()  # stands where a mistake has been reported

# What stands in for a wrong entry of the heading, so that the rest of the text is still looked at.
_HEADING = {"id": "unknown", "version": 1, "pathogen": "unknown", "in_force": date.min, "under_way": Switch.SWITCH}


def nearest(word: str, among: typing.Iterable[str]) -> str:
    """A hint that names what was probably meant; empty where nothing is near."""
    near = get_close_matches(word[:64], [item for item in among if len(item) <= 64], n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""


@cache
def shape(kind: type) -> dict[str, tuple[Field[Any], Any]]:
    """The keys of a table as the text writes them, each with its field and type."""
    hints = typing.get_type_hints(kind)
    return {key_of(item.name): (item, hints[item.name]) for item in fields(kind) if item.metadata.get("doc")}


class Reader:
    """Reads one text and gathers its mistakes in ``found``.

    ``paths`` has each table's path by identity, so that what is checked later can be found in the text again.
    """

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.paths: dict[int, tuple[Path, object]] = {}

    def agreement(self, raw: dict[str, Any]) -> AgreementText | None:
        """The text as values, less what is wrong in it; None where too little is left."""
        read = self.table(raw, (), AgreementText)
        return read if isinstance(read, AgreementText) else None

    def path(self, table: object, *further: str | int) -> Path:
        """The path of a table that was read, and of something in it."""
        return (*self.paths[id(table)][0], *further)

    def wrong(self, path: Path, found: str, expected: str, hint: str = "") -> Any:
        if len(self.found) < MOST_MISTAKES:
            self.found.append(Found(path, found, expected, hint))
        return _WRONG

    def table(self, raw: Any, path: Path, kind: type, owner: type | None = None) -> Any:
        """A table of fixed keys. An exception's further keys are those of the measure it stands in, its ``owner``."""
        if not isinstance(raw, dict):
            return self.wrong(path, quoted(raw), f"a table with {_listed(shape(kind))}")
        known = {key: entry for key, entry in shape(kind).items() if not (kind is Except and key == "changes")}
        values: dict[str, Any] = {}
        changes: dict[str, Any] = {}
        for key, value in raw.items():
            if key == "kind" and issubclass(kind, MeasureText):
                continue  # the tag, already looked at
            if key in known:
                item, hint = known[key]
                values[item.name] = _completed(self.value(value, (*path, key), hint, kind), item)
            elif owner and key in shape(owner) and key not in FIXED_IN_EXCEPTIONS:
                item, hint = shape(owner)[key]
                changes[item.name] = self.value(value, (*path, key), _plain(hint), kind)
            else:
                every = {**known, **(shape(owner) if owner else {})}
                self.wrong((*path, key), f"the unknown key {quoted(key)}", f"one of {_listed(every)}", nearest(key, every))
        for key, (item, _) in known.items():
            if key not in raw and _is_required(item):
                values[item.name] = self.wrong(path, "nothing", f"the key {quoted(key)}: {item.metadata['doc']}")
        return self.built(kind, path, values, changes)

    def built(self, kind: type, path: Path, values: dict[str, Any], changes: dict[str, Any]) -> Any:
        """The table, with what a mistake left out replaced where that hides no other mistake; else nothing."""
        good = {name: value for name, value in values.items() if value is not _WRONG}
        for item, hint in shape(kind).values():
            if values.get(item.name) is _WRONG and _is_required(item):
                if hint == Texts:
                    good[item.name] = {}
                elif item.name in ("clause", "source"):
                    good[item.name] = "?"
                elif kind is Heading and item.name in _HEADING:
                    good[item.name] = _HEADING[item.name]
                else:
                    return _WRONG
        if kind is Except:
            good["changes"] = {name: value for name, value in changes.items() if value is not _WRONG}
        table = kind(**good)
        self.paths[id(table)] = (path, table)
        return table

    def value(self, raw: Any, path: Path, hint: Any, owner: type) -> Any:
        """One value of any of the types that a text may have."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Varying:
            return self.varying(raw, path, arguments[0], owner)
        if origin in (typing.Union, types.UnionType):
            return self.one_of(raw, path, arguments, owner)
        if origin is tuple:
            return self.list(raw, path, arguments[0], owner)
        if origin is dict:
            return self.texts(raw, path) if hint == Texts and _is_texts(path) else self.names(raw, path, arguments[1])
        if is_dataclass(hint) and hint not in SCALARS:
            return self.table(raw, path, typing.cast("type", hint), owner if hint is Except else None)
        return self.plain(raw, path, hint)

    def plain(self, raw: Any, path: Path, kind: type) -> Any:
        """A date, a number, a word of a closed vocabulary, or a string that is read as a value."""
        if kind in SCALARS:
            return self.scalar(raw, path, kind)
        if issubclass(kind, StrEnum):
            words = [str(word) for word in kind]
            if raw in words:
                return kind(raw)
            hint = nearest(raw, words) if isinstance(raw, str) else ""
            return self.wrong(path, quoted(raw), f"one of {_listed(words)}", hint)
        if kind is str:
            return self.string(raw, path)
        if kind is date and isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        if kind is bool and isinstance(raw, bool):
            return raw
        if kind is int and isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**9:
            return raw
        if kind is float and isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw < 10**9:
            return float(raw)
        hint = "Write it without quotation marks." if isinstance(raw, str) else ""
        return self.wrong(path, quoted(raw), _EXPECTED.get(kind, kind.__name__), hint)

    def string(self, raw: Any, path: Path) -> Any:
        if not isinstance(raw, str):
            hint = "Write it in quotation marks." if isinstance(raw, int | float) else ""
            return self.wrong(path, quoted(raw), "words in quotation marks", hint)
        if not raw.strip():
            return self.wrong(path, "nothing between the quotation marks", "words")
        if len(raw) > MOST_CHARACTERS:
            return self.wrong(path, f"{len(raw)} characters", f"at most {MOST_CHARACTERS}")
        return raw

    def scalar(self, raw: Any, path: Path, kind: type) -> Any:
        scalar = SCALARS[kind]
        expected = f"{scalar.expected}, for example {' or '.join(quoted(item) for item in scalar.examples)}"
        if not isinstance(raw, str):
            return self.wrong(path, quoted(raw), expected)
        if len(raw) > MOST_IN_A_SCALAR:
            return self.wrong(path, f"{len(raw)} characters", expected)
        try:
            return scalar.parse(raw)
        except FastChannelError as error:
            reason = str(error)[:300]
            return self.wrong(path, quoted(raw), expected, f"{reason[:1].upper()}{reason[1:]}.")

    def one_of(self, raw: Any, path: Path, arguments: tuple[Any, ...], owner: type) -> Any:
        """Optional values, a table or a word, and measures by their kind."""
        arms = [arm for arm in arguments if arm is not type(None)]
        if len(arms) == 1:
            return self.value(raw, path, arms[0], owner)
        if set(arms) == set(MEASURES.values()):
            return self.measure(raw, path)
        tables = [arm for arm in arms if is_dataclass(arm) and arm not in SCALARS]
        words = [arm for arm in arms if arm not in tables]
        if isinstance(raw, dict) and tables:
            return self.value(raw, path, tables[0], owner)
        if isinstance(raw, str) and words:
            return self.value(raw, path, words[0], owner)
        options = [f'"{word}"' for arm in words for word in arm]
        options += [f"a table with {_listed(shape(typing.cast('type', arm)))}" for arm in tables]
        return self.wrong(path, quoted(raw), " or ".join(options))

    def measure(self, raw: Any, path: Path) -> Any:
        if not isinstance(raw, dict):
            return self.wrong(path, quoted(raw), "a table with the key kind")
        kind = raw.get("kind")
        if not isinstance(kind, str) or kind not in MEASURES:
            hint = nearest(kind, MEASURES) if isinstance(kind, str) else ""
            found = "no kind" if kind is None else quoted(kind)
            return self.wrong((*path, "kind"), found, f"one of {_listed(MEASURES)}", hint)
        return self.table(raw, path, MEASURES[kind])

    def list(self, raw: Any, path: Path, item: Any, owner: type) -> Any:
        """A list; a plain value may stand for a list of one."""
        if not isinstance(raw, list):
            if typing.get_origin(item) or (is_dataclass(item) and item not in SCALARS) or isinstance(raw, dict):
                return self.wrong(path, quoted(raw), "a list")
            return self.list([raw], path, item, owner)
        if len(raw) > MOST_IN_A_LIST:
            return self.wrong(path, f"a list of {len(raw)}", f"at most {MOST_IN_A_LIST}")
        values = [self.value(value, (*path, index), item, owner) for index, value in enumerate(raw)]
        return tuple(value for value in values if value is not _WRONG)

    def names(self, raw: Any, path: Path, item: Any) -> Any:
        """A table whose keys are names that the text chooses."""
        if not isinstance(raw, dict):
            return self.wrong(path, quoted(raw), "a table")
        if len(raw) > MOST_IN_A_LIST:
            return self.wrong(path, f"{len(raw)} entries", f"at most {MOST_IN_A_LIST}")
        values = {key: self.value(value, (*path, key), item, Varying) for key, value in raw.items()}
        return {key: value for key, value in values.items() if value is not _WRONG}

    def texts(self, raw: Any, path: Path) -> Any:
        """Words in every language."""
        if not isinstance(raw, dict):
            return self.wrong(path, quoted(raw), "words by language: { en = …, zh = …, ko = … }")
        good = True
        for key, value in raw.items():
            if key not in TEXT_LANGUAGES:
                hint = "Chinese is written zh." if key.lower().startswith("zh") else ""
                self.wrong((*path, key), f"the language {quoted(key)}", f"one of {_listed(TEXT_LANGUAGES)}", hint)
                good = False
            elif self.string(value, (*path, key)) is _WRONG:
                good = False
        for language in TEXT_LANGUAGES:
            if language not in raw:
                self.wrong(path, f"no words in {language}", f"words in each of {_listed(TEXT_LANGUAGES)}")
                good = False
        return dict(raw) if good else _WRONG

    def varying(self, raw: Any, path: Path, item: Any, owner: type) -> Any:
        """One value for all dates, or a list of dated ones."""
        if not (isinstance(raw, list) and raw and all(isinstance(value, dict) for value in raw)):
            value = self.value(raw, path, item, owner)
            return value if value is _WRONG else always(value)
        if len(raw) > MOST_IN_A_LIST:
            return self.wrong(path, f"a list of {len(raw)}", f"at most {MOST_IN_A_LIST}")
        dated = [self.dated(value, (*path, index), item, owner) for index, value in enumerate(raw)]
        return _WRONG if any(value is _WRONG for value in dated) else Varying(tuple(dated))

    def dated(self, raw: dict[str, Any], path: Path, item: Any, owner: type) -> Any:
        known = shape(Dated)
        values: dict[str, Any] = {}
        for key, value in raw.items():
            if key == "is":
                values["is_"] = self.value(value, (*path, key), item, owner)
            elif key in known:
                values[known[key][0].name] = self.value(value, (*path, key), known[key][1], owner)
            else:
                self.wrong((*path, key), f"the unknown key {quoted(key)}", f"one of {_listed(known)}", nearest(key, known))
        if "is" not in raw:
            return self.wrong(path, "nothing", 'the key "is": the value')
        if any(value is _WRONG for value in values.values()):
            return _WRONG
        table = Dated(**values)
        self.paths[id(table)] = (path, table)
        return table


_EXPECTED: dict[type, str] = {
    date: "a date such as 2020-05-01",
    bool: "true or false",
    int: "a whole number from 0",
    float: "a number from 0",
}
_NAME_TABLES = {"zones", "shares"}


def _completed(value: Any, item: Field[Any]) -> Any:
    """Dated values of what need not be given: before the first of them, nothing is asked."""
    if isinstance(value, Varying) and isinstance(item.default, Varying) and value.values[0].since is not None:
        default = item.default.values[0].is_
        if default is None or default in ((), 0):
            return Varying((Dated(is_=default), *value.values))
    return value


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _is_texts(path: Path) -> bool:
    return not path or path[-1] not in _NAME_TABLES


def _plain(hint: Any) -> Any:
    """The type of a value that varies, where it stands without its dates."""
    arms = [arm for arm in typing.get_args(hint) if typing.get_origin(arm) is Varying]
    if arms:
        hint = arms[0]
    return typing.get_args(hint)[0] if typing.get_origin(hint) is Varying else hint


def _listed(words: typing.Iterable[str]) -> str:
    return ", ".join(words)
