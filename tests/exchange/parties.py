"""Two parties with keys that are always the same, and drafts for their lanes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fastchannel.agreement.shipped import shipped
from fastchannel.exchange.bodies import body_of
from fastchannel.exchange.leaves import Kind, Lane
from fastchannel.exchange.roster import Key, Party, Roster, Use
from fastchannel.exchange.sealing import Draft
from fastchannel.terms.events import Assay, Finding, Resulted, Role

AT = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)
CORRIDOR = "china-korea"
AGREEMENT = shipped()["china-korea"].newest
DIGEST = "sha256:" + "ab" * 32
URGENT, BULK = (Lane(CORRIDOR, "KR", kind, "CN").origin for kind in (Kind.URGENT, Kind.BULK))


def seeded(name: str) -> bytes:
    return sha256(name.encode()).digest()


def signing(party: str, use: str = "sign") -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seeded(f"{party} {use}"))


def reading(party: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(seeded(f"{party} read"))


def party(code: str) -> Party:
    raws = {
        Use.SIGN: signing(code).public_key().public_bytes_raw(),
        Use.COSIGN: signing(code, "cosign").public_key().public_bytes_raw(),
        Use.READ: reading(code).public_key().public_bytes_raw(),
    }
    root = signing(code, "root").public_key().public_bytes_raw().hex()
    return Party(code=code, roots=(root,), keys=tuple(Key(use=use, raw=raw.hex()) for use, raw in raws.items()))


def roster(*codes: str, version: int = 1) -> Roster:
    codes = codes or ("CN", "KR")
    return Roster(corridor=CORRIDOR, version=version, threshold=len(codes), parties=tuple(party(code) for code in codes))


def stream(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same for the same seed."""
    count = 0

    def random(size: int) -> bytes:
        nonlocal count
        count += 1
        return sha256(f"{seed} {count}".encode()).digest()[:size]

    return random


def draft(number: int, **changes: Any) -> Draft:
    body = body_of(AGREEMENT, result(number), "CN")
    return Draft(**{"id": f"kr-{number}", "at": AT, "agreement": DIGEST, "body": body, **changes})


def result(number: int) -> Resulted:
    return Resulted(
        id=f"kr-{number}", journey="j-1", at=AT, recorded=AT, by="officer-7", role=Role.LABORATORY, party="KR",
        sample=f"S-{number}", assay=Assay.NAAT, finding=Finding.NOT_DETECTED, laboratory="kr-laboratory", place="KR-11",
    )  # fmt: skip
