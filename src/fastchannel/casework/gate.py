"""A scan at a checkpoint becomes a colour and a reason: the same at the node and on a device without a link.

A pure function of the bundle, what was scanned, the instant, and whom this device let through. tests/vectors/gate.json holds
Python and the browser to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastchannel.casework.gate_bundle import (
    PASS_ID_DIGITS,
    UNKNOWN_BIRTH,
    Accept,
    Bundle,
    Expected,
    Span,
    document_key,
    milliseconds,
)
from fastchannel.casework.gate_reasons import FROM_REFUSAL, Colour, GateReason, words
from fastchannel.certificates.evidence import AssayResult, Certified, Evidence, Recovered, Vaccinated
from fastchannel.certificates.mrz.mrz import Mrz, MrzError, read_mrz
from fastchannel.certificates.passes.checking import Mismatch, check
from fastchannel.certificates.passes.claims import Pass
from fastchannel.certificates.passes.holder import Holder, holder_hash
from fastchannel.certificates.passes.issuing import PREFIX
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, shortened
from fastchannel.certificates.trust.store import SKEW, TrustStore
from fastchannel.certificates.verify import verify

_LONGEST_LABORATORY = 128
_ZONE = re.compile(r"[A-Z0-9< \t]{25,}(?:[\r\n]+[A-Z0-9< \t]{25,})*", re.IGNORECASE)  # no prefix of a code fits: it has a colon
_KINDS: dict[type[Certified], str] = {AssayResult: "test", Vaccinated: "vaccination", Recovered: "recovery"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentScan:
    """A passport: its number, and its date of birth as `Holder` has it; empty where nothing of it is known."""

    number: str
    birth: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickScan:
    """A traveller whom the officer picked from the list of those expected."""

    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassScan:
    """A pass whose signature and times are right; with ``holder``, the passport that was read with it."""

    found: Pass
    holder: Holder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateScan:
    """A health certificate whose signature is right."""

    evidence: Evidence


Scan = PassScan | CertificateScan | DocumentScan | PickScan | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """What the screen shows. ``ref`` is the traveller's journey where it is known, ``until`` (ms) how long it stays so."""

    verdict: Colour
    reason: GateReason
    until: int | None = None
    ref: str = ""
    name: str = ""

    def words(self, language: str = "en") -> str:
        """The reason in that language."""
        return words(self.reason, language)


def read_text(text: str, at: datetime, trust: Callable[[], TrustStore], *, zone: str = "") -> Scan:
    """What a scanner typed: a code, verified with what is trusted, or a passport's zone.

    ``trust`` makes the store, which a passport does not need. ``zone`` is the passport that was read with a pass.
    """
    text = text.strip("\r\n")
    if _ZONE.fullmatch(text) is not None:
        return read_zone(text, at)
    store = trust()
    if text.startswith(PREFIX):
        found = check(text, store, at)
        return _pass_scan(found, zone, at) if isinstance(found, Pass) else _refusal(found)
    judged = verify(text, store, at)
    return judged if isinstance(judged, Refusal) else CertificateScan(evidence=judged)


def read_zone(text: str, at: datetime) -> DocumentScan | Refusal:
    """A passport's zone."""
    try:
        zone = read_mrz(text, at.date())
    except MrzError as error:
        return Refusal(code=Code.MALFORMED, where="zone", found=shortened(error))
    return DocumentScan(number=zone.number, birth=_born(zone))


def _pass_scan(found: Pass, zone: str, at: datetime) -> PassScan | Refusal:
    if not zone:
        return PassScan(found=found)
    try:
        read = read_mrz(zone, at.date())
    except MrzError as error:
        return Refusal(code=Code.MALFORMED, where="zone", found=shortened(error))
    return PassScan(found=found, holder=Holder(document=read.number, state=read.state, birth=_born(read)))


def _born(zone: Mrz) -> str:
    return zone.birth.partition("-XX")[0]


def evaluate(bundle: Bundle, scan: Scan, at: datetime, *, admitted: Collection[str] = ()) -> GateVerdict:
    """What the gate says of a scan. ``admitted`` are the refs that this device let through since the bundle was made."""
    if not bundle.fresh(at):
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.OFFLINE_TOO_LONG)
    match scan:
        case Refusal():
            colour, reason = FROM_REFUSAL[scan.code]
            return GateVerdict(verdict=colour, reason=reason)
        case PassScan():
            return _pass(bundle, scan, at, admitted)
        case CertificateScan():
            return _certificate(bundle, scan.evidence, at)
        case DocumentScan():
            return _traveller(bundle, _by_document(bundle, scan), at, admitted)
        case PickScan():
            return _traveller(bundle, [one for one in bundle.expected if one.ref == scan.ref], at, admitted)


def _pass(bundle: Bundle, scan: PassScan, at: datetime, admitted: Collection[str]) -> GateVerdict:
    found = scan.found
    if scan.holder is not None and not _holds(found, scan.holder):
        return GateVerdict(verdict=Colour.RED, reason=GateReason.ELSEWHERE)
    if found.digest not in bundle.digests:
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.ELSEWHERE)
    named = [one for one in bundle.expected if found.id[:PASS_ID_DIGITS] in one.passes or one.ref == found.journey]
    here = [one for one in named if one.gate in found.gates]
    if (named and not here) or not set(found.gates) & set(bundle.gates):
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.ELSEWHERE)
    seen = _traveller(bundle, here, at, admitted)
    newer = milliseconds(found.issued) > bundle.made_at
    if seen.verdict is Colour.AMBER and newer and seen.reason in (GateReason.INCOMPLETE, GateReason.ASK_OFFICER):
        # Its issuer decided anew after the bundle was made, by what has been recorded meanwhile.
        seen = GateVerdict(
            verdict=Colour.GREEN, reason=GateReason.CLEAR, until=bundle.valid_until, ref=seen.ref, name=seen.name
        )
        seen = _admitted_before(seen, admitted)
    if seen.verdict is not Colour.GREEN or seen.until is None:
        return seen
    until = min(seen.until, milliseconds(found.expires) + 1000)  # a pass holds through its last second
    return GateVerdict(verdict=seen.verdict, reason=seen.reason, until=until, ref=seen.ref, name=seen.name)


def _holds(found: Pass, holder: Holder) -> bool:
    try:
        return holder_hash(holder, found.salt) == found.holder
    except CertificateError:
        return False


def _by_document(bundle: Bundle, scan: DocumentScan) -> list[Expected]:
    """Those expected with that passport; one whose application names no date of birth is found by the number alone."""
    wanted = set()
    for birth in dict.fromkeys([scan.birth or UNKNOWN_BIRTH, UNKNOWN_BIRTH]):
        try:
            wanted.add(document_key(bundle.key, scan.number, birth))
        except CertificateError:  # a date of which only the middle is known, say: the number alone may do
            continue
    return [one for one in bundle.expected if one.doc in wanted]


def _traveller(bundle: Bundle, found: list[Expected], at: datetime, admitted: Collection[str]) -> GateVerdict:
    """Of several journeys of one traveller, the one whose departure is nearest."""
    now = milliseconds(at)
    if not found:
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.NOT_EXPECTED)
    expected = min(found, key=lambda one: (abs(one.due - now), one.ref))
    span = _span_at(expected.spans, now)
    if span is None:
        seen = GateVerdict(verdict=Colour.AMBER, reason=GateReason.ASK_OFFICER, ref=expected.ref, name=expected.name)
    else:
        seen = GateVerdict(
            verdict=span.colour,
            reason=span.reason,
            until=min(span.end, bundle.valid_until),
            ref=expected.ref,
            name=expected.name,
        )
    return _admitted_before(seen, admitted)


def _admitted_before(seen: GateVerdict, admitted: Collection[str]) -> GateVerdict:
    if seen.verdict is Colour.RED or seen.ref not in admitted:
        return seen
    return GateVerdict(verdict=Colour.AMBER, reason=GateReason.ALREADY_ADMITTED, ref=seen.ref, name=seen.name)


def _span_at(spans: tuple[Span, ...], now: int) -> Span | None:
    """A bundle that is made at an instant serves a clock that is a few minutes behind: the first span reaches back."""
    if spans and now < spans[0].start:
        return spans[0]
    return next((one for one in spans if one.start <= now < one.end), None)


def _certificate(bundle: Bundle, evidence: Evidence, at: datetime) -> GateVerdict:
    accepts = [one for rule in bundle.rules for one in rule.accepts]
    if not accepts:
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.ELSEWHERE)
    good = any(_accepted(one, evidence, event, at) for one in accepts for event in evidence.events)
    if good:
        return GateVerdict(verdict=Colour.AMBER, reason=GateReason.CERTIFICATE_GOOD)
    return GateVerdict(verdict=Colour.RED, reason=GateReason.INCOMPLETE)


def _accepted(rule: Accept, evidence: Evidence, event: Certified, at: datetime) -> bool:
    if _KINDS[type(event)] != rule.kind or event.agent not in rule.agents:
        return False
    if not isinstance(event, AssayResult):
        return evidence.issued is not None and _in_window(rule, evidence.issued, at)
    issuer = evidence.issuer
    laboratory = event.laboratory[:_LONGEST_LABORATORY] or (issuer.name or issuer.country or issuer.key)[:_LONGEST_LABORATORY]
    return (
        event.kind == rule.assay
        and event.finding == rule.finding
        and (not rule.laboratories or laboratory in rule.laboratories)
        and event.sampled is not None
        and _in_window(rule, event.sampled, at)
    )


def _in_window(rule: Accept, when: datetime, at: datetime) -> bool:
    """Both ends belong to it. An issuer's clock may run ahead of ours by SKEW."""
    if when > at + SKEW:
        return False
    age = at - when
    return (rule.most_hours is None or age <= timedelta(hours=rule.most_hours)) and (
        rule.least_hours is None or not rule.least_hours or age >= timedelta(hours=rule.least_hours)
    )


def _refusal(found: Refusal | Mismatch) -> Refusal:
    if isinstance(found, Mismatch):
        raise TypeError(f"{found.detail}: nothing was asked of the pass that it could mismatch")
    return found
