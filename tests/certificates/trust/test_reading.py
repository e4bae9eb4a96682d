"""Keys are taken from every form in which others publish them, and each entry that gives none says why."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import kid_of
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.certificates import key_of
from fastchannel.certificates.trust.files import decode_trust_list, digest, encode_trust_list
from fastchannel.certificates.trust.reading import read_keys
from fastchannel.certificates.trust.reconcile import reconcile
from fastchannel.certificates.trust.store import TrustList
from tests.certificates.issuing import AT, KID, private_key, trusted

STARTS = datetime(2021, 1, 1, tzinfo=UTC)


def certificate(*, number: int = 4_711, uses: tuple[str, ...] = (), country: str = "AT", serial: int = 7) -> bytes:
    """A signer's certificate, signed by itself."""
    key = private_key(number)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, country)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(STARTS)
        .not_valid_after(STARTS + timedelta(days=700))
    )
    if uses:
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(one) for one in uses])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def jwk(number: int = 4_711, **changes: Any) -> dict[str, Any]:
    point = private_key(number).public_key().public_numbers()
    found = {
        name: base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode()
        for name, value in (("x", point.x), ("y", point.y))
    }
    return {"kty": "EC", "crv": "P-256", **found, **changes}


def test_a_signers_certificate_gives_country_validity_and_uses() -> None:
    der = certificate(uses=("1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.0.1847.2021.1.2", "1.3.6.1.5.5.7.3.1"))
    found = key_of(der)
    assert (found.kid, found.country) == (kid_of(der), "AT")
    assert (found.not_before, found.not_after) == (STARTS, STARTS + timedelta(days=700))
    assert found.uses == {Use.TEST, Use.VACCINATION}
    assert found.deviations == ()


def test_a_serial_number_that_is_not_positive_is_tolerated_and_noted() -> None:
    der = certificate(serial=7)
    zeroed = der.replace(b"\xa0\x03\x02\x01\x02\x02\x01\x07", b"\xa0\x03\x02\x01\x02\x02\x01\x00", 1)
    assert zeroed != der
    assert key_of(zeroed).deviations == ("serial",)


@pytest.mark.parametrize("raw", [b"", b"\x30\x00", b"x" * 100, b"\x30\x82" + bytes(20_000)])
def test_what_is_no_certificate_is_refused(raw: bytes) -> None:
    with pytest.raises(CertificateError):
        key_of(raw)


def test_an_eu_list_is_read_with_and_without_the_signature_before_it() -> None:
    der = certificate()
    written = json.dumps({"certificates": [{"kid": b64(kid_of(der)), "rawData": b64(der), "country": "AT"}]}).encode()
    for raw in (written, b"c2lnbmF0dXJl\n" + written):
        assert [key.kid for key in read_keys(raw).keys] == [kid_of(der)]


def test_an_entry_whose_identifier_is_not_its_certificates_is_rejected_with_its_reason() -> None:
    der = certificate()
    entries = [{"kid": b64(b"12345678"), "rawData": b64(der)}, {"kid": b64(kid_of(der)), "rawData": b64(der)}, {"kid": 5}]
    found = read_keys(json.dumps({"certificates": entries}).encode())
    assert (len(found.keys), len(found.rejected), found.entries) == (1, 2, 3)
    assert [one.where for one in found.rejected] == ["certificate 1", "certificate 3"]
    assert "kid" in found.rejected[0].reason


def test_a_bundle_of_pem_certificates_is_read() -> None:
    pem = b"".join(
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate(number=number)) + b"-----END CERTIFICATE-----\n"
        for number in (1, 2)
    )
    assert len(read_keys(pem).keys) == 2


def test_a_key_set_is_read_and_a_borrowed_identifier_rejected() -> None:
    members = {name: jwk()[name] for name in ("crv", "kty", "x", "y")}
    thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    right = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
    found = read_keys(json.dumps({"keys": [jwk(kid=right), jwk(9, kid=right), jwk(kid=right, d="AA")]}).encode())
    assert [key.kid for key in found.keys] == [thumbprint]
    assert "thumbprint" in found.rejected[0].reason
    assert "private key" in found.rejected[1].reason


def test_a_did_document_gives_the_key_identifier_and_country_of_each_method() -> None:
    method = {"id": f"did:web:trust.example:v2:XXA:DSC#{b64(KID)}", "publicKeyJwk": jwk()}
    (key,) = read_keys(json.dumps({"verificationMethod": [method]}).encode()).keys
    assert (key.kid, key.issuer) == (KID, "XXA")


def test_a_weak_key_is_rejected() -> None:
    numbers = rsa.generate_private_key(public_exponent=65_537, key_size=1024).public_key().public_numbers()
    written = {"kty": "RSA", "kid": b64(KID), "e": b64(numbers.e.to_bytes(3, "big")), "n": b64(numbers.n.to_bytes(128, "big"))}
    found = read_keys(json.dumps({"keys": [written]}).encode())
    assert "1024" in found.rejected[0].reason


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b"{" * 10_000, b'{"certificates": 5}', b'"text"'])
def test_what_is_no_list_is_refused_and_says_what_was_expected(raw: bytes) -> None:
    with pytest.raises(CertificateError, match="expected"):
        read_keys(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "certificates",
                    "verificationMethod",
                    "keys",
                    "kid",
                    "rawData",
                    "publicKeyJwk",
                    "kty",
                    "x",
                    "spki",
                    "id",
                    "x5c",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_no_json_raises_anything_but_our_own_error(value: object) -> None:
    with suppress(CertificateError):
        found = read_keys(json.dumps(value).encode())
        assert found.entries == len(found.keys) + len(found.rejected)


LIST = TrustList(party="CN", version=3, issued=AT, keys=(trusted(), trusted(9, kid=b"other", uses=frozenset({Use.TEST}))))


def test_a_list_is_the_same_after_it_was_written_and_read() -> None:
    assert decode_trust_list(encode_trust_list(LIST)) == LIST
    assert digest(LIST) == digest(decode_trust_list(encode_trust_list(LIST)))
    assert digest(LIST) != digest(replace(LIST, version=4))


@pytest.mark.parametrize("raw", [b"", b"{}", encode_trust_list(LIST).replace(b'list": 1', b'list": 2', 1), b"\xff"])
def test_a_file_that_is_no_list_of_this_form_is_refused(raw: bytes) -> None:
    with pytest.raises(CertificateError, match="trust list"):
        decode_trust_list(raw)


def test_what_one_party_trusts_and_the_other_does_not_is_shown() -> None:
    theirs = TrustList(party="KR", version=1, issued=AT, keys=(trusted(uses=frozenset({Use.TEST})), trusted(5, kid=b"third")))
    found = reconcile(LIST, theirs)
    assert [key.kid for key in found.only_ours] == [b"other"]
    assert [key.kid for key in found.only_theirs] == [b"third"]
    assert [mine.kid for mine, _ in found.differing] == [KID]
    assert not found.same
    assert reconcile(LIST, LIST).same


def test_every_signer_of_the_eu_test_data_is_taken_or_named_with_its_reason(shared: Path) -> None:
    folder = shared / "data" / "cert" / "dcc" / "dgc-testdata"
    refused: dict[str, str] = {}
    taken = 0
    for path in sorted(folder.glob("*/2DCode/[rR]aw/*.json")):
        written = json.loads(path.read_bytes()).get("TESTCTX", {}).get("CERTIFICATE")
        if not written:
            continue
        try:
            key_of(base64.b64decode(written))
            taken += 1
        except CertificateError as error:
            refused[path.parts[-4]] = str(error)
    assert taken > 400
    assert refused == {}


def test_a_certificate_of_a_curve_that_we_do_not_verify_is_refused() -> None:
    point = ec.derive_private_key(5, ec.SECP521R1()).public_key().public_numbers()
    key = jwk(crv="P-521", x=b64(point.x.to_bytes(66, "big")), kid=b64(KID))
    assert "crv" in read_keys(json.dumps({"keys": [key]}).encode()).rejected[0].reason


def test_a_did_document_gives_the_uses_and_validity_of_the_certificate_and_the_identifier_of_the_method() -> None:
    der = certificate(uses=("1.3.6.1.4.1.1847.2021.1.1",))
    for fragment, kid in (("AQIDBAUGBwg%3D", KID), ("AQIDBAUGBwg=", KID), ("a-name-of-its-own", kid_of(der))):
        method = {"id": f"did:web:trust.example:v2:XXA:DSC#{fragment}", "publicKeyJwk": jwk(x5c=[b64(der)])}
        (key,) = read_keys(json.dumps({"verificationMethod": [method]}).encode()).keys
        assert (key.kid, key.issuer, key.country, key.uses) == (kid, "XXA", "AT", frozenset({Use.TEST}))
        assert key.not_before == STARTS


def test_a_certificate_of_another_key_is_rejected() -> None:
    method = {"id": f"did:web:trust.example:v2:XXA:DSC#{b64(KID)}", "publicKeyJwk": jwk(9, x5c=[b64(certificate())])}
    found = read_keys(json.dumps({"verificationMethod": [method]}).encode())
    assert [one.reason for one in found.rejected] == ["x5c: found the certificate of another key"]


def test_the_health_cards_wrong_keys_are_rejected_each_with_its_reason(shared: Path) -> None:
    folder = shared / "data" / "cert" / "shc" / "testdata"
    reasons = {
        name: [one.reason for one in read_keys((folder / f"{name}.json").read_bytes()).rejected]
        for name in ("valid_key", "valid_keys", "valid_key_with_x5c", "wrong_alg_key", "wrong_kid_key", "wrong_use_key")
    }
    assert reasons == {
        "valid_key": [],
        "valid_keys": [],
        "valid_key_with_x5c": [],
        "wrong_alg_key": ["alg: found ES256K, expected ES256"],
        "wrong_kid_key": ["kid: found another identifier than the key's own thumbprint"],
        "wrong_use_key": ["use: found enc, expected sig"],
    }
    mismatch = read_keys((folder / "cert_mismatch.public.json").read_bytes())
    assert [one.reason for one in mismatch.rejected] == ["x5c: found the certificate of another key"]


def test_of_the_104_quality_assurance_keys_only_the_one_below_the_policy_is_rejected(shared: Path) -> None:
    raw = (shared / "data" / "cert" / "dcc" / "qa" / "trust_spki_by_kid.json").read_bytes()
    found = read_keys(raw)
    assert (len(found.keys), [one.reason for one in found.rejected]) == (
        103,
        ["public key: found RSA of 1024 bits, expected 2048 to 8192"],
    )
    assert len(read_keys(raw, least_rsa_bits=1024).keys) == 104
