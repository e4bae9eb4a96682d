"""DIVOC: a zip with one verifiable credential, signed over Linked Data (RsaSignature2018, Ed25519Signature2018).

What is signed is a graph, and the JSON only one way to write it down. Three things follow, and are held here:

- A field that the credential's context does not define is not in the graph: whoever holds the certificate can add it. A
  credential with such a field is unsupported.
- The contexts of DIVOC give several fields one meaning in the graph: ``date``, ``effectiveStart`` and ``effectiveUntil`` are
  all schema:date, ``dose`` and ``totalDoses`` both schema:doseValue, the vaccine, its maker, the batch and the certificate's
  number all schema:id. Who holds the certificate can exchange their values, and the signature still holds. So the date of the
  dose must be the earliest of its dates, the dose no greater than the doses, and the identifier is the name of the
  vaccination's node. Which of vaccine, maker and batch is which, no signature says: only that the issuer wrote each.
- Contexts are known here and never fetched, and only the shape that issuers write is read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from msgspec import Struct

from fastchannel.certificates.envelopes import linked_data, strict_json
from fastchannel.certificates.envelopes.inflate import MOST_BYTES
from fastchannel.certificates.envelopes.jws import base64url
from fastchannel.certificates.envelopes.linked_data import Triple
from fastchannel.certificates.evidence import CertifiedPerson, Format, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.keys import Algorithm
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed, shortened
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import Noted

TEXT_PREFIX, ZIP_PREFIX = "B64:UEsDB", "PK\x03\x04"
ENTRY = "certificate.json"
SIGNATURES = {"RsaSignature2018": Algorithm.PS256, "Ed25519Signature2018": Algorithm.EDDSA}
PASSPORT = "did:Passport:"  # what such a subject's name begins with, before the passport's number

_CREDENTIALS = "https://www.w3.org/2018/credentials/v1"
_V1, _V2 = (f"https://cowin.gov.in/credentials/vaccination/v{number}" for number in (1, 2))
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NAMED = re.compile(r"(?:https?|did|urn):[!#-;=?-\[\]_a-z~]+", re.ASCII)  # printable, but for what no address has unescaped
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")  # implementations do not agree on how these are written


class _Node(Struct, frozen=True):
    """A field whose value is an object: what it means in the graph, and what its own fields mean."""

    meaning: str
    terms: Mapping[str, str | _Node]


def _schema(name: str) -> str:
    return f"<https://schema.org/{name}>"


def _credential(name: str) -> str:
    return f"<https://www.w3.org/2018/credentials#{name}>"


# The terms of DIVOC's contexts (https://github.com/egovernments/DIVOC, vaccination-context). Their prefix "vac" ends in no
# character that JSON-LD 1.1 lets a prefix end in, so that names with it stand in the graph as they are.
_ADDRESS = _Node(
    _schema("PostalAddress"),
    {name: _schema(name) for name in ("streetAddress", "addressRegion", "postalCode", "addressCountry")}
    | {"streetAddress2": "<vac:addressLine2>", "city": "<vac:city>", "district": "<vac:district>"},
)
_PERSON: dict[str, str | _Node] = {
    "refId": _schema("id"),
    "uhid": _schema("id"),
    "name": _schema("name"),
    "age": _schema("Number"),
    "gender": _schema("gender"),
    "sex": _schema("gender"),
    "nationality": _schema("nationality"),
    "address": _ADDRESS,
}
_VACCINATION: dict[str, str | _Node] = {
    **dict.fromkeys(("certificateId", "batch", "vaccine", "manufacturer"), _schema("id")),
    **dict.fromkeys(("feedbackUrl", "infoUrl"), _schema("url")),
    **dict.fromkeys(("date", "effectiveStart", "effectiveUntil"), _schema("date")),
    **dict.fromkeys(("dose", "totalDoses"), _schema("doseValue")),
    "verifier": _Node("<vac:verifier>", {"name": _schema("name"), "sign-image": _schema("image")}),
    "facility": _Node("<vac:Facility>", {"name": _schema("name"), "address": _ADDRESS, "seal-image": _schema("image")}),
}
_TERMS: dict[str, tuple[Mapping[str, str | _Node], Mapping[str, str | _Node]]] = {
    _V1: (_PERSON, _VACCINATION),
    _V2: (
        _PERSON | {"dob": _schema("date")},
        _VACCINATION | {"icd11Code": _schema("id"), "prophylaxis": _schema("name")},
    ),
}
_KINDS = {
    "VerifiableCredential": _credential("VerifiableCredential"),
    "ProofOfVaccinationCredential": _schema("ProofOfVaccinationCredential"),
}
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others can ask for gigabytes to unpack
_PARTS = frozenset({"@context", "type", "credentialSubject", "evidence", "issuer", "proof"})
_PROOF = frozenset({"type", "created", "verificationMethod", "proofPurpose", "jws"})


def open_zip(text: str) -> Sealed:
    """Open a certificate's text: the zip's bytes as characters, or as base64 behind ``B64:``. Raises RefusedError."""
    written = fields.mapping(strict_json.decode(_entry(_bytes(text)), ENTRY), ENTRY)
    proof = fields.mapping(written.get("proof"), "proof")
    algorithm = SIGNATURES.get(str(proof.get("type")))
    if algorithm is None or set(proof) != _PROOF or proof["proofPurpose"] != "assertionMethod":
        raise _unsupported("proof", proof.get("type"), " or ".join(SIGNATURES))
    header, signature = _detached(proof["jws"], algorithm)
    noted = Noted()
    digests = (hashlib.sha256(linked_data.canonical(one)).digest() for one in (_of_proof(proof), _graph(written)))
    return Sealed(
        format=Format.DIVOC,
        algorithm=algorithm,
        kid=_named(proof["verificationMethod"], "verificationMethod")[1:-1].encode("ascii"),
        message=header.encode("ascii") + b"." + b"".join(digests),
        signature=signature,
        payload=written,
        read=read,
        noted=noted,
        issuer=fields.text(written, "issuer", noted),
        issued=dates.instant(fields.text(written, "issuanceDate", noted)),
        expires=dates.instant(fields.text(written, "expirationDate", noted)),
    )


def _bytes(text: str) -> bytes:
    try:
        if text.startswith(ZIP_PREFIX):
            return text.encode("latin-1")
        return base64.b64decode("".join(text.removeprefix("B64:").split()), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise malformed("zip", error, "base64, or the bytes of a zip", detail="zip") from None


def _entry(raw: bytes) -> bytes:
    """The one file in the zip, of at most 64 KiB."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            (entry,) = archive.infolist()
            if entry.filename != ENTRY or entry.file_size > MOST_BYTES or entry.compress_type not in _PACKED:
                raise malformed(
                    "zip", f"{shortened(entry.filename, 40)}, {entry.file_size} bytes", f"{ENTRY}, at most {MOST_BYTES}"
                )
            with archive.open(entry) as file:
                found = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise malformed("zip", error, f"a zip with one file, {ENTRY}", detail="zip") from None
    if len(found) > MOST_BYTES:
        raise malformed("zip", f"more than {MOST_BYTES} bytes", f"at most {MOST_BYTES} bytes", detail="too-large")
    return found


def _detached(jws: object, algorithm: Algorithm) -> tuple[str, bytes]:
    """Header and signature of a JWS whose payload stands elsewhere, unencoded (RFC 7797)."""
    parts = jws.split(".") if isinstance(jws, str) else []
    if len(parts) != 3 or parts[1]:
        raise malformed("jws", jws, "a header and a signature, two dots between them", detail="jws-header-error")
    header = fields.mapping(strict_json.decode(base64url(parts[0], "jws header"), "jws header"), "jws header")
    if header != {"alg": algorithm.value, "b64": False, "crit": ["b64"]} or header["b64"] is not False:
        raise _unsupported("jws header", header.get("alg"), f"{algorithm} over an unencoded payload")
    return parts[0], base64url(parts[2], "signature")


def _of_proof(proof: Mapping[str, Any]) -> list[Triple]:
    node, security = "_:proof", "https://w3id.org/security#"
    return [
        (node, _TYPE, f"<{security}{proof['type']}>"),
        (node, "<http://purl.org/dc/terms/created>", _time(proof["created"], "created")),
        (node, f"<{security}proofPurpose>", f"<{security}{proof['proofPurpose']}>"),
        (node, f"<{security}verificationMethod>", _named(proof["verificationMethod"], "verificationMethod")),
    ]


def _graph(written: Mapping[str, Any]) -> list[Triple]:
    """What the credential says, without its proof. Raises RefusedError: unsupported where its context does not define all."""
    context = written.get("@context")
    if not isinstance(context, list) or len(context) != 2 or context[0] != _CREDENTIALS or context[1] not in (_V1, _V2):
        raise _unsupported("@context", context, f"{_CREDENTIALS} and {_V1} or {_V2}")
    kinds = written.get("type")
    if not isinstance(kinds, list) or len(kinds) != 2 or any(kind not in kinds for kind in _KINDS):
        raise _unsupported("type", kinds, " and ".join(_KINDS))
    person_terms, event_terms = _TERMS[context[1]]
    node = _named(written["id"], "id") if "id" in written else "_:credential"
    found = [(node, _TYPE, kind) for kind in _KINDS.values()]
    for name, value in written.items():
        match name:
            case "issuanceDate" | "expirationDate":
                found.append((node, _credential(name), _time(value, name)))
            case "nonTransferable":
                found.append((node, "<vac:nonTransferable>", _literal(value, name)))
            case "id":
                pass
            case _ if name not in _PARTS:
                raise _unsigned(name)
    found.append((node, _credential("issuer"), _named(written.get("issuer"), "issuer")))
    subject = _described(written.get("credentialSubject"), "Person", person_terms, found)
    found.append((node, _credential("credentialSubject"), subject))
    events = written.get("evidence")
    if not isinstance(events, list) or len(events) != 1:
        raise _unsupported("evidence", events, "a list of one vaccination")
    event = _described(events[0], "Vaccination", event_terms, found)
    found.append((node, _credential("evidence"), event))
    if len({node, subject, event}) < 3:
        raise _unsupported("id", event, "names of their own for credential, person and vaccination")
    return found


_MEANINGS = {"Person": _schema("Person"), "Vaccination": "<vac:Vaccination>"}


def _described(value: object, kind: str, terms: Mapping[str, str | _Node], found: list[Triple]) -> str:
    """The node of a person or a vaccination, all that is said of it being added to what was found."""
    written = fields.mapping(value, kind)
    if written.get("type") not in (kind, [kind]):
        raise _unsupported(f"{kind}.type", written.get("type"), kind)
    node = _named(written["id"], f"{kind}.id") if "id" in written else f"_:{kind}"
    found.append((node, _TYPE, _MEANINGS[kind]))
    rest = {name: one for name, one in written.items() if name not in {"id", "type"}}
    _say(node, f"_:{kind}", rest, terms, found)
    return node


def _say(node: str, blank: str, written: Mapping[str, Any], terms: Mapping[str, str | _Node], found: list[Triple]) -> None:
    """Add what the fields say of the node; nodes below it that have no name are called after ``blank``."""
    for name, value in written.items():
        term = terms.get(name)
        if term is None:
            raise _unsigned(name)
        if value is None:
            continue
        if isinstance(term, _Node):
            below = f"{blank}.{name}"
            found.append((node, term.meaning, below))
            _say(below, below, fields.mapping(value, name), term.terms, found)
        else:
            found.append((node, term, _literal(value, name)))


def _literal(value: object, where: str) -> str:
    if isinstance(value, bool):
        return linked_data.text("true" if value else "false", f"{_XSD}boolean")
    if isinstance(value, int):
        return linked_data.text(str(value), f"{_XSD}integer")
    if not isinstance(value, str) or _CONTROL.search(value):
        raise _unsupported(where, value, "a text or a whole number")
    return linked_data.text(value)


def _time(value: object, where: str) -> str:
    if not isinstance(value, str) or dates.instant(value) is None:
        raise malformed(where, value, "a time", detail="field")
    return linked_data.text(value, f"{_XSD}dateTime")


def _named(value: object, where: str) -> str:
    """A node's name. One that is no whole address is unsupported: readers do not agree on what it is relative to."""
    if not isinstance(value, str) or len(value) > fields.MOST_TEXT or _NAMED.fullmatch(value) is None:
        raise _unsupported(where, value, "a whole address: https, did or urn")
    return f"<{value}>"


def read(payload: dict[Any, Any], noted: Noted) -> Contents:
    """Read a credential. Raises RefusedError, also where its values stand in the fields of others."""
    person = fields.mapping(payload.get("credentialSubject"), "credentialSubject")
    event = fields.mapping(payload["evidence"][0], "evidence")
    facility = fields.mapping(event.get("facility") or {}, "facility")
    address = fields.mapping(facility.get("address") or {}, "address")
    name = str(event.get("id", ""))
    vaccine, maker, batch, kind = fields.texts(event, ("vaccine", "manufacturer", "batch", "prophylaxis"), noted)
    dose, doses = _doses(event, noted)
    subject = str(person.get("id", ""))
    return Contents(
        person=CertifiedPerson(
            full=fields.text(person, "name", noted),
            birth=dates.birth(fields.text(person, "dob", noted), noted),
            sex=fields.text(person, "gender", noted) or fields.text(person, "sex", noted),
            nationality=fields.text(person, "nationality", noted),
            document=subject.removeprefix(PASSPORT) if subject.startswith(PASSPORT) else "",
        ),
        events=(
            Vaccinated(
                agent="",
                product=vaccine,
                vaccine=kind,
                manufacturer=maker,
                given=_given(event, noted),
                dose=dose,
                doses=doses,
                batch=batch,
                country=fields.text(address, "addressCountry", noted),
                centre=fields.text(facility, "name", noted),
            ),
        ),
        identifier=name.rstrip("/").rpartition("/")[2],
        issuer=fields.text(payload, "issuer", noted),
    )


def _given(event: dict[Any, Any], noted: Noted) -> str:
    """The day of the dose: its time is cut off, which these certificates give or leave out."""
    given, *others = fields.texts(event, ("date", "effectiveStart", "effectiveUntil"), noted)
    if _DAY.fullmatch(given) is None:
        raise malformed("date", given, "the date of the dose", detail="field")
    if any(other and (_DAY.fullmatch(other) is None or other[:10] < given[:10]) for other in others):
        raise malformed("date", given, "the earliest of the dates", detail="exchanged")
    return given[:10]


def _doses(event: dict[Any, Any], noted: Noted) -> tuple[int | None, int | None]:
    dose, doses = (fields.count(event, name, noted) for name in ("dose", "totalDoses"))
    if dose is not None and doses is not None and dose > doses:
        raise malformed("dose", f"{dose} of {doses}", "a dose no greater than the doses", detail="exchanged")
    return dose, doses


def _unsigned(name: str) -> RefusedError:
    """A field that no signature covers, whatever it says."""
    return _unsupported(name, "a field", "only fields that the signature covers", detail="unsigned-field")


def _unsupported(where: str, found: object, expected: str, *, detail: str = "json-ld-signature") -> RefusedError:
    return RefusedError(
        Refusal(
            code=Code.UNSUPPORTED,
            where=shortened(where, 40),
            found=shortened(found, 40),
            expected=expected,
            format=Format.DIVOC,
            detail=detail,
        )
    )
