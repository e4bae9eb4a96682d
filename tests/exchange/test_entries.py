"""Headers in one form alone, and bodies that only their readers open."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.exchange import plain
from fastchannel.exchange.bodies import agreement_body
from fastchannel.exchange.errors import LeafError, SealError
from fastchannel.exchange.leaves import Header, Kind, Lane, commitment, lane_of, read_header
from fastchannel.exchange.sealing import Entry, Sealed, reader_id, seal, unseal
from tests.exchange.parties import AGREEMENT, AT, BULK, DIGEST, URGENT, draft, reading, stream

OURS, ARCHIVE, THEIRS = reading("CN"), reading("KR"), reading("SG")
READERS = {"CN": OURS.public_key(), "KR": ARCHIVE.public_key()}
ENTRY = seal(draft(7), BULK, 7, READERS, stream("seal"))
HEADER = read_header(ENTRY.leaf, lane=BULK, seq=7)
KEYS = {reader_id(one.public_key()): one for one in (OURS,)}


def test_a_body_is_opened_by_the_recipient_and_by_the_senders_archive_and_by_nobody_else() -> None:
    for key in (OURS, ARCHIVE):
        assert unseal(ENTRY, HEADER, {reader_id(key.public_key()): key}) == draft(7).body.raw
    with pytest.raises(SealError, match="sealed for others"):
        unseal(ENTRY, HEADER, {reader_id(THEIRS.public_key()): THEIRS})
    assert ENTRY.sealed is not None
    assert draft(7).body.raw not in ENTRY.leaf + ENTRY.sealed.data


def test_another_reader_under_our_name_opens_nothing() -> None:
    with pytest.raises(SealError, match="cannot be opened"):
        unseal(ENTRY, HEADER, {reader_id(OURS.public_key()): THEIRS})


@given(st.data())
def test_no_byte_of_the_sealed_body_can_be_changed(data: st.DataObject) -> None:
    assert ENTRY.sealed is not None
    raw = bytearray(ENTRY.sealed.data)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        unseal(Entry(ENTRY.leaf, Sealed(bytes(raw), ENTRY.sealed.keys)), HEADER, KEYS)


def test_a_body_of_another_entry_is_not_taken_for_this_one() -> None:
    other = seal(draft(8), BULK, 8, READERS, stream("other"))
    with pytest.raises(SealError):
        unseal(Entry(ENTRY.leaf, other.sealed), HEADER, KEYS)


def test_where_the_body_was_erased_the_header_still_stands() -> None:
    with pytest.raises(SealError, match="erased"):
        unseal(Entry(ENTRY.leaf, None), HEADER, KEYS)
    assert read_header(ENTRY.leaf, lane=BULK, seq=7) == HEADER


def test_the_same_body_has_another_commitment_each_time() -> None:
    again = read_header(seal(draft(7), BULK, 7, READERS, stream("again")).leaf, lane=BULK, seq=7)
    assert again.body_commit != HEADER.body_commit


def test_a_body_that_is_another_than_the_header_commits_to_is_refused() -> None:
    lying = replace(HEADER, body_commit=commitment(b"s" * 32, b"{}"))
    with pytest.raises(SealError, match="commits"):
        unseal(ENTRY, lying, KEYS)


@pytest.mark.parametrize(
    "readers", [{}, {"KR": ARCHIVE.public_key()}, {**READERS, "SG": THEIRS.public_key()}, {"SG": THEIRS.public_key()}]
)
def test_a_body_is_sealed_for_whom_it_was_made_and_for_nobody_else(readers: dict[str, Any]) -> None:
    with pytest.raises(SealError, match="made for CN"):
        seal(draft(0), BULK, 0, readers, stream("r"))


def test_a_body_that_is_too_large_is_not_sent() -> None:
    large = agreement_body(changed(AGREEMENT, written="0" * 300_000), frozenset({"CN"}))
    with pytest.raises(SealError, match="at most"):
        seal(draft(0, body=large), BULK, 0, READERS, stream("r"))


def raw(**changes: Any) -> bytes:
    return plain.encode(msgspec.to_builtins(HEADER) | changes)


@pytest.mark.parametrize(
    "leaf",
    [
        b"", b"{}", b"[]", raw(v=2), raw(seq=8), raw(lane=URGENT), raw(type="Results"), raw(body_commit="00"), raw(more=1),
        raw(id=""), raw(schema=0), raw(at="2020-05-21T04:00:00"), raw(refs=["a"] * 33), raw(seq=10**23),
        ENTRY.leaf + b" ", ENTRY.leaf.replace(b'{"v":1,', b'{"v":1,"v":1,'), ENTRY.leaf.replace(b'"seq":7', b'"seq":7.0'),
        ENTRY.leaf.replace(b'"kr-7"', b'"\\ud800"'), ENTRY.leaf.replace(b'"kr-7"', b'"\xff"'),
        ENTRY.leaf.replace(b'"kr-7"', b'"\\u006b"'), raw(agreement="x" * 9_000), b"[" * 5_000,
    ],
)  # fmt: skip
def test_a_header_in_any_other_form_is_a_structural_fault(leaf: bytes) -> None:
    with pytest.raises(LeafError):
        read_header(leaf, lane=BULK, seq=7)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}', b'{"a": 1}', b"NaN", b"1e400", b"12345678901234567890123", b"9007199254740992", b'"\\ud800"',
        b'"\xff"', b"[" * 40 + b"]" * 40, b"[" * 100_000, b"", b"1 2", b"-0", b"1.0e2", b"\xef\xbb\xbf1",
    ],
)  # fmt: skip
def test_json_that_two_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(LeafError):
        plain.decode(body, "body")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    )
)  # fmt: skip
def test_what_we_write_is_what_is_read(value: Any) -> None:
    try:
        raw = plain.encode(value)
    except LeafError:
        return
    assert plain.encode(plain.decode(raw, "body")) == raw


def test_a_header_says_the_same_after_a_year() -> None:
    """Stored leaves must be read by later versions: this is one of layout 1, byte for byte."""
    header = Header(
        lane=BULK, seq=0, id="a", type="resulted", schema=1, at=AT, agreement=DIGEST, refs=("b",), seen={"x": 3},
        body_commit="0" * 64,
    )  # fmt: skip
    assert header.bytes == (
        b'{"v":1,"lane":"china-korea/KR/CN/bulk","seq":0,"id":"a","type":"resulted","schema":1,"at":"2020-05-21T04:00:00Z",'
        b'"agreement":"' + DIGEST.encode() + b'","refs":["b"],"seen":{"x":3},"body_commit":"' + b"0" * 64 + b'"}'
    )


@pytest.mark.parametrize(
    "lane",
    [Lane("china-korea", "KR", Kind.URGENT, "CN"), Lane("a-b.c", "CN", Kind.BULK, "SG"), Lane("x", "CN", Kind.COMMON)],
)
def test_a_lane_is_its_name(lane: Lane) -> None:
    assert lane_of(lane.origin) == lane


@pytest.mark.parametrize(
    "origin", ["", "x/CN", "x/CN/urgent", "x/CN/KR/common", "x/CN/KR/slow", "x/cn/KR/bulk", "x y/CN/KR/bulk"]
)
def test_what_names_no_lane_is_refused(origin: str) -> None:
    with pytest.raises(LeafError):
        lane_of(origin)
