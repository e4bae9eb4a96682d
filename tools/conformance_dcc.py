"""Hold the EU's certificates against the EU's own test data and quality-assurance codes (see `tools.conformance_certificates`).

Every label is checked on what the product itself does with the bytes: the step that a label is about is called, and its answer
compared with the answer that the file gives.
"""

from __future__ import annotations

import base64
import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.envelopes.inflate import inflate
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.formats.dates import instant
from fastchannel.certificates.formats.hcert import PREFIX, open_cose
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.keys import TrustedKey
from fastchannel.certificates.pictures import texts_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.certificates.sealed import Sealed
from fastchannel.certificates.trust.certificates import key_of
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import judge, verify

QA_AT = datetime(2022, 9, 1, tzinfo=UTC)  # all quality-assurance codes were issued by then
RSA_BITS = 1024  # one issuer of the quality-assurance codes signs with RSA of 1,024 bits, which our own policy refuses


@dataclass(slots=True)
class Figure:
    """How many labels of one kind hold."""

    name: str
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)  # labels that the data's own list calls wrong

    @property
    def total(self) -> int:
        """All labels but those known to be wrong."""
        return self.passed + len(self.failed)


# The label → the name of the step in the data's own list of known issues.
STEPS = {
    "EXPECTEDPICTUREDECODE": "test_picture_decode",
    "EXPECTEDUNPREFIX": "test_prefix",
    "EXPECTEDB45DECODE": "test_base45",
    "EXPECTEDCOMPRESSION": "test_compression",
    "EXPECTEDDECODE": "test_cbor_json",
    "EXPECTEDVALIDJSON": "test_cbor_json",
    "EXPECTEDEXPIRATIONCHECK": "test_expiration_check",
    "EXPECTEDVERIFY": "test_verification_check",
    "EXPECTEDKEYUSAGE": "test_expected_key_usage",
}
Case = dict[str, Any]


def testdata(folder: Path) -> list[Figure]:
    """The EU's test data: one figure a label, in the order of STEPS."""
    known = _known(folder / "known_issues.csv")
    figures = {label: Figure(label.removeprefix("EXPECTED").lower()) for label in STEPS}
    for path in sorted(folder.glob("*/2DCode/[rR]aw/*.json")):
        case: Case = json.loads(path.read_bytes())
        name = f"{path.parts[-4]}/{path.stem}"
        for label, figure in figures.items():
            expected = case.get("EXPECTEDRESULTS", {}).get(label)
            if expected is None or not _has(case, label):
                continue
            if _holds(_CHECKS[label], case) == expected:
                figure.passed += 1
            elif known(STEPS[label], path.parts[-4], path.stem):
                figure.known.append(name)
            else:
                figure.failed.append(name)
    return list(figures.values())


def quality(folder: Path) -> tuple[Figure, Figure, dict[str, int]]:
    """The quality-assurance codes: signatures that verify, flipped bits that do not, and how many have each other outcome.

    A certificate that verifies and has expired since is one whose signature holds. Those whose key is not in the list are
    counted among the outcomes.
    """
    trust = quality_trust(folder)
    signatures, flips = Figure("signature"), Figure("bit flip refused")
    outcomes: dict[str, int] = defaultdict(int)
    for line in (folder / "qa.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["prefix"] or ""
        found = verify(text, trust, QA_AT)
        outcomes["evidence" if isinstance(found, Evidence) else found.code.value] += 1
        if not row["key_available"] or not text.startswith(PREFIX):
            continue
        holds = isinstance(found, Evidence) or found.code is Code.EXPIRED
        signatures.passed += holds
        if not holds:
            signatures.failed.append(f"{row['file']}: {found}")
        for position, wrong in _flipped(open_text(text)):
            refused = isinstance(judge(wrong, trust, QA_AT), Refusal)
            flips.passed += refused
            if not refused:
                flips.failed.append(f"{row['file']} at {position}")
    return signatures, flips, dict(outcomes)


def texts_of_rows(lines: list[str]) -> list[str]:
    """The codes' texts of the quality-assurance file."""
    return [json.loads(line)["prefix"] or "" for line in lines]


def quality_trust(folder: Path) -> TrustStore:
    """The public keys beside the quality-assurance codes, as one list that is fresh at QA_AT."""
    written = json.loads((folder / "trust_spki_by_kid.json").read_bytes())
    keys = tuple(
        TrustedKey(kid=bytes.fromhex(kid), spki=base64.b64decode(one["spki"])) for kid, all_ in written.items() for one in all_
    )
    return TrustStore([TrustList(party="EU", version=1, issued=QA_AT, keys=keys)], least_rsa_bits=RSA_BITS)


def _flipped(sealed: Sealed) -> Iterator[tuple[str, Sealed]]:
    """The certificate with one bit wrong, at the ends and in the middle of what is signed and of the signature."""
    for name in ("message", "signature"):
        raw: bytes = getattr(sealed, name)
        for index in (0, len(raw) // 2, len(raw) - 1):
            wrong = raw[:index] + bytes((raw[index] ^ 1,)) + raw[index + 1 :]
            yield (
                f"{name}[{index}]",
                (replace(sealed, message=wrong) if name == "message" else replace(sealed, signature=wrong)),
            )


def _known(path: Path) -> Callable[[str, str, str], bool]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["test_name"], row["country"], row["test_set"]) for row in csv.DictReader(file)]

    def known(step: str, country: str, test: str) -> bool:
        return any(step == one and country == where and which in {"", test} for one, where, which in rows)

    return known


def _has(case: Case, label: str) -> bool:
    needed = {
        "EXPECTEDPICTUREDECODE": ("2DCODE", "PREFIX"),
        "EXPECTEDUNPREFIX": ("PREFIX",),
        "EXPECTEDB45DECODE": ("BASE45",),
        "EXPECTEDCOMPRESSION": ("COMPRESSED", "COSE"),
        "EXPECTEDDECODE": ("CBOR", "JSON"),
        "EXPECTEDVALIDJSON": ("JSON",),
    }
    return all(one in case for one in needed.get(label, ("COSE",)))


def _holds(check: Callable[[Case], bool], case: Case) -> bool:
    try:
        return check(case)
    except RefusedError:
        return False


def _base45(case: Case) -> bool:
    found = base45.decode(case["BASE45"])
    return "COMPRESSED" not in case or found == bytes.fromhex(case["COMPRESSED"])


def _compression(case: Case) -> bool:
    return inflate(bytes.fromhex(case["COMPRESSED"])) == bytes.fromhex(case["COSE"])


def _decode(case: Case) -> bool:
    found = cbor.decode(bytes.fromhex(case["CBOR"]))  # some give the whole token, others only the certificate in it
    return _same(found[-260][1] if -260 in found else found, case["JSON"])


def _valid_json(case: Case) -> bool:
    text = case.get("PREFIX") or PREFIX + case["BASE45"]
    return _same(open_text(text).payload[-260][1], case["JSON"])


def _expires(case: Case) -> bool:
    at = instant(case["TESTCTX"]["VALIDATIONCLOCK"])
    found = judge(_sealed(case), _trust(case, at or QA_AT), at or QA_AT)
    return isinstance(found, Evidence) or found.code not in {Code.EXPIRED, Code.NOT_YET_VALID}


def _signature(case: Case) -> bool:
    sealed = _sealed(case)
    store = _trust(case, QA_AT)
    _, key = store.candidates(sealed.kid)[0]
    found = store.verifier(key)
    return found.algorithm is sealed.algorithm and found.verifies(sealed.message, sealed.signature)


def _sealed(case: Case) -> Sealed:
    return open_cose(bytes.fromhex(case["COSE"]))


def _same(found: object, expected: object) -> bool:
    """Whether two decoded values are the same, dates and whole floats in CBOR aside."""
    if isinstance(found, datetime):
        return isinstance(expected, str) and instant(expected) == found
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = found.keys() | expected.keys()
        return all(_same(found.get(key), expected.get(key)) for key in keys)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    return found == expected


def _trust(case: Case, at: datetime) -> TrustStore:
    key = replace(key_of(base64.b64decode(case["TESTCTX"]["CERTIFICATE"])), kid=_sealed(case).kid)
    return TrustStore([TrustList(party="EU", version=1, issued=at, keys=(key,))])


def _prefix(case: Case) -> bool:
    return bool(case["PREFIX"].startswith(PREFIX) and case["PREFIX"].removeprefix(PREFIX) == case.get("BASE45"))


def _picture(case: Case) -> bool:
    return case["PREFIX"] in texts_of(base64.b64decode(case["2DCODE"]))


def _usage(case: Case) -> bool:
    sealed = _sealed(case)
    at = sealed.issued or QA_AT
    found = judge(sealed, _trust(case, at), at)
    return isinstance(found, Evidence) or found.code is not Code.KEY_USE


_CHECKS: dict[str, Callable[[Case], bool]] = {
    "EXPECTEDPICTUREDECODE": _picture,
    "EXPECTEDUNPREFIX": _prefix,
    "EXPECTEDB45DECODE": _base45,
    "EXPECTEDCOMPRESSION": _compression,
    "EXPECTEDDECODE": _decode,
    "EXPECTEDVALIDJSON": _valid_json,
    "EXPECTEDEXPIRATIONCHECK": _expires,
    "EXPECTEDVERIFY": _signature,
    "EXPECTEDKEYUSAGE": _usage,
}
