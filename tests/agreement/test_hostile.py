"""Whatever bytes come, the answer is an agreement or a clear refusal; what would not end hangs the run, and is seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.load import AgreementError, load
from fastchannel.agreement.positions import MOST_BYTES, bounds, lines
from tests.agreement.small import SMALL, changed, mistakes_in


def filled(unit: str) -> str:
    return unit * (MOST_BYTES // len(unit.encode()))


WINDOW = '"departure - 72 h .. departure"'
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "too long": ("#" * (MOST_BYTES + 1), "262,145 bytes"),
    "too long in bytes though not in characters": ("号" * (MOST_BYTES // 2), "bytes"),
    "not UTF-8": (SMALL.encode("utf-16"), "0xff"),
    "random bytes": (bytes(range(256)) * 64, "0x80"),
    "half a surrogate": ('a = "\ud800"', "a character that is none"),
    "NUL": (SMALL + "\0", "a NUL character"),
    "brackets without end": ("a = " + "[" * 100_000, "brackets more than 12 deep"),
    "braces without end": ("a = " + "{a = " * 40_000, "brackets more than 12 deep"),
    "a name without end": ("a" + ".a" * 100_000 + " = 1", "a name of more than 12 parts"),
    "a header without end": ("[" + "a." * 100_000 + "a]", "a name of more than 12 parts"),
    "too many entries": (filled("a=1\n"), "more than 8000 entries"),
    "a number of many digits": ("a = " + "9" * 200_000, "a value that cannot be read"),
    "a string without end": ('a = "' + "x" * 200_000, "what TOML does not allow"),
    "quotation marks": (filled('"\\'), "what TOML does not allow"),
    "quotation marks that never close": (filled('"""\n\\"""\n'), "what TOML does not allow"),
    "many tables": ("".join(f"[a{number}]\n" for number in range(20_000)), "unknown key"),
    "many routes": ("".join(f"[route.a{number}]\n" for number in range(10_000)), "10000 entries"),
    "many measures": ("[route.x]\n" + "[[route.x.measure]]\n" * 10_000, "list of 10000"),
    "a key without end": (SMALL + "k" * 200_000 + " = 1", "k…"),
    "a window without end": (changed(WINDOW, '"' + "departure " * 15_000 + '"'), "characters"),
    "a window of blanks": (changed(WINDOW, '"departure' + " " * 480 + 'x"'), "departure x"),
    "a length of time beyond all dates": (changed(WINDOW, '"departure - 999999 w .. departure"'), "999999 w"),
    "nothing": ("", "nothing"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_clearly(name: str) -> None:
    text, found = HOSTILE[name]
    with pytest.raises(AgreementError) as raised:
        load(text)
    assert any(found in f"{mistake.found} {mistake.where}" for mistake in raised.value.mistakes), str(raised.value)[:500]
    assert len(str(raised.value)) < 200_000


def test_the_line_of_bytes_that_are_no_text_is_told() -> None:
    with pytest.raises(AgreementError) as raised:
        load(b"a = 1\nb = 2\nc = '\xff'\n")
    assert raised.value.mistakes[0].line == 3


def test_the_line_of_what_toml_does_not_allow_is_told() -> None:
    with pytest.raises(AgreementError) as raised:
        load(changed('id = "letter"', "id = letter"))
    line = SMALL[: SMALL.index('id = "letter"')].count("\n") + 1
    assert raised.value.mistakes[0].line == line


SLIPS = {
    "a table in braces over two lines": ('{ city = "Shenyang" }', '{ city = "Shenyang",\n region = "CN-LN" }', "one line"),
    "words without quotation marks": ('id = "letter"', "id = letter", "quotation marks"),
    "a key twice": ('id = "letter"', 'id = "letter"\nid = "letter"', "there already"),
    "a table twice": ("[party.KR]", "[party.CN]", "there already"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_common_slips_in_toml_get_a_hint(name: str) -> None:
    old, new, hint = SLIPS[name]
    assert hint in mistakes_in(changed(old, new))[0].hint


def test_carriage_returns_and_a_byte_order_mark_do_no_harm() -> None:
    assert load("\ufeff" + SMALL.replace("\n", "\r\n")).digest == load(SMALL).digest


def test_what_looks_deep_inside_words_and_comments_is_not() -> None:
    assert bounds('a = "' + "[" * 50 + '" # ' + "{" * 50 + "\nb = '''" + "[\n" * 50 + "'''") is None


@given(st.text(max_size=400) | st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_or_bytes_raise_only_our_error(text: str | bytes) -> None:
    with pytest.raises(AgreementError):
        load(text)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_right_text_with_a_piece_torn_out_raises_only_our_error(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SMALL)))
    end = data.draw(st.integers(start, min(len(SMALL), start + 200)))
    piece = data.draw(st.sampled_from(["", "[", "]", '"', "=", "{", "\n", "'''", "since = 2020-13-45", "[[x]]\n", "..."]))
    text = SMALL[:start] + piece + SMALL[end:]
    count = text.count("\n") + 1
    assert all(1 <= mistake.line <= count for mistake in mistakes_in(text))


def test_every_table_key_and_entry_has_its_line() -> None:
    text = """\
a = 1 # [x]
[t] # comment
"quoted key" = 'it''s'
b.c = [ 1,
  2, { d = "}", e = [3] },
]
[[t.list]]
f = \"\"\"
[not a table]
\"\"\"
[[t.list]]
[t.list.sub]
g = 2020-05-01
"""
    text = text.replace("'it''s'", "'its'")
    found = lines(text)
    expected = {
        ("a",): 1, ("t",): 2, ("t", "quoted key"): 3, ("t", "b", "c"): 4, ("t", "b", "c", 0): 4, ("t", "b", "c", 1): 5,
        ("t", "b", "c", 2): 5, ("t", "b", "c", 2, "d"): 5, ("t", "b", "c", 2, "e", 0): 5, ("t", "list"): 7, ("t", "list", 0): 7,
        ("t", "list", 0, "f"): 8, ("t", "list", 1): 11, ("t", "list", 1, "sub"): 12, ("t", "list", 1, "sub", "g"): 13,
    }  # fmt: skip
    assert {path: found.get(path) for path in expected} == expected
