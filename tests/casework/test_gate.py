"""Reasons at a gate, spans of a case, what a bundle names a passport by, and what a device's entries come to."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.gate import DocumentScan, PickScan, evaluate, read_text
from fastchannel.casework.gate_bundle import (
    UNKNOWN_BIRTH,
    Bundle,
    Expected,
    Span,
    decode_bundle,
    document_key,
    encode_bundle,
    etag,
    milliseconds,
    short_name,
)
from fastchannel.casework.gate_entries import GateEntry, PassRef, fault, happened
from fastchannel.casework.gate_expected import MOST_LOOKS, spans_of
from fastchannel.casework.gate_reasons import (
    COLOURS,
    FROM_DECIDE,
    FROM_REFUSAL,
    WORDS,
    Colour,
    GateReason,
    gate_view,
    reason_of,
)
from fastchannel.casework.gate_rules import bounds_of, digests, rules_of
from fastchannel.certificates.refusal import CertificateError, Code
from fastchannel.decide.standing import Reason, Standing, Verdict
from fastchannel.decide.words import REASONS
from fastchannel.terms.events import Event
from fastchannel.terms.moments import parse_windows

NOW = datetime(2020, 5, 21, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = bytes(32)
# What could tell of a traveller's health: a finding, a case, a contact, symptoms, silence.
SENSITIVE = (
    "case.confirmed", "case.contact", "case.detected", "case.symptoms", "monitor.silent", "monitor.symptoms", "stay.breached",
    "stay.left-early", "stay.over-most", "test.detected", "test.repeat", "withheld",
)  # fmt: skip


def test_every_reason_of_decide_has_its_place_and_no_other_code_has_one() -> None:
    assert set(FROM_DECIDE) == set(REASONS)
    assert reason_of("a.new-one") is GateReason.ASK_OFFICER


def test_what_could_tell_of_health_is_for_an_officer_like_much_else() -> None:
    assert {FROM_DECIDE[code] for code in SENSITIVE} == {GateReason.ASK_OFFICER}
    others = [code for code, reason in FROM_DECIDE.items() if reason is GateReason.ASK_OFFICER and code not in SENSITIVE]
    assert len(others) >= 7  # so that the reason itself says nothing
    assert not any(word in text.lower() for text in WORDS.values() for word in ("health", "test", "infect", "symptom"))


def test_every_refusal_colour_and_reason_has_words() -> None:
    assert set(FROM_REFUSAL) == set(Code)
    assert set(WORDS) == set(GateReason)
    assert len(GateReason) <= 12
    assert set(COLOURS) == set(Colour)
    assert all(colour is not Colour.GREEN for colour, _ in FROM_REFUSAL.values())


def standing(verdict: Verdict, *codes: tuple[str, Verdict], at: datetime = NOW, changes: datetime | None = None) -> Standing:
    return Standing(
        journey="J1", agreement="a", version=1, digest="d", route="r", at=at, known=at, stage="approved", verdict=verdict,
        gate="boarding", reasons=tuple(Reason(code=code, clause="1", effect=effect) for code, effect in codes), obligations=(),
        changes=changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "reasons", "passed", "expected"),
    [
        (Verdict.PROCEED, [], False, ("green", "clear")),
        (Verdict.RELEASED, [], False, ("green", "clear")),
        (Verdict.PROCEED, [], True, ("amber", "already-admitted")),
        (Verdict.WAIT, [("gate.awaits", Verdict.WAIT)], False, ("amber", "incomplete")),
        (Verdict.HOLD, [("officer.hold", Verdict.HOLD), ("gate.awaits", Verdict.WAIT)], False, ("amber", "ask-officer")),
        (Verdict.REFUSE, [("test.missing", Verdict.REFUSE)], False, ("red", "incomplete")),
        (Verdict.REFUSE, [("test.missing", Verdict.REFUSE), ("test.detected", Verdict.REFUSE)], False, ("red", "ask-officer")),
        (Verdict.REFUSE, [("test.detected", Verdict.REFUSE), ("review.refused", Verdict.REFUSE)], False, ("red", "closed")),
        (Verdict.HOLD, [("document.missing", Verdict.HOLD), ("region.not-open", Verdict.WAIT)], False, ("amber", "incomplete")),
        (Verdict.HOLD, [("not.known-yet", Verdict.HOLD)], False, ("amber", "ask-officer")),
    ],
)  # fmt: skip
def test_a_standing_at_a_gate(
    verdict: Verdict, reasons: list[tuple[str, Verdict]], passed: bool, expected: tuple[str, str]
) -> None:
    colour, reason = gate_view(standing(verdict, *reasons), passed=passed)
    assert (colour.value, reason.value) == expected


# ---- spans ----


class Steps:
    """A case that changes at given hours; how often it was looked at is counted."""

    def __init__(self, *steps: tuple[float, Verdict, str]) -> None:
        self.steps = [(NOW + hours * HOUR, verdict, code) for hours, verdict, code in steps]
        self.looks = 0

    def __call__(self, events: Sequence[Event], at: datetime) -> Standing:
        self.looks += 1
        verdict, code = next((verdict, code) for when, verdict, code in reversed(self.steps) if when <= at)
        later = [when for when, _, _ in self.steps if when > at]
        reasons = ((code, verdict),) if code else ()
        return standing(verdict, *reasons, at=at, changes=min(later, default=None))


def spans(case: Steps, end: float = 72) -> list[tuple[float, float, str, str]]:
    found = spans_of(case, (), "boarding", NOW, NOW + end * HOUR)
    start = milliseconds(NOW)
    return [
        ((one.start - start) / 3_600_000, (one.end - start) / 3_600_000, one.colour.value, one.reason.value) for one in found
    ]


def test_a_case_that_never_changes_is_one_span() -> None:
    case = Steps((0, Verdict.PROCEED, ""))
    assert spans(case) == [(0, 72, "green", "clear")]
    assert case.looks == 1


def test_each_change_begins_a_span_and_equal_neighbours_are_one() -> None:
    case = Steps(
        (0, Verdict.WAIT, "gate.awaits"), (10, Verdict.WAIT, "review.outstanding"), (20, Verdict.PROCEED, ""),
        (30, Verdict.REFUSE, "document.expired"), (72, Verdict.PROCEED, ""),
    )  # fmt: skip
    assert spans(case) == [(0, 20, "amber", "incomplete"), (20, 30, "green", "clear"), (30, 72, "red", "incomplete")]


def test_a_change_inside_a_millisecond_belongs_to_the_next() -> None:
    case = Steps((0, Verdict.PROCEED, ""), (1 + 1e-9 / 3.6 * 1, Verdict.REFUSE, "review.refused"))
    moment = case.steps[1][0]
    assert moment.microsecond == 1
    found = spans_of(case, (), "boarding", NOW, NOW + 72 * HOUR)
    assert (found[0].end, found[1].start) == (milliseconds(NOW + HOUR) + 1,) * 2


def test_a_case_that_changes_without_end_is_for_an_officer_after_so_many_looks() -> None:
    case = Steps(*((n / 4, (Verdict.PROCEED, Verdict.WAIT)[n % 2], ("", "gate.awaits")[n % 2]) for n in range(400)))
    found = spans(case)
    assert case.looks == MOST_LOOKS
    assert found[-1] == (MOST_LOOKS / 4, 72, "amber", "ask-officer")


def test_a_standing_that_names_no_later_change_ends_the_search() -> None:
    def stuck(events: Sequence[Event], at: datetime) -> Standing:
        return standing(Verdict.PROCEED, at=at, changes=NOW)

    assert len(spans_of(stuck, (), "boarding", NOW, NOW + HOUR)) == 2  # green, then an officer: nothing runs for ever


# ---- names and keys ----


@pytest.mark.parametrize(
    ("number", "birth", "lines"),
    [
        ("M12345678", "1985-03-02", "FC1 gate\nM12345678\n850302"),
        (" m1234-5678<", "850302", "FC1 gate\nM12345678\n850302"),
        ("M12345678", "1985-03", "FC1 gate\nM12345678\n8503<<"),
        ("M12345678", "1985", "FC1 gate\nM12345678\n85<<<<"),
        ("M12345678", UNKNOWN_BIRTH, "FC1 gate\nM12345678\n<<<<<<"),
        ("M12345678", "", "FC1 gate\nM12345678\n<<<<<<"),
    ],
)
def test_a_passports_key_is_a_mac_of_number_and_date(number: str, birth: str, lines: str) -> None:
    mac = hmac.new(KEY, lines.encode(), hashlib.sha256).digest()[:16]
    assert document_key(KEY, number, birth) == urlsafe_b64encode(mac).decode()[:22]


def test_the_key_of_a_passport_is_another_under_another_key_and_refuses_what_is_none() -> None:
    assert document_key(KEY, "M12345678", "1985") != document_key(bytes(31) + b"\x01", "M12345678", "1985")
    for number, birth in (("", "1985"), ("M 1/2", "1985"), ("M1", "yesterday"), ("M1", "XXXX-05-01")):
        with pytest.raises(CertificateError):
            document_key(KEY, number, birth)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("KIM MINJI", "KIM M."), ("Kim, Minji Anna", "Kim M. A."), ("김민지", "김○○"), ("王小明", "王○○"), ("李", "李"),
        ("SUKARNO", "SUKARNO"), ("  ", ""), ("X" * 80, "X" * 40), ("O'NEIL-SMITH JOHN", "O'NEIL-SMITH J."),
    ],
)  # fmt: skip
def test_a_name_is_cut_to_what_the_officer_compares(name: str, short: str) -> None:
    assert short_name(name) == short


def bundle(**changes: Any) -> Bundle:
    fields: dict[str, Any] = {
        "party": "CN", "place": "CN-SH", "gates": ("entry",), "made_at": milliseconds(NOW),
        "valid_until": milliseconds(NOW + 72 * HOUR), "key": KEY, "trust": (),
    }  # fmt: skip
    return Bundle(**fields | changes)


def test_a_bundle_is_the_same_after_its_json_and_its_tag_tells_any_change() -> None:
    one = expected("J1")
    first, second = bundle(expected=(one,)), bundle(expected=(one, expected("J2")))
    assert decode_bundle(encode_bundle(first)) == first
    assert etag(first) != etag(second)
    assert decode_bundle(encode_bundle(first)[:-1] + b',"server_time":5}') == first
    for raw in (b"{}", b"[]", b"\xff", encode_bundle(first).replace(b'"version":1', b'"version":2')):
        with pytest.raises(CertificateError):
            decode_bundle(raw)


# ---- evaluation ----


def expected(ref: str, colour: Colour = Colour.GREEN, reason: GateReason = GateReason.CLEAR, **changes: Any) -> Expected:
    span = Span(milliseconds(NOW), milliseconds(NOW + 72 * HOUR), colour, reason)
    fields: dict[str, Any] = {
        "ref": ref, "doc": document_key(KEY, f"M{ref}", "1985"), "name": ref, "gate": "entry", "due": milliseconds(NOW),
        "spans": (span,),
    }  # fmt: skip
    return Expected(**fields | changes)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300)
    | st.sampled_from(["FC1:", "HC1:", "shc:/", "{", "eyJ"]).flatmap(lambda head: st.text().map(head.__add__))
)
def test_no_text_is_green_or_raises(text: str) -> None:
    held = bundle(expected=(expected("J1"),))
    found = evaluate(held, read_text(text, NOW, held.store), NOW)
    assert found.verdict is not Colour.GREEN


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=24), st.text(max_size=12))
def test_no_document_but_the_travellers_own_is_green(number: str, birth: str) -> None:
    held = bundle(expected=(expected("J1"),))
    found = evaluate(held, DocumentScan(number=number, birth=birth), NOW)
    plain = "".join(one for one in number.upper() if one not in " <-" and not one.isspace())
    if found.verdict is Colour.GREEN:
        assert (plain, birth[2:4] if len(birth) == 4 else birth[:2]) == ("MJ1", "85")


@given(hours=st.floats(min_value=-100, max_value=200, allow_nan=False))
def test_out_of_its_72_hours_a_bundle_says_nothing_else(hours: float) -> None:
    at = NOW + hours * HOUR
    found = evaluate(bundle(expected=(expected("J1"),)), PickScan(ref="J1"), at)
    inside = -timedelta(minutes=5) <= at - NOW <= 72 * HOUR
    if not inside:
        assert found.reason is GateReason.OFFLINE_TOO_LONG
    elif at - NOW < 72 * HOUR:
        assert found.reason is GateReason.CLEAR


# ---- rules ----


@pytest.mark.parametrize(
    ("windows", "gate", "bounds"),
    [
        ("departure - 72 h .. departure", "boarding", (None, 72.0)),
        ("departure - 72 h .. departure", "entry", (None, 96.0)),
        ("departure - 5 d .. departure - 2 d", "boarding", (48.0, 120.0)),
        ("departure - 5 d .. departure - 2 d or departure - 7 d .. departure - 6 d", "boarding", (48.0, 168.0)),
        ("boarding - 90 min .. boarding", "boarding", (None, 1.5)),
        ("approval .. departure", "boarding", (None, None)),
        ("arrival .. arrival + 1 d", "entry", (None, None)),
        ("departure - 72 h .. departure + 1 h", "boarding", (None, 72.0)),
    ],
)
def test_windows_in_hours_before_the_scan(windows: str, gate: str, bounds: tuple[float | None, float | None]) -> None:
    assert bounds_of(parse_windows(windows), gate) == bounds
    assert bounds_of((), gate) == (None, None)


def test_the_shipped_agreements_rules_at_the_gates() -> None:
    versions = shipped()["china-korea"]
    found = {
        (text.version, rule.route): [(one.kind, one.assay, one.laboratories, one.most_hours) for one in rule.accepts]
        for text in versions
        for rule in rules_of(text, party="KR", place="KR-11", gates=("boarding", "entry"), on=text.in_force)
    }
    hospital = ("kr-designated-hospital",)
    assert found[1, "kr-cn"] == [("test", "naat", hospital, 72.0)]
    assert found[3, "kr-cn"] == [("test", "naat", hospital, 72.0), ("test", "naat", (), 120.0)]
    assert found[5, "kr-cn"][-1] == ("test", "igm", hospital, 48.0)
    assert found[1, "cn-kr"] == []  # the gate of entry asks for no certificate
    assert rules_of(versions.newest, party="SG", place="SG", gates=("boarding",), on=date(2020, 12, 1)) == ()
    assert digests([versions]) == tuple(sorted(text.digest for text in versions))


# ---- entries ----


@pytest.mark.parametrize(
    ("claimed", "clock", "at"),
    [
        (0, 0, NOW),
        (0, 3_600_000, NOW - HOUR),
        (3 * 86_400_000, 3 * 86_400_000 + 60_000, NOW - timedelta(minutes=1)),
        (0, 2**52, NOW - 3 * HOUR),  # before the device was enrolled
        (60_000, 0, NOW),  # its clock was set back in between
        (2**53 - 1, 0, NOW),
    ],
)
def test_when_an_entry_happened(claimed: int, clock: int, at: datetime) -> None:
    assert happened(claimed, clock, NOW, NOW - 3 * HOUR) == at


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"journey": ""}, "nobody"),
        ({"journey": "", "document": "d" * 22}, ""),
        ({"journey": "", "pass_": PassRef("KR", "a" * 32)}, ""),
        ({"kind": "override"}, "note"),
        ({"kind": "override", "note": "told by telephone"}, ""),
        ({"kind": "refused", "note": "  "}, "note"),
        ({"kind": "seen", "journey": ""}, ""),
    ],
)
def test_what_an_entry_lacks_by_itself(changes: dict[str, Any], code: str) -> None:
    fields: dict[str, Any] = {
        "nonce": "n" * 16, "seq": 1, "at": 1, "kind": "admitted", "verdict": "green", "reason": GateReason.CLEAR,
        "journey": "J1",
    }  # fmt: skip
    assert fault(GateEntry(**fields | changes)) == code
