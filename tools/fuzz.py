"""Throw bytes at everything that reads a stranger's certificate, guided by coverage: make fuzz FUZZ="--seconds 60"

Whatever the bytes are, an answer is evidence or a refusal: any exception but our own ends the run with the input that caused
it. It needs the package atheris, which is made for CPython on Linux; the tests hold the same property with Hypothesis, and
run every target here on its seeds and on damaged ones.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 60
MOST_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: a reader of bytes, and good inputs to start from. What it raises is a fault of ours."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def targets() -> list[Target]:
    """Every format as scanned, and each inner layer as if the layers around it were right and signed by a trusted key."""
    return [*_health(), *_cards(), *_linked(), *_passes(), *_passports(), *_lists(), *_rules()]


def _health() -> list[Target]:
    from fastchannel.certificates.envelopes import base45, cbor
    from fastchannel.certificates.formats.hcert import open_cose
    from fastchannel.certificates.refusal import RefusedError
    from fastchannel.certificates.verify import verify
    from tests.certificates.formats.test_who import DVC, token
    from tests.certificates.issuing import AT, assayed, claims, sealed, store, text, vaccinated

    trust = store()

    def scanned(data: bytes) -> object:
        return verify(data.decode("utf-8", "replace"), trust, AT)

    def deflated(data: bytes) -> object:
        return verify("HC1:" + base45.encode(zlib.compress(data)), trust, AT)

    def signed(data: bytes) -> object:
        """The claims of an issuer that we trust: what it signs may be anything."""
        try:
            inner = cbor.decode(data)
        except RefusedError:
            return None
        return verify(text(inner if isinstance(inner, dict) else {}), trust, AT)

    def cose(data: bytes) -> object:
        with suppress(RefusedError):
            return open_cose(data)
        return None

    tokens = [claims(assayed()), claims(vaccinated()), token(**{"_-260": {}}), {**token(), -260: {-6: DVC}}]
    return [
        Target("text", scanned, tuple(text(one).encode() for one in tokens)),
        Target("deflated", deflated, tuple(sealed(one) for one in tokens)),
        Target("claims", signed, tuple(cbor.encode({key: one[key] for key in one if isinstance(key, int)}) for one in tokens)),
        Target("cose", cose, tuple(sealed(one) for one in tokens)),
    ]


def _cards() -> list[Target]:
    from fastchannel.certificates.verify import verify
    from tests.certificates.formats.test_cards_and_seals import (
        DOSE,
        DOSES,
        KEY,
        PATIENT,
        RESULT,
        SEAL_KEY,
        TEST,
        jws,
        numeric,
        payload,
        seal,
    )  # fmt: skip
    from tests.certificates.issuing import AT, store

    trust = store(KEY, SEAL_KEY)

    def scanned(data: bytes) -> object:
        return verify(data.decode("utf-8", "replace"), trust, AT)

    def card(data: bytes) -> object:
        """What a trusted issuer packed, whatever it is."""
        packer = zlib.compressobj(wbits=-15)
        return verify(jws(None, packed=packer.compress(data) + packer.flush()), trust, AT)

    def inflated(data: bytes) -> object:
        return verify(jws(None, packed=data), trust, AT)

    def sealed(data: bytes) -> object:
        try:
            message = json.loads(data)
            text = seal(message, "icao.test" if data[:1] == b" " else "icao.vacc")
        except (ValueError, RecursionError):  # no JSON, or none that can be signed
            return None
        return verify(text, trust, AT)

    good = payload(PATIENT, DOSE, RESULT)
    chunk = "shc:/" + numeric(jws(good))
    file = json.dumps({"verifiableCredential": [jws(good)]})
    return [
        Target("text of cards and seals", scanned, tuple(one.encode() for one in (chunk, jws(good), file, seal(DOSES)))),
        Target("card", card, (json.dumps(good).encode(),)),
        Target("card, deflated", inflated, (zlib.compress(json.dumps(good).encode(), wbits=-15),)),
        Target("seal", sealed, (json.dumps(DOSES).encode(), b" " + json.dumps(TEST).encode())),
    ]


def _linked() -> list[Target]:
    from fastchannel.certificates.verify import verify
    from tests.certificates.formats.test_divoc import CREDENTIAL, proof, store, zipped
    from tests.certificates.issuing import AT

    trust = store()

    def packed(data: bytes) -> object:
        """What is in the zip, whatever it is."""
        return verify(zipped(data).decode("latin-1"), trust, AT)

    def scanned(data: bytes) -> object:
        return verify(data.decode("latin-1"), trust, AT)

    whole = json.dumps({**CREDENTIAL, "proof": proof()}).encode()
    return [Target("divoc", packed, (whole,)), Target("divoc, zipped", scanned, (zipped(whole),))]


def _passes() -> list[Target]:
    from fastchannel.certificates.envelopes import cbor
    from fastchannel.certificates.envelopes.cose import seal_sign1
    from fastchannel.certificates.keys import Algorithm
    from fastchannel.certificates.passes import claims
    from fastchannel.certificates.passes.checking import check
    from fastchannel.certificates.passes.holder import holder_hash
    from fastchannel.certificates.passes.issuing import wrap
    from tests.certificates.passes.test_passes import AT, FIELDS, HOLDER, KID, SALT, SIGN, TRUST, made

    def scanned(data: bytes) -> object:
        return check(data.decode("utf-8", "replace"), TRUST, AT, holder=HOLDER, gate="boarding", digest=FIELDS.digest)

    def signed(data: bytes) -> object:
        return check(wrap(seal_sign1(data, algorithm=Algorithm.ES256, kid=KID, sign=SIGN)), TRUST, AT, holder=HOLDER)

    body = claims.encode(FIELDS, salt=SALT, holder=holder_hash(HOLDER, SALT))
    return [Target("pass", scanned, (made().encode(),)), Target("pass, signed", signed, (body, cbor.encode({1: "KR"})))]


def _passports() -> list[Target]:
    from datetime import date

    from fastchannel.certificates.binding.match import bind
    from fastchannel.certificates.evidence import CertifiedPerson
    from fastchannel.certificates.mrz.mrz import MrzError, read_mrz

    specimen = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    passport = read_mrz(specimen, date(2020, 5, 21))

    def zone(data: bytes) -> object:
        with suppress(MrzError):
            return read_mrz(data.decode("utf-8", "replace"), date(2020, 5, 21))
        return None

    def names(data: bytes) -> object:
        parts = (data.decode("utf-8", "replace").split("\n") + [""] * 4)[:4]
        return bind(CertifiedPerson(family=parts[0], given=parts[1], full=parts[2], birth=parts[3]), passport)

    return [
        Target("zone", zone, (specimen.encode(),)),
        Target("names", names, (b"ERIKSSON\nANNA MARIA\n\n1974-08-12", "\n\nÉRIKSSON-Ü, Anna\n1974".encode())),
    ]


def _lists() -> list[Target]:
    from fastchannel.certificates.keys import Domain, spki_of
    from fastchannel.certificates.refusal import CertificateError
    from fastchannel.certificates.trust.files import decode_trust_list, encode_trust_list
    from fastchannel.certificates.trust.reading import read_keys
    from fastchannel.certificates.trust.revocation import (
        EXACT,
        CertificateName,
        list_revocations,
        open_revocations,
        seal_revocations,
    )
    from fastchannel.certificates.trust.signing import Pinned, signing_key
    from fastchannel.certificates.trust.store import TrustList
    from tests.certificates.issuing import AT, KID, private_key, trusted
    from tests.certificates.trust.test_signing import pem

    key = private_key()
    pinned = Pinned(party="CN", spki=spki_of(key.public_key()), domain=Domain.PRODUCTION)
    names = [CertificateName(country="AT", kid=KID, identifier=f"URN:{number}") for number in range(3)]
    made = [
        seal_revocations(
            list_revocations(names, party="CN", version=1, issued=AT, salt=b"0" * 16, bits=bits), signing_key(pem(key))
        )
        for bits in (EXACT, 32)
    ]

    def keys(data: bytes) -> object:
        with suppress(CertificateError):
            return read_keys(data)
        return None

    def listed(data: bytes) -> object:
        with suppress(CertificateError):
            return decode_trust_list(data)
        return None

    def revoked(data: bytes) -> object:
        with suppress(CertificateError):
            return open_revocations(data, pinned)
        return None

    jwks = {"keys": [{"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43, "kid": "a"}]}
    whole = encode_trust_list(TrustList(party="CN", version=1, issued=AT, keys=(trusted(),)))
    return [
        Target("keys", keys, (json.dumps(jwks).encode(), b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")),
        Target("trust list", listed, (whole,)),
        Target("revocations", revoked, tuple(made)),
    ]


def _rules() -> list[Target]:
    from fastchannel.certificates.refusal import CertificateError
    from fastchannel.certificates.rules.expression import RuleError, issues_of, parse
    from fastchannel.certificates.rules.judge import judge
    from fastchannel.certificates.rules.rule import read_rules

    expression = {
        "if": [
            {
                "after": [
                    {"plusTime": [{"var": "external.validationClock"}, -14, "day"]},
                    {"plusTime": [{"var": "d"}, 0, "day"]},
                ]
            },
            {"and": [{"in": [{"var": "x"}, ["a", "b"]]}, {">=": [{"var": "n.0"}, 2]}]},
            False,
        ]
    }
    data = {"d": "2021-05-18", "x": "a", "n": [2], "external": {"validationClock": "2021-06-30T00:00:00Z"}}

    def judged(raw: bytes) -> object:
        try:
            written, given = json.loads(raw)
        except (ValueError, TypeError, RecursionError):
            return None
        issues_of(written)
        with suppress(RuleError):
            return judge(parse(written), given)
        return None

    def ruled(raw: bytes) -> object:
        with suppress(CertificateError):
            return read_rules(raw)
        return None

    rule = {"Identifier": "VR-AT-0001", "Type": "Acceptance", "Country": "AT", "Version": "1.0.0", "Logic": expression}
    return [
        Target("logic", judged, (json.dumps([expression, data]).encode(),)),
        Target("rules", ruled, (json.dumps([rule]).encode(),)),
    ]


def main(arguments: list[str]) -> int:
    try:
        import atheris
    except ImportError:
        print("nothing fuzzed: the package atheris is not installed (python -m pip install atheris)", file=sys.stderr)
        return 0
    seconds = int(arguments[arguments.index("--seconds") + 1]) if "--seconds" in arguments else SECONDS
    with atheris.instrument_imports(include=["fastchannel.certificates"]):
        chosen = targets()

    with tempfile.TemporaryDirectory() as folder:
        for number, target in enumerate(chosen):
            for count, seed in enumerate(target.seeds):
                (Path(folder) / f"{number}-{count}").write_bytes(bytes((number,)) + seed)
        return _fuzz(atheris, chosen, folder, seconds)


def _fuzz(atheris: Any, chosen: list[Target], folder: str, seconds: int) -> int:
    def one(data: bytes) -> None:
        if data:
            chosen[data[0] % len(chosen)].read(data[1:])

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-print_final_stats=1", folder], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
