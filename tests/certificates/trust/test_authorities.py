"""A seal counts whose signer an authority of the trust list certified, for this use, in this state and at this time."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
import rfc8785
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.keys import Domain, TrustedAuthority, kid_of, spki_of
from fastchannel.certificates.mrz.states import alpha_2
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.authorities import authority_of, check_issued
from fastchannel.certificates.trust.chains import authority_key, read
from fastchannel.certificates.trust.files import decode_trust_list, digest, encode_trust_list
from fastchannel.certificates.trust.reading import read_keys
from fastchannel.certificates.trust.reconcile import reconcile
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import verify
from tests.certificates.formats.test_cards_and_seals import DOSES, url
from tests.certificates.issuing import AT, private_key, trusted
from tests.certificates.issuing import signer as signing
from tests.certificates.trust.authority import Authority, authority, distinguished, signer, usage
from tests.certificates.trust.test_reading import b64, certificate

CSCA = authority()


@cache
def rsa_authority(bits: int = 2048) -> Authority:
    return authority(rsa.generate_private_key(public_exponent=65_537, key_size=bits))


def seal(der: bytes, *, number: int = 4_711, state: str = "UTO") -> str:
    data: Any = {"hdr": {"t": "icao.vacc", "v": 1, "is": state}, "msg": DOSES}
    signed = signing(private_key(number))(rfc8785.dumps(data))
    return json.dumps({"data": data, "sig": {"alg": "ES256", "cer": url(der), "sigvl": url(signed)}})


def listed(*authorities: TrustedAuthority, issued: datetime = AT) -> TrustStore:
    return TrustStore([TrustList(party="CN", version=1, issued=issued, keys=(), authorities=authorities)])


TRUST = listed(authority_of(CSCA.der))


def refusal(text: str, trust: TrustStore = TRUST, at: datetime = AT) -> tuple[Code, str, str]:
    found = verify(text, trust, at)
    assert isinstance(found, Refusal), found
    return found.code, found.where, found.detail


def test_a_seal_counts_whose_signer_an_authority_of_the_list_certified() -> None:
    der = signer(CSCA)
    found = verify(seal(der), TRUST, AT)
    assert isinstance(found, Evidence), found
    assert (found.issuer.country, found.issuer.key) == ("UT", kid_of(der).hex())


@pytest.mark.parametrize("key_usage", [None, usage(digital_signature=True)])
@pytest.mark.parametrize("purposes", [(), ("2.23.136.1.1.14.2",), ("1.3.6.1.5.5.7.3.1", "2.23.136.1.1.14.2")])
def test_a_signer_whose_certificate_says_nothing_else_may_sign_seals(
    key_usage: x509.KeyUsage | None, purposes: tuple[str, ...]
) -> None:
    assert isinstance(verify(seal(signer(CSCA, key_usage=key_usage, purposes=purposes)), TRUST, AT), Evidence)


EARLY, LATE = AT - timedelta(days=30), AT + timedelta(days=30)
OTHER = authority(private_key(2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (seal(signer(CSCA), number=9), (Code.SIGNATURE_WRONG, "signature", "")),
        (seal(signer(CSCA)).replace("1990", "1991"), (Code.SIGNATURE_WRONG, "signature", "")),
        (seal(signer(authority(name="another"))), (Code.KEY_UNKNOWN, "kid", "")),
        (seal(signer(OTHER)), (Code.KEY_UNKNOWN, "kid", "")),  # the same name: the state's next key, which is not listed
        (seal(signer(OTHER, identified=False)), (Code.KEY_UNKNOWN, "kid", "")),
        (seal(signer(CSCA, ends=EARLY)), (Code.KEY_NOT_VALID, "key", "")),
        (seal(signer(CSCA, starts=LATE)), (Code.KEY_NOT_VALID, "key", "")),
        (seal(signer(CSCA, purposes=("1.3.6.1.5.5.7.3.1",))), (Code.KEY_USE, "key", "purpose")),
        (seal(signer(CSCA, key_usage=usage())), (Code.KEY_USE, "key", "key-usage")),
        (seal(signer(CSCA, is_authority=True)), (Code.KEY_USE, "key", "authority")),
        (seal(signer(CSCA, country="FR")), (Code.KEY_USE, "key", "country")),
        (seal(signer(CSCA), state="FRA"), (Code.KEY_USE, "key", "country")),
        (seal(signer(CSCA), state="ZZZ"), (Code.KEY_USE, "key", "country")),
        (seal(signer(CSCA, more=(x509.InhibitAnyPolicy(1),))), (Code.UNSUPPORTED, "sig.cer", "critical-extension")),
        (seal(b"no certificate"), (Code.MALFORMED, "sig.cer", "certificate")),
        (seal(CSCA.der, number=1), (Code.KEY_USE, "key", "authority")),  # an authority signs no seals itself
    ],
)
def test_what_is_wrong_with_a_signer_is_kept_apart(text: str, expected: tuple[Code, str, str]) -> None:
    assert refusal(text) == expected


def test_a_certificate_that_names_the_authoritys_key_and_was_not_signed_by_it_is_a_forgery() -> None:
    der = signer(CSCA)
    changed = der[:-1] + bytes((der[-1] ^ 1,))
    assert refusal(seal(changed)) == (Code.SIGNATURE_WRONG, "sig.cer", "certificate")


def test_a_certificate_that_names_another_issuer_is_not_the_authoritys_whoever_signed_it() -> None:
    der = signer(CSCA, issuer=distinguished("UT", "another"))
    assert refusal(seal(der)) == (Code.KEY_UNKNOWN, "kid", "")
    with pytest.raises(CertificateError, match="found none of the authorities given"):
        check_issued(der, TRUST.lists[0].vouching)


def test_a_certificate_that_names_two_algorithms_is_signed_by_neither() -> None:
    """RFC 5280, section 4.1.1.2: what is signed names the algorithm too, and both must agree."""
    found = asn1.Certificate.load(signer(CSCA))
    found["tbs_certificate"]["signature"]["algorithm"] = "sha384_ecdsa"
    assert isinstance(CSCA.key, ec.EllipticCurvePrivateKey)
    found["signature_value"] = CSCA.key.sign(found["tbs_certificate"].dump(force=True), ec.ECDSA(SHA256()))
    assert refusal(seal(found.dump(force=True))) == (Code.SIGNATURE_WRONG, "sig.cer", "certificate")


def test_an_authority_out_of_its_validity_vouches_for_nobody() -> None:
    old = authority(ends=EARLY)
    assert refusal(seal(signer(old)), listed(authority_of(old.der))) == (Code.KEY_NOT_VALID, "authority", "")


def test_the_first_and_last_second_of_an_authority_count() -> None:
    exact = authority(starts=AT, ends=AT)
    trust = listed(authority_of(exact.der))
    assert isinstance(verify(seal(signer(exact)), trust, AT), Evidence)
    for at in (AT - timedelta(seconds=1), AT + timedelta(seconds=1)):
        assert refusal(seal(signer(exact)), trust, at) == (Code.KEY_NOT_VALID, "authority", "")


def test_a_stale_list_says_that_we_cannot_tell() -> None:
    for trust in (listed(authority_of(CSCA.der), issued=EARLY), listed(issued=EARLY)):
        assert refusal(seal(signer(CSCA)), trust)[0] is Code.TRUST_LIST_STALE
    fresh = TrustList(party="KR", version=1, issued=AT, keys=())
    stale = TrustList(party="CN", version=1, issued=EARLY, keys=(), authorities=(authority_of(CSCA.der),))
    assert refusal(seal(signer(CSCA)), TrustStore([fresh, stale]))[0] is Code.TRUST_LIST_STALE


def test_a_state_that_renewed_its_authoritys_key_is_followed_with_and_without_identifiers() -> None:
    trust = listed(authority_of(CSCA.der), authority_of(OTHER.der))
    for one in (CSCA, OTHER):
        for identified in (True, False):
            assert isinstance(verify(seal(signer(one, identified=identified)), trust, AT), Evidence)


def test_a_signer_on_the_list_itself_needs_no_authority() -> None:
    der = signer(authority(name="another"))
    key = trusted(kid=kid_of(der), country="UT")
    assert isinstance(verify(seal(der), TrustStore([TrustList(party="CN", version=1, issued=AT, keys=(key,))]), AT), Evidence)


@pytest.mark.parametrize("digest_of", [SHA256(), SHA384(), SHA512()])
@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP384R1()])
def test_authorities_sign_on_these_curves(curve: ec.EllipticCurve, digest_of: SHA256 | SHA384 | SHA512) -> None:
    one = authority(ec.derive_private_key(77, curve))
    assert isinstance(verify(seal(signer(one, digest=digest_of)), listed(authority_of(one.der)), AT), Evidence)


@pytest.mark.parametrize("scheme", [None, padding.PSS(padding.MGF1(SHA256()), 32), padding.PSS(padding.MGF1(SHA256()), 20)])
def test_authorities_sign_with_rsa(scheme: padding.PSS | None) -> None:
    one = rsa_authority()
    assert isinstance(verify(seal(signer(one, scheme=scheme)), listed(authority_of(one.der)), AT), Evidence)


@pytest.mark.parametrize("scheme", [None, padding.PSS(padding.MGF1(SHA384()), 32), padding.PSS(padding.MGF1(SHA256()), 222)])
def test_a_changed_byte_or_another_mask_or_hash_is_no_signature_of_an_rsa_authority(scheme: padding.PSS | None) -> None:
    one = rsa_authority()
    der = signer(one, scheme=scheme, digest=SHA224() if scheme is None else SHA256())
    trust = listed(authority_of(one.der))
    if scheme is not None and scheme._salt_length == 222:  # the longest that the key has room for is taken
        assert isinstance(verify(seal(der), trust, AT), Evidence)
        der = der[:-1] + bytes((der[-1] ^ 1,))
    assert refusal(seal(der), trust) == (Code.SIGNATURE_WRONG, "sig.cer", "certificate")


def test_a_weak_authority_vouches_for_nobody() -> None:
    weak = rsa_authority(1024)
    with pytest.raises(CertificateError, match="1024 bits, expected 2048"):
        authority_of(weak.der)
    entry = authority_of(weak.der, least_rsa_bits=1024)
    assert refusal(seal(signer(weak)), listed(entry)) == (Code.KEY_USE, "key", "weak-key")


def test_only_authorities_that_sign_certificates_are_taken() -> None:
    with pytest.raises(CertificateError, match="key usage"):
        authority_of(authority(signs_certificates=False).der)
    with pytest.raises(CertificateError, match="found a signer's"):
        authority_of(signer(CSCA))
    with pytest.raises(CertificateError, match="authority's key: found Ed25519PublicKey"):
        authority_key(spki_of(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()))


def test_names_are_compared_without_case_and_spaces() -> None:
    one = authority(name="Country  Signing CA")
    other = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "UT"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, " COUNTRY signing ca", x509.name._ASN1Type.PrintableString),
        ]
    )
    der = signer(one, issuer=other)
    assert isinstance(verify(seal(der), listed(authority_of(one.der)), AT), Evidence)


def test_states_have_two_letters_in_certificates() -> None:
    codes = ("AUS", "JPN", "KOR", "CHN", "D", "DEU", "UTO", "UNO", "EUE", "XXA", "", "aus", "ZZZ")
    assert [alpha_2(one) for one in codes] == ["AU", "JP", "KR", "CN", "DE", "DE", "UT", "UN", "EU", "", "", "", ""]


def pem(*certificates: bytes) -> bytes:
    return "".join(f"-----BEGIN CERTIFICATE-----\n{b64(one)}\n-----END CERTIFICATE-----\n" for one in certificates).encode()


def test_authorities_of_a_bundle_are_no_signers() -> None:
    der = signer(CSCA)
    found = read_keys(pem(CSCA.der, der, b"x", authority(signs_certificates=False).der))
    assert [one.kid for one in found.authorities] == [kid_of(CSCA.der)]
    assert [one.kid for one in found.keys] == [kid_of(der)]
    assert [one.where for one in found.rejected] == ["certificate 3", "certificate 4"]
    assert found.entries == 4


def test_an_authority_on_the_list_is_no_key_of_it() -> None:
    store = listed(authority_of(CSCA.der))
    assert store.candidates(kid_of(CSCA.der)) == ()
    assert [one.kid for _, one in store.authorities(read(CSCA.der).subject)] == [kid_of(CSCA.der)]


def test_only_signers_of_the_authorities_given_are_taken() -> None:
    mine, other = signer(CSCA), signer(authority(private_key(3), name="another"))
    found = read_keys(pem(mine, other), issued_by=(authority_of(CSCA.der),))
    assert [one.kid for one in found.keys] == [kid_of(mine)]
    assert [one.where for one in found.rejected] == ["certificate 2"]
    assert found.rejected[0].reason.startswith("certificate: found none of the authorities given that issued it")


@pytest.mark.parametrize(
    ("der", "reason"),
    [
        (signer(OTHER), "found none of the authorities given"),
        (signer(CSCA, country="FR"), "country: found FR, expected UT"),
        (signer(CSCA, starts=datetime(2020, 1, 1), ends=AT.replace(tzinfo=None)), "its authority is valid"),  # noqa: DTZ001
        (certificate(), "found none of the authorities given"),
    ],
)
def test_a_signer_that_its_authority_did_not_certify_is_rejected_with_the_reason(der: bytes, reason: str) -> None:
    with pytest.raises(CertificateError, match=reason):
        check_issued(der, (authority_of(CSCA.der),))


def test_a_key_without_a_certificate_is_rejected_where_an_authority_must_have_issued_it() -> None:
    spki = b64(spki_of(private_key().public_key()))
    found = read_keys(json.dumps({"0102030405060708": [{"spki": spki}]}).encode(), issued_by=(authority_of(CSCA.der),))
    assert [one.reason for one in found.rejected] == ["certificate: found none, expected one that an authority issued"]


LIST = TrustList(party="CN", version=3, issued=AT, keys=(trusted(),), authorities=(authority_of(CSCA.der),))


def test_a_list_with_authorities_is_the_same_after_it_was_written_and_read() -> None:
    assert decode_trust_list(encode_trust_list(LIST)) == LIST
    without = TrustList(party="CN", version=3, issued=AT, keys=(trusted(),))
    assert b"authorities" not in encode_trust_list(without)
    assert digest(LIST) != digest(without)
    wrong = encode_trust_list(replace(LIST, authorities=(replace(LIST.vouching[0], domain=Domain.TEST),)))
    with pytest.raises(CertificateError, match="domain"):
        decode_trust_list(wrong)


def test_lists_that_differ_in_an_authority_differ() -> None:
    other = replace(LIST, authorities=(authority_of(OTHER.der),))
    found = reconcile(LIST, other)
    assert [one.kid for one in found.authorities_only_ours] == [kid_of(CSCA.der)]
    assert [one.kid for one in found.authorities_only_theirs] == [kid_of(OTHER.der)]
    assert not found.same
    assert reconcile(LIST, LIST).same


SIGNER = signer(CSCA)


@given(st.binary(max_size=60), st.integers(0, len(SIGNER) - 1), st.integers(0, 40))
def test_whatever_certificate_travels_along_is_evidence_or_a_refusal(raw: bytes, at: int, cut: int) -> None:
    for der in (raw, SIGNER[:at] + raw + SIGNER[at + cut :], bytes(20_000)):
        assert isinstance(verify(seal(der), TRUST, AT), Evidence | Refusal)
        with suppress(CertificateError):
            check_issued(der, TRUST.lists[0].vouching)
