"""Hold SMART Health Cards and visible digital seals against specimens and a reference validator's negatives."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.formats import shc, vds_nc
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.certificates.trust.certificates import key_of
from fastchannel.certificates.trust.reading import read_keys
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import judge, verify
from tools.conformance_dcc import Figure

AT = datetime(2022, 9, 1, tzinfo=UTC)
# What a verifier at a checkpoint does not do, and so has no code for.
LEFT_OUT = {
    "fhirbundle": "profiles of bundles",
    "fhirhealthcard": "health cards inside FHIR resources",
    "jwspayload": "payloads without their signature",
    "shlpayload": "links to cards elsewhere",
    "shlfile": "links to cards elsewhere",
    "shlink": "links to cards elsewhere",
    "qr": "pictures: read by fastchannel.certificates.pictures",
    "trusteddirectory": "directories of issuers",
}
HARMLESS = {
    "REVOCATION_ERROR": "revocation lists that are fetched from the issuer",
    "TRAILING_CHARACTERS": "white space around a file, which we take",
}
# The reference's code → ours, where it is not the same word.
OURS = {"jws-verification-error": {Code.SIGNATURE_WRONG, Code.KEY_UNKNOWN}, "issuer-key-download-error": {Code.KEY_UNKNOWN}}


def seals(folder: Path) -> Figure:
    """Every specimen verifies with its signer's key, and not once a character of its data is changed."""
    figure = Figure("VDS-NC specimens and changed ones")
    for path in sorted(folder.glob("ICAO*Contents.txt")):
        text = path.read_text(encoding="utf-8").strip()
        certificate = json.loads(text)["sig"]["cer"]
        key = key_of(base64.urlsafe_b64decode(certificate + "=" * (-len(certificate) % 4)))
        trust = TrustStore([TrustList(party="XX", version=1, issued=AT, keys=(key,))])
        found = verify(text, trust, AT)
        _count(figure, path.stem, holds=isinstance(found, Evidence))
        data = vds_nc.open_seal(text)
        changed = replace(data, message=data.message.replace(b"1", b"2", 1))
        refusal = judge(changed, trust, AT)
        _count(figure, f"{path.stem} changed", holds=isinstance(refusal, Refusal) and refusal.code is Code.SIGNATURE_WRONG)
    return figure


def cards(folder: Path) -> Figure:
    """The reference validator's negatives that a verifier meets: each is refused with the code that it names."""
    figure = Figure("SHC negatives")
    for line in (folder / "expectations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["files_present"] or not row["expected_codes"]:
            continue
        name = f"{row['type']} {row['files'][0]}"
        if row["type"] in LEFT_OUT:
            figure.known.append(f"{name} ({LEFT_OUT[row['type']]})")
            continue
        reason = next((HARMLESS[code] for code in row["expected_codes"] if code in HARMLESS), "")
        if reason:
            figure.known.append(f"{name} ({reason})")
            continue
        expected = {code.lower().replace("_", "-") for code in row["expected_codes"]}
        found = _answer(folder / "testdata", row["type"], row["files"])
        _count(figure, f"{name}: found {found}, expected {expected}", holds=bool(found & expected))
    return figure


def _answer(folder: Path, kind: str, files: list[str]) -> set[str]:
    """Our codes for the files, as the reference would name them."""
    raw = [(folder / name).read_bytes() for name in files]
    if kind == "jwkset":
        found = read_keys(raw[0])
        return {word for one in found.rejected for word in one.reason.split()}
    text = "\n".join(one.decode("utf-8", "surrogateescape").rstrip("\r\n") for one in raw)
    try:
        sealed = open_text(text) if kind != "healthcard" else shc.open_text(text)
    except RefusedError as error:
        return _named(error.refusal)
    keys = read_keys((folder / "valid_keys.json").read_bytes(), issuer=sealed.issuer).keys
    answer = judge(sealed, TrustStore([TrustList(party="XX", version=1, issued=AT, keys=keys)]), AT)
    return _named(answer) if isinstance(answer, Refusal) else set()


def _named(refusal: Refusal) -> set[str]:
    return {refusal.detail} | {name for name, codes in OURS.items() if refusal.code in codes}


def _count(figure: Figure, name: str, *, holds: bool) -> None:
    if holds:
        figure.passed += 1
    else:
        figure.failed.append(name)
