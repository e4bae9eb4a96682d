"""Makes the passes that Python and the browser must judge alike: tests/vectors/pass.json.

    python tools/pass_vectors.py           write the file anew
    python tools/pass_vectors.py --check   exit 1 where it is not what this tool makes

The keys are derived from small fixed numbers and signatures are deterministic (RFC 6979), so that every run makes the same
bytes. Such keys are known to everybody: they sign nothing but vectors.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import Algorithm, TrustedKey, kid_of, spki_of
from fastchannel.certificates.passes import claims
from fastchannel.certificates.passes.checking import check
from fastchannel.certificates.passes.claims import Fields, Pass
from fastchannel.certificates.passes.holder import Holder, holder_hash
from fastchannel.certificates.passes.issuing import PREFIX, issue, renew, signer, wrap
from fastchannel.certificates.trust.store import TrustList, TrustStore

PATH = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "pass.json"
NOW = datetime(2020, 5, 4, 9, tzinfo=UTC)
HOLDER = Holder(document="M12345678", state="KOR", birth="1985-03-02")
DIGEST = "sha256:" + hashlib.sha256(b"a text of an agreement").hexdigest()

KR, CN, OLD, TESTS, STRANGER = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(1_001, 1_006))


def named(label: str, size: int = 16) -> bytes:
    """Bytes that look random and are the same in every run."""
    return hashlib.sha256(label.encode()).digest()[:size]


def kid(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key's identifier."""
    return kid_of(spki_of(key.public_key()))


def trusted(key: ec.EllipticCurvePrivateKey, country: str, use: Use = Use.CROSSING, **more: Any) -> TrustedKey:
    """An entry of the trust list."""
    return TrustedKey(kid=kid(key), spki=spki_of(key.public_key()), country=country, uses=frozenset({use}), **more)


TRUST = TrustList(
    party="CN",
    version=1,
    issued=NOW - timedelta(hours=1),
    keys=(
        trusted(KR, "KR"),
        trusted(CN, "CN"),
        trusted(OLD, "KR", not_before=NOW - timedelta(days=400), not_after=NOW - timedelta(days=30)),
        trusted(TESTS, "KR", Use.TEST),
    ),
)
FIELDS = Fields(
    id=named("pass 1"),
    issuer="KR",
    agreement="china-korea",
    route="kr-cn",
    digest=DIGEST,
    journey="KR-2020-000123",
    gates=("boarding", "entry"),
    issued=NOW - timedelta(minutes=10),
    not_before=NOW,
    expires=NOW + timedelta(hours=24),
)
SALT = named("salt 1")


def made(key: ec.EllipticCurvePrivateKey = KR, **changes: Any) -> str:
    """A pass as the product issues it."""
    return issue(replace(FIELDS, **changes), HOLDER, key_id=kid(key), sign=signer(key, deterministic=True), salt=SALT)


def payload() -> dict[int, Any]:
    """The claims of the usual pass, to be changed at will."""
    return dict(cbor.decode(claims.encode(FIELDS, salt=SALT, holder=holder_hash(HOLDER, SALT))))


def sealed(payload: bytes, key: ec.EllipticCurvePrivateKey = KR, key_id: bytes = b"") -> bytes:
    """Any payload, signed."""
    sign = signer(key, deterministic=True)
    return seal_sign1(payload, algorithm=Algorithm.ES256, kid=key_id or kid(key), sign=sign)


def with_claims(change: Callable[[dict[int, Any]], object]) -> str:
    """The usual pass with its claims changed, and signed as they then are."""
    found = payload()
    change(found)
    return wrap(sealed(cbor.encode(found)))


def with_body(**changes: Any) -> str:
    """The usual pass with keys ``_N`` of its private claim set, or left out where None."""
    body = {**payload()[claims.PASS], **{int(key[1:]): value for key, value in changes.items()}}
    return with_claims(lambda found: found.update({claims.PASS: {k: v for k, v in body.items() if v is not None}}))


def with_envelope(change: Callable[[list[Any]], object]) -> str:
    """The usual pass with the four parts of its envelope changed after it was signed."""
    parts = list(cbor.decode(raw_of(made())[1:]))
    change(parts)
    return wrap(b"\xd2" + cbor2.dumps(parts, canonical=True))


def raw_of(text: str) -> bytes:
    """The sealed bytes of a pass that is not compressed."""
    return base45.decode(text.removeprefix(PREFIX))


def texts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Each vector: its text, and what departs from the usual question."""
    usual = made()
    raw = raw_of(usual)
    flipped = bytearray(raw)
    flipped[raw.index(b"KR-2020") + 3] ^= 1
    first = check(usual, TrustStore([TRUST]), NOW)
    if not isinstance(first, Pass):
        raise SystemExit(f"the usual pass is refused: {first}")
    renewed = renew(
        first,
        id=named("pass 2"),
        issued=NOW + timedelta(hours=20),
        expires=NOW + timedelta(hours=44),
        key_id=kid(KR),
        sign=signer(KR, deterministic=True),
    )
    long = made(journey="J" * 64, agreement="A" * 64, route="R" * 64)
    canonical = claims.encode(FIELDS, salt=SALT, holder=holder_hash(HOLDER, SALT))
    unordered = cbor2.dumps(dict(reversed(payload().items())))
    doubled = bytes((canonical[0] + 1,)) + b"\x01\x62KR" + canonical[1:]
    last = FIELDS.expires
    holders = {
        "person": {"document": "M12345679", "state": "KOR", "birth": "1985-03-02"},
        "birth": {"document": "M12345678", "state": "KOR", "birth": "1985-03-03"},
        "state": {"document": "M12345678", "state": "CHN", "birth": "1985-03-02"},
        "zone": {"document": "m 1234-5678<", "state": "KOR", "birth": "850302"},
    }
    return {
        "valid, nothing asked": (usual, {}),
        "valid, all asked": (usual, {"holder": msgspec.to_builtins(HOLDER), "gate": "entry", "digest": DIGEST}),
        "valid, a line feed behind": (usual + "\r\n", {}),
        "valid, the holder as the machine-readable zone writes it": (usual, {"holder": holders["zone"]}),
        "valid at the last second": (usual, {"at": last}),
        "valid, our clock five minutes behind": (usual, {"at": FIELDS.not_before - timedelta(minutes=5)}),
        "valid, renewed": (renewed, {"at": NOW + timedelta(hours=21)}),
        "valid, compressed": (long, {}),
        "valid, signed by the other party": (made(CN, issuer="CN"), {}),
        "valid, a claim and a key that this version does not know": (
            with_claims(
                lambda found: (found.update({-70_001: [1, {"x": b"y"}, True, None]}), found[claims.PASS].update({99: "z"}))
            ),
            {},
        ),
        "expired by a second": (usual, {"at": last + timedelta(seconds=1)}),
        "not yet valid": (usual, {"at": FIELDS.not_before - timedelta(minutes=5, seconds=1)}),
        "revoked": (made(id=named("pass 9")), {}),
        "replaced by its renewal and revoked": (made(id=named("pass 8")), {}),
        "another person": (usual, {"holder": holders["person"]}),
        "another date of birth": (usual, {"holder": holders["birth"]}),
        "another issuing state": (usual, {"holder": holders["state"]}),
        "another gate": (usual, {"gate": "release"}),
        "another text of the agreement": (usual, {"digest": "sha256:" + "0" * 64}),
        "signed by a stranger": (made(STRANGER), {}),
        "signed by a stranger under a known identifier": (wrap(sealed(canonical, STRANGER, kid(KR))), {}),
        "signed by a key that may not sign passes": (made(TESTS), {}),
        "signed by a key after its time": (made(OLD), {}),
        "signed by a key of another country": (made(CN), {}),
        "no trust list": (usual, {"trust": "none"}),
        "a stale trust list": (usual, {"trust": "stale"}),
        "a claim changed after signing": (wrap(bytes(flipped)), {}),
        "a signature of zeros": (with_envelope(lambda parts: parts.__setitem__(3, bytes(64))), {}),
        "a signature cut short": (with_envelope(lambda parts: parts.__setitem__(3, parts[3][:-1])), {}),
        "an unsigned header": (with_envelope(lambda parts: parts.__setitem__(1, {4: b"other"})), {}),
        "a key identifier in the unsigned header alone": (
            with_envelope(lambda parts: (parts.__setitem__(0, cbor.encode({1: -7})), parts.__setitem__(1, {4: kid(KR)}))),
            {},
        ),
        "another algorithm": (with_envelope(lambda parts: parts.__setitem__(0, cbor.encode({1: -8, 4: kid(KR)}))), {}),
        "a critical header": (
            with_envelope(lambda parts: parts.__setitem__(0, cbor.encode({1: -7, 2: [99], 4: kid(KR), 99: 1}))),
            {},
        ),
        "an envelope of three parts": (wrap(b"\xd2" + cbor2.dumps([b"", {}, b""])), {}),
        "no tag": (wrap(raw[1:]), {}),
        "bytes behind the envelope": (wrap(raw + b"\0"), {}),
        "cut off": (wrap(raw[:-1]), {}),
        "claims in another order": (wrap(sealed(unordered)), {}),
        "a claim twice": (wrap(sealed(doubled)), {}),
        "claims that are no map": (wrap(sealed(cbor.encode([1, 2]))), {}),
        "a time that is a broken number": (with_claims(lambda found: found.update({4: 1588669200.5})), {}),
        "a time that is text": (with_claims(lambda found: found.update({4: "tomorrow"})), {}),
        "no expiry": (with_claims(lambda found: found.pop(4)), {}),
        "it ends before it begins": (with_claims(lambda found: found.update({4: found[5]})), {}),
        "good for fifteen days": (with_claims(lambda found: found.update({4: found[5] + 15 * 86_400})), {}),
        "a later layout": (with_body(_1=2), {}),
        "no private claim": (with_claims(lambda found: found.pop(claims.PASS)), {}),
        "no gate": (with_body(_8=[]), {}),
        "a gate twice": (with_body(_8=["entry", "entry"]), {}),
        "a gate that is no word": (with_body(_8=["entry\n"]), {}),
        "a verdict that opens nothing": (with_body(_9="refuse"), {}),
        "no salt": (with_body(_6=None), {}),
        "a short digest": (with_body(_4=bytes(31)), {}),
        "a journey with spaces": (with_body(_5="KR 2020"), {}),
        "an identifier of eight bytes": (with_claims(lambda found: found.update({7: bytes(8)})), {}),
        "no pass": ("HC1:6BF", {}),
        "nothing": ("", {}),
        "no base45": (PREFIX + "abc", {}),
        "base45 beyond two bytes": (PREFIX + ":::", {}),
        "a megabyte of zeros, compressed": (PREFIX + base45.encode(zlib.compress(bytes(1_000_000), 9)), {}),
        "compressed and cut off": (PREFIX + base45.encode(zlib.compress(raw, 9)[:-1]), {}),
        "compressed and followed by more": (PREFIX + base45.encode(zlib.compress(raw, 9) + b"more"), {}),
        "too long": (PREFIX + "0" * 2_045, {}),
        "deep nesting": (wrap(sealed(b"\xa1\x01" + b"\x81" * 12 + b"\x01")), {}),
    }


def vectors() -> dict[str, Any]:
    """The whole file."""
    revoked = [named("pass 8").hex(), named("pass 9").hex()]
    lists = {"usual": TRUST, "stale": replace(TRUST, issued=NOW - timedelta(hours=73)), "none": None}
    return {
        "layout": 1,
        "about": "Passes with the answer that every checker gives. Made by tools/pass_vectors.py; instants are ISO 8601.",
        "trust": lists,
        "revoked": revoked,
        "vectors": [one(name, text, asked) for name, (text, asked) in texts().items()],
    }


def one(name: str, text: str, asked: dict[str, Any]) -> dict[str, Any]:
    """One vector with its expected answer, from the table below: never from what the code says."""
    code, detail = EXPECTED.get(name, ("", "")) if not name.startswith("valid") else ("", "")
    if not name.startswith("valid") and not code:
        raise SystemExit(f"{name}: no expected answer")
    return {"name": name, "text": text, "at": NOW, "trust": "usual", **asked, "code": code, "detail": detail}


EXPECTED = {
    "expired by a second": ("expired", ""),
    "not yet valid": ("not-yet-valid", ""),
    "revoked": ("revoked", ""),
    "replaced by its renewal and revoked": ("revoked", ""),
    "another person": ("not-for-this", "person"),
    "another date of birth": ("not-for-this", "person"),
    "another issuing state": ("not-for-this", "person"),
    "another gate": ("not-for-this", "gate"),
    "another text of the agreement": ("not-for-this", "agreement"),
    "signed by a stranger": ("key-unknown", ""),
    "signed by a stranger under a known identifier": ("signature-wrong", ""),
    "signed by a key that may not sign passes": ("key-use", "use"),
    "signed by a key after its time": ("key-not-valid", ""),
    "signed by a key of another country": ("key-use", "issuer"),
    "no trust list": ("trust-list-missing", ""),
    "a stale trust list": ("trust-list-stale", ""),
    "a claim changed after signing": ("signature-wrong", ""),
    "a signature of zeros": ("signature-wrong", ""),
    "a signature cut short": ("malformed", "canonical"),
    "an unsigned header": ("malformed", "canonical"),
    "a key identifier in the unsigned header alone": ("malformed", "canonical"),
    "another algorithm": ("unsupported", "algorithm"),
    "a critical header": ("unsupported", ""),
    "an envelope of three parts": ("malformed", "cose"),
    "no tag": ("malformed", "canonical"),
    "bytes behind the envelope": ("malformed", "cbor"),
    "cut off": ("malformed", "cbor"),
    "claims in another order": ("malformed", "canonical"),
    "a claim twice": ("malformed", "cbor"),
    "claims that are no map": ("malformed", "cwt"),
    "a time that is a broken number": ("malformed", "plain"),
    "a time that is text": ("malformed", "cwt"),
    "no expiry": ("malformed", "cwt"),
    "it ends before it begins": ("malformed", "times"),
    "good for fifteen days": ("malformed", "times"),
    "a later layout": ("unsupported", "layout"),
    "no private claim": ("malformed", "pass"),
    "no gate": ("malformed", "pass"),
    "a gate twice": ("malformed", "pass"),
    "a gate that is no word": ("malformed", "pass"),
    "a verdict that opens nothing": ("malformed", "pass"),
    "no salt": ("malformed", "pass"),
    "a short digest": ("malformed", "pass"),
    "a journey with spaces": ("malformed", "pass"),
    "an identifier of eight bytes": ("malformed", "pass"),
    "no pass": ("unsupported", "format"),
    "nothing": ("unsupported", "format"),
    "no base45": ("malformed", "base45"),
    "base45 beyond two bytes": ("malformed", "base45"),
    "a megabyte of zeros, compressed": ("malformed", "too-large"),
    "compressed and cut off": ("malformed", "inflate"),
    "compressed and followed by more": ("malformed", "inflate"),
    "too long": ("malformed", "too-long"),
    "deep nesting": ("malformed", "plain"),
}


def encoded() -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(vectors(), order="sorted"), indent=1) + b"\n"


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        return int(not PATH.exists() or PATH.read_bytes() != encoded())
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_bytes(encoded())
    return 0


if __name__ == "__main__":
    sys.exit(main())
