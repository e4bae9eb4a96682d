"""Envelopes open what is right, within bounds, and refuse the rest."""

from __future__ import annotations

import zlib
from contextlib import suppress

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.envelopes import base45, cbor, cwt
from fastchannel.certificates.envelopes.cose import open_sign1
from fastchannel.certificates.envelopes.inflate import MOST_BYTES, inflate
from fastchannel.certificates.refusal import Code, RefusedError
from fastchannel.certificates.tolerances import CWT_TAGGED, KID_UNPROTECTED, UNTAGGED, Noted
from tests.certificates import issuing


# The examples of RFC 9285, sections 4.3 and 4.4.
@pytest.mark.parametrize(("raw", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")])
def test_base45_meets_the_examples_of_its_rfc(raw: bytes, text: str) -> None:
    assert base45.encode(raw) == text
    assert base45.decode(text) == raw


@given(st.binary(max_size=300))
def test_base45_gives_back_what_was_encoded(raw: bytes) -> None:
    assert base45.decode(base45.encode(raw)) == raw


@pytest.mark.parametrize("text", ["GGW", ":::", "A", "AAAA", "::", "abc", "ÄÖÜ", "A\nB", "0" * 8_193])
def test_what_is_not_base45_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        base45.decode(text)


def test_largest_values_of_two_and_three_characters_are_taken() -> None:
    assert base45.decode("FGW") == b"\xff\xff"
    assert base45.decode("U5") == b"\xff"
    with pytest.raises(RefusedError):
        base45.decode("V5")


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    with pytest.raises(RefusedError) as refused:
        inflate(zlib.compress(bytes(2_900_000), 9))
    assert refused.value.refusal.detail == "too-large"


@pytest.mark.parametrize("size", [MOST_BYTES - 1, MOST_BYTES])
def test_data_up_to_the_bound_is_unpacked(size: int) -> None:
    assert inflate(zlib.compress(bytes(size))) == bytes(size)


@pytest.mark.parametrize("data", [b"", b"x\x9c", zlib.compress(b"abc")[:-1], zlib.compress(b"abc") + b"d", b"abc"])
def test_a_stream_that_is_not_whole_or_is_followed_by_more_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError):
        inflate(data)


@pytest.mark.parametrize(
    "raw",
    [
        "a201010102",  # a key twice
        "0000",  # more behind the item
        "81" * 17 + "00",  # nested too deep
        "c25a7fffffff",  # longer than there is
        "d8236161",  # a regular expression
        "d81c80",  # a shared reference
        "c48221196ab3",  # a decimal fraction
        "",
        "ff",
    ],
)
def test_cbor_that_a_certificate_never_has_is_refused(raw: str) -> None:
    with pytest.raises(RefusedError):
        cbor.decode(bytes.fromhex(raw))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    for opener in (cbor.decode, inflate, cwt.claims, lambda one: open_sign1(one, Noted())):
        with suppress(RefusedError):
            opener(raw)


def _sign1(protected: object, unprotected: object, *, tag: bool = True) -> bytes:
    item = [cbor2.dumps(protected) if protected != b"" else b"", unprotected, b"payload", b"signature"]
    return cbor2.dumps(cbor2.CBORTag(18, item) if tag else item)


def test_key_identifier_of_the_protected_header_wins() -> None:
    noted = Noted()
    found = open_sign1(_sign1({1: -7, 4: b"right"}, {4: b"wrong"}), noted)
    assert found.kid == b"right"
    assert noted.found == []


def test_key_identifier_outside_the_signature_is_a_deviation() -> None:
    noted = Noted()
    assert open_sign1(_sign1({1: -7}, {4: b"kid"}), noted).kid == b"kid"
    assert [one.code for one in noted.found] == [KID_UNPROTECTED]


def test_missing_and_further_tags_are_deviations() -> None:
    raw = issuing.sealed(issuing.claims(issuing.assayed()))
    bare, wrapped = Noted(), Noted()
    open_sign1(raw[1:], bare)
    open_sign1(b"\xd8\x3d" + raw, wrapped)
    assert [one.code for one in bare.found] == [UNTAGGED]
    assert [one.code for one in wrapped.found] == [CWT_TAGGED]


@pytest.mark.parametrize("algorithm", [-257, 5, "ES256", None, True])
def test_another_algorithm_is_unsupported(algorithm: object) -> None:
    with pytest.raises(RefusedError) as refused:
        open_sign1(_sign1({1: algorithm, 4: b"kid"}, {}), Noted())
    assert refused.value.refusal.code is Code.UNSUPPORTED


def test_a_critical_header_is_unsupported() -> None:
    with pytest.raises(RefusedError) as refused:
        open_sign1(_sign1({1: -7, 2: [99], 4: b"kid"}, {}), Noted())
    assert refused.value.refusal.code is Code.UNSUPPORTED


@given(st.dictionaries(st.integers(), st.binary(max_size=300), max_size=3), st.binary(max_size=70_000))
def test_what_is_signed_is_what_the_library_would_encode(header: dict[int, bytes], payload: bytes) -> None:
    protected = cbor2.dumps({1: -7, **{key: value for key, value in header.items() if key not in {1, 2, 4}}})
    raw = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, b"s"]))
    assert open_sign1(raw, Noted()).message == cbor2.dumps(["Signature1", protected, b"", payload])


def test_an_empty_protected_header_is_signed_as_no_bytes() -> None:
    """RFC 9052, section 4.4."""
    raw = cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {1: -7, 4: b"11"}, b"payload", b"s"]))
    assert open_sign1(raw, Noted()).message == cbor2.dumps(["Signature1", b"", b"", b"payload"])
