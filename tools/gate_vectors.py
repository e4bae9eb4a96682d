"""Makes the scans that the node and the browser must judge alike at a checkpoint: tests/vectors/gate.json.

    python tools/gate_vectors.py           write the file anew
    python tools/gate_vectors.py --check   exit 1 where it is not what this tool makes

Keys and signatures are as in tools/pass_vectors.py: from small fixed numbers, the same in every run, good for nothing else.
What is expected stands beside each case, never taken from what the code says.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from msgspec.structs import replace

from fastchannel.casework.gate_bundle import (
    UNKNOWN_BIRTH,
    Accept,
    Bundle,
    Expected,
    GateRule,
    RevokedOf,
    Span,
    document_key,
    milliseconds,
)
from fastchannel.casework.gate_reasons import Colour, GateReason
from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import Algorithm, PublicKey, TrustedKey, kid_of, spki_of
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.writing import write_mrz
from fastchannel.certificates.passes.claims import Fields
from fastchannel.certificates.passes.holder import Holder
from fastchannel.certificates.passes.issuing import PREFIX, issue, signer
from fastchannel.certificates.trust.revocation import CertificateName, HeldRevocations, list_revocations
from fastchannel.certificates.trust.spread import spread_of
from fastchannel.certificates.trust.store import TrustList

PATH = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "gate.json"
NOW = datetime(2021, 7, 1, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
MS = timedelta(milliseconds=1)
DIGEST = "sha256:" + hashlib.sha256(b"a text of an agreement").hexdigest()
OTHER_DIGEST = "sha256:" + hashlib.sha256(b"another text").hexdigest()
KEY = hashlib.sha256(b"the bundle's key").digest()
COVID, DENGUE = "840539006", "38362002"
CLEAR, GOOD, INCOMPLETE, ASK, CLOSED, STRANGER_HERE, UNREADABLE, FORGED, NOT_NOW, ELSEWHERE, BEFORE, OFFLINE = GateReason
GREEN, AMBER, RED = Colour

SMALL_PRIMES = [one for one in range(3, 2_000, 2) if all(one % other for other in range(3, int(one**0.5) + 1, 2))]
KR, CN, STRANGER, AT, DE, OLD = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(2_001, 2_007))


def named(label: str, size: int = 16) -> bytes:
    """Bytes that look random and are the same in every run."""
    return hashlib.sha256(label.encode()).digest()[:size]


def prime(label: str) -> int:
    """A prime of 1024 bits, the first after bytes that the label names; p - 1 shares no factor with the public exponent."""
    start = int.from_bytes(b"".join(named(f"{label} {n}", 32) for n in range(4)), "big")
    found = start | 3 << 1_022 | 1
    while (
        any(found % one == 0 for one in SMALL_PRIMES)
        or found % EXPONENT == 1
        or any(pow(base, found - 1, found) != 1 for base in (2, 3, 5, 7))
    ):
        found += 2
    return found


EXPONENT = 65_537
PRIMES = prime("p"), prime("q")
MODULUS = PRIMES[0] * PRIMES[1]
RSA = rsa.RSAPublicNumbers(EXPONENT, MODULUS).public_key()
P384 = ec.derive_private_key(2_010, ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.from_private_bytes(named("ed25519", 32))


def sign_pss(message: bytes) -> bytes:
    """PS256 with a salt that the message names (RFC 8017, section 9.1.1), so that each run makes the same bytes."""
    salt, digest = named(message.hex(), 32), hashlib.sha256(message).digest()
    hashed = hashlib.sha256(bytes(8) + digest + salt).digest()
    block = bytes(256 - 32 - 32 - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha256(hashed + n.to_bytes(4, "big")).digest() for n in range(7))[: len(block)]
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=True))
    masked[0] &= 0x7F
    exponent = pow(EXPONENT, -1, (PRIMES[0] - 1) * (PRIMES[1] - 1))
    return pow(int.from_bytes(bytes(masked) + hashed + b"\xbc", "big"), exponent, MODULUS).to_bytes(256, "big")


def sign_384(message: bytes) -> bytes:
    """ES384's r and s side by side."""
    r, s = decode_dss_signature(P384.sign(message, ec.ECDSA(SHA384(), deterministic_signing=True)))
    return r.to_bytes(48, "big") + s.to_bytes(48, "big")


# Each of the other algorithms that certificates may have: its public key, and what signs.
OTHERS: dict[Algorithm, tuple[PublicKey, Callable[[bytes], bytes]]] = {
    Algorithm.PS256: (RSA, sign_pss),
    Algorithm.ES384: (P384.public_key(), sign_384),
    Algorithm.EDDSA: (ED.public_key(), ED.sign),
}


def other(algorithm: Algorithm, *, signed_as: Algorithm | None = None, **claims: Any) -> str:
    """An EU DCC by one of those keys; ``signed_as`` is what the envelope says instead."""
    key, sign = OTHERS[algorithm]
    payload = cbor.encode(token(**claims))
    return coded(seal_sign1(payload, algorithm=signed_as or algorithm, kid=kid_of(spki_of(key)), sign=sign))


def kid(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key's identifier."""
    return kid_of(spki_of(key.public_key()))


def trusted(key: ec.EllipticCurvePrivateKey, country: str, *uses: Use, **more: Any) -> TrustedKey:
    """An entry of a trust list."""
    return TrustedKey(kid=kid(key), spki=spki_of(key.public_key()), country=country, uses=frozenset(uses), **more)


def trust_list(party: str, *keys: TrustedKey) -> TrustList:
    """A list that holds as long as the bundle."""
    return TrustList(party=party, version=1, issued=NOW, keys=keys)


def passport(number: str = "M12345678", birth: str = "1985-03-02", state: str = "KOR") -> str:
    """The zone of a passport."""
    return write_mrz(
        Mrz(
            format="TD3", kind="P", state=state, family="KIM", given="MINJI", number=number, nationality=state, birth=birth,
            sex="F", expires=date(2029, 1, 1),
        )
    )  # fmt: skip


def ms(after: timedelta = timedelta()) -> int:
    """An instant counted from NOW."""
    return milliseconds(NOW + after)


def spans(*parts: tuple[float, float, Colour, GateReason]) -> tuple[Span, ...]:
    """From and until in hours from NOW."""
    return tuple(Span(ms(first * HOUR), ms(last * HOUR), colour, reason) for first, last, colour, reason in parts)


def expected(number: int, *, document: str, birth: str = "1985-03-02", **more: Any) -> Expected:
    """A traveller of the list."""
    fields: dict[str, Any] = {"ref": f"J{number}", "name": f"TRAVELLER {number}.", "gate": "entry", "due": ms(), "passes": ()}
    return Expected(doc=document_key(KEY, document, birth), **(fields | more))


def pass_id(label: str) -> str:
    """How a bundle names a pass."""
    return named(label).hex()[:16]


PEOPLE = (
    expected(1, document="M12345678", passes=(pass_id("pass 1"),),
             spans=spans((0, 24, GREEN, CLEAR), (24, 48, AMBER, INCOMPLETE), (48, 72, RED, CLOSED))),
    expected(2, document="M22222222", spans=spans((0, 72, AMBER, ASK)), passes=(pass_id("pass 2"),)),
    expected(3, document="M33333333", spans=spans((0, 72, RED, CLOSED))),
    expected(4, document="M44444444", birth=UNKNOWN_BIRTH, spans=spans((0, 72, GREEN, CLEAR))),
    expected(5, document="M55555555", spans=spans((0, 72, GREEN, CLEAR)), due=ms(HOUR)),
    expected(6, document="M55555555", spans=spans((0, 72, AMBER, INCOMPLETE)), due=ms(60 * HOUR)),
    expected(7, document="M77777777", spans=spans((0, 72, AMBER, BEFORE))),
    expected(8, document="M88888888", spans=spans((0, 24, GREEN, CLEAR))),
    expected(9, document="M99999999", spans=spans((0, 72, AMBER, INCOMPLETE))),
    expected(10, document="M10101010", gate="boarding", spans=spans((0, 72, GREEN, CLEAR))),
)  # fmt: skip
TEST = Accept(kind="test", agents=(COVID,), assay="naat", finding="not detected", least_hours=0, most_hours=72)
SHOT = Accept(kind="vaccination", agents=(COVID,), least_hours=24, most_hours=4320)
RULE = GateRule(agreement="china-korea", version=2, route="kr-cn", gate="entry", digest=DIGEST, accepts=(TEST, SHOT))
REVOKED_UVCI = "URN:UVCI:01:AT:REVOKED#0"
REVOKED_LIST = list_revocations(
    [CertificateName(country="AT", kid=kid(AT), identifier=one) for one in (REVOKED_UVCI, "URN:UVCI:01:AT:OTHER#1")],
    party="CN", version=1, issued=NOW, salt=named("salt"), countries=("AT",), max_age_hours=48,
)  # fmt: skip
USUAL = Bundle(
    party="CN",
    place="CN-SH",
    gates=("entry",),
    made_at=ms(),
    valid_until=ms(72 * HOUR),
    key=KEY,
    trust=(
        trust_list("CN", trusted(CN, "CN", Use.CROSSING)),
        trust_list("KR", trusted(KR, "KR", Use.CROSSING)),
        trust_list(
            "EU",
            trusted(AT, "AT"),
            trusted(DE, "DE", Use.VACCINATION),
            trusted(OLD, "AT", not_after=NOW - timedelta(days=30)),
            *(TrustedKey(kid=kid_of(spki_of(key)), spki=spki_of(key), country="FR") for key, _ in OTHERS.values()),
        ),
    ),
    revoked=(RevokedOf(issuer="KR", ids=tuple(sorted((pass_id("pass 9"), pass_id("pass 8"))))),),
    revocations=(spread_of(HeldRevocations(REVOKED_LIST), most=1_000),),
    digests=(DIGEST,),
    rules=(RULE,),
    expected=PEOPLE,
)
DESIGNATED = replace(
    USUAL, rules=(replace(RULE, accepts=(replace(TEST, laboratories=("Labor Wien",)),)),), revocations=(), expected=()
)
NOT_CARRIED = replace(USUAL, revocations=(spread_of(HeldRevocations(REVOKED_LIST), most=1),), expected=())
BARE = replace(USUAL, trust=(), revocations=(), rules=(), expected=PEOPLE[:1])
NO_RULES = replace(USUAL, rules=(), revocations=())
DEPARTURES = replace(USUAL, gates=("boarding", "entry"), expected=PEOPLE[-1:])
BUNDLES = {
    "usual": USUAL,
    "designated": DESIGNATED,
    "not-carried": NOT_CARRIED,
    "bare": BARE,
    "no-rules": NO_RULES,
    "departures": DEPARTURES,
}

FIELDS = Fields(
    id=named("pass 1"), issuer="KR", agreement="china-korea", route="kr-cn", digest=DIGEST, journey="J1", gates=("entry",),
    issued=NOW - HOUR, not_before=NOW - HOUR, expires=NOW + 20 * HOUR,
)  # fmt: skip
HOLDER = Holder(document="M12345678", state="KOR", birth="1985-03-02")


def crossing(key: ec.EllipticCurvePrivateKey = KR, *, key_id: bytes = b"", **changes: Any) -> str:
    """A pass."""
    fields = replace(FIELDS, **changes)
    return issue(fields, HOLDER, key_id=key_id or kid(key), sign=signer(key, deterministic=True), salt=named("salt 1"))


def assay(**changes: Any) -> dict[str, Any]:
    """The entry of a PCR test that found nothing, sampled 26.5 hours ago."""
    return {
        "tg": COVID, "tt": "LP6464-4", "sc": "2021-06-30T11:30:00+02:00", "tr": "260415000", "tc": "Labor Wien", "co": "AT",
        "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:71EE2559DE38C6BF7304FB65A1A451EC#3",
    } | changes  # fmt: skip


def shot(**changes: Any) -> dict[str, Any]:
    """The entry of a second dose."""
    return {
        "tg": COVID, "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": "2021-05-18",
        "co": "AT", "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B",
    } | changes  # fmt: skip


def past(**changes: Any) -> dict[str, Any]:
    """The entry of a recovery."""
    return {
        "tg": COVID, "fr": "2021-02-01", "df": "2021-02-15", "du": "2021-08-01", "co": "AT", "is": "Ministry of Health",
        "ci": "URN:UVCI:01:AT:858CC18CFCF5965EF82F60E493349AA5#Y",
    } | changes  # fmt: skip


def token(issued: timedelta = -2 * 24 * HOUR, expires: timedelta = 28 * 24 * HOUR, **events: Any) -> dict[Any, Any]:
    """The claims of a certificate with those events."""
    name = {"fn": "Musterfrau", "gn": "Gabriele", "fnt": "MUSTERFRAU", "gnt": "GABRIELE"}
    body = {"ver": "1.3.0", "nam": name, "dob": "1998-02-26", **{kind: [entry] for kind, entry in events.items()}}
    return {1: "AT", 4: ms(expires) // 1000, 6: ms(issued) // 1000, -260: {1: body}}


def sealed(payload: bytes, key: ec.EllipticCurvePrivateKey = AT, key_id: bytes = b"") -> bytes:
    """Signed, as COSE_Sign1."""
    sign = signer(key, deterministic=True)
    return seal_sign1(payload, algorithm=Algorithm.ES256, kid=key_id or kid(key), sign=sign)


def coded(raw: bytes) -> str:
    """A COSE_Sign1 as the QR code has it."""
    return "HC1:" + base45.encode(zlib.compress(raw, 9))


def dcc(key: ec.EllipticCurvePrivateKey = AT, *, key_id: bytes = b"", **claims: Any) -> str:
    """An EU DCC."""
    return coded(sealed(cbor.encode(token(**claims)), key, key_id))


def doubled_key(payload: bytes) -> bytes:
    """The claims with their first key twice."""
    return bytes((payload[0] + 1,)) + b"\x01\x62AT" + payload[1:]


def with_part(index: int, value: object) -> str:
    """The usual test with one of the four parts of its envelope replaced after signing."""
    parts = list(cbor.decode(sealed(cbor.encode(token(t=assay())))[1:]))
    parts[index] = value
    return coded(b"\xd2" + cbor2.dumps(parts, canonical=True))


Case = tuple[dict[str, Any], tuple[Any, ...]]


def code(text: str, *said: Any, **asked: Any) -> Case:
    """A code that was scanned, and what is said of it: colour, reason, and perhaps until and ref."""
    return {"text": text, **asked}, said


def pick(ref: str, *said: Any, **asked: Any) -> Case:
    """A traveller picked from the list."""
    return {"pick": ref, **asked}, said


def passes() -> dict[str, Case]:
    """Passes."""
    usual = crossing()
    issued_later: dict[str, Any] = {"issued": NOW + HOUR, "not_before": NOW + HOUR}
    raw = bytearray(base45.decode(usual.removeprefix(PREFIX)))
    raw[raw.index(b"china") + 2] ^= 1
    flipped = PREFIX + base45.encode(bytes(raw))
    second = crossing(id=named("pass 2"), journey="J2")
    renewed: dict[str, Any] = {"id": named("pass 7"), "journey": "J1", "expires": NOW + 30 * HOUR}
    return {
        "pass: expected and clear": code(usual, GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1"),
        "pass: with its holder's passport": code(usual, GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1", zone=passport()),
        "pass: a line feed behind": code(usual + "\r\n", GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1"),
        "pass: signed by this party": code(
            crossing(CN, issuer="CN"), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1"
        ),
        "pass: found by its journey": code(crossing(id=named("pass 3")), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1"),
        "pass: the last second": code(usual, GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1", at=20 * HOUR),
        "pass: a second after": code(usual, AMBER, NOT_NOW, at=20 * HOUR + SECOND),
        "pass: not valid yet": code(
            crossing(issued=NOW, not_before=NOW + HOUR), AMBER, NOT_NOW, at=HOUR - timedelta(minutes=5, seconds=1)
        ),
        "pass: valid from, five minutes before": code(
            crossing(issued=NOW, not_before=NOW + HOUR), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1",
            at=HOUR - timedelta(minutes=5),
        ),
        "pass: the list says incomplete since": code(crossing(**renewed), AMBER, INCOMPLETE, ms(48 * HOUR), "J1", at=24 * HOUR),
        "pass: issued after the bundle was made": code(
            crossing(**renewed | issued_later), GREEN, CLEAR, ms(30 * HOUR + SECOND), "J1", at=24 * HOUR
        ),
        "pass: issued after the bundle, held before": code(
            crossing(id=named("pass 2"), journey="J2", **issued_later), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J2", at=2 * HOUR
        ),
        "pass: held by an officer": code(second, AMBER, ASK, ms(72 * HOUR), "J2"),
        "pass: closed stays closed though it is newer": code(
            crossing(id=named("pass 4"), journey="J3", **issued_later), RED, CLOSED, ms(72 * HOUR), "J3", at=2 * HOUR
        ),
        "pass: let through on this device before": code(usual, AMBER, BEFORE, None, "J1", admitted=["J1"]),
        "pass: another traveller was let through before": code(
            usual, GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1", admitted=["J2"]
        ),
        "pass: not expected": code(crossing(id=named("pass 5"), journey="J77"), AMBER, STRANGER_HERE),
        "pass: revoked": code(crossing(id=named("pass 9")), RED, NOT_NOW),
        "pass: of another issuer with a revoked identifier": code(
            crossing(CN, issuer="CN", id=named("pass 9")), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1"
        ),
        "pass: for another gate": code(crossing(gates=("boarding",)), AMBER, ELSEWHERE),
        "pass: expected at this gate, for another alone": code(
            crossing(gates=("entry",), journey="J10", id=named("pass 6")), AMBER, ELSEWHERE, bundle="departures"
        ),
        "pass: for boarding, where both gates are kept": code(
            crossing(gates=("boarding",), journey="J10", id=named("pass 6")), GREEN, CLEAR, ms(20 * HOUR + SECOND), "J10",
            bundle="departures",
        ),
        "pass: under another text": code(crossing(digest=OTHER_DIGEST), AMBER, ELSEWHERE),
        "pass: another person's passport": code(usual, RED, ELSEWHERE, zone=passport("M12345679")),
        "pass: another birth date": code(usual, RED, ELSEWHERE, zone=passport(birth="1985-03-03")),
        "pass: a passport that cannot be read": code(usual, AMBER, UNREADABLE, zone=passport()[:-1] + "9"),
        "pass: a stranger's key": code(crossing(STRANGER), AMBER, FORGED),
        "pass: a stranger under a known identifier": code(crossing(STRANGER, key_id=kid(KR)), RED, FORGED),
        "pass: changed after signing": code(flipped, RED, FORGED),
        "pass: a key for certificates alone": code(crossing(AT, issuer="AT"), RED, FORGED),
        "pass: a key of another country": code(crossing(CN), RED, FORGED),
        "pass: cut off": code(usual[:-3], AMBER, UNREADABLE),
        "pass: no base45": code(PREFIX + "abc", AMBER, UNREADABLE),
        "pass: a device that trusts nobody": code(usual, AMBER, ASK, bundle="bare"),
        "pass: the bundle's last instant": code(
            crossing(expires=NOW + 100 * HOUR, id=named("pass 3")), RED, CLOSED, ms(72 * HOUR), "J1", at=72 * HOUR - MS
        ),
        "pass: offline too long": code(crossing(expires=NOW + 100 * HOUR), AMBER, OFFLINE, at=72 * HOUR + MS),
        "pass: a forged one, offline too long": code(flipped, AMBER, OFFLINE, at=80 * HOUR),
        "pass: a clock three days behind": code(usual, AMBER, OFFLINE, at=-72 * HOUR),
        "pass: a clock five minutes behind": code(
            usual, GREEN, CLEAR, ms(20 * HOUR + SECOND), "J1", at=-timedelta(minutes=5)
        ),
        "pass: a clock more than five minutes behind": code(usual, AMBER, OFFLINE, at=-timedelta(minutes=5) - MS),
    }  # fmt: skip


def travellers() -> dict[str, Case]:
    """Passports, and travellers picked from the list."""
    return {
        "passport: expected and clear": code(passport(), GREEN, CLEAR, ms(24 * HOUR), "J1"),
        "passport: one line, small letters": code(passport().replace("\n", "").lower(), GREEN, CLEAR, ms(24 * HOUR), "J1"),
        "passport: the last instant of a span": code(passport(), GREEN, CLEAR, ms(24 * HOUR), "J1", at=24 * HOUR - MS),
        "passport: the first instant of the next": code(passport(), AMBER, INCOMPLETE, ms(48 * HOUR), "J1", at=24 * HOUR),
        "passport: the first instant of the last": code(passport(), RED, CLOSED, ms(72 * HOUR), "J1", at=48 * HOUR),
        "passport: held by an officer": code(passport("M22222222"), AMBER, ASK, ms(72 * HOUR), "J2"),
        "passport: closed": code(passport("M33333333"), RED, CLOSED, ms(72 * HOUR), "J3"),
        "passport: closed, let through before": code(passport("M33333333"), RED, CLOSED, ms(72 * HOUR), "J3", admitted=["J3"]),
        "passport: known by its number alone": code(
            passport("M44444444", "1990-01-01"), GREEN, CLEAR, ms(72 * HOUR), "J4"
        ),
        "passport: the nearer journey": code(passport("M55555555"), GREEN, CLEAR, ms(72 * HOUR), "J5"),
        "passport: the other journey": code(passport("M55555555"), AMBER, INCOMPLETE, ms(72 * HOUR), "J6", at=50 * HOUR),
        "passport: let through before the bundle was made": code(passport("M77777777"), AMBER, BEFORE, ms(72 * HOUR), "J7"),
        "passport: nothing is foreseen for the time": code(passport("M88888888"), AMBER, ASK, None, "J8", at=30 * HOUR),
        "passport: incomplete, let through before": code(passport("M99999999"), AMBER, BEFORE, None, "J9", admitted=["J9"]),
        "passport: another birth date": code(passport(birth="1985-03-03"), AMBER, STRANGER_HERE),
        "passport: not expected": code(passport("X7654321"), AMBER, STRANGER_HERE),
        "passport: a wrong check digit": code(passport()[:-1] + "9", AMBER, UNREADABLE),
        "passport: offline too long": code(passport(), AMBER, OFFLINE, at=73 * HOUR),
        "picked: clear": pick("J4", GREEN, CLEAR, ms(72 * HOUR), "J4"),
        "picked: let through before": pick("J4", AMBER, BEFORE, None, "J4", admitted=["J4"]),
        "picked: nobody": pick("J404", AMBER, STRANGER_HERE),
    }  # fmt: skip


def certificates() -> dict[str, Case]:
    """EU DCCs."""
    test = dcc(t=assay())
    raw = sealed(cbor.encode(token(t=assay())))
    payload = cbor.encode(token(t=assay()))
    flipped = bytearray(raw)
    flipped[raw.index(b"Labor Wien")] ^= 1
    sampled = datetime.fromisoformat(assay()["sc"])
    early, late = sampled + 72 * HOUR - NOW, sampled + 72 * HOUR + SECOND - NOW
    broken = bytearray(base45.decode(test.removeprefix("HC1:")))
    broken[len(broken) // 2] ^= 0xFF
    revoked = assay(ci=REVOKED_UVCI)
    return {
        "dcc: a test": code(test, AMBER, GOOD),
        "dcc: a test, signed with RSA": code(other(Algorithm.PS256, t=assay()), AMBER, GOOD),
        "dcc: a test, signed on P-384": code(other(Algorithm.ES384, t=assay()), AMBER, GOOD),
        "dcc: a test, signed with Ed25519": code(other(Algorithm.EDDSA, t=assay()), AMBER, GOOD),
        "dcc: signed with RSA, and named as ES256": code(
            other(Algorithm.PS256, signed_as=Algorithm.ES256, t=assay()), RED, FORGED
        ),
        "dcc: a test, not compressed": code("HC1:" + base45.encode(raw), AMBER, GOOD),
        "dcc: a test, no COSE tag": code(coded(raw[1:]), AMBER, GOOD),
        "dcc: a test, sampled 72 hours ago": code(test, AMBER, GOOD, at=early),
        "dcc: a test, sampled a second earlier": code(test, RED, INCOMPLETE, at=late),
        "dcc: a test from the future": code(dcc(t=assay(sc="2021-07-01T14:05:01Z")), RED, INCOMPLETE),
        "dcc: a test five minutes ahead": code(dcc(t=assay(sc="2021-07-01T12:05:00Z")), AMBER, GOOD),
        "dcc: a test without a time": code(dcc(t=assay(sc="2021-06-30")), RED, INCOMPLETE),
        "dcc: a rapid test": code(dcc(t=assay(tt="LP217198-3")), RED, INCOMPLETE),
        "dcc: a test that found it": code(dcc(t=assay(tr="260373001")), RED, INCOMPLETE),
        "dcc: a test for another disease": code(dcc(t=assay(tg=DENGUE)), RED, INCOMPLETE),
        "dcc: a vaccination": code(dcc(v=shot()), AMBER, GOOD),
        "dcc: a vaccination, issued 24 hours ago": code(dcc(v=shot(), issued=-24 * HOUR), AMBER, GOOD),
        "dcc: a vaccination, issued too late": code(dcc(v=shot(), issued=-24 * HOUR + SECOND), RED, INCOMPLETE),
        "dcc: a vaccination, by a key for vaccinations": code(dcc(DE, v=shot()), AMBER, GOOD),
        "dcc: a test, by a key for vaccinations": code(dcc(DE, t=assay()), RED, FORGED),
        "dcc: a recovery, which no rule takes": code(dcc(r=past()), RED, INCOMPLETE),
        "dcc: the laboratory is designated": code(test, AMBER, GOOD, bundle="designated"),
        "dcc: the laboratory is not designated": code(dcc(t=assay(tc="Labor Graz")), RED, INCOMPLETE, bundle="designated"),
        "dcc: a vaccination, where a test is asked": code(dcc(v=shot()), RED, INCOMPLETE, bundle="designated"),
        "dcc: no rule asks for any": code(test, AMBER, ELSEWHERE, bundle="no-rules"),
        "dcc: the list of revocations was not carried": code(test, AMBER, OFFLINE, bundle="not-carried"),
        "dcc: of another issuer, whose list there is none of": code(dcc(DE, v=shot()), AMBER, GOOD, bundle="not-carried"),
        "dcc: revoked": code(dcc(t=revoked), RED, NOT_NOW),
        "dcc: revoked, where nobody tells": code(dcc(t=revoked), AMBER, ELSEWHERE, bundle="no-rules"),
        "dcc: the list of revocations is old": code(test, AMBER, OFFLINE, at=48 * HOUR + SECOND),
        "dcc: the list of revocations, its last instant": code(
            dcc(t=assay(sc="2021-07-01T12:00:00Z")), AMBER, GOOD, at=48 * HOUR
        ),
        "dcc: expired": code(dcc(t=assay(), expires=HOUR), AMBER, NOT_NOW, at=HOUR + SECOND),
        "dcc: not valid yet": code(dcc(t=assay(), issued=timedelta(minutes=5, seconds=1)), AMBER, NOT_NOW),
        "dcc: an unknown issuer": code(dcc(STRANGER, t=assay()), AMBER, FORGED),
        "dcc: an unknown issuer under a known identifier": code(dcc(STRANGER, key_id=kid(AT), t=assay()), RED, FORGED),
        "dcc: a key after its time": code(dcc(OLD, t=assay()), RED, FORGED),
        "dcc: changed after signing": code(coded(bytes(flipped)), RED, FORGED),
        "dcc: a signature of zeros": code(with_part(3, bytes(64)), RED, FORGED),
        "dcc: a signature cut short": code(with_part(3, bytes(63)), RED, FORGED),
        "dcc: base45 with a small letter": code(test[:20] + "a" + test[21:], AMBER, UNREADABLE),
        "dcc: base45 cut to one character over": code(test[: 4 + 3 * 20 + 1], AMBER, UNREADABLE),
        "dcc: zlib damaged": code("HC1:" + base45.encode(bytes(broken)), AMBER, UNREADABLE),
        "dcc: zlib cut off": code("HC1:" + base45.encode(zlib.compress(raw, 9)[:-1]), AMBER, UNREADABLE),
        "dcc: a megabyte of zeros": code("HC1:" + base45.encode(zlib.compress(bytes(1_000_000), 9)), AMBER, UNREADABLE),
        "dcc: CBOR cut off": code(coded(raw[:-1]), AMBER, UNREADABLE),
        "dcc: bytes behind the CBOR": code(coded(raw + b"\0"), AMBER, UNREADABLE),
        "dcc: a claim twice": code(coded(sealed(doubled_key(payload))), AMBER, UNREADABLE),
        "dcc: another algorithm": code(with_part(0, cbor.encode({1: -8, 4: kid(AT)})), RED, FORGED),
        "dcc: a critical header": code(with_part(0, cbor.encode({1: -7, 2: [99], 4: kid(AT), 99: 1})), AMBER, UNREADABLE),
        "dcc: two events": code(dcc(t=assay(), v=shot()), AMBER, UNREADABLE),
        "dcc: a later schema": code(
            coded(sealed(cbor.encode({**token(), -260: {1: {"ver": "2.0.0"}}}))), AMBER, UNREADABLE
        ),
        "dcc: no health certificate": code(coded(sealed(cbor.encode({1: "AT", 6: ms() // 1000}))), AMBER, UNREADABLE),
        "dcc: offline too long": code(test, AMBER, OFFLINE, at=72 * HOUR + MS),
        "dcc: a device that trusts nobody": code(test, AMBER, ASK, bundle="bare"),
        "a text of no format": code("https://example.org/", AMBER, UNREADABLE),
        "nothing": code("", AMBER, UNREADABLE),
    }  # fmt: skip


def vectors() -> dict[str, Any]:
    """The whole file."""
    cases = passes() | travellers() | certificates()
    return {
        "layout": 1,
        "about": "Scans at a checkpoint with what every evaluation says. Made by tools/gate_vectors.py; instants in ms.",
        "bundles": BUNDLES,
        "cases": [_case(name, asked, said) for name, (asked, said) in cases.items()],
    }


def _case(name: str, asked: dict[str, Any], said: tuple[Any, ...]) -> dict[str, Any]:
    verdict, reason, until, ref = (*said, None, "")[:4] if len(said) in (2, 4) else (*said, "")
    at = ms(asked.get("at", timedelta()))
    scan = {key: asked[key] for key in ("text", "zone", "pick") if key in asked}
    return {
        "name": name, "bundle": asked.get("bundle", "usual"), "at": at, "scan": scan, "admitted": asked.get("admitted", []),
        "expect": {"verdict": verdict, "reason": reason, "until": until, "ref": ref},
    }  # fmt: skip


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
