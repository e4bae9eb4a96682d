"""The digest names what a text says, not how it is laid out."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from tests.agreement.small import SMALL, changed


def written(value: Any) -> str:
    """A value as TOML, all of it inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def shuffled(value: Any, random: Any) -> Any:
    """The same value with the keys of every table in another order; the order of lists says something and stays."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=40, deadline=None)
def test_layout_comments_and_the_order_of_keys_do_not_change_the_digest(random: Any, comments: bool) -> None:
    raw = shuffled(tomllib.loads(SMALL), random)
    gap = "\n# a comment\n\n" if comments else "\n"
    text = gap.join(f"{key}   =\t{written(value)}" for key, value in raw.items())
    assert load(text).digest == load(SMALL).digest


CHANGES = {
    "a figure": ("departure - 72 h", "departure - 73 h"),
    "a clause": ('clause = "9"', 'clause = "9a"'),
    "a translation": ("작은", "조그만"),
    "the order of a list": ('["CN-SH", "CN-LN", "CN-JS"]', '["CN-LN", "CN-SH", "CN-JS"]'),
    "a date": ("in_force = 2020-05-01", "in_force = 2020-04-30"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_text_says_changes_the_digest(name: str) -> None:
    assert load(changed(*CHANGES[name])).digest != load(SMALL).digest


def test_the_digest_can_be_computed_without_our_code() -> None:
    text = shipped()["china-korea"].newest
    raw = tomllib.loads(text.written)
    # What RFC 8785 does for a text without numbers other than small whole ones: keys in order, no blanks, UTF-8.
    plain = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=lambda day: day.isoformat())
    assert text.digest == "sha256:" + hashlib.sha256(plain.encode()).hexdigest()


def test_two_agreements_are_equal_when_their_digests_are() -> None:
    assert load(SMALL + "# a comment\n") == load(SMALL)
    assert load(changed("작은", "조그만")) != load(SMALL)
    assert hash(load(SMALL)) == hash(load(SMALL + "\n"))
