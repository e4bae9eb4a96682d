"""A node for the checkpoint's page: Django's own pages without a database, and a small stand-in for what takes the entries.

It checks each signature, counts each nonce, and can be made deaf, or lose its answers after it took what was sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace

from fastchannel.casework.gate_bundle import Bundle, Expected, Span, document_key, encode_bundle, milliseconds
from fastchannel.casework.gate_reasons import Colour, GateReason
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.passes.holder import Holder
from fastchannel.certificates.passes.issuing import issue, signer
from fastchannel.certificates.trust.store import TrustList
from tools import gate_vectors

CODE = "ABCD-EFGH"
HOUR = timedelta(hours=1)
SKEW_MS = 5 * 60_000
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Node:
    """What the stand-in holds, and how it behaves."""

    url: str = ""
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)  # by nonce, as first taken
    sent: list[str] = field(default_factory=list)  # every nonce of every call, repetitions too
    faults: list[str] = field(default_factory=list)
    raised: list[dict[str, Any]] = field(default_factory=list)
    rejects: dict[str, str] = field(default_factory=dict)  # a reason of the entry → the code
    asked: int = 0
    down: bool = False
    loses: bool = False
    revoked: bool = False
    ahead_ms: int = 0  # its clock before ours
    key: ec.EllipticCurvePublicKey | None = None
    bundle: Bundle | None = None
    stop: Callable[[], None] = lambda: None

    def now(self) -> int:
        return int(time.time() * 1000) + self.ahead_ms

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.asked += 1
        if path == "/gate/enrol/":
            return self.enrol(json.loads(body))
        refused = self.unsigned(method, path, headers.get("authorization", ""), body)
        if refused is not None:
            return refused
        if path == "/gate/bundle/":
            assert self.bundle is not None
            return 200, {**json.loads(encode_bundle(self.bundle)), "server_time": self.now()}
        return self.sync(json.loads(body))

    def enrol(self, said: dict[str, Any]) -> Answer:
        if said["code"].replace("-", "").upper() != CODE.replace("-", ""):
            return 403, {"code": "enrolment"}
        x, y = (int.from_bytes(_unpadded(said["public_key"][name]), "big") for name in ("x", "y"))
        self.key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        if set(said["public_key"]) != {"kty", "crv", "x", "y"}:
            self.faults.append("the key says more than it needs")
        return 201, {"device": "d1", "party": "CN", "place": "CN-SH", "gates": ["entry"], "server_time": self.now()}

    def unsigned(self, method: str, path: str, header: str, body: bytes) -> Answer | None:
        if self.revoked:
            return 403, {"code": "revoked"}
        device, at, signature = header.removeprefix("Device ").split(".")
        if abs(int(at) - self.now()) > SKEW_MS:
            return 401, {"code": "clock", "server_time": self.now()}
        raw = _unpadded(signature)
        text = f"{method}\n{path}\n{at}\n{hashlib.sha256(body).hexdigest()}".encode()
        assert self.key is not None
        try:
            r, s = (int.from_bytes(part, "big") for part in (raw[:32], raw[32:]))
            self.key.verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
        except InvalidSignature:
            self.faults.append(f"signature of {method} {path} by {device}")
            return 401, {"code": "signature"}
        return None

    def sync(self, said: dict[str, Any]) -> Answer:
        accepted, known, rejected = [], [], []
        for one in said["entries"]:
            self.sent.append(one["nonce"])
            if one["nonce"] in self.entries:
                known.append(one["nonce"])
                if one != self.entries[one["nonce"]]:
                    self.faults.append(f"entry {one['seq']} was sent again with another content")
                continue
            self.entries[one["nonce"]] = one
            if one["reason"] in self.rejects:
                rejected.append({"nonce": one["nonce"], "code": self.rejects[one["reason"]]})
            else:
                accepted.append(one["nonce"])
        told = {"accepted": accepted, "known": known, "rejected": rejected, "raised": self.raised}
        return 200, {**told, "server_time": self.now()}

    def kinds(self) -> list[tuple[int, str, str]]:
        """What was taken, by number: kind and reason."""
        return sorted((one["seq"], one["kind"], one["reason"]) for one in self.entries.values())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is nothing to report."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any, **more: Any) -> None:
        """Nothing."""


@contextmanager
def served() -> Iterator[Node]:
    """A node at an address of localhost, which is a secure context."""
    from django.core.wsgi import get_wsgi_application

    node, pages = Node(), get_wsgi_application()
    ours = {"/gate/enrol/", "/gate/bundle/", "/gate/sync/"}

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if node.down:
            raise ConnectionAbortedError
        if path not in ours:
            found: Iterable[bytes] = pages(environ, start_response)
            return found
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
        status, said = node.answer(environ["REQUEST_METHOD"], path, headers, body)
        raw = json.dumps(said).encode()
        size = len(raw) + 1 if node.loses else len(raw)  # cut off: the browser never reads the answer
        start_response(f"{status} said", [("Content-Type", "application/json"), ("Content-Length", str(size))])
        return [raw]

    server = make_server("localhost", 0, application, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    node.url = f"http://localhost:{server.server_port}"
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ---- a bundle of now, and what its travellers show ---------------------------------------------------------------------------


def bundle_of(at: datetime) -> Bundle:
    """The vectors' bundle with four travellers, made at that instant: clear, incomplete, closed, and one known by name."""
    start, end = milliseconds(at), milliseconds(at + 72 * HOUR)
    key = gate_vectors.KEY

    def person(ref: str, name: str, number: str, colour: Colour, reason: GateReason) -> Expected:
        return Expected(
            ref=ref,
            doc=document_key(key, number, "1985-03-02"),
            name=name,
            gate="entry",
            due=start,
            spans=(Span(start, end, colour, reason),),
        )

    return Bundle(
        party="CN",
        place="CN-SH",
        gates=("entry",),
        made_at=start,
        valid_until=end,
        key=key,
        trust=(TrustList(party="KR", version=1, issued=at, keys=(gate_vectors.trusted(gate_vectors.KR, "KR", Use.CROSSING),)),),
        digests=(gate_vectors.DIGEST,),
        rules=(gate_vectors.RULE,),
        expected=(
            person("J1", "KIM M.", "M12345678", Colour.GREEN, GateReason.CLEAR),
            person("J2", "LEE S.", "M22222222", Colour.AMBER, GateReason.INCOMPLETE),
            person("J3", "PARK J. H.", "M33333333", Colour.RED, GateReason.CLOSED),
            person("J4", "王○", "E44444444", Colour.GREEN, GateReason.CLEAR),
        ),
    )


def pass_of(at: datetime, journey: str = "J1", label: str = "pass 1", hours: int = 80) -> str:
    """A pass issued an hour before, for the traveller with the passport M12345678."""
    fields = replace(
        gate_vectors.FIELDS,
        id=gate_vectors.named(label),
        journey=journey,
        issued=at - HOUR,
        not_before=at - HOUR,
        expires=at + hours * HOUR,
    )
    holder = Holder(document="M12345678", state="KOR", birth="1985-03-02")
    key_id, sign = gate_vectors.kid(gate_vectors.KR), signer(gate_vectors.KR, deterministic=True)
    return issue(fields, holder, key_id=key_id, sign=sign, salt=gate_vectors.named("salt 1"))


def today() -> datetime:
    """Now, in whole seconds, as passes have it."""
    return datetime.now(UTC).replace(microsecond=0)
