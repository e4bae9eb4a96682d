"""Nothing but what the agreement shows leaves the house, whatever is asked for; and what comes in is held to the same table."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.agreement.shipped import shipped
from fastchannel.exchange import plain
from fastchannel.exchange.bodies import Body, SharingError, agreement_body, body_of, event_of, preview, reject_body
from fastchannel.exchange.errors import LeafError
from fastchannel.terms.events import KINDS, Corrected, Documented, Event, from_fields, kind_of
from tests.exchange.parties import AGREEMENT, AT, result

ALL = [text for versions in shipped().values() for text in versions]
SECRET = "nobody-may-see-this"


def full(kind: type[Any]) -> Event:
    """An event of a kind with every field filled."""
    fields: dict[str, Any] = {"kind": kind.__struct_config__.tag}
    for one in msgspec.structs.fields(kind):
        fields[one.name] = _value(one.name, one.type)
    return from_fields(fields)


def _value(name: str, kind: Any) -> Any:
    if name == "itinerary":
        return {"departure": "2020-05-21T04:00:00Z", "origin": "KR-11", "destination": "CN-JS", "city": "Suzhou"}
    if name == "replacement":
        return {"number": SECRET, "issuer": "cn-mission-kr"}
    words = [one.value for one in kind] if isinstance(kind, type) and issubclass(kind, StrEnum) else []
    for sample in (SECRET, *words, "2020-05-21T04:00:00Z", "2020-05-21", True, 1, [SECRET]):
        with suppress(msgspec.ValidationError):
            msgspec.convert(sample, kind)
            return sample
    raise AssertionError(name)


@pytest.mark.parametrize("text", ALL, ids=lambda text: f"{text.id}-{text.text.agreement.version}")
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__struct_config__.tag)
def test_a_body_holds_the_visible_fields_and_no_other(text: Any, kind: type[Any]) -> None:
    event = full(kind)
    for party in text.text.party:
        visible = text.visible(kind_of(event), party)
        if not visible:
            with pytest.raises(SharingError):
                body_of(text, event, party)
            continue
        said = plain.decode(body_of(text, event, party).raw, "body")
        assert set(said) <= visible
        assert "by" not in said


def test_who_recorded_it_and_the_place_of_sampling_stay_here() -> None:
    said = plain.decode(body_of(AGREEMENT, result(1), "CN").raw, "body")
    assert said == {
        "assay": "naat", "at": "2020-05-21T04:00:00Z", "finding": "not detected", "id": "kr-1", "journey": "j-1",
        "laboratory": "kr-laboratory", "party": "KR", "recorded": "2020-05-21T04:00:00Z", "role": "laboratory", "sample": "S-1",
        "sampled": None,
    }  # fmt: skip


def test_a_correction_carries_nothing_that_the_corrected_event_hides() -> None:
    document = Documented(id="d", journey="j", at=AT, recorded=AT, document="visa", issuer="a", issued=AT, number=SECRET)
    correction = Corrected(
        id="c", journey="j", at=AT, recorded=AT, corrects="d", reason="typing", replacement={"number": SECRET, "issuer": "b"}
    )
    for corrected, shown in ((document, {"issuer": "b"}), (None, {})):
        seen = preview(AGREEMENT, correction, "CN", corrected=corrected)
        assert seen.shown["replacement"] == shown
        assert "replacement.number" in seen.withheld
        assert SECRET.encode() not in body_of(AGREEMENT, correction, "CN", corrected=corrected).raw


def test_a_party_that_the_text_does_not_name_sees_nothing() -> None:
    with pytest.raises(SharingError, match="SG"):
        body_of(AGREEMENT, result(1), "SG")


def test_the_preview_names_every_field_once() -> None:
    seen = preview(AGREEMENT, result(1), "CN")
    assert sorted([*seen.shown, *seen.withheld]) == sorted(msgspec.to_builtins(result(1)))
    assert set(seen.withheld) == {"by", "evidence", "place"}


def test_a_body_cannot_be_made_of_loose_fields() -> None:
    with pytest.raises(TypeError):
        Body(object(), type="resulted", schema=1, to=frozenset({"CN"}), raw=b"{}")


def test_what_is_sent_is_read_on_the_other_side_as_the_same_event() -> None:
    fields = event_of("resulted", 1, body_of(AGREEMENT, result(1), "CN").raw, AGREEMENT, "CN")
    assert from_fields(fields) == replace(result(1), by="", place="")


@given(st.sampled_from(["by", "place", "number", "email", "x"]))
def test_what_we_were_not_to_see_is_a_fault_of_meaning(name: str) -> None:
    said = plain.decode(body_of(AGREEMENT, result(1), "CN").raw, "body")
    with pytest.raises(LeafError, match="does not show"):
        event_of("resulted", 1, plain.encode({**said, name: "y"}), AGREEMENT, "CN")


@pytest.mark.parametrize(
    ("kind", "schema", "raw"),
    [
        ("resulted", 2, b"{}"),
        ("teleported", 1, b"{}"),
        ("resulted", 1, b"[]"),
        ("resulted", 1, b"{}"),
        ("resulted", 1, b'{"a":1,"a":1}'),
    ],
)
def test_what_is_unknown_or_no_event_is_a_fault_of_meaning(kind: str, schema: int, raw: bytes) -> None:
    with pytest.raises(LeafError):
        event_of(kind, schema, raw, AGREEMENT, "CN")


def test_texts_and_rejects_are_bodies_too() -> None:
    assert plain.decode(agreement_body(AGREEMENT, frozenset({"CN", "KR"})).raw, "body")["digest"] == AGREEMENT.digest
    assert plain.decode(reject_body("e", "x" * 900, "KR").raw, "body") == {"entry": "e", "reason": "x" * 500}
