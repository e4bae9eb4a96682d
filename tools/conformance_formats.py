"""Hold SMART Health Cards and visible digital seals against specimens and a reference validator's negatives."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from fastchannel.certificates import tolerances
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.formats import shc, vds_nc
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.formats.shc import cards_of
from fastchannel.certificates.keys import TrustedKey
from fastchannel.certificates.pictures import texts_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.certificates.tolerances import LENIENT, STRICTLY
from fastchannel.certificates.trust.certificates import key_of
from fastchannel.certificates.trust.reading import read_keys
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import judge, verify
from tests.certificates.formats.test_cards_and_seals import THUMBPRINT, jws
from tests.certificates.issuing import trusted
from tools.conformance_dcc import Figure

ISSUER = "https://spec.smarthealth.cards/examples/issuer"
AT = datetime(2022, 9, 1, tzinfo=UTC)
# The public key of did:india, as https://github.com/Path-Check/divoc-sdk.js (lib/divoc.js) lists it for CoWIN's production.
INDIA = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0i7R4XsyG3m6KD36qKEVxE+odCh68W2O4vLqh6SnsgItzvLYvJKPai+jEkf22FlPn0QnGo+Znyi6"
    "dw1lhvg9FGXqodv33yrqKhGLkQPeURaMnJidxktK/3QLXuv9HiKq9fSDLJyPBJEFCCCiZNTGgWM0dqq43/XRi+7IX3gWU68U6v/7EyOW3U4ZgYUVlfwbUh6e"
    "KRan68/TObQua39oeUfDMhJa0NHnMXb1lq/vQIjEgGkOK5LLyz+X8ETUEhn8Qdx2SIORmftCPW4XO0UZmMHuGw9t+UUgniy5BL8kmvtjpVRWFUliJFGBTvBZ"
    "CO6gcoX5eXi8LytCg+mJ6EDO+QIDAQAB"
)
# What has no answer here, because nothing at a checkpoint asks for it.
LEFT_OUT = {
    "shlpayload": "a link to a card elsewhere, which a verifier without a network cannot follow",
    "shlfile": "a link to a card elsewhere, which a verifier without a network cannot follow",
}
HARMLESS = {
    "REVOCATION_ERROR": "a revocation list that a verifier would fetch from the issuer",
    "TRAILING_CHARACTERS": "white space behind JSON, which JSON allows",
}
# The reference's code → ours, where it is not the same word.
OURS = {
    "jws-verification-error": {Code.SIGNATURE_WRONG, Code.KEY_UNKNOWN},
    "issuer-key-download-error": {Code.KEY_UNKNOWN},
    "not-yet-valid": {Code.NOT_YET_VALID},
    "expiration-error": {Code.EXPIRED},
}
# The reference's code → the deviation that we tolerate and note, and that strict mode refuses.
NOTED = {
    "schema-error": tolerances.VC_TYPES,
    "fhir-schema-error": tolerances.FHIR_META,
    "qr-chunking-deprecated": tolerances.CHUNKS,
    "qr-decode-error": "no-code",
}
TYPES = ("health-card", "immunization", "covid19")


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


def divoc(folder: Path) -> Figure:
    """The specimen that India's own key signed verifies; changed, or with values in each other's fields, it does not."""
    figure = Figure("specimen, changed and exchanged")
    text = (folder / "DIVOCQR1Contents.txt").read_text(encoding="utf-8").strip()
    key = TrustedKey(kid=b"did:india", spki=base64.b64decode(INDIA), country="IN")
    trust = TrustStore([TrustList(party="XX", version=1, issued=AT, keys=(key,))])
    expected = [(text, ""), (_rewritten(text, "User One", "User Two"), Code.SIGNATURE_WRONG)]
    expected.append((_rewritten(text, '"dose":1,"totalDoses":2', '"dose":2,"totalDoses":1'), Code.MALFORMED))
    for written, code in expected:
        found = verify(written, trust, AT)
        _count(figure, f"{code or 'whole'}: {found}", holds=(found.code if isinstance(found, Refusal) else "") == code)
    return figure


def _rewritten(text: str, old: str, new: str) -> str:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(text.removeprefix("B64:")))) as archive:
        credential = archive.read("certificate.json").decode()
    if old not in credential:
        raise ValueError(f"found no {old} in the specimen")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("certificate.json", credential.replace(old, new))
    return "B64:" + base64.b64encode(packed.getvalue()).decode()


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
    """Our codes for the files, as the reference would name them; what is noted, for strict mode to refuse, counts too."""
    raw = [(folder / name).read_bytes() for name in files]
    if kind == "jwkset":
        found = read_keys(raw[0])
        return {word for one in found.rejected for word in one.reason.split()}
    keys = read_keys((folder / "valid_keys.json").read_bytes(), issuer=ISSUER).keys
    named: set[str] = set()
    try:
        texts = _texts(kind, raw)
        for text in texts:
            sealed = shc.open_text(text) if kind == "healthcard" else open_text(text)
            mine = trusted(kid=THUMBPRINT, issuer=sealed.issuer, country="US")
            store = TrustStore([TrustList(party="XX", version=1, issued=AT, keys=(*keys, mine))])
            for tolerated in (LENIENT, STRICTLY):
                answer = judge(sealed, store, AT, tolerances=tolerated)
                named |= _named(answer) if isinstance(answer, Refusal) else set()
            named |= {name for name, code in NOTED.items() if any(one.code == code for one in sealed.noted.found)}
    except RefusedError as error:
        named |= _named(error.refusal)
    return named


def _texts(kind: str, raw: list[bytes]) -> list[str]:
    """The cards' texts. A payload or a bundle is signed here by a trusted key, so that nothing but its content is at fault."""
    if kind == "qr":
        scanned = [text for one in raw for text in texts_of(one)]
        return ["\n".join(scanned)] if len(raw) > 1 else scanned
    if kind == "jwspayload":
        return [_signed(raw[0])]
    if kind == "fhirbundle":
        subject = {"fhirVersion": "4.0.1", "fhirBundle": json.loads(raw[0])}
        types = [f"https://smarthealth.cards#{one}" for one in TYPES]
        whole = {"iss": ISSUER, "nbf": AT.timestamp() - 60, "vc": {"type": types, "credentialSubject": subject}}
        return [_signed(json.dumps(whole).encode())]
    return list(cards_of("\n".join(one.decode("utf-8", "surrogateescape").rstrip("\r\n") for one in raw)))


def _signed(payload: bytes) -> str:
    packer = zlib.compressobj(wbits=-15)
    return jws(None, packed=packer.compress(payload) + packer.flush())


def _named(refusal: Refusal) -> set[str]:
    return (
        {refusal.detail}
        | {name for name, codes in OURS.items() if refusal.code in codes}
        | {name for name, detail in NOTED.items() if refusal.detail == detail}
    )


def _count(figure: Figure, name: str, *, holds: bool) -> None:
    if holds:
        figure.passed += 1
    else:
        figure.failed.append(name)
