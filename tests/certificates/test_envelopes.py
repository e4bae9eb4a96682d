"""Envelopes open what is right, within bounds, and refuse the rest."""

from __future__ import annotations

import zlib
from contextlib import suppress

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.envelopes import base45, cbor, cwt
from fastchannel.certificates.envelopes.cose import MOST_SIGNATURES, Sign, open_sign, open_sign1
from fastchannel.certificates.envelopes.inflate import MOST_BYTES, inflate
from fastchannel.certificates.keys import CERTIFICATES, EVERY, OWN, Algorithm, Kind, Verifier, spki_of
from fastchannel.certificates.refusal import CertificateError, Code, RefusedError
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
    for opener in (cbor.decode, inflate, cwt.claims, lambda one: open_sign1(one, Noted()), lambda one: open_sign(one, Noted())):
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


@pytest.mark.parametrize(
    ("tag", "name"),
    [(16, "COSE_Encrypt0"), (17, "COSE_Mac0"), (96, "COSE_Encrypt"), (97, "COSE_Mac"), (98, "COSE_Sign")],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_other_structures_of_cose_are_unsupported_and_named(tag: int, name: str, *, wrapped: bool) -> None:
    item = cbor2.CBORTag(tag, [b"", {}, b"payload", b"s"])
    with pytest.raises(RefusedError) as refused:
        open_sign1(cbor2.dumps(cbor2.CBORTag(61, item) if wrapped else item), Noted())
    found = refused.value.refusal
    assert (found.code, found.found, found.expected) == (Code.UNSUPPORTED, name, "COSE_Sign1")


def _signed(*numbers: int, aad: bytes = b"", body: bytes = b"", alg: object = -7) -> bytes:
    """A COSE_Sign whose signers are the keys of those numbers."""
    protected = cbor2.dumps({1: alg})
    message = cbor2.dumps(["Signature", body, protected, aad, b"payload"])
    signatures = [[protected, {4: b"%d" % one}, issuing.signer(issuing.private_key(one))(message)] for one in numbers]
    return cbor2.dumps(cbor2.CBORTag(98, [body, {}, b"payload", signatures]))


def _keys(*numbers: int) -> list[Verifier]:
    return [Verifier(spki_of(issuing.private_key(one).public_key())) for one in numbers]


@pytest.mark.parametrize(
    ("asked", "holds"), [([1], True), ([2], True), ([2, 1], True), ([3], False), ([1, 3], False), ([], False)]
)
def test_each_signer_that_the_caller_names_must_have_signed(asked: list[int], *, holds: bool) -> None:
    opened = open_sign(_signed(1, 2), Noted())
    assert [one.kid for one in opened.signatures] == [b"1", b"2"]
    assert opened.signed_by(_keys(*asked)) is holds


def test_a_signature_of_several_covers_what_is_agreed_outside_of_it_and_the_header_of_the_body() -> None:
    raw = _signed(1, aad=b"agreed", body=cbor2.dumps({3: 0}))
    assert open_sign(raw, Noted(), aad=b"agreed").signed_by(_keys(1))
    assert not open_sign(raw, Noted()).signed_by(_keys(1))
    assert not open_sign(raw.replace(b"\xa1\x03\x00", b"\xa1\x03\x01", 1), Noted(), aad=b"agreed").signed_by(_keys(1))


def test_a_signature_by_another_algorithm_leaves_the_one_beside_it_as_it_is() -> None:
    mine, other = (cbor2.loads(raw).value for raw in (_signed(1), _signed(2, alg=-36)))
    opened = open_sign(cbor2.dumps(cbor2.CBORTag(98, [*mine[:3], [*mine[3], *other[3]]])), Noted())
    assert [one.algorithm for one in opened.signatures] == [Algorithm.ES256, None]
    assert opened.signed_by(_keys(1))
    assert not opened.signed_by(_keys(2))


@pytest.mark.parametrize(
    ("signatures", "code"),
    [
        ([], Code.MALFORMED),
        (b"s", Code.MALFORMED),
        ([[b"", {}]], Code.MALFORMED),
        ([[b"", [], b"s"]], Code.MALFORMED),
        ([[b"", {}, "s"]], Code.MALFORMED),
        ([[b"", {}, b"s"]] * (MOST_SIGNATURES + 1), Code.MALFORMED),
        ([[cbor2.dumps({2: [9]}), {}, b"s"]], Code.UNSUPPORTED),
    ],
)
def test_what_is_no_list_of_signatures_is_refused(signatures: object, code: Code) -> None:
    with pytest.raises(RefusedError) as refused:
        open_sign(cbor2.dumps(cbor2.CBORTag(98, [b"", {}, b"payload", signatures])), Noted())
    assert refused.value.refusal.code is code


@pytest.mark.parametrize("kid", ["text", 5, bytes(65)])
def test_a_key_identifier_outside_of_the_signature_that_is_none_names_nobody(kid: object) -> None:
    mine = cbor2.loads(_signed(1)).value
    protected, _, signature = mine[3][0]
    opened = open_sign(cbor2.dumps(cbor2.CBORTag(98, [*mine[:3], [[protected, {4: kid}, signature]]])), Noted())
    assert [one.kid for one in opened.signatures] == [b""]
    assert opened.signed_by(_keys(1))


def test_a_critical_header_of_the_body_is_unsupported_and_the_most_signatures_are_taken() -> None:
    with pytest.raises(RefusedError) as refused:
        open_sign(_signed(1, body=cbor2.dumps({2: [9]})), Noted())
    assert refused.value.refusal.code is Code.UNSUPPORTED
    found = open_sign(_signed(*range(1, MOST_SIGNATURES + 1)), Noted())
    assert isinstance(found, Sign)
    assert len(found.signatures) == MOST_SIGNATURES


SPKI = {
    Kind.P256: spki_of(ec.derive_private_key(5, ec.SECP256R1()).public_key()),
    Kind.P384: spki_of(ec.derive_private_key(5, ec.SECP384R1()).public_key()),
    Kind.P521: spki_of(ec.derive_private_key(5, ec.SECP521R1()).public_key()),
    Kind.ED25519: spki_of(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
    Kind.ED448: spki_of(ed448.Ed448PrivateKey.from_private_bytes(bytes(57)).public_key()),
    Kind.RSA: spki_of(rsa.RSAPublicNumbers(65_537, (1 << 2047) + 1).public_key()),
}


def test_certificates_are_signed_by_the_keys_of_the_policy_and_by_no_other() -> None:
    """The policy, written out: a wider list of algorithms elsewhere must not widen it."""
    assert {
        (Kind.P256, Algorithm.ES256),
        (Kind.P384, Algorithm.ES384),
        (Kind.RSA, Algorithm.PS256),
        (Kind.ED25519, Algorithm.EDDSA),
    } == CERTIFICATES
    for kind, spki in SPKI.items():
        for algorithm in Algorithm:
            if (kind, algorithm) in CERTIFICATES:
                assert Verifier(spki, algorithm=algorithm).algorithm is algorithm
            else:
                with pytest.raises(CertificateError, match="public key: found"):
                    Verifier(spki, algorithm=algorithm)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_key_is_pinned_to_one_algorithm_that_goes_with_its_kind(kind: Kind) -> None:
    assert (Verifier(SPKI[kind], allowed=EVERY).kind, Verifier(SPKI[kind], allowed=EVERY).algorithm) == (kind, OWN[kind])
    for algorithm in Algorithm:
        if (kind, algorithm) not in EVERY:
            with pytest.raises(CertificateError, match=f"found {kind} with {algorithm}"):
                Verifier(SPKI[kind], algorithm=algorithm, allowed=EVERY)


@pytest.mark.parametrize("algorithm", [-36, -38, -39])
def test_what_no_certificate_may_use_is_unsupported_though_we_can_verify_it(algorithm: int) -> None:
    raw = _sign1({1: algorithm, 4: b"kid"}, {})
    with pytest.raises(RefusedError) as refused:
        open_sign1(raw, Noted())
    assert refused.value.refusal.code is Code.UNSUPPORTED
    assert open_sign1(raw, Noted(), algorithms=frozenset(Algorithm)).kid == b"kid"
