"""What a gate shows: a colour, and one of a dozen reasons. Every reason of `decide` and of a refused certificate has its place.

A gate's reason never tells of anybody's health: whatever could is `ask-officer`, with all that an officer must settle anyhow.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from fastchannel.certificates.refusal import Code
from fastchannel.decide.standing import SEVERITY, Reason, Standing, Verdict
from fastchannel.terms.language import N_, translate


class Colour(StrEnum):
    """What fills the screen."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class GateReason(StrEnum):
    """Why. The codes are stable; bundles and devices carry them."""

    CLEAR = "clear"
    CERTIFICATE_GOOD = "certificate-good"
    INCOMPLETE = "incomplete"
    ASK_OFFICER = "ask-officer"
    CLOSED = "closed"
    NOT_EXPECTED = "not-expected"
    UNREADABLE = "unreadable"
    NOT_GENUINE = "not-genuine"
    NOT_VALID_NOW = "not-valid-now"
    ELSEWHERE = "elsewhere"
    ALREADY_ADMITTED = "already-admitted"
    OFFLINE_TOO_LONG = "offline-too-long"


WORDS: Mapping[GateReason, str] = {
    GateReason.CLEAR: N_("Expected here, and everything that is asked for is done."),
    GateReason.CERTIFICATE_GOOD: N_(
        "The certificate is accepted at this gate. It does not say who may pass: scan the pass or the passport."
    ),
    GateReason.INCOMPLETE: N_("Not all that the agreement asks for here is done, or what was shown is not accepted."),
    GateReason.ASK_OFFICER: N_("An officer must decide: call the control room."),
    GateReason.CLOSED: N_("The route is not open to this traveller: the application was refused, or the route is closed."),
    GateReason.NOT_EXPECTED: N_("This traveller is not expected here. Call the control room."),
    GateReason.UNREADABLE: N_("The code cannot be read. Scan it again, or read the passport."),
    GateReason.NOT_GENUINE: N_("No issuer that we trust vouches for this. It may be forged."),
    GateReason.NOT_VALID_NOW: N_("It is not valid now: expired, revoked or not valid yet. Read the passport."),
    GateReason.ELSEWHERE: N_("It is meant for another gate, another agreement or another person."),
    GateReason.ALREADY_ADMITTED: N_("This traveller was let through here before."),
    GateReason.OFFLINE_TOO_LONG: N_("This device has had no news for too long to tell. Connect it, or call the control room."),
}
COLOURS: Mapping[Colour, str] = {Colour.GREEN: N_("May pass"), Colour.AMBER: N_("Wait"), Colour.RED: N_("Stop")}

_OF_DECIDE: Mapping[GateReason, tuple[str, ...]] = {
    GateReason.INCOMPLETE: (
        "document.expired", "document.issued-early", "document.issued-late", "document.issuer", "document.missing",
        "document.not-accepted", "document.other-person", "gate.awaits", "review.outstanding", "review.returned",
        "review.second-outstanding", "sponsor.duties", "test.laboratory", "test.missing", "test.result-outstanding",
        "test.sampled-early", "test.sampled-late", "quota.none-left", "application.late", "journey.no-application",
    ),
    GateReason.ASK_OFFICER: (
        "agreement.digest", "agreement.no-such-route", "agreement.other", "case.confirmed", "case.contact", "case.detected",
        "case.symptoms", "gate.passed-unmet", "monitor.silent", "monitor.symptoms", "officer.hold",
        "record.time-beyond-calendar", "record.correction-unreadable", "stay.breached", "stay.left-early", "stay.over-most",
        "test.detected", "test.repeat", "withheld",
    ),
    GateReason.CLOSED: (
        "agreement.not-in-force", "eligibility.companion", "eligibility.purpose", "journey.withdrawn", "region.no-way-onward",
        "region.origin-not-open", "region.not-open", "review.refused", "suspension.in-force",
    ),
}  # fmt: skip
FROM_DECIDE: Mapping[str, GateReason] = {code: reason for reason, codes in _OF_DECIDE.items() for code in codes}

# What is wrong with a code that was scanned: how it looks, and why.
FROM_REFUSAL: Mapping[Code, tuple[Colour, GateReason]] = {
    Code.MALFORMED: (Colour.AMBER, GateReason.UNREADABLE),
    Code.UNSUPPORTED: (Colour.AMBER, GateReason.UNREADABLE),
    Code.SIGNATURE_WRONG: (Colour.RED, GateReason.NOT_GENUINE),
    Code.KEY_UNKNOWN: (Colour.AMBER, GateReason.NOT_GENUINE),  # an issuer's new key looks the same as a stranger's
    Code.KEY_NOT_VALID: (Colour.RED, GateReason.NOT_GENUINE),
    Code.KEY_USE: (Colour.RED, GateReason.NOT_GENUINE),
    Code.TEST_DOMAIN: (Colour.RED, GateReason.NOT_GENUINE),
    Code.TRUST_LIST_MISSING: (Colour.AMBER, GateReason.ASK_OFFICER),
    Code.TRUST_LIST_STALE: (Colour.AMBER, GateReason.OFFLINE_TOO_LONG),
    Code.REVOCATION_STALE: (Colour.AMBER, GateReason.OFFLINE_TOO_LONG),
    Code.REVOKED: (Colour.RED, GateReason.NOT_VALID_NOW),
    Code.EXPIRED: (Colour.AMBER, GateReason.NOT_VALID_NOW),
    Code.NOT_YET_VALID: (Colour.AMBER, GateReason.NOT_VALID_NOW),
}
_COLOUR: Mapping[Verdict, Colour] = {
    Verdict.RELEASED: Colour.GREEN,
    Verdict.PROCEED: Colour.GREEN,
    Verdict.WAIT: Colour.AMBER,
    Verdict.HOLD: Colour.AMBER,
    Verdict.REFUSE: Colour.RED,
}


def reason_of(code: str) -> GateReason:
    """The gate's reason for one of `decide`'s; one that is new is for an officer."""
    return FROM_DECIDE.get(code, GateReason.ASK_OFFICER)


def gate_view(standing: Standing, *, passed: bool) -> tuple[Colour, GateReason]:
    """How a standing looks at a gate. Whoever ``passed`` it was let through before."""
    if passed:
        return Colour.AMBER, GateReason.ALREADY_ADMITTED
    colour = _COLOUR[standing.verdict]
    if colour is Colour.GREEN:
        return colour, GateReason.CLEAR
    return colour, reason_of(_decisive(standing).code)


def words(reason: GateReason, language: str = "en") -> str:
    """The reason as the screen shows it."""
    return translate(WORDS[reason], language)


def _decisive(standing: Standing) -> Reason:
    """Of the weightiest reasons, the one that names most to the officer: what is closed, then what an officer must settle."""
    worst = max(SEVERITY[reason.effect] for reason in standing.reasons)
    weighty = [reason for reason in standing.reasons if SEVERITY[reason.effect] == worst]
    order = (GateReason.CLOSED, GateReason.ASK_OFFICER, GateReason.INCOMPLETE)
    return min(weighty, key=lambda reason: order.index(reason_of(reason.code)))
