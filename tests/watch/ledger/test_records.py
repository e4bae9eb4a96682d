"""Records of the ledger: what they may say, their form and their digest."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from fastchannel.watch.ledger.records import Classification, Kind, RecordError, Seat, decode, digest_of, encode
from tests.watch.ledger.cases import CHANNEL, LOCAL, entry, says


def test_a_record_read_back_is_the_same_and_has_the_same_digest() -> None:
    case = entry("a", 3, seats=(Seat(flight="OZ3355", seat="12K"),), genome_cluster="B.41", events=("e1", "e2"))
    for record in (case, says("KR", case, CHANNEL, 4)):
        assert decode(encode(record)) == record
        assert digest_of(decode(encode(record))) == digest_of(record)


def test_the_digest_is_that_of_the_instant_and_not_of_how_its_offset_is_written() -> None:
    case = entry("a", 3)
    seoul = msgspec.structs.replace(case, recorded=case.recorded.astimezone(timezone(timedelta(hours=9))))
    assert digest_of(seoul) == digest_of(case)


@pytest.mark.parametrize(
    "change",
    [
        {"journey": "j"},
        {"place": "CN-TJ"},
        {"officer": "officer-2"},
        {"genome_cluster": "B.41"},
        {"seats": (Seat(flight="OZ3355"),)},
        {"reason": "r"},
    ],
)
def test_another_word_in_a_record_makes_another_digest(change: dict[str, Any]) -> None:
    assert digest_of(entry("a", 3, **change)) != digest_of(entry("a", 3))


@pytest.mark.parametrize(
    ("wrong", "says_so"),
    [
        ({"parties": ("CN",)}, "two or more"),
        ({"parties": ("KR", "CN")}, "alphabet's order"),
        ({"parties": ("CN", "CN", "KR")}, "alphabet's order"),
        ({"party": "JP"}, "none of its parties"),
        ({"place": "Shanghai"}, "such as CN or KR-11"),
        ({"corrects": ("sha256:00",)}, "needs a reason"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_where_it_is_made_and_where_it_is_read(wrong: dict[str, Any], says_so: str) -> None:
    with pytest.raises(RecordError, match=says_so):
        entry("a", 3, **wrong)
    written = msgspec.json.decode(encode(entry("a", 3))) | wrong
    with pytest.raises(RecordError, match=says_so):
        decode(msgspec.json.encode(written))


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(RecordError, match="with its offset"):
        msgspec.structs.replace(entry("a", 3), recorded=datetime(2020, 5, 4))  # noqa: DTZ001 — what is refused


@pytest.mark.parametrize(
    ("kind", "origin"), [(Kind.CHANNEL, ""), (Kind.LOCAL, "KR"), (Kind.NO_CASE, "KR"), (Kind.CHANNEL, "Korea")]
)
def test_imports_and_nothing_else_name_an_origin_by_code(kind: Kind, origin: str) -> None:
    with pytest.raises(RecordError, match="origin"):
        Classification(kind=kind, origin=origin)


@pytest.mark.parametrize("raw", [b"{}", b"\xff", b'{"kind":"entry","case":""}', b"[1]"])
def test_other_bytes_are_no_record(raw: bytes) -> None:
    with pytest.raises(RecordError, match="no record of the ledger"):
        decode(raw)


def test_an_unknown_field_is_refused_as_the_digest_would_not_cover_it() -> None:
    written = msgspec.json.decode(encode(says("KR", entry("a", 3), LOCAL, 4))) | {"classified": "imported"}
    with pytest.raises(RecordError, match="classified"):
        decode(msgspec.json.encode(written))
