"""The certificates by which the nodes know each other's line: self-signed, and pinned whole in the list of keys.

No authority stands behind them. The parties' offline keys sign the list, so that a certificate counts exactly as long as it
stands there; it need not be carried apart from the list, nor be believed for the name of a host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fastchannel.exchange.errors import ExchangeError

MOST_BYTES = 4_096
MOST_PINS = 4  # of one party: the one in use and those that follow it
EARLY = timedelta(days=30)  # it counts so long before it was made: a peer's clock may be behind
SOON = timedelta(days=30)  # people are told so long before it ends


class PinError(ExchangeError):
    """A certificate of the line is none, or is not of the form that is made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A certificate of a party's line. ``fingerprint`` is the SHA-256 of its bytes in hexadecimal."""

    party: str
    fingerprint: str
    since: datetime
    until: datetime

    def ended(self, now: datetime) -> bool:
        """Whether it counts no more."""
        return self.until <= now

    def ends_soon(self, now: datetime) -> bool:
        """Whether people must make the next one now."""
        return self.until - SOON <= now


def certificate_of(party: str, key: Ed25519PrivateKey, serial: int, now: datetime, days: int) -> bytes:
    """A certificate (DER) of that party's line, for that key, which ends ``days`` after ``now``.

    It serves to show oneself both as a server and as a client, and to sign no other certificate. ``serial`` is random.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"fastchannel exchange {party}")])
    signs = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - EARLY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signs, critical=True)
        .add_extension(both, critical=False)
        .sign(key, None)
    )
    return made.public_bytes(Encoding.DER)


def pin_of(party: str, raw: bytes) -> Pin:
    """What a certificate (DER) says. Raises PinError where it is none, or could vouch for others."""
    where = f"certificate of {party}"
    if len(raw) > MOST_BYTES:
        raise PinError(f"{where}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        found = x509.load_der_x509_certificate(raw)
        found.verify_directly_issued_by(found)
        constraints = found.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise PinError(f"{where}: found none that is signed by its own key: fastchannel exchange tls makes one") from error
    if constraints.ca or found.public_bytes(Encoding.DER) != raw:
        raise PinError(f"{where}: found one that may sign others: fastchannel exchange tls makes one that may not")
    return Pin(
        party=party,
        fingerprint=sha256(raw).hexdigest(),
        since=found.not_valid_before_utc,
        until=found.not_valid_after_utc,
    )


def pem(raws: Iterable[bytes]) -> bytes:
    """Certificates as text, one below the other. Raises PinError."""
    try:
        return b"".join(x509.load_der_x509_certificate(raw).public_bytes(Encoding.PEM) for raw in raws)
    except ValueError as error:
        raise PinError("certificate: found bytes that are none") from error
