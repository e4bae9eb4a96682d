"""Hold what verifies signatures against Wycheproof's vectors and the COSE working group's examples of one signature."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from fastchannel.certificates.envelopes.cose import open_sign1
from fastchannel.certificates.keys import Verifier, spki_of
from fastchannel.certificates.refusal import RefusedError
from fastchannel.certificates.tolerances import Noted
from tools.conformance_dcc import Figure

# Signatures of r and s side by side, as certificates have them; what is only in DER is nothing that we are given.
VECTORS = {
    "P-256": "ecdsa_secp256r1_sha256_p1363_test.json",
    "P-384": "ecdsa_secp384r1_sha384_p1363_test.json",
    "Ed25519": "ed25519_test.json",
    "RSA-PSS": "rsa_pss_2048_sha256_mgf1_32_test.json",
}
HASHES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


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
    return found


def cose(folder: Path) -> Figure:
    """The examples of COSE_Sign1; those of other structures and of curves that certificates do not use are named."""
    figure = Figure("COSE_Sign1 examples")
    for path in sorted(folder.glob("*/*.json")):
        case = json.loads(path.read_bytes())
        name = f"{path.parent.name}/{path.stem}"
        signed = case["input"].get("sign0")
        if signed is None:
            figure.known.append(f"{name} (no COSE_Sign1)")
            continue
        key = signed["key"]
        if key.get("crv") not in {*CURVES, "Ed25519"}:
            figure.known.append(f"{name} ({key.get('crv', key['kty'])})")
            continue
        if HASHES[signed["alg"]] != key["crv"]:
            figure.known.append(f"{name} ({signed['alg']} with a key on {key['crv']}: a key has one algorithm)")
            continue
        _count(figure, name, holds=_verifies(case, key) != bool(case.get("fail", False)))
    return figure


def _verifies(case: Mapping[str, Any], key: Mapping[str, str]) -> bool:
    verifier = Verifier(_spki(key))
    raw = bytes.fromhex(case["output"]["cbor"])
    aad = bytes.fromhex(case["input"]["sign0"].get("external", ""))
    try:
        opened = open_sign1(raw, Noted(), aad=aad)
    except RefusedError:
        return False
    return opened.algorithm is verifier.algorithm and verifier.verifies(opened.message, opened.signature)


def _spki(key: Mapping[str, str]) -> bytes:
    if key["kty"] == "OKP":
        return spki_of(ed25519.Ed25519PublicKey.from_public_bytes(_number(key, "x")))
    x, y = (int.from_bytes(_number(key, name), "big") for name in ("x", "y"))
    return spki_of(ec.EllipticCurvePublicNumbers(x, y, CURVES[key["crv"]]).public_key())


def _number(key: Mapping[str, str], name: str) -> bytes:
    written = key.get(f"{name}_hex")
    return bytes.fromhex(written) if written is not None else base64.urlsafe_b64decode(key[name] + "==")


def _count(figure: Figure, name: str, *, holds: bool) -> None:
    if holds:
        figure.passed += 1
    else:
        figure.failed.append(name)
