"""A state's signing authority for tests, and the signers that it certifies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

from tests.certificates.issuing import private_key

STARTS = datetime(2021, 1, 1, tzinfo=UTC)
ENDS = STARTS + timedelta(days=3650)
SEALS = "2.23.136.1.1.14.2"
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority(Struct, frozen=True):
    """An authority with its key."""

    key: PrivateKey
    name: x509.Name
    der: bytes


def distinguished(country: str, name: str) -> x509.Name:
    """A name of a state."""
    return x509.Name(
        [x509.NameAttribute(x509.NameOID.COUNTRY_NAME, country), x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    )


def authority(
    key: PrivateKey | None = None,
    *,
    country: str = "UT",
    name: str = "CSCA",
    starts: datetime = STARTS,
    ends: datetime = ENDS,
    signs_certificates: bool = True,
    identified: bool = True,
) -> Authority:
    """An authority's certificate, signed by itself."""
    key = key or private_key(1)
    named = distinguished(country, name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(key_cert_sign=signs_certificates), critical=True)
    )
    if identified:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return Authority(key, named, builder.sign(key, SHA256()).public_bytes(Encoding.DER))


def usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    """A key usage; where neither, encryption."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=not digital_signature and not key_cert_sign,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def signer(
    by: Authority,
    *,
    number: int = 4_711,
    country: str = "UT",
    starts: datetime = STARTS,
    ends: datetime = ENDS,
    key_usage: x509.KeyUsage | None = None,
    purposes: tuple[str, ...] = (SEALS,),
    digest: SHA224 | SHA256 | SHA384 | SHA512 | None = None,
    scheme: padding.PSS | None = None,
    identified: bool = True,
    issuer: x509.Name | None = None,
    more: tuple[x509.ExtensionType, ...] = (),
    is_authority: bool = False,
) -> bytes:
    """The certificate of the key of that number, which the authority issued."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(distinguished(country, "signer"))
        .issuer_name(issuer or by.name)
        .public_key(private_key(number).public_key())
        .serial_number(number)
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if key_usage is not None:
        builder = builder.add_extension(key_usage, critical=True)
    if purposes:
        named = x509.ExtendedKeyUsage([x509.ObjectIdentifier(one) for one in purposes])
        builder = builder.add_extension(named, critical=True)
    if identified:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    for one in more:
        builder = builder.add_extension(one, critical=True)
    made = builder.sign(by.key, digest or SHA256(), rsa_padding=scheme)
    return made.public_bytes(Encoding.DER)
