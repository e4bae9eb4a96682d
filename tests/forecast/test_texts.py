"""A text is read to its end: every mistake has its line, what was found, what was expected; nothing else is ever raised."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.mistakes import MOST_MISTAKES, Mistake
from fastchannel.forecast.reading.texts import MOST, Figure, Part, Text, TextError


def read(written: str | bytes, ask: Callable[[Part], object], values: dict[str, float] | None = None) -> object:
    """What is asked of a text; raises TextError where anything was wrong."""
    text = Text.read(written)
    text.values = values or {}
    answer = ask(text.whole)
    text.finish()
    return answer


def mistakes(written: str | bytes, ask: Callable[[Part], object]) -> tuple[Mistake, ...]:
    with pytest.raises(TextError) as raised:
        read(written, ask)
    return raised.value.mistakes


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3", 3.0),
        ("-2.5", -2.5),
        ('"4"', 4.0),
        ('"q - 1"', 13.0),
        ('" - q + 2e1 "', 6.0),
        ('"q + q - half-day"', 27.5),
        ("{ value = 2.0 }", 2.0),
        (
            "{ value = 2.0, low = 1.0, high = 4.0, source = 'a paper', doi = 'x', note = 'y', basis = 'z', uncertain = true }",
            2.0,
        ),
        ('{ value = "q", low = "q - 1", high = "q + 1" }', 14.0),
    ],
)
def test_a_number_may_be_an_expression_or_a_figure(written: str, expected: float) -> None:
    assert read(f"x = {written}", lambda part: part.number("x"), {"q": 14.0, "half-day": 0.5}) == expected


NO_NUMBERS = [
    "nan", "inf", "-inf", "true", "'q'", "'q-1'", "''", "' '", "'1 2'", "'1 -'", "'2 * 3'", "'--1'", "'1e999'", "'nan'", "[]",
    "[1]", "{}", "1e13", "-1e300", "9" * 400, "2020-05-01", "12:00:00", "'" + "1 + " * 60 + "1'", "'1e12 + 1e12'",
    "{ low = 1.0 }", "{ value = nan }", "{ value = { value = 1.0 } }", "{ value = 1.0, low = nan }",
    "{ value = 1.0, high = inf }", "{ value = true }",
]  # fmt: skip


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_is_a_mistake_on_its_line(written: str) -> None:
    found = mistakes(f"# a comment\n\nx = {written}\n", lambda part: part.number("x"))
    assert all(mistake.line == 3 and mistake.where.startswith("x") for mistake in found)
    assert any("a number" in mistake.expected for mistake in found)


@pytest.mark.parametrize(
    ("written", "low", "high", "above", "expected"),
    [
        ("1.0001", 0.0, 1.0, None, "a number from 0 to 1"),
        ("-0.1", 0.0, math.inf, None, "a number from 0"),
        ("0", -math.inf, math.inf, 0.0, "a number above 0"),
        ("11", -math.inf, 10.0, 0.0, "a number above 0 to 10"),
        ("11", -math.inf, 10.0, None, "a number up to 10"),
        ("{ value = 1.5 }", 0.0, 1.0, None, "a number from 0 to 1"),
    ],
)
def test_a_number_outside_its_limits_says_them(
    written: str, low: float, high: float, above: float | None, expected: str
) -> None:
    (mistake,) = mistakes(f"x = {written}", lambda part: part.number("x", low=low, high=high, above=above))
    assert mistake.expected == expected
    assert written.strip("{} value=") in mistake.found


def test_limits_themselves_are_allowed_but_not_the_one_that_is_only_approached() -> None:
    for value in ("0", "1", "{ value = 0.5, low = 0.0, high = 1.0 }"):
        read(f"x = {value}", lambda part: part.number("x", low=0.0, high=1.0))
    for value in ("0", "{ value = 0.5, low = 0.0, high = 1.0 }"):
        mistakes(f"x = {value}", lambda part: part.number("x", above=0.0))


@pytest.mark.parametrize(
    ("written", "found", "expected"),
    [
        ("{ value = 3.0, low = 1.0, high = 2.0 }", "3 with the interval 1 to 2", "inside its interval"),
        ("{ value = 0.5, low = 0.6, high = 0.4 }", "0.5 with the interval 0.6 to 0.4", "inside its interval"),
        ("{ value = 0.5, low = -0.1, high = 0.9 }", "0.5 with the interval -0.1 to 0.9", "a number from 0 to 1"),
        ("{ value = 0.5, low = 0.1, high = 1.9 }", "0.5 with the interval 0.1 to 1.9", "a number from 0 to 1"),
        ("{ value = 0.5, lo = 0.1, high = 0.9 }", '"lo"', "one of value, low, high"),
        ("{ valu = 0.5 }", "nothing", 'the key "value": a number from 0 to 1'),
        ("{ value = 0.5, low = 'x', high = 0.9 }", '"x"', "a number"),
    ],
)
def test_an_impossible_figure_is_a_mistake(written: str, found: str, expected: str) -> None:
    every = mistakes(f"x = {written}", lambda part: part.number("x", low=0.0, high=1.0))
    assert any(found in mistake.found and expected in mistake.expected for mistake in every), every


def test_a_wrong_interval_is_never_handed_to_who_draws_from_it() -> None:
    handed: list[Figure] = []
    text = Text.read("x = { value = 3.0, low = 1.0, high = 2.0 }\ny = { value = 2.0, low = 1.0, high = 4.0 }")

    def choose(place: object, figure: Figure) -> float:
        handed.append(figure)
        return figure.high

    text.choose = choose
    text.whole.number("x", above=0.0)
    assert text.whole.number("y", above=0.0) == 4.0
    assert handed == [Figure(2.0, 1.0, 4.0, 0.0, math.inf)]


def test_an_unknown_key_gets_a_hint_and_its_own_line() -> None:
    (mistake,) = mistakes("[a]\nshape = 1\nscael = 2\n", lambda part: part.needed("a", "a").only(("shape", "scale")))
    assert (mistake.line, mistake.found, mistake.hint) == (3, 'the unknown key "scael"', 'Did you mean "scale"?')
    assert mistake.expected == "one of shape, scale"


def test_a_missing_key_is_named_with_what_belongs_there() -> None:
    (mistake,) = mistakes("[a]\n", lambda part: part.needed("a", "a").number("days", above=0.0))
    assert (mistake.found, mistake.expected) == ("nothing", 'the key "days": a number above 0')


WRONG: dict[str, tuple[str, Callable[[Part], object], str]] = {
    "words": ("x = 1", lambda part: part.words("x"), "words in quotation marks"),
    "words that are missing": ("", lambda part: part.words("x"), 'the key "x"'),
    "flag": ("x = 'true'", lambda part: part.flag("x"), "true or false"),
    "choice": ("x = 'linaer'", lambda part: part.choice("x", ("linear", "step"), "step"), "one of linear, step"),
    "choice of nothing": ("x = ''", lambda part: part.choice("x", ("linear", "step"), "step"), "one of linear, step"),
    "choice of a number": ("x = 1", lambda part: part.choice("x", ("linear", "step")), "one of linear, step"),
    "choice that is missing": ("", lambda part: part.choice("x", ("linear", "step")), 'the key "x": one of linear, step'),
    "strings": ("x = ['a', 1]", lambda part: part.strings("x"), "a list of words"),
    "numbers": ("x = [1, 'a']", lambda part: part.numbers("x"), "a list of numbers"),
    "too few numbers": ("x = [1]", lambda part: part.numbers("x", 2), "a list of 2 numbers"),
    "numbers without end": ("x = [1, inf]", lambda part: part.numbers("x"), "a list of numbers"),
    "a number for numbers": ("x = 1", lambda part: part.numbers("x"), "a list of numbers"),
    "table": ("x = 1", lambda part: part.part("x"), "a table"),
    "needed table": ("", lambda part: part.needed("x", "the thing"), 'the key "x": the thing'),
    "tables": ("x = [{}, 1]", lambda part: part.parts("x"), "a list of tables"),
    "named tables": ("x = 1", lambda part: part.named(), "a table"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_of_another_kind_is_a_mistake(name: str) -> None:
    written, ask, expected = WRONG[name]
    found = mistakes(f"\n{written}", ask)
    assert any(expected in mistake.expected for mistake in found), found
    assert all(mistake.line == (2 if written else 1) for mistake in found)


def test_what_may_stand_alone_counts_as_a_list_of_one() -> None:
    assert read("x = 'a'", lambda part: part.strings("x")) == ("a",)
    assert read("[x]", lambda part: len(part.parts("x"))) == 1
    assert read("", lambda part: (part.parts("x"), part.strings("x"), part.part("x"), part.named())) == ([], (), None, [])


def test_no_mistake_hides_another_and_they_come_in_the_order_of_the_text() -> None:
    written = "a = 'x'\nb = 2\nc = 1\n[d]\ne = -1\n"

    def ask(part: Part) -> None:
        part.needed("d", "d").number("e", low=0.0)
        part.only(("a", "b", "d"))
        part.number("a")
        part.words("b")

    found = mistakes(written, ask)
    assert [mistake.line for mistake in found] == [1, 2, 3, 5]


def test_an_error_travels_between_processes_whole() -> None:
    with pytest.raises(TextError) as raised:
        read("x = 1", lambda part: part.words("x"))
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.mistakes) == (str(raised.value), raised.value.mistakes)


def test_a_text_of_many_mistakes_is_refused_in_short() -> None:
    written = "".join(f"key-{number} = 1\n" for number in range(7_900))
    found = mistakes(written, lambda part: part.only([f"word-{number}" for number in range(60)]))
    assert len(found) <= MOST_MISTAKES


HOSTILE: dict[str, str | bytes] = {
    "too long": "#" * 300_000,
    "not UTF-8": b"x = '\xff'",
    "NUL": "x = 1\0",
    "deep brackets": "x = " + "[" * 5_000,
    "deep tables": "x = " + "{a = " * 5_000,
    "deep names": "a" + ".a" * 20_000 + " = 1",
    "many entries": "".join(f"a{number} = 1\n" for number in range(20_000)),
    "many digits": "x = " + "9" * 100_000,
    "not TOML": "x = = 1",
    "half a surrogate": "x = '\ud800'",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_clearly(name: str) -> None:
    with pytest.raises(TextError) as raised:
        Text.read(HOSTILE[name], name="hostile.toml")
    assert str(raised.value).startswith("hostile.toml: 1 mistake")
    assert len(str(raised.value)) < 2_000


@given(st.text(max_size=60) | st.text("0123456789.eE+- qnaif", max_size=30), st.floats(-1e6, 1e6))
def test_an_expression_is_a_finite_number_or_none(words: str, q: float) -> None:
    text = Text({"x": words}, values={"q": q})
    found = text.whole.number("x")
    assert math.isfinite(found)
    assert abs(found) <= MOST


@given(st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(["q", "p", "1.5", "20", "3e-1"])), min_size=1, max_size=12))
def test_an_expression_is_summed_from_left_to_right(terms: list[tuple[str, str]]) -> None:
    values = {"q": 14.0, "p": -0.25}
    text = Text({"x": " ".join(f"{sign} {term}" for sign, term in terms)}, values=values)
    expected = sum((1.0 if sign == "+" else -1.0) * (values[term] if term in values else float(term)) for sign, term in terms)
    assert text.whole.number("x") == pytest.approx(expected)
    text.finish()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.just(10**400)
    | st.just("q - 1")
)
KEYS = st.sampled_from(["x", "value", "low", "high", "source"]) | st.text(max_size=4)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(KEYS, ANYTHING, max_size=5))
@settings(max_examples=200, deadline=None)
def test_whatever_is_asked_of_whatever_raises_only_our_error(raw: dict[str, object]) -> None:
    text = Text(raw, folder=Path("/nowhere"))
    part = text.whole
    part.only(("x", "value"))
    assert math.isfinite(part.number("x", low=0.0, high=1.0))
    assert part.number("value", 2.0, above=0.0) > 0.0
    assert all(map(math.isfinite, part.numbers("x")))
    assert len(part.numbers("low", 3)) == 3
    part.words("x")
    part.flag("x")
    part.choice("x", ("a", "b"))
    part.strings("x")
    for _, inner in part.named():
        inner.only(("x",))
    part.parts("x")
    part.needed("x", "it").number("x")
    if text.found:
        with pytest.raises(TextError):
            text.finish()
