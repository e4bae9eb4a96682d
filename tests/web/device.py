"""A checkpoint's device for the tests: a key of its own, and calls that it signs as the browser does."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from fastchannel.casework.gate_bundle import milliseconds
from fastchannel.certificates.passes.issuing import signer

NUMBERS = count(1)


def coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    x, y = (coded(one.to_bytes(32, "big")) for one in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "ext": True, "key_ops": ["verify"]}


@dataclass
class FakeDevice:
    """``clock`` says its own time; by default the node's."""

    clock: Any
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.derive_private_key(7_000 + next(NUMBERS), ec.SECP256R1())
    )
    id: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    seq: int = 0

    def now(self) -> int:
        return milliseconds(self.clock.now())

    def enrol(self, code: str, name: str = "Lane 3") -> Any:
        body = {"code": code, "name": name, "public_key": jwk(self.key)}
        answer = self.client.post("/gate/enrol/", json.dumps(body), content_type="application/json")
        if answer.status_code == 201:
            self.id = answer.json()["device"]
        return answer

    def authorization(self, method: str, path: str, body: bytes, ms: int) -> str:
        message = f"{method}\n{path}\n{ms}\n{hashlib.sha256(body).hexdigest()}".encode()
        return f"Device {self.id}.{ms}.{coded(signer(self.key, deterministic=True)(message))}"

    def bundle(self, **headers: str) -> Any:
        said = self.authorization("GET", "/gate/bundle/", b"", self.now() + next(NUMBERS))
        return self.client.get("/gate/bundle/", headers={"authorization": said, **headers})

    def entry(self, kind: str = "admitted", *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        self.seq += 1
        when = self.now() if at is None else milliseconds(at)
        verdict = {"admitted": ("green", "clear"), "override": ("amber", "incomplete")}.get(kind, ("red", "closed"))
        fields = {"nonce": f"nonce-{self.id[-6:]}-{self.seq:08}", "seq": self.seq, "at": when, "kind": kind}
        return fields | {"verdict": verdict[0], "reason": verdict[1]} | more

    def sync(self, entries: Sequence[Any], *, ms: int | None = None, clock: int | None = None) -> Any:
        body = json.dumps({"entries": entries, "clock": self.now() if clock is None else clock}).encode()
        return self.send(body, ms=ms)

    def send(self, body: bytes, *, ms: int | None = None, said: str = "") -> Any:
        ms = self.now() + next(NUMBERS) if ms is None else ms
        said = said or self.authorization("POST", "/gate/sync/", body, ms)
        return self.client.post("/gate/sync/", body, content_type="application/json", headers={"authorization": said})
