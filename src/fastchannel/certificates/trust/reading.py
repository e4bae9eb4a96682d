"""Trust lists as others publish them become keys; every entry is accepted or rejected with its reason."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from msgspec import Struct
from msgspec.structs import replace

from fastchannel.certificates.keys import LEAST_RSA_BITS, Domain, TrustedAuthority, TrustedKey, Verifier, spki_of
from fastchannel.certificates.refusal import CertificateError, shortened
from fastchannel.certificates.trust.authorities import authority_of, check_issued, is_authority
from fastchannel.certificates.trust.certificates import key_of

MOST_BYTES = 32 * 1024 * 1024
MOST_ENTRIES = 100_000
KID_BYTES = 8  # of certificates, as the EU's gateway and the network of the WHO derive them
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


class Rejected(Struct, frozen=True, kw_only=True):
    """An entry that gave no key. ``where`` names it within the file."""

    where: str
    reason: str


class Imported(Struct, frozen=True, kw_only=True):
    """What a file gave: ``entries`` is the number of keys, of authorities and of rejected entries together."""

    keys: tuple[TrustedKey, ...]
    rejected: tuple[Rejected, ...]
    authorities: tuple[TrustedAuthority, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries the file has."""
        return len(self.keys) + len(self.authorities) + len(self.rejected)


def read_keys(
    raw: bytes, *, name: str = "trust list", domain: Domain = Domain.PRODUCTION, country: str = "", issuer: str = "",
    least_rsa_bits: int = LEAST_RSA_BITS, issued_by: Sequence[TrustedAuthority] | None = None,
) -> Imported:  # fmt: skip
    """Keys of a file: PEM certificates, an EU list, a did:web document, a JWKS, or a map from key identifiers to keys.

    PEM certificates of authorities become authorities. ``country`` and ``issuer`` are used where an entry names none. Of
    ``issued_by``, if given, one must have issued the certificate of each key. Raises CertificateError where the file is none of
    these.
    """
    if len(raw) > MOST_BYTES:
        raise CertificateError(f"{name}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    keys: list[TrustedKey] = []
    rejected: list[Rejected] = []
    authorities: list[TrustedAuthority] = []
    reader = _Reader(domain, country, issuer, issued_by)
    for where, entry in _entries(raw, name):
        if len(keys) + len(authorities) + len(rejected) >= MOST_ENTRIES:
            raise CertificateError(f"{name}: found more than {MOST_ENTRIES} entries")
        try:
            if (authority := reader.authority(entry, least_rsa_bits)) is not None:
                authorities.append(authority)
                continue
            key = reader.key(entry)
            Verifier(key.spki, least_rsa_bits=least_rsa_bits)
            keys.append(key)
        except CertificateError as error:
            rejected.append(Rejected(where=where, reason=str(error)))
    return Imported(keys=tuple(keys), rejected=tuple(rejected), authorities=tuple(authorities))


Entry = tuple[str, Any]  # what kind of entry it is, and the entry


def _entries(raw: bytes, name: str) -> Iterator[tuple[str, Entry]]:
    if b"-----BEGIN CERTIFICATE-----" in raw[:MOST_BYTES]:
        for number, found in enumerate(_PEM.findall(raw), 1):
            yield f"certificate {number}", ("der", found)
        return
    head, _, rest = raw.partition(b"\n")
    signed = rest.strip() if rest.lstrip().startswith(b"{") and not head.lstrip().startswith((b"{", b"[")) else raw
    try:
        written = msgspec.json.decode(signed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CertificateError(
            f"{name}: {shortened(error)}; expected PEM certificates or JSON: an EU list, a did:web document, a JWKS"
        ) from error
    found = list(_in_json(written))
    if not found:
        raise CertificateError(f"{name}: found no keys; expected an EU list, a did:web document, a JWKS or a map of keys")
    yield from found


def _in_json(written: object) -> Iterator[tuple[str, Entry]]:
    if not isinstance(written, dict):
        return
    for number, one in enumerate(_list(written, "certificates"), 1):
        yield f"certificate {number}", ("eu", one)
    for number, one in enumerate(_list(written, "verificationMethod"), 1):
        yield f"method {number}", ("did", one)
    for number, one in enumerate(_list(written, "keys"), 1):
        yield f"key {number}", ("jwk", one)
    for kid, entries in written.items():
        if isinstance(entries, list) and all(isinstance(one, dict) and "spki" in one for one in entries):
            for one in entries:
                yield kid, ("spki", (kid, one))


def _list(written: dict[Any, Any], key: str) -> list[Any]:
    found = written.get(key)
    return found if isinstance(found, list) else []


class _Reader:
    def __init__(self, domain: Domain, country: str, issuer: str, issued_by: Sequence[TrustedAuthority] | None) -> None:
        self.domain = domain
        self.country = country
        self.issuer = issuer
        self.issued_by = issued_by

    def authority(self, entry: Entry, least_rsa_bits: int) -> TrustedAuthority | None:
        """The authority of a PEM certificate; None where it is a signer's. Other lists hold signers, and say so."""
        kind, value = entry
        if kind != "der" or not is_authority(der := _base64(value, "certificate")):
            return None
        return authority_of(der, country=self.country, domain=self.domain, least_rsa_bits=least_rsa_bits)

    def _certified(self, der: bytes, country: str) -> TrustedKey:
        if self.issued_by is not None:
            check_issued(der, self.issued_by)
        return key_of(der, country=country, domain=self.domain, least_rsa_bits=0)

    def _bare(self) -> None:
        if self.issued_by is not None:
            raise CertificateError("certificate: found none, expected one that an authority issued")

    def key(self, entry: Entry) -> TrustedKey:
        kind, value = entry
        match kind:
            case "der":
                return self._certified(_base64(value, "certificate"), self.country)
            case "eu":
                return self._eu(_mapping(value))
            case "did":
                return self._did(_mapping(value))
            case "jwk":
                jwk = _mapping(value)
                return self._jwk(jwk, _thumbprint_checked(jwk))
            case _:
                kid, one = value
                self._bare()
                return TrustedKey(
                    kid=_hex(kid),
                    spki=_base64(one["spki"], "spki"),
                    country=self.country,
                    issuer=self.issuer,
                    domain=self.domain,
                )

    def _eu(self, entry: dict[Any, Any]) -> TrustedKey:
        key = self._certified(_base64(entry.get("rawData"), "rawData"), str(entry.get("country") or self.country))
        kid = _base64(entry.get("kid"), "kid")
        if kid != key.kid:
            raise CertificateError(f"kid: found {kid.hex()}, expected {key.kid.hex()} of the certificate itself")
        return key

    def _did(self, entry: dict[Any, Any]) -> TrustedKey:
        """The key identifier stands behind the # of the method's own identifier, the country in the document's path."""
        jwk = _mapping(entry.get("publicKeyJwk"))
        path, _, fragment = str(entry.get("id", "")).partition("#")
        countries = [part for part in path.split(":") if len(part) == 3 and part.isalpha() and part.isupper()]
        key = self._jwk(jwk, None if "x5c" in jwk and not _is_kid(fragment) else _base64(_unescaped(fragment), "id"))
        return replace(key, country=key.country or self.country, issuer=countries[0] if countries else path)

    def _jwk(self, jwk: dict[Any, Any], kid: bytes | None) -> TrustedKey:
        """The key; what its certificate in ``x5c`` says of use and validity counts, and it must be this key's certificate."""
        spki = spki_of(_public(jwk))
        _check_purpose(jwk, spki)
        chain = jwk.get("x5c")
        if not isinstance(chain, list) or not chain:
            if kid is None:
                raise CertificateError("x5c: found no certificate, expected a list")
            self._bare()
            return TrustedKey(kid=kid, spki=spki, country=self.country, issuer=self.issuer, domain=self.domain)
        key = self._certified(_base64(chain[0], "x5c"), self.country)
        if key.spki != spki:
            raise CertificateError("x5c: found the certificate of another key")
        return replace(key, kid=kid or key.kid, issuer=self.issuer)


def _check_purpose(jwk: dict[Any, Any], spki: bytes) -> None:
    """A key that says it is for something else than signatures of its own kind vouches for nothing."""
    if jwk.get("use", "sig") != "sig":
        raise CertificateError(f"use: found {shortened(jwk['use'])}, expected sig")
    if "alg" in jwk and jwk.get("kty") != "RSA":  # an RSA key may sign by several, and by PS256 alone for us
        expected = Verifier(spki).algorithm
        if jwk["alg"] != expected:
            raise CertificateError(f"alg: found {shortened(jwk['alg'])}, expected {expected}")


def _unescaped(fragment: str) -> str:
    """The base64 of a URL's fragment, where its own characters may be escaped."""
    return re.sub("%(2[bf]|3d)", lambda found: chr(int(found[1], 16)), fragment, flags=re.IGNORECASE)


def _is_kid(fragment: str) -> bool:
    try:
        return len(_base64(_unescaped(fragment), "id")) == KID_BYTES
    except CertificateError:
        return False


def _public(jwk: dict[Any, Any]) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    if "d" in jwk:
        raise CertificateError("key: found a private key; it must never be published, and is not to be trusted any more")
    try:
        match jwk.get("kty"):
            case "EC":
                curve = _CURVES.get(str(jwk.get("crv")))
                if curve is None:
                    raise CertificateError(f"crv: found {shortened(jwk.get('crv'))}, expected {' or '.join(_CURVES)}")
                return ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), curve).public_key()
            case "OKP" if jwk.get("crv") == "Ed25519":
                return ed25519.Ed25519PublicKey.from_public_bytes(_base64(jwk.get("x"), "x"))
            case "RSA":
                return rsa.RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
            case other:
                raise CertificateError(f"kty: found {shortened(other)}, expected EC, OKP or RSA")
    except ValueError as error:
        raise CertificateError(f"key: {shortened(error)}") from error


def _number(jwk: dict[Any, Any], name: str) -> int:
    return int.from_bytes(_base64(jwk.get(name), name), "big")


def _thumbprint_checked(jwk: dict[Any, Any]) -> bytes:
    """The identifier of a JWKS' key: SMART Health Cards ask that it be the key's thumbprint (RFC 7638)."""
    kid = _base64(jwk.get("kid"), "kid")
    health_card = jwk.get("use") == "sig" and jwk.get("alg") == "ES256"
    if jwk.get("kty") != "EC" or not (health_card or len(kid) == hashlib.sha256().digest_size):
        return kid
    members = {name: jwk.get(name) for name in ("crv", "kty", "x", "y")}
    thumbprint = hashlib.sha256(msgspec.json.encode(members)).digest()
    if kid != thumbprint:
        raise CertificateError("kid: found another identifier than the key's own thumbprint")
    return kid


def _mapping(value: object) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise CertificateError(f"entry: found {shortened(value)}, expected a JSON object")
    return value


def _base64(value: object, where: str) -> bytes:
    """Base64 of either alphabet, padded or not, line breaks aside."""
    if isinstance(value, str):
        value = value.encode("ascii", "replace")
    if not isinstance(value, bytes):
        raise CertificateError(f"{where}: found {shortened(value)}, expected base64")
    text = b"".join(value.split()).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise CertificateError(f"{where}: {error}, expected base64") from error


def _hex(value: object) -> bytes:
    try:
        return bytes.fromhex(str(value))
    except ValueError as error:
        raise CertificateError(f"kid: found {shortened(value)}, expected hexadecimal") from error
