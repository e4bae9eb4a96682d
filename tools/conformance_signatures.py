"""Hold what verifies signatures against Wycheproof's vectors and the COSE working group's examples."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from fastchannel.certificates.envelopes.cose import open_sign, open_sign1
from fastchannel.certificates.keys import EVERY, Algorithm, Verifier, spki_of
from fastchannel.certificates.refusal import Code, RefusedError
from fastchannel.certificates.tolerances import Noted
from fastchannel.certificates.trust.certificates import key_of
from fastchannel.certificates.trust.chains import Scheme, SignedWith, authority_key, read, signed_by
from tools.conformance_dcc import Figure

# Signatures of r and s side by side, as what travellers show has them.
VECTORS = {
    "P-256": "ecdsa_secp256r1_sha256_p1363_test.json",
    "P-384": "ecdsa_secp384r1_sha384_p1363_test.json",
    "Ed25519": "ed25519_test.json",
    "RSA-PSS": "rsa_pss_2048_sha256_mgf1_32_test.json",
}
# As X.509 certificates have them: these hold what says whether an authority issued a signer's certificate.
IN_DER = "ecdsa_secp256r1_sha256_test.json"
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
PSS = {"RSA-PSS-256": Algorithm.PS256, "RSA-PSS-384": Algorithm.PS384, "RSA-PSS-512": Algorithm.PS512}
X5BAG, X5CHAIN, X5T = (
    32,
    33,
    34,
)  # headers of RFC 9360: certificates in any order, the signer's first, and the hash of the signer's
EVERYTHING = frozenset(Algorithm)


def wycheproof(folder: Path) -> list[Figure]:
    """One figure a kind of key: every signature is taken or refused as the vectors say."""
    found = []
    for name, file in VECTORS.items():
        figure = Figure(f"Wycheproof {name}")
        for group in json.loads((folder / file).read_bytes())["testGroups"]:
            verifier = Verifier(bytes.fromhex(group["publicKeyDer"]))
            for one in group["tests"]:
                taken = verifier.verifies(bytes.fromhex(one["msg"]), bytes.fromhex(one["sig"]))
                _count(figure, f"{file} {one['tcId']}", holds=taken == (one["result"] == "valid"))
        found.append(figure)
    return [*found, _in_der(folder)]


def _in_der(folder: Path) -> Figure:
    figure = Figure("Wycheproof P-256 in DER")
    signed_with = SignedWith(Scheme.ECDSA, "sha256")
    for group in json.loads((folder / IN_DER).read_bytes())["testGroups"]:
        key = authority_key(bytes.fromhex(group["publicKeyDer"]))
        for one in group["tests"]:
            taken = signed_by(key, signed_with, bytes.fromhex(one["msg"]), bytes.fromhex(one["sig"]))
            _count(figure, f"{IN_DER} {one['tcId']}", holds=taken == (one["result"] == "valid"))
    return figure


def cose(folder: Path) -> Figure:
    """Every example: a signature verifies or is refused as the example says, and what has none is said to be unsupported."""
    figure = Figure("cose-wg examples")
    carried = _carried(folder)
    for path in sorted(folder.glob("*/*.json")):
        case = json.loads(path.read_bytes())
        _count(figure, f"{path.parent.name}/{path.stem}", holds=_holds(case, carried))
    return figure


def _holds(case: Mapping[str, Any], carried: Mapping[bytes, bytes]) -> bool:
    raw, asked = bytes.fromhex(case["output"]["cbor"]), case["input"]
    if "sign0" not in asked and "sign" not in asked:  # a MAC, or encrypted
        return all(_unsupported(opener, raw) for opener in (open_sign1, open_sign))
    verifies = _one(raw, asked["sign0"]) if "sign0" in asked else _several(raw, asked["sign"]["signers"], carried)
    return verifies != bool(case.get("fail", False))


def _unsupported(opener: Callable[[bytes, Noted], object], raw: bytes) -> bool:
    try:
        opener(raw, Noted())
    except RefusedError as error:
        return error.refusal.code is Code.UNSUPPORTED
    return False


def _one(raw: bytes, signed: Mapping[str, Any]) -> bool:
    key = _pinned(_spki(signed["key"]), signed["alg"])
    try:
        opened = open_sign1(raw, Noted(), aad=bytes.fromhex(signed.get("external", "")), algorithms=EVERYTHING)
    except RefusedError:
        return False
    return opened.algorithm is key.algorithm and key.verifies(opened.message, opened.signature)


def _several(raw: bytes, signers: Sequence[Mapping[str, Any]], carried: Mapping[bytes, bytes]) -> bool:
    """Whether all signers' keys hold; where a signer names certificates, by the key of the one that is the signer's own."""
    keys = [_pinned(_spki(one["key"]), one["protected"]["alg"]) for one in signers]
    try:
        opened = open_sign(raw, Noted(), aad=bytes.fromhex(signers[0].get("external", "")), algorithms=EVERYTHING)
    except RefusedError:
        return False
    named = [_certificates(one.unprotected, carried) for one in opened.signatures]
    return opened.signed_by(keys) and all(
        certificates is None or any(one.by(_of_certificate(der)) and _issued(der, carried) for der in certificates)
        for one, certificates in zip(opened.signatures, named, strict=True)
    )


def _certificates(header: Mapping[Any, Any], carried: Mapping[bytes, bytes]) -> list[bytes] | None:
    """The certificates of which one must be the signer's; None where the header names none."""
    if X5CHAIN in header:
        return _listed(header[X5CHAIN])[:1]
    if X5BAG in header:
        return _listed(header[X5BAG])
    if X5T in header:
        _, thumbprint = header[X5T]
        return [carried[thumbprint]] if thumbprint in carried else []
    return None


def _listed(value: bytes | list[bytes]) -> list[bytes]:
    return value if isinstance(value, list) else [value]


def _carried(folder: Path) -> dict[bytes, bytes]:
    """The certificates that any example carries, by their SHA-256: one example gives no more than that."""
    found: dict[bytes, bytes] = {}
    for path in sorted(folder.glob("x509-examples/*.json")):
        raw = bytes.fromhex(json.loads(path.read_bytes())["output"]["cbor"])
        for one in open_sign(raw, Noted()).signatures:
            for name in (X5CHAIN, X5BAG):
                found |= {hashlib.sha256(der).digest(): der for der in _listed(one.unprotected.get(name, []))}
    return found


def _of_certificate(der: bytes) -> Verifier:
    return Verifier(key_of(der).spki)


def _issued(der: bytes, carried: Mapping[bytes, bytes]) -> bool:
    """Whether an authority that any example carries issued the certificate."""
    found = read(der)
    authorities = [one for one in map(read, carried.values()) if one.authority and one.subject == found.issuer]
    return any(found.signed_by(one.spki) for one in authorities)


def _pinned(spki: bytes, algorithm: str) -> Verifier:
    return Verifier(spki, algorithm=PSS.get(algorithm) or Algorithm(algorithm), allowed=EVERY)


def _spki(key: Mapping[str, str]) -> bytes:
    match key["kty"]:
        case "OKP" if key["crv"] == "Ed25519":
            return spki_of(ed25519.Ed25519PublicKey.from_public_bytes(_bytes(key, "x")))
        case "OKP":
            return spki_of(ed448.Ed448PublicKey.from_public_bytes(_bytes(key, "x")))
        case "RSA":
            return spki_of(rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key())
        case _:
            return spki_of(ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), CURVES[key["crv"]]).public_key())


def _number(key: Mapping[str, str], name: str) -> int:
    return int.from_bytes(_bytes(key, name), "big")


def _bytes(key: Mapping[str, str], name: str) -> bytes:
    written = key.get(f"{name}_hex")
    return bytes.fromhex(written) if written is not None else base64.urlsafe_b64decode(key[name] + "==")


def _count(figure: Figure, name: str, *, holds: bool) -> None:
    if holds:
        figure.passed += 1
    else:
        figure.failed.append(name)
