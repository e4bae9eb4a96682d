"""The JSON Schema (2020-12) of the agreement language, made from the types that are its grammar.

An editor that knows it completes keys, shows what each means and marks mistakes of form while one writes. What it cannot say
(gaps in dates, measures that can never be met) is checked by `fastchannel agreement check`.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from fastchannel.agreement import text
from fastchannel.agreement.conditions import Condition, Function, Metric
from fastchannel.agreement.conditions import Unit as CountUnit
from fastchannel.agreement.provisions import Step
from fastchannel.agreement.reading import FIXED_IN_EXCEPTIONS, MOST_CHARACTERS
from fastchannel.terms.moments import Anchor, Moment, Span, Window

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:fastchannel:agreement-schema:1"

Schema = dict[str, Any]


def _any(names: type[Enum]) -> str:
    return "(?:" + "|".join(str(name.value) for name in names) + ")"


SPAN = r"\d{1,6}\s*(?:minutes?|min|hours?|h|calendar days?|days?|d|weeks?|w)"
MOMENT = rf"{_any(Anchor)}(?:\s*[+\-−–]\s*{SPAN})?"
WINDOW = rf"{MOMENT}\s*<?\.\.<?\s*{MOMENT}"
STEP = r"(?:remind\s+([01]?\d|2[0-3]):[0-5]\d|(?:call|hold)\s+day\s+(?:0?[1-9]|[1-9]\d))"
_ALONE = frozenset({Metric.CLEAN_WEEKS, Metric.EXPECTED_IMPORTS})  # each is written in one way only
_COUNTED = "(?:" + "|".join(metric.value for metric in Metric if metric not in _ALONE) + ")"
_FIGURE = (
    rf"(?:{_any(Function).replace('count|', '')}\s*\(\s*{_COUNTED}\s*,\s*(?:{SPAN}|{_any(CountUnit)})\s*\)"
    rf"|{_COUNTED}\s*\(\s*(?:{SPAN}|{_any(CountUnit)})\s*\)"
    rf"|{Metric.CLEAN_WEEKS.value}\s*\(\s*{CountUnit.FLIGHT.value}\s*\)"
    rf"|{Metric.EXPECTED_IMPORTS.value}\s*\(\s*{SPAN}\s*\))"
)
_COMPARISON = rf"{_FIGURE}\s*(?:>=|<=|>|<)\s*\d{{1,9}}(?:\.\d{{1,6}})?\s*%?"
CONDITION = rf"{_COMPARISON}(?:\s+(?:and|or)\s+{_COMPARISON})*(?:\s+on the last day)?"


def _written(pattern: str, description: str, example: str) -> Schema:
    return {"type": "string", "pattern": rf"^\s*{pattern}\s*$", "description": description, "examples": [example]}


WRITTEN: dict[type, tuple[str, Schema]] = {
    Moment: ("moment", _written(MOMENT, "a moment of the journey, alone or shifted", "departure - 72 h")),
    Span: ("span", _written(SPAN, "a length of time", "72 h")),
    Window: ("window", _written(WINDOW, "from one moment to another", "departure - 72 h .. departure")),
    text.Windows: (
        "windows",
        _written(rf"{WINDOW}(?:\s+or\s+{WINDOW})*", "one window, or several joined by or", "departure - 72 h .. departure"),
    ),
    Step: ("step", _written(STEP, "one rung of the ladder for missed check-ins", "remind 10:00")),
    Condition: (
        "condition",
        _written(CONDITION, "a comparison, or several joined by and and or", "mean(unlinked_cases, 7 d) > 5"),
    ),
    date: ("date", {"type": "string", "format": "date", "description": "a date, written without quotation marks"}),
}
PLAIN: dict[type, Schema] = {
    str: {"type": "string", "pattern": r"\S", "maxLength": MOST_CHARACTERS},
    int: {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**9},
    float: {"type": "number", "minimum": 0, "exclusiveMaximum": 10**9},
    bool: {"type": "boolean"},
}


class _Definitions:
    """The definitions met so far, by name."""

    def __init__(self) -> None:
        self.made: dict[str, Schema] = {}

    def refer(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self.made:
            self.made[name] = {}  # a type that holds itself would otherwise never end
            self.made[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def of(self, hint: Any, *, words: bool = False) -> Schema:
        """The schema of one type; ``words`` says that a table of strings holds texts by language."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._union([item for item in arguments if item is not type(None)])
        if origin is text.Varying:
            return self._varying(arguments[0])
        if origin is tuple:
            return self._tuple(arguments[0])
        if origin is dict:
            return self._table(arguments[1], words=words)
        if hint in WRITTEN:
            name, schema = WRITTEN[hint]
            return self.refer(name, lambda: schema)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self.refer(_name(hint), lambda: {"type": "string", "enum": [item.value for item in hint]})
        if is_dataclass(hint) and isinstance(hint, type):
            return self.refer(_name(hint), lambda: self._object(hint))
        return dict(PLAIN[hint])

    def _union(self, members: list[Any]) -> Schema:
        if len(members) == 1:
            return self.of(members[0])
        return {"anyOf": [self.of(member) for member in members]}

    def _tuple(self, item: Any) -> Schema:
        schema = self.of(item)
        items: Schema = {"type": "array", "items": schema}
        members = get_args(item) or (item,)
        plain = get_origin(item) is not tuple and not any(is_dataclass(member) and member not in WRITTEN for member in members)
        return {"anyOf": [schema, items]} if plain else items

    def _table(self, value: Any, *, words: bool) -> Schema:
        if get_origin(value) is dict:
            return {"type": "object", "additionalProperties": self._texts()}
        return self._texts() if words else {"type": "object", "additionalProperties": self.of(value)}

    def _texts(self) -> Schema:
        return self.refer(
            "texts",
            lambda: {
                "type": "object",
                "description": "words by language",
                "properties": {language: {"type": "string", "pattern": r"\S"} for language in text.TEXT_LANGUAGES},
                "required": list(text.TEXT_LANGUAGES),
                "additionalProperties": False,
            },
        )

    def _varying(self, value: Any) -> Schema:
        """One value, or dated ones in order."""
        single = self.of(value)
        dated = self.refer(f"Dated-{_slug(value)}", lambda: self._dated(single))
        return {"anyOf": [single, {"type": "array", "minItems": 1, "items": dated, "description": "dated values, in order"}]}

    def _dated(self, value: Schema) -> Schema:
        schema = self._object(text.Dated, skip=frozenset({"is_"}))
        is_ = {"is": {**value, "description": "the value"}}
        return {**schema, "properties": {**is_, **schema["properties"]}, "required": ["is"]}

    def _object(self, kind: type, *, skip: frozenset[str] = frozenset()) -> Schema:
        hints = get_type_hints(kind)
        properties: Schema = {}
        required = []
        if name := getattr(kind, "KIND", ""):
            properties["kind"] = {"const": name, "description": first_sentence(kind)}
            required.append("kind")
        for field in fields(kind):
            if field.name in skip:
                continue
            properties[text.key_of(field.name)] = self._field(kind, field, hints[field.name])
            if is_required(field):
                required.append(text.key_of(field.name))
        schema: Schema = {"type": "object", "description": first_sentence(kind), "properties": properties}
        return {**schema, **({"required": required} if required else {}), "additionalProperties": False}

    def _field(self, kind: type, field: Field[Any], hint: Any) -> Schema:
        if field.name == "except_":
            exception = self.refer(f"{_name(kind)}-except", lambda: self._exception(kind))
            schema: Schema = {"type": "array", "items": exception}
        else:
            schema = self.of(hint, words="Texts" in str(field.type))
        return {**schema, "description": field.metadata["doc"]} if "doc" in field.metadata else schema

    def _exception(self, measure: type) -> Schema:
        """An exception may give anew most fields of the measure that it belongs to, each as one value."""
        schema = self._object(text.Except, skip=frozenset({"changes"}))
        hints = get_type_hints(measure)
        for field in fields(measure):
            key = text.key_of(field.name)
            if key not in FIXED_IN_EXCEPTIONS and key not in schema["properties"]:
                schema["properties"][key] = self._field(measure, field, _undated(hints[field.name]))
        return schema


def _undated(hint: Any) -> Any:
    """The type of a value that varies, without its dates."""
    arms = [arm for arm in (hint, *get_args(hint)) if get_origin(arm) is text.Varying]
    return get_args(arms[0])[0] if arms else hint


def first_sentence(kind: type) -> str:
    """What a type is, in the first sentence of its docstring."""
    return (kind.__doc__ or "").strip().split("\n")[0].split(". ")[0].rstrip(".")


def is_required(field: Field[Any]) -> bool:
    """Whether a text must give the field."""
    return field.default is MISSING and field.default_factory is MISSING


def _name(kind: type) -> str:
    return kind.__name__.rstrip("_").removesuffix("Text") or kind.__name__


def _slug(hint: Any) -> str:
    members = [item for item in get_args(hint) if item not in (type(None), Ellipsis)]
    if get_origin(hint) is tuple:
        return "list-of-" + _slug(members[0])
    if members:
        return "-or-".join(_slug(member) for member in members)
    return WRITTEN[hint][0] if hint in WRITTEN else _name(hint)


def schema() -> Schema:
    """The schema of a whole text."""
    definitions = _Definitions()
    root = definitions._object(text.AgreementText)  # noqa: SLF001 — the root is not a definition but the schema itself
    return {
        "$schema": DIALECT,
        "$id": IDENTIFIER,
        "title": "An agreement of Fast Channel",
        **root,
        "$defs": dict(sorted(definitions.made.items())),
    }


def published() -> str:
    """The schema as the file that ships."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
