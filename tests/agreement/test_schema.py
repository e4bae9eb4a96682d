"""The published schema is the grammar's: an independent validator lets right texts through and marks wrong ones."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement import schema as published
from fastchannel.agreement.conditions import ConditionError, parse_condition
from fastchannel.agreement.scalars import StepError, parse_step
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.moments import (
    Anchor,
    Moment,
    MomentError,
    Span,
    Unit,
    Window,
    parse_moment,
    parse_span,
    parse_window,
)
from tests.agreement.small import SMALL, changed
from tests.conftest import REPOSITORY
from tools import reference_agreement

LIBRARY = files("fastchannel") / "library"
SHIPPED = sorted((REPOSITORY / "src" / "fastchannel" / "library" / "agreements").glob("*/*.toml"))


def plain(value: Any) -> Any:
    """A parsed text as JSON has it, its dates as strings."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(published.schema(), validate_formats=True)


def test_published_schema_is_up_to_date() -> None:
    shipped = (LIBRARY / "agreement.schema.json").read_text(encoding="utf-8")
    assert shipped == published.published(), "run: python tools/reference_agreement.py"


def test_tables_of_the_reference_page_are_up_to_date() -> None:
    written = reference_agreement.PAGE.read_text(encoding="utf-8")
    assert written == reference_agreement.page(written), "run: python tools/reference_agreement.py"
    assert set(re.findall(r"<!-- table: (\w+) -->", written)) == set(reference_agreement.TABLES)


def test_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(published.schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shipped_agreement_fits_the_schema(path: Any, validator: jsonschema_rs.Draft202012Validator) -> None:
    validator.validate(plain(tomllib.loads(path.read_text(encoding="utf-8"))))


def test_agreements_ship() -> None:
    assert SHIPPED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('until = "departure"', 'untill = "departure"'),
        ('kind = "monitor"', 'kind = "monitr"'),
        ('at = "boarding"', 'at = "bording"'),
        ('clause = "4"', "clause = 4"),
        ('clause = "4"', 'clause = " "'),
        ('from = "release"', 'from = "relase"'),
        ('sampled = "departure - 72 h .. departure"', 'sampled = "within 72 h"'),
        ('most = "2 d"', 'most = "two days"'),
        ('"call day 2"', '"ring day 2"'),
        ("mean(unlinked_cases, 7 d) > 5", "mean(cases) is high"),
        ('{ en = "To China", zh', "{ zh"),
        ('{ en = "Small", zh', '{ en = "Small", fr = "Petit", zh'),
        ('under_way = "complete"', "under_way = []"),
        ("in_force = 2020-05-01", 'in_force = "1 May"'),
        ('until = "arrival + 28 d"', 'until = "arrival + 28 d"\nid = "other"'),
        ('test = "naat"\nsampled = "departure', 'sampled = "departure'),
    ],
)
def test_mistake_of_form_is_marked(old: str, new: str, validator: jsonschema_rs.Draft202012Validator) -> None:
    assert validator.is_valid(plain(tomllib.loads(SMALL)))
    assert not validator.is_valid(plain(tomllib.loads(changed(old, new))))


def test_every_key_has_a_description() -> None:
    def undescribed(schema: Any, path: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        found = []
        for key, item in schema.get("properties", {}).items():
            if path != "/$defs/texts" and "description" not in item:
                found.append(f"{path}/{key}")
            found += undescribed(item, f"{path}/{key}")
        for name, item in schema.get("$defs", {}).items():
            found += undescribed(item, f"/$defs/{name}")
        return found

    assert undescribed(published.schema(), "") == []


spans = st.builds(Span, st.integers(0, 3000), st.sampled_from(Unit))
moments = st.builds(Moment, st.sampled_from(Anchor), st.sampled_from([1, -1]), spans | st.none())
windows = st.builds(Window, moments, moments, st.booleans(), st.booleans())


@given(windows)
def test_whatever_the_language_writes_fits_its_pattern(window: Window) -> None:
    assert re.fullmatch(published.WINDOW, str(window))
    assert re.fullmatch(published.MOMENT, str(window.start))


PARTS = ["departure", "arrival", "releases", " ", "+", "-", "–", "..", "<..", "..<", "72", "h", "d", "calendar days", "or", "7"]
scraps = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


def reads(parse: Any, text: str, error: type[FastChannelError]) -> bool:
    try:
        parse(text)
    except error:
        return False
    return True


@given(scraps)
def test_pattern_and_parser_agree_on_what_a_moment_is(text: str) -> None:
    for parse, pattern in ((parse_moment, published.MOMENT), (parse_span, published.SPAN), (parse_window, published.WINDOW)):
        fits = re.fullmatch(rf"\s*{pattern}\s*", text) is not None
        too_long = re.search(r"\d{3}", text) is not None  # the parser's limit of ten years is no matter of form
        assert reads(parse, text, MomentError) is fits or (fits and too_long)


CONDITIONS = [
    ("mean(unlinked_cases, 7 d) > 5", True),
    ("mean(unlinked_cases,7 d)<=5 on the last day", True),
    ("positives(flight) >= 5 and share(positives, flight) >= 4 %", True),
    ("positives(flight) >= 5 or positives(flight) >= 10", True),
    ("sum(imported_cases, 14 d) >= 1.5", True),
    ("clean_weeks(flight) >= 3", True),
    ("clean_weeks(week) >= 3", False),
    ("expected_imports(14 d) > 0.5", True),
    ("sum(expected_imports, 14 d) > 0.5", False),
    ("median(cases, 7 d) > 5", False),
    ("mean(cases, 7 d) = 5", False),
    ("mean(cats, 7 d) > 5", False),
    ("mean(cases, 7 d) > five", False),
]


@pytest.mark.parametrize(("text", "right"), CONDITIONS)
def test_pattern_and_parser_agree_on_what_a_condition_is(text: str, right: bool) -> None:
    assert (re.fullmatch(published.CONDITION, text) is not None) is right
    assert reads(parse_condition, text, ConditionError) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("remind 10:00", True),
        ("remind 9:05", True),
        ("call day 2", True),
        ("hold day 30", True),
        ("remind 24:00", False),
        ("hold day 0", False),
        ("call", False),
    ],
)
def test_pattern_and_parser_agree_on_what_a_rung_is(text: str, right: bool) -> None:
    assert (re.fullmatch(published.STEP, text) is not None) is right
    assert reads(parse_step, text, StepError) is right
