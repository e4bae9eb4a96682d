"""Make what is published about the agreement language from its code: python tools/reference_agreement.py

It writes src/fastchannel/library/agreement.schema.json, and the tables of docs/reference/agreement-language.md between their
marks ``<!-- table: name -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import Field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from fastchannel.agreement import text
from fastchannel.agreement.conditions import Condition, Function, Metric
from fastchannel.agreement.measure_words import KINDS
from fastchannel.agreement.phrases import ANCHORS, windows_words
from fastchannel.agreement.provisions import Otherwise, Step
from fastchannel.agreement.schema import first_sentence, is_required, published
from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.terms.language import LANGUAGES, translate
from fastchannel.terms.moments import Anchor, Moment, Span, Window, parse_windows

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "src" / "fastchannel" / "library" / "agreement.schema.json"
PAGE = ROOT / "docs" / "reference" / "agreement-language.md"

WINDOWS = (
    "departure - 72 h .. departure",
    "departure - 72 h <.. departure",
    "departure - 2 calendar days .. departure",
    "arrival .. arrival + 1 d",
    "arrival + 6 d .. arrival + 8 d",
    "departure - 72 h .. departure or departure - 2 d .. departure",
)
TABLES_OF: dict[type, str] = {  # with where in a text each is written
    text.Heading: "`[agreement]`",
    text.PartyText: "`[party.CODE]`",
    text.AgencyText: "`[[party.CODE.agency]]`",
    text.RouteText: "`[route.ID]`",
    text.RegionText: "`[[route.ID.region]]` and `[[route.ID.origin]]`",
    text.PointOfEntryText: "`[[route.ID.point_of_entry]]`",
    text.ApplicationText: "`[route.ID.application]`",
    text.ReviewText: "`review` of an application",
    text.SponsorText: "`[route.ID.sponsor]`",
    text.DutyText: "`[[route.ID.sponsor.duty]]`",
    text.MeasureText: "`[[route.ID.measure]]`, of every kind",
    **{kind: f'`[[route.ID.measure]]` with `kind = "{name}"`' for name, kind in text.MEASURES.items()},
    text.Where: "`where` of an exception and `for` of a measure",
    text.Except: "`[[route.ID.measure.except]]`",
    text.PositiveText: "`[route.ID.positive]`",
    text.TriggerText: "`[[trigger]]`",
    text.Effect: "`effect` of a trigger",
    text.Complete: "`under_way`",
    text.VisibilityText: "`[[visibility]]`",
    text.RetentionText: "`[[retention]]`",
    text.Budget: "`budget` of the agreement",
    text.Dated: "a dated value",
}
VOCABULARIES: tuple[type[Enum], ...] = (
    text.AgencyRole,
    Role,
    Assay,
    Finding,
    Otherwise,
    text.StayPlace,
    text.GateAt,
    text.Period,
    text.Side,
    text.Scope,
    text.Fate,
    text.Reopening,
    text.Switch,
    text.Record,
    Function,
    Metric,
)
TYPES = {
    str: "words",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Moment: "moment",
    Span: "length of time",
    Window: "window",
    text.Windows: "windows",
    Step: "rung",
    Condition: "condition",
}


def anchors() -> list[str]:
    """Every anchor with its words."""
    rows = ((f"`{anchor}`", *(translate(ANCHORS[anchor], language) for language in LANGUAGES)) for anchor in Anchor)
    return table(("anchor", *LANGUAGES), rows)


def windows() -> list[str]:
    """Examples of windows with their words."""
    said = ((f"`{window}`", *(windows_words(parse_windows(window), language) for language in LANGUAGES)) for window in WINDOWS)
    return table(("written", *LANGUAGES), said)


def kinds() -> list[str]:
    """Every kind of measure, with the words it has where a text gives it no title."""
    rows = (
        (f"`{name}`", first_sentence(kind), *(translate(KINDS[name], language) for language in LANGUAGES))
        for name, kind in text.MEASURES.items()
    )
    return table(("kind", "what it is", *LANGUAGES), rows)


def keys() -> list[str]:
    """Every table of a text with its keys."""
    lines: list[str] = []
    for kind, place in TABLES_OF.items():
        hints = get_type_hints(kind)
        rows = [
            (
                f"`{text.key_of(item.name)}`",
                "yes" if is_required(item) else "",
                type_words(hints[item.name], "Texts" in str(item.type)),
                item.metadata["doc"],
            )
            for item in own_fields(kind)
        ]
        lines += [f"### {place}", "", f"{first_sentence(kind)}.", ""]
        if rows:
            lines += [*table(("key", "required", "value", "meaning"), rows), ""]
    return lines[:-1]


def own_fields(kind: type) -> list[Field[Any]]:
    """The fields that a text may give and that are not those of every kind of measure."""
    inherited = {item.name for base in kind.__mro__[1:] if is_dataclass(base) for item in fields(base)}
    hidden = {"changes"} if kind is text.Except else set()
    return [item for item in fields(kind) if item.metadata.get("doc") and item.name not in inherited | hidden]


def vocabularies() -> list[str]:
    """The closed vocabularies."""
    rows = ((kind.__name__, ", ".join(f"`{word.value}`" for word in kind)) for kind in VOCABULARIES)
    return table(("vocabulary", "words"), rows)


def type_words(hint: Any, texts: bool) -> str:
    """What may be written for a field."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is text.Varying:
        return f"{type_words(arguments[0], texts)}; may vary by date"
    if origin is tuple:
        return f"list of {type_words(arguments[0], texts)}"
    if origin is dict:
        return "words by language" if texts else f"table of {type_words(arguments[1], texts)}"
    if arguments:
        members = [type_words(arm, texts) for arm in arguments if arm is not type(None)]
        return " or ".join(dict.fromkeys(members))
    if isinstance(hint, type) and issubclass(hint, Enum):
        words = [f"`{word.value}`" for word in hint]
        return " or ".join(words) if len(words) < 4 else f"a word of {hint.__name__}"
    if is_dataclass(hint) and hint not in TYPES and isinstance(hint, type):
        return "table"
    return TYPES.get(hint, "anything" if hint is Any else getattr(hint, "__name__", "value"))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table in Markdown."""
    names = list(heads)
    body = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(names)} |", "|" + "---|" * len(names), *(f"| {row} |" for row in body)]


TABLES: dict[str, Callable[[], list[str]]] = {
    "anchors": anchors,
    "windows": windows,
    "kinds": kinds,
    "keys": keys,
    "vocabularies": vocabularies,
}
_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(written: str) -> str:
    """The page with its tables made anew."""
    return _PLACE.sub(lambda found: found[1] + "\n" + "\n".join(TABLES[found[2]]()) + "\n\n" + found[3], written)


if __name__ == "__main__":
    SCHEMA.write_text(published(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
