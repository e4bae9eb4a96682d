"""A signed trust list counts under the one key pinned for its party, in its domain, and never goes back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.envelopes import cbor
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import Algorithm, Domain, spki_of
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.files import decode_trust_list, encode_trust_list
from fastchannel.certificates.trust.signing import (
    Pinned,
    SigningKey,
    open_statement,
    open_trust_list,
    public_key,
    seal_statement,
    seal_trust_list,
    signing_key,
    succeed,
)
from fastchannel.certificates.trust.store import TrustList
from tests.certificates.issuing import AT, private_key, signer, trusted

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


P256 = private_key(7)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = signing_key(pem(ED25519))
PINNED = Pinned(party="KR", spki=KEY.spki)
LIST = TrustList(
    party="KR",
    version=3,
    issued=AT,
    keys=(
        trusted(not_before=AT - timedelta(days=9), not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        trusted(9, kid=b"other", uses=frozenset({Use.TEST, Use.RECOVERY}), deviations=("serial",)),
    ),
)
SEALED = seal_trust_list(LIST, KEY)


@pytest.mark.parametrize(("private", "algorithm"), [(P256, Algorithm.ES256), (ED25519, Algorithm.EDDSA)])
def test_a_list_is_the_same_after_it_was_signed_and_opened(private: PrivateKey, algorithm: Algorithm) -> None:
    key = signing_key(pem(private))
    assert key.algorithm is algorithm
    raw = seal_trust_list(LIST, key)
    assert open_trust_list(raw, Pinned(party="KR", spki=key.spki)) == LIST
    assert raw == seal_trust_list(LIST, key)


def test_equal_lists_have_equal_bytes_whatever_offset_their_times_are_written_with() -> None:
    elsewhere = replace(LIST, issued=LIST.issued.astimezone(timezone(timedelta(hours=9))))
    assert seal_trust_list(elsewhere, KEY) == SEALED


def test_a_list_under_another_key_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(CertificateError, match="not that of the key pinned for KR"):
        open_trust_list(seal_trust_list(LIST, signing_key(pem(P256))), PINNED)
    other = signing_key(pem(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))))
    with pytest.raises(CertificateError, match="not that of the key pinned for KR"):
        open_trust_list(seal_trust_list(LIST, other), PINNED)


def test_no_changed_bit_is_taken_for_the_list() -> None:
    for at in range(0, 8 * len(SEALED), 13):
        changed = bytearray(SEALED)
        changed[at // 8] ^= 1 << at % 8
        with suppress(CertificateError):  # a bit of the unprotected header's framing may still give the very same list
            assert open_trust_list(bytes(changed), PINNED) == LIST


def test_a_party_signs_for_itself_alone() -> None:
    with pytest.raises(CertificateError, match="found one of CN, expected KR"):
        open_trust_list(seal_trust_list(replace(LIST, party="CN"), KEY), PINNED)


def test_a_list_for_tests_is_not_taken_for_production() -> None:
    keys = tuple(replace(key, domain=Domain.TEST) for key in LIST.keys)
    raw = seal_trust_list(replace(LIST, domain=Domain.TEST, keys=keys), KEY)
    with pytest.raises(CertificateError, match="domain test, expected production"):
        open_trust_list(raw, PINNED)
    assert open_trust_list(raw, replace(PINNED, domain=Domain.TEST)).domain is Domain.TEST


def test_a_list_with_a_key_of_the_other_domain_is_neither_signed_nor_read() -> None:
    mixed = replace(LIST, keys=(replace(LIST.keys[0], domain=Domain.TEST),))
    with pytest.raises(CertificateError, match="domain test"):
        seal_trust_list(mixed, KEY)
    with pytest.raises(CertificateError, match="domain test"):
        decode_trust_list(encode_trust_list(mixed))


def test_another_statement_by_the_same_key_is_no_trust_list() -> None:
    with pytest.raises(CertificateError, match="not that of the key"):
        open_trust_list(seal_statement("something else", LIST, KEY), PINNED)


def test_a_later_form_says_that_it_is_later() -> None:
    payload = cbor.encode({"form": 2, "kind": "a kind", "value": {}})
    raw = seal_sign1(payload, algorithm=KEY.algorithm, kid=b"", sign=KEY.sign, aad=b"a kind 1")
    with pytest.raises(CertificateError, match="a later version"):
        open_statement(raw, "a kind", TrustList, PINNED)


@pytest.mark.parametrize(
    ("new", "held", "taken"),
    [
        ({"version": 1}, None, True),
        ({"version": 4}, LIST, True),
        ({"version": 3}, LIST, True),
        ({"version": 3, "issued": AT.astimezone(timezone(timedelta(hours=9)))}, LIST, True),
        ({"version": 3, "keys": LIST.keys[:1]}, LIST, False),
        ({"version": 3, "issued": AT - timedelta(hours=1)}, LIST, False),
        ({"version": 2}, LIST, False),
        ({"version": 4, "party": "CN"}, LIST, False),
        ({"version": 4, "issued": AT - timedelta(hours=72)}, LIST, True),
        ({"version": 4, "issued": AT - timedelta(hours=72, seconds=1)}, LIST, False),
        ({"version": 4, "issued": AT + timedelta(minutes=5)}, LIST, True),
        ({"version": 4, "issued": AT + timedelta(minutes=5, seconds=1)}, LIST, False),
    ],
)
def test_a_list_follows_only_an_older_one_and_within_its_age(
    new: dict[str, object], held: TrustList | None, taken: bool
) -> None:
    list_ = replace(LIST, **new)
    if taken:
        assert succeed(list_, held, AT) is list_
    else:
        with pytest.raises(CertificateError, match="trust list"):
            succeed(list_, held, AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"issued": AT.replace(tzinfo=None)},
        {"issued": datetime(9999, 12, 31, tzinfo=UTC)},
        {"issued": datetime.min.replace(tzinfo=UTC)},
        {"max_age_hours": 10**12},
        {"max_age_hours": 0},
        {"version": 0},
        {"keys": (trusted(not_before=AT.replace(tzinfo=None)),)},
        {"keys": (trusted(not_before=datetime.min.replace(tzinfo=UTC)),)},
        {"keys": (trusted(not_after=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-3)))),)},
    ],
)
def test_times_that_cannot_be_reckoned_with_are_refused_when_the_list_is_read(changes: dict[str, object]) -> None:
    wrong = replace(LIST, **changes)
    with pytest.raises(CertificateError):
        decode_trust_list(encode_trust_list(wrong))
    with pytest.raises(CertificateError):
        open_trust_list(seal_statement("fastchannel trust list", wrong, KEY), PINNED)


def test_a_signed_list_is_not_read_as_if_its_signature_had_been_checked() -> None:
    with pytest.raises(CertificateError, match="trust accept"):
        decode_trust_list(SEALED)


@given(st.binary(max_size=200) | st.binary(max_size=40).map(lambda raw: SEALED[: 8 * len(raw)] + raw))
def test_no_bytes_raise_anything_but_our_own_error(raw: bytes) -> None:
    with pytest.raises(CertificateError):
        open_trust_list(raw, PINNED)


_CBOR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.binary(max_size=6) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TrustList.__struct_fields__), inner, max_size=8)
    ),
    max_leaves=10,
)


@given(_CBOR)
def test_no_signed_value_raises_anything_but_our_own_error(value: object) -> None:
    payload = cbor.encode({"form": 1, "kind": "fastchannel trust list", "value": value})
    raw = seal_sign1(payload, algorithm=KEY.algorithm, kid=b"", sign=KEY.sign, aad=b"fastchannel trust list 1")
    with suppress(CertificateError):
        open_trust_list(raw, PINNED)


@pytest.mark.parametrize("raw", [b"", b"x", pem(rsa.generate_private_key(public_exponent=65_537, key_size=2048))])
def test_what_is_no_key_to_sign_with_is_refused(raw: bytes) -> None:
    with pytest.raises(CertificateError, match="signing key"):
        signing_key(raw)


def test_the_key_to_pin_is_read_from_pem() -> None:
    written = P256.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert public_key(written) == spki_of(P256.public_key())
    for wrong in (b"", b"x", pem(P256)):
        with pytest.raises(CertificateError, match="pinned key"):
            public_key(wrong)


def test_a_signing_key_is_what_the_caller_brings() -> None:
    key = SigningKey(algorithm=Algorithm.ES256, spki=spki_of(P256.public_key()), sign=signer(P256))
    assert seal_trust_list(LIST, key) == seal_trust_list(LIST, signing_key(pem(P256)))
