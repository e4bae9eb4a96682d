"""SMART Health Cards: a JWS of a verifiable credential whose subject is a FHIR bundle, as text, file or numeric QR codes."""

from __future__ import annotations

import re
from binascii import unhexlify
from datetime import UTC, datetime

from fastchannel.certificates.envelopes import strict_json
from fastchannel.certificates.envelopes.jws import open_jws
from fastchannel.certificates.evidence import Format
from fastchannel.certificates.formats.shc_bundle import read
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.sealed import Sealed
from fastchannel.certificates.tolerances import CHUNKS, DEFLATE_TRAILER, Noted

PREFIX = "shc:/"
MOST_CARDS = 40
MOST_CHUNKS = 99
_START = re.compile(r"shc:/(?:(\d{1,2})/(\d{1,2})/)?", re.ASCII)
_LATEST = 32_503_680_000  # the year 3000: what is later was written in milliseconds


def open_text(text: str) -> Sealed:
    """Open a numeric QR text (several chunks on lines of their own), a JWS, or a file. Raises RefusedError."""
    noted = Noted()
    if text.startswith(PREFIX):
        chunks = text.split()
        if len(chunks) > 1:
            noted.add(CHUNKS, "shc", f"{len(chunks)} codes")
        return open_card(_joined(chunks), noted)
    text = text.strip()
    return open_card(_of_file(text) if text.startswith("{") else text, noted)


def cards_of(text: str) -> tuple[str, ...]:
    """The cards of a file that holds several: ``verifiableCredential``, or what a FHIR server answered. Else the text itself.

    Nothing is refused here: what is no list of cards is left for `open_text` to say what is wrong with it.
    """
    if not text.lstrip().startswith("{") or len(text) > strict_json.MOST_BYTES:
        return (text,)
    try:
        found = _listed(strict_json.decode(text.strip(), "file"))
    except RefusedError:
        return (text,)
    return tuple(found) if 1 < len(found) <= MOST_CARDS else (text,)


def open_card(text: str, noted: Noted | None = None) -> Sealed:
    """Open a card's JWS. Raises RefusedError."""
    noted = Noted() if noted is None else noted
    envelope = open_jws(text)
    payload = strict_json.decode(envelope.payload, "payload")
    if isinstance(payload, str):
        raise malformed("payload", payload, "an object, and not the text of one", detail=strict_json.DETAIL)
    if not isinstance(payload, dict):
        raise malformed("payload", payload, "an object", detail="schema-error")
    issuer = payload.get("iss")
    if not isinstance(issuer, str) or not issuer.startswith("https://") or issuer.endswith("/") or len(issuer) > 512:
        raise malformed("iss", issuer, "an https address without a slash at its end", detail="invalid-issuer-url")
    issued = _moment(payload.get("nbf"), "nbf")
    if issued is None:
        raise malformed("nbf", "", "seconds since 1970", detail="schema-error")
    expires = _moment(payload.get("exp"), "exp")
    if expires is not None and expires <= issued:
        raise malformed("exp", expires.isoformat(), f"after {issued.isoformat()}, which is nbf", detail="expiration-error")
    if envelope.trailer:
        noted.add(DEFLATE_TRAILER, "payload")
    return Sealed(
        format=Format.SMART_HEALTH_CARD,
        algorithm=envelope.algorithm,
        kid=envelope.kid,
        message=envelope.message,
        signature=envelope.signature,
        payload=payload,
        read=read,
        noted=noted,
        issuer=issuer,
        issuer_vouches=True,
        issued=issued,
        expires=expires,
    )


# By two digits as one byte, four bits each: the character that they stand for, its code less 45; 0 where for none.
_LETTERS = bytes(
    tens * 10 + ones + 45 if tens < 10 > ones and tens * 10 + ones <= 77 else 0 for tens in range(16) for ones in range(16)
)


def _joined(chunks: list[str]) -> str:
    """The JWS of all the chunks, whatever their order."""
    found: dict[int, str] = {}
    if not 0 < len(chunks) <= MOST_CHUNKS:
        raise malformed("shc", f"{len(chunks)} codes", f"1 to {MOST_CHUNKS}", detail="invalid-numeric-qr-header")
    for chunk in chunks:
        match = _START.match(chunk)
        if match is None:
            raise malformed("shc", chunk[:20], "shc:/ and digits", detail="invalid-numeric-qr")
        number, total = (int(match[1]), int(match[2])) if match[1] else (1, 1)
        if total != len(chunks) or not 1 <= number <= total or number in found or (match[1] and total == 1):
            raise malformed(
                "shc", f"code {number} of {total}", f"each of {total} codes once", detail="invalid-numeric-qr-header"
            )
        found[number] = _letters(chunk[match.end() :])
    return "".join(found[number] for number in sorted(found))


def _letters(digits: str) -> str:
    """Two digits stand for a character."""
    try:
        letters = unhexlify(digits).translate(_LETTERS)
    except ValueError as error:  # an odd number of them, or other signs
        raise malformed("shc", digits[:20], "an even number of digits", detail="invalid-numeric-qr") from error
    if not letters or 0 in letters:
        raise malformed("shc", digits[:20], "pairs of digits up to 77", detail="invalid-numeric-qr")
    return letters.decode("ascii")


def _of_file(text: str) -> str:
    cards = _listed(strict_json.decode(text, "file"))
    if not cards:
        raise malformed("file", "no cards", "verifiableCredential: a list of cards", detail="schema-error")
    if len(cards) > 1:
        raise RefusedError(
            Refusal(
                code=Code.UNSUPPORTED, where="file", found=f"{len(cards)} cards", expected="one card a file", detail="cards"
            )
        )
    return str(cards[0])


def _listed(written: object) -> list[str]:
    """The cards of a file, or of a FHIR server's answer to ``$health-cards-issue``; none where it has another shape."""
    if not isinstance(written, dict):
        return []
    cards = written.get("verifiableCredential")
    if written.get("resourceType") == "Parameters":
        parts = written.get("parameter")
        named = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
        cards = [one.get("valueString") for one in named if one.get("name") == "verifiableCredential"]
    if not isinstance(cards, list) or not all(isinstance(one, str) for one in cards):
        return []
    return [str(one) for one in cards]


def _moment(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise malformed(where, value, "seconds since 1970", detail="schema-error")
    if value > _LATEST:
        code = Code.NOT_YET_VALID if where == "nbf" else Code.MALFORMED
        raise RefusedError(Refusal(code=code, where=where, found=str(value)[:24], expected="seconds", detail="milliseconds"))
    return datetime.fromtimestamp(value, UTC)
