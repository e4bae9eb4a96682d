"""Bind a certificate to a passport's holder: a score, a verdict and every reason. Doubt is for an officer, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from fastchannel.certificates.binding.arrangement import Zone, compare_names
from fastchannel.certificates.binding.births import compare_births
from fastchannel.certificates.binding.parts import words_of
from fastchannel.certificates.binding.weights import MATCH_FROM, MISMATCH_BELOW, NEVER_MATCH, WEIGHTS, Code
from fastchannel.certificates.evidence import CertifiedPerson
from fastchannel.certificates.mrz.mrz import Mrz


class Verdict(StrEnum):
    """MATCH goes on by itself. The others hold the case for an officer, who sees the reasons; neither refuses anybody."""

    MATCH = "match"
    DOUBT = "doubt"
    MISMATCH = "mismatch"


class Reason(Struct, frozen=True, kw_only=True):
    """One thing found: its stable code, what it is about, what each side says, and what it weighs."""

    code: Code
    part: str  # family, given, name, birth or document
    certified: str
    passport: str
    weight: float


class Match(Struct, frozen=True, kw_only=True):
    """Whether the certificate is the passport's holder's. ``score`` is from 0 to 1; it orders cases and is no probability."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def held(self) -> bool:
        """Whether an officer must look."""
        return self.verdict is not Verdict.MATCH


def bind(named: CertifiedPerson, passport: Mrz) -> Match:
    """Compare a certificate's name, date of birth and document with a passport's zone. Never raises; time is bounded."""
    reasons = tuple(_reasons(named, passport))
    codes = {reason.code for reason in reasons}
    score = round(min(1.0, max(0.0, 1 + sum(reason.weight for reason in reasons))), 4)
    verdict = Verdict.DOUBT
    if score >= MATCH_FROM and not codes & NEVER_MATCH:
        verdict = Verdict.MATCH
    elif score < MISMATCH_BELOW and Code.DOCUMENT_EQUAL not in codes:
        verdict = Verdict.MISMATCH
    return Match(score=score, verdict=verdict, reasons=reasons)


def _reasons(named: CertifiedPerson, passport: Mrz) -> Iterator[Reason]:
    zone = Zone(family=words_of(passport.family), given=words_of(passport.given), cut=passport.truncated)
    for one in compare_names(named, zone):
        yield _reason(one.code, one.part, " ".join(one.certified), " ".join(one.passport))
    yield _reason(compare_births(named.birth, passport.birth), "birth", named.birth[:20], passport.birth)
    number = _number(named.document)
    if number:
        same = number == _number(passport.number)
        code = Code.DOCUMENT_EQUAL if same else Code.DOCUMENT_DIFFERS
        yield _reason(code, "document", named.document[:40], passport.number)


def _reason(code: Code, part: str, certified: str, passport: str) -> Reason:
    return Reason(code=code, part=part, certified=certified, passport=passport, weight=WEIGHTS[code])


def _number(text: str) -> str:
    return "".join(one for one in text[:40].upper() if one.isascii() and one.isalnum())
