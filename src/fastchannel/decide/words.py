"""Reasons, verdicts, stages and obligations in words. Codes are stable; only these sentences are translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Detail, Obligation, Reason, Status, Verdict
from fastchannel.terms.language import N_, translate

# code → what it says. Placeholders are keys of the reason's `required` (as required_…) and `found`.
REASONS: dict[str, str] = {
    "agreement.digest": N_("The application names a text of the agreement that this node does not hold."),
    "agreement.no-such-route": N_("The agreement has no such route: {found}."),
    "agreement.not-in-force": N_("The agreement does not hold for a departure on {departure}."),
    "agreement.other": N_("The application was made under another agreement: {found}."),
    "application.late": N_("The application was filed on {applied}; it must be filed within: {required_filed}."),
    "case.confirmed": N_("A confirmed infection since {since}."),
    "case.contact": N_("Named as a contact of a case since {since}."),
    "case.detected": N_("A sample that no step asked for was tested ({test}): {finding}."),
    "case.symptoms": N_("Symptoms were reported outside the days of health monitoring."),
    "document.expired": N_(
        "The document will have expired when it is needed. Issued {issued}; good for: {required_valid_for}."
    ),
    "document.issued-early": N_("The document was issued too early: {issued}. Required: {required_issued}."),
    "document.issued-late": N_("The document was issued too late: {issued}. Required: {required_issued}."),
    "document.issuer": N_("The document comes from {issuer}, which may not issue it. Allowed: {required_issuers}."),
    "document.missing": N_("The document was not presented in time: {required_document}."),
    "document.not-accepted": N_("The officer who looked at the document did not accept it: {document}."),
    "document.other-person": N_("The document does not name this traveller: {document}."),
    "eligibility.companion": N_("This companion may not travel: {companion}. Allowed: {required_companions}."),
    "eligibility.purpose": N_("This purpose may not travel: {purpose}. Allowed: {required_purposes}."),
    "gate.awaits": N_("Not everything that is required here is done yet: {unmet}."),
    "gate.passed-unmet": N_("The traveller passed although this was not met: {unmet}."),
    "journey.no-application": N_("The application is not here yet."),
    "journey.withdrawn": N_("The application was withdrawn."),
    "monitor.silent": N_("{silent_days} days running had no health check-in; at most {required_most_silent_days} may."),
    "monitor.symptoms": N_("Symptoms were reported for {day}."),
    "officer.hold": N_("Held at an officer's order: {reason}"),
    "quota.none-left": N_("No place is left: {required_people} per {required_per}."),
    "record.time-beyond-calendar": N_("A time in the record lies too near the ends of the calendar; it must be corrected."),
    "record.correction-unreadable": N_("A correction of the record could not be applied."),
    "region.no-way-onward": N_("From {arrival} there is no allowed way on to {region}. Allowed: {required_onward_to}."),
    "region.origin-not-open": N_("The route is not open to travellers from {region} for a departure on {departure}."),
    "region.not-open": N_("The route is not open to {region} for a departure on {departure}."),
    "review.outstanding": N_("The application waits for its review."),
    "review.refused": N_("The application was refused: {reason}"),
    "review.returned": N_("The application went back to the sponsor to be completed: {reason}"),
    "review.second-outstanding": N_("The application waits for a second reviewer."),
    "sponsor.duties": N_("The sponsor has not accepted: {outstanding}."),
    "stay.breached": N_("A rule of the stay was broken: {what}. Allowed: {required_allowed}."),
    "stay.left-early": N_("Left on {left}; the stay lasts until {required_until}."),
    "stay.over-most": N_("The stay has lasted its longest ({required_most}) and this is outstanding: {outstanding}."),
    "suspension.in-force": N_("The route is suspended from {since}."),
    "test.detected": N_("The sample {sample} was tested: {finding}. Required: {required_finding}."),
    "test.laboratory": N_("The sample of {sampled} was tested by {laboratory}, which is not designated."),
    "test.missing": N_("No sample was taken in time. Required: {required_sampled}."),
    "test.repeat": N_("The result was {finding}: another sample is needed."),
    "test.result-outstanding": N_("The result of the sample {sample} is outstanding."),
    "test.sampled-early": N_("The sample was taken too early: {sampled}. Required: {required_sampled}."),
    "test.sampled-late": N_("The sample was taken too late: {sampled}. Required: {required_sampled}."),
    "withheld": N_("For reasons that are not shown to your role."),
}

VERDICTS: dict[Verdict, str] = {
    Verdict.RELEASED: N_("Released"),
    Verdict.PROCEED: N_("Proceed"),
    Verdict.WAIT: N_("Wait"),
    Verdict.HOLD: N_("Hold for an officer"),
    Verdict.REFUSE: N_("Refuse"),
}

STATUSES: dict[Status, str] = {
    Status.AHEAD: N_("Not open yet"),
    Status.DUE: N_("Due"),
    Status.PENDING: N_("Under way"),
    Status.MET: N_("Met"),
    Status.WAIVED: N_("Waived by an officer"),
    Status.MISSED: N_("Missed"),
    Status.FAILED: N_("Not met"),
}

STAGES: dict[Stage, str] = {
    Stage.EXPECTED: N_("Expected"),
    Stage.APPLIED: N_("Applied"),
    Stage.SPONSORED: N_("Sponsored"),
    Stage.RETURNED: N_("Returned to the sponsor"),
    Stage.APPROVED: N_("Approved"),
    Stage.TRAVELLING: N_("Travelling"),
    Stage.ARRIVED: N_("Arrived"),
    Stage.ISOLATED: N_("In isolation"),
    Stage.FOLLOWED_UP: N_("Followed up"),
    Stage.TREATED: N_("In care"),
    Stage.COMPLETED: N_("Completed"),
    Stage.REFUSED: N_("Refused"),
    Stage.WITHDRAWN: N_("Withdrawn"),
}

OBLIGATIONS: dict[str, str] = {
    "monitor": N_("Health monitoring, a check-in a day"),
    "follow-up": N_("Follow-up, a check-in a day"),
    "test": N_("Test"),
    "document": N_("Document"),
    "stay": N_("Stay"),
    "transfer": N_("Transfer"),
    "quota": N_("A place under the quota"),
    "call": N_("Call the traveller"),
    "remind": N_("Reminder"),
    "review": N_("Review of the application"),
    "duties": N_("The sponsor's duties"),
}

VALUES: tuple[str, ...] = (N_("not detected"), N_("detected"), N_("indeterminate"), N_("invalid"))


def say(reason: Reason, language: str = "en", *, zone: ZoneInfo | None = None) -> str:
    """The reason as a sentence in ``language``; instants are shown in ``zone``, which is named."""
    template = REASONS.get(reason.code)
    if template is None:
        return reason.code
    values = {f"required_{key}": value for key, value in reason.required.items()} | dict(reason.found)
    return translate(template, language, **_Shown(values, language, zone))


def obligation_words(obligation: Obligation, language: str = "en") -> str:
    """What an obligation is, by its kind."""
    return translate(OBLIGATIONS.get(obligation.kind, obligation.kind), language)


class _Shown(dict[str, str]):
    """Details as text. A key that the reason does not have shows as a dash, so that a sentence never fails."""

    def __init__(self, values: Mapping[str, Detail], language: str, zone: ZoneInfo | None) -> None:
        super().__init__({key: _shown(value, language, zone) for key, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "–"


def _shown(value: Detail, language: str, zone: ZoneInfo | None) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "–"
    if isinstance(value, str):
        if value in VALUES:
            return translate(value, language)
        if len(value) >= 19 and value[10:11] == "T":
            try:
                instant = datetime.fromisoformat(value)
            except ValueError:
                return value
            return (
                f"{instant.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
                if zone is not None
                else f"{instant:%Y-%m-%d %H:%M %z}"
            )
        return value or "–"
    return str(value)
