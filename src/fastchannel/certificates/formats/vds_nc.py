"""ICAO's visible digital seal for non-constrained environments: JSON whose data is signed in canonical form (RFC 8785)."""

from __future__ import annotations

from typing import Any

import msgspec
import rfc8785

from fastchannel.certificates.envelopes import strict_json
from fastchannel.certificates.envelopes.jws import base64url
from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Format, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.keys import CERTIFICATE_ALGORITHMS, Algorithm, kid_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed, shortened
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import Noted

FIRST_KEYS = frozenset({"data", "sig"})
VACCINATION, TEST = "icao.vacc", "icao.test"
_FINDINGS = {"normal": "not detected", "negative": "not detected", "not detected": "not detected", "abnormal": "detected",
             "positive": "detected", "detected": "detected"}  # fmt: skip
_ASSAYS = {"molecular(pcr)": "naat", "pcr": "naat", "antigen": "antigen", "antibody": "antibody"}


def open_seal(text: str) -> Sealed:
    """Open a seal's JSON. Raises RefusedError.

    The certificate in the seal names a key of the trust list, or an authority of the list issued it. By itself it counts for
    nothing.
    """
    written = fields.mapping(strict_json.decode(text, "vds"), "vds")
    data, signed = fields.mapping(written.get("data"), "data"), fields.mapping(written.get("sig"), "sig")
    header = fields.mapping(data.get("hdr"), "hdr")
    noted = Noted()
    kind = fields.text(header, "t", noted)
    version = header.get("v")
    if kind not in _READERS or type(version) is not int or version != 1:
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="hdr", found=f"{kind[:20]} {shortened(version, 8)}", detail="vds-type")
        )
    algorithm = fields.text(signed, "alg", noted)
    if algorithm not in CERTIFICATE_ALGORITHMS:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="alg", found=algorithm[:20], detail="algorithm"))
    certificate = signed.get("cer")
    if not isinstance(certificate, str):
        raise malformed("sig.cer", certificate, "the signer's certificate", detail="field")
    der = base64url(certificate.rstrip("="), "sig.cer")
    return Sealed(
        format=Format.ICAO_VDS_NC,
        algorithm=Algorithm(algorithm),
        kid=kid_of(der),
        message=canonical(data),
        signature=base64url(str(signed.get("sigvl", "")).rstrip("="), "sig.sigvl"),
        payload=data,
        read=_READERS[kind],
        noted=noted,
        country=fields.text(header, "is", noted),
        certificate=der,
    )


def canonical(data: dict[str, Any]) -> bytes:
    """The data as RFC 8785 writes it. With ASCII keys and whole numbers, sorted JSON is the same, and quicker."""
    if _simple(data):
        return msgspec.json.encode(data, order="deterministic")
    try:
        return rfc8785.dumps(data)
    except rfc8785.CanonicalizationError as error:
        raise malformed("data", error, "JSON that has a canonical form", detail="canonical") from None


def _simple(value: object) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _simple(one) for key, one in value.items())
    if isinstance(value, list):
        return all(_simple(one) for one in value)
    return not isinstance(value, float | int) or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53)


def _person(message: dict[Any, Any], noted: Noted) -> CertifiedPerson:
    person = fields.mapping(message.get("pid"), "pid")
    name, document, sex = fields.texts(person, ("n", "i", "sex"), noted, "pid.")
    family, separator, given = name.partition("  ")  # two spaces stand where the passport has two fillers
    return CertifiedPerson(
        family=family if separator else "",
        given=given if separator else "",
        full=name,
        birth=dates.birth(fields.text(person, "dob", noted), noted),
        sex=sex,
        document=document,
    )


def _vaccination(data: dict[Any, Any], noted: Noted) -> Contents:
    message = fields.mapping(data.get("msg"), "msg")
    events: list[Certified] = []
    for vaccine in fields.entries(message, "ve", noted):
        agent, product, kind = fields.texts(vaccine, ("dis", "nam", "des"), noted, "ve.")
        for dose in fields.entries(vaccine, "vd", noted):
            given, country, centre, batch = fields.texts(dose, ("dvc", "ctr", "adm", "lot"), noted, "vd.")
            events.append(
                Vaccinated(
                    agent=agent,
                    product=product,
                    vaccine=kind,
                    given=dates.day(given, noted, "vd.dvc"),
                    dose=fields.count(dose, "seq", noted, "vd."),
                    batch=batch,
                    country=country,
                    centre=centre,
                )
            )
    if not events:
        raise malformed("ve", "no dose", "at least one", detail="events")
    return Contents(person=_person(message, noted), events=tuple(events), identifier=fields.text(message, "uvci", noted))


def _test(data: dict[Any, Any], noted: Noted) -> Contents:
    message = fields.mapping(data.get("msg"), "msg")
    provider = fields.mapping(message.get("sp"), "sp")
    times = fields.mapping(message.get("dat"), "dat")
    result = fields.mapping(message.get("tr"), "tr")
    written = fields.text(times, "sc", noted)
    kind, finding = fields.texts(result, ("tc", "r"), noted, "tr.")
    event = AssayResult(
        agent="",
        kind=_ASSAYS.get(kind.lower().replace(" ", ""), kind),
        finding=_FINDINGS.get(finding.lower(), finding),
        sampled=dates.instant(written),
        sampled_text=written,
        reported=fields.text(times, "ri", noted),
        laboratory=fields.text(provider, "spn", noted),
        country=fields.text(provider, "ctr", noted),
    )
    return Contents(person=_person(message, noted), events=(event,), identifier=fields.text(message, "utci", noted))


_READERS = {VACCINATION: _vaccination, TEST: _test}
