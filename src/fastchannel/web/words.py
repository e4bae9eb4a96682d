"""What the pages call stages, verdicts, statuses, roles and kinds of event, and the mark that stands beside the word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fastchannel.casework.break_glass import WHY
from fastchannel.casework.permissions import ACTIONS, Action
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Status, Verdict
from fastchannel.terms.events import Assay, Finding, Outcome, Role
from fastchannel.terms.language import translate

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A word with a mark and a tone: never colour alone."""

    text: StrOrPromise
    mark: str  # the identifier of a symbol in marks.svg
    tone: str = ""  # good, wait, hold, stop, accent or none


STAGES: dict[str, StrOrPromise] = {
    Stage.APPLIED: pgettext_lazy("stage", "Applied"),
    Stage.SPONSORED: pgettext_lazy("stage", "Sponsored"),
    Stage.RETURNED: pgettext_lazy("stage", "Returned"),
    Stage.APPROVED: pgettext_lazy("stage", "Approved"),
    Stage.TRAVELLING: pgettext_lazy("stage", "Travelling"),
    Stage.ARRIVED: pgettext_lazy("stage", "Arrived"),
    Stage.ISOLATED: pgettext_lazy("stage", "In isolation"),
    Stage.FOLLOWED_UP: pgettext_lazy("stage", "Followed up"),
    Stage.TREATED: pgettext_lazy("stage", "In treatment"),
    Stage.COMPLETED: pgettext_lazy("stage", "Completed"),
    Stage.REFUSED: pgettext_lazy("stage", "Refused"),
    Stage.WITHDRAWN: pgettext_lazy("stage", "Withdrawn"),
}

VERDICTS: dict[str, Badge] = {
    Verdict.RELEASED: Badge(text=pgettext_lazy("verdict", "Released"), mark="flag", tone="good"),
    Verdict.PROCEED: Badge(text=pgettext_lazy("verdict", "May proceed"), mark="check", tone="good"),
    Verdict.WAIT: Badge(text=pgettext_lazy("verdict", "Wait"), mark="clock", tone="wait"),
    Verdict.HOLD: Badge(text=pgettext_lazy("verdict", "On hold"), mark="pause", tone="hold"),
    Verdict.REFUSE: Badge(text=pgettext_lazy("verdict", "Refused"), mark="cross", tone="stop"),
}

STATUSES: dict[str, Badge] = {
    Status.AHEAD: Badge(text=pgettext_lazy("obligation", "Not open yet"), mark="dash"),
    Status.DUE: Badge(text=pgettext_lazy("obligation", "Due now"), mark="clock", tone="wait"),
    Status.PENDING: Badge(text=pgettext_lazy("obligation", "Result outstanding"), mark="ring", tone="accent"),
    Status.MET: Badge(text=pgettext_lazy("obligation", "Met"), mark="check", tone="good"),
    Status.WAIVED: Badge(text=pgettext_lazy("obligation", "Waived"), mark="check", tone="accent"),
    Status.MISSED: Badge(text=pgettext_lazy("obligation", "Missed"), mark="warning", tone="stop"),
    Status.FAILED: Badge(text=pgettext_lazy("obligation", "Not fulfilled"), mark="cross", tone="stop"),
}

ROLES: dict[str, StrOrPromise] = {
    Role.TRAVELLER: pgettext_lazy("role", "Traveller"),
    Role.SPONSOR: pgettext_lazy("role", "Sponsor"),
    Role.REVIEWER: pgettext_lazy("role", "Reviewing officer"),
    Role.MISSION: pgettext_lazy("role", "Diplomatic mission"),
    Role.LABORATORY: pgettext_lazy("role", "Laboratory"),
    Role.CARRIER: pgettext_lazy("role", "Carrier"),
    Role.CHECKPOINT: pgettext_lazy("role", "Checkpoint officer"),
    Role.SITE: pgettext_lazy("role", "Isolation site"),
    Role.MONITOR: pgettext_lazy("role", "Health monitor"),
    Role.SECRETARIAT: pgettext_lazy("role", "Joint secretariat"),
    Role.SYSTEM: pgettext_lazy("role", "Rule of the agreement"),
}

ASSAYS: dict[str, StrOrPromise] = {
    Assay.NAAT: _("Nucleic acid test (PCR)"),
    Assay.ANTIGEN: _("Antigen test"),
    Assay.IGM: _("IgM antibody test"),
    Assay.IGG: _("IgG antibody test"),
    Assay.ANTIBODY: _("Antibody test"),
}

FINDINGS: dict[str, StrOrPromise] = {
    Finding.NOT_DETECTED: _("Not detected (negative)"),
    Finding.DETECTED: _("Detected (positive)"),
    Finding.INDETERMINATE: _("Indeterminate"),
    Finding.INVALID: _("Invalid sample"),
}

OUTCOMES: dict[str, StrOrPromise] = {
    Outcome.APPROVED: _("Application approved"),
    Outcome.RETURNED: _("Application returned to the sponsor"),
    Outcome.REFUSED: _("Application refused"),
}

EVENTS: dict[str, StrOrPromise] = {
    "applied": _("Application filed"),
    "replanned": _("Itinerary changed"),
    "sponsored": _("Sponsor accepted its duties"),
    "documented": _("Document presented"),
    "reviewed": _("Application reviewed"),
    "allotted": _("Place under the quota"),
    "checked-in": _("Daily health check-in"),
    "called": _("Call to the traveller"),
    "reminded": _("Reminder sent"),
    "sampled": _("Sample taken"),
    "resulted": _("Laboratory result"),
    "boarded": _("Boarded"),
    "denied": _("Sent back at a gate"),
    "arrived": _("Arrived"),
    "entered": _("Entered a stay"),
    "moved": _("Moved by arranged transport"),
    "left": _("Let out of a stay"),
    "breached": _("Rule of a stay broken"),
    "confirmed": _("Confirmed as a case"),
    "recovered": _("Case closed: recovered"),
    "contact-named": _("Named as a contact of a case"),
    "cleared": _("Quarantine as a contact ended"),
    "suspended": _("Route suspended"),
    "resumed": _("Route reopened"),
    "overridden": _("Decided otherwise by an officer"),
    "appealed": _("Appeal lodged"),
    "answered": _("Appeal answered"),
    "corrected": _("Correction"),
    "withdrawn": _("Application withdrawn"),
}

ENVELOPE: dict[str, StrOrPromise] = {  # what goes with every event that another party sees
    "id": _("the entry's identifier"),
    "journey": _("the journey's identifier"),
    "at": _("when it happened"),
    "recorded": _("when it was recorded"),
    "role": _("the role of who recorded it"),
    "party": _("the party that recorded it"),
}

GATES: dict[str, StrOrPromise] = {
    "boarding": pgettext_lazy("gate", "Boarding"),
    "entry": pgettext_lazy("gate", "Entry"),
    "release": pgettext_lazy("gate", "Release from isolation"),
    "completion": pgettext_lazy("gate", "End of follow-up"),
}

# Why a pass is valid no longer, as its row says.
WITHDRAWN: dict[str, StrOrPromise] = {
    "expired": _("A pass is good for 24 hours at most. As long as the next gate is open, a new one can be had."),
    "verdict": _("Your record changed, so that it no longer says what the pass said. The reason is below."),
    "renewed": _("A newer pass took its place."),
    "officer": _("An officer revoked it."),
}

# Why a record was touched, where it was by a page and not by a step of the permission table.
TOUCHES: dict[str, StrOrPromise] = {
    "journey page": _("read the whole record"),
    "journey page, as known on a past day": _("read the record of a past day"),
    "review": _("review of the application"),
    "work list": _("work list"),
    "queue": _("list: journeys"),
    "grid": _("list: health monitoring"),
    "call sheet": _("list: call sheet"),
    "case page": _("page of a case"),
    "cases": _("list: cases"),
    "task of a case": _("task of a case"),
    "import": _("list: rows of an import"),
    "roster": _("list: travellers"),
    "traveller's page": _("the traveller's own page"),
    "traveller's paper version": _("the traveller's own page"),
    "daily check-in": _("the traveller's own page"),
    "traveller's page with no connection": _("the traveller's own page"),
    "link for the traveller": _("made a link for the traveller"),
    "api standing": _("API: standing"),
    "api timeline": _("API: timeline"),
}


def touch(why: str, language: str) -> str:
    """Why a record was touched, in words where it is known."""
    if why in TOUCHES:
        return str(TOUCHES[why])
    if why in tuple(Action):
        return translate(ACTIONS[Action(why)], language)
    if why.startswith("contacts of "):
        return str(_("contacts of a case"))
    if why.startswith("task: "):
        return str(_("task of a case"))
    if why.startswith(WHY):
        return str(_("Emergency access: %(reason)s")) % {"reason": why.removeprefix(WHY)}
    if why.startswith("due "):
        return str(_("list: what is due"))
    return why


def word(texts: Mapping[str, StrOrPromise], key: str) -> StrOrPromise:
    """The words for a key; the key itself, readable, where a newer node sent one that this one does not know."""
    return texts.get(key) or key.replace("-", " ").replace("_", " ")


def verdict_badge(verdict: str) -> Badge:
    """The badge of a verdict."""
    return VERDICTS.get(verdict) or Badge(text=verdict, mark="dash")


UNDER_WAY = Badge(text=pgettext_lazy("obligation", "Under way"), mark="ring", tone="accent")


def status_badge(status: str, kind: str = "test") -> Badge:
    """The badge of an obligation's status; only a test has a result that can be outstanding."""
    if status == Status.PENDING and kind != "test":
        return UNDER_WAY
    return STATUSES.get(status) or Badge(text=status, mark="dash")
