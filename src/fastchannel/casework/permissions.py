"""Who may do what to which journey: one table of role, stage, action and jurisdiction.

`check` answers with a denial or None, and `can` asks the same rule. The denial's text is what a greyed button says.
docs/reference/permissions.md is made from the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastchannel.casework.actor import Actor
from fastchannel.decide.stages import AFTER_DEPARTURE, BEFORE_DEPARTURE, ENDED, Stage
from fastchannel.decide.words import STAGES
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_, translate
from fastchannel.terms.places import is_code, name_of


class Action(StrEnum):
    """What somebody does to a journey."""

    APPLY = "apply"
    SPONSOR = "sponsor"
    DOCUMENT = "document"
    PRESENT = "present a certificate"
    REVIEW = "review"
    ALLOT = "allot"
    CHECK_IN = "check in"
    CALL = "call"
    ASSIGN = "assign"
    SAMPLE = "sample"
    RESULT = "result"
    BOARD = "board"
    DENY = "deny"
    ARRIVE = "arrive"
    ENTER = "enter"
    MOVE = "move"
    LEAVE = "leave"
    BREACH = "breach"
    CONFIRM = "confirm"
    RECOVER = "recover"
    NAME_CONTACT = "name contact"
    CLEAR = "clear"
    SUSPEND = "suspend"
    RESUME = "resume"
    OVERRIDE = "override"
    APPEAL = "appeal"
    ANSWER = "answer"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    REPLAN = "replan"
    AMEND = "amend"
    INVITE = "invite"
    CERTIFY = "issue a pass"
    REVOKE = "revoke a pass"
    SEE_STATUS = "see status"
    SEE_PERSON = "see person"
    SEE_HEALTH = "see health"
    SEE_ACCESS = "see access"
    FORECAST = "forecast"
    STATE_NEED = "state a need"
    ALLOCATE = "allocate places"
    SEE_CHAIN = "see the chain"
    BREAK_GLASS = "break glass"
    REVIEW_GLASS = "review break-glass"
    ENROL = "enrol a device"
    REVOKE_DEVICE = "revoke a device"
    SEE_DEVICES = "see devices"
    SETTLE_DOUBLE = "settle a double admission"
    KEEP_ROOMS = "keep a site's rooms"


class Scope(StrEnum):
    """Which journeys a rule reaches."""

    OWN = "own"
    SPONSORED = "sponsored"
    ORIGIN = "origin"
    ARRIVAL = "arrival"
    DESTINATION = "destination"
    ROUTE = "route"
    NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the table asks of a journey. ``stage`` is None where the journey does not exist yet."""

    journey: str = ""
    stage: Stage | None = None
    sponsor: str = ""
    origin: str = ""
    arrival_place: str = ""
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The journeys that a role reaches with an action, and the stages at which it may."""

    scope: Scope
    stages: frozenset[Stage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why not. ``code`` is stable: ``role``, ``stage`` or the scope that was missed."""

    code: str
    action: Action
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The reason, in that language, with places by their names."""
        words = {
            key: name_of(value, language) if is_code(value) else translate(value, language)
            for key, value in self.values.items()
        }
        return translate(self.message, language, **words)


ANY = frozenset(Stage)
OPEN = ANY - ENDED
BEFORE = BEFORE_DEPARTURE
AFTER = AFTER_DEPARTURE
_DRAFT = frozenset({Stage.APPLIED, Stage.RETURNED, Stage.SPONSORED})
_TO_BOARD = BEFORE | {Stage.TRAVELLING}  # a late or repeated report is normal
_TO_ARRIVE = _TO_BOARD | {Stage.ARRIVED}

_T, _S, _R, _M, _L = Role.TRAVELLER, Role.SPONSOR, Role.REVIEWER, Role.MISSION, Role.LABORATORY
_C, _P, _Q, _H, _J, _A = Role.CARRIER, Role.CHECKPOINT, Role.SITE, Role.MONITOR, Role.SECRETARIAT, Role.SYSTEM


def _row(stages: frozenset[Stage], scopes: Mapping[Role, Scope]) -> dict[Role, Rule]:
    return {role: Rule(scope, stages) for role, scope in scopes.items()}


_OFFICERS = {
    _R: Scope.DESTINATION,
    _M: Scope.NODE,
    _H: Scope.ROUTE,
    _P: Scope.ROUTE,
    _Q: Scope.DESTINATION,
    _J: Scope.NODE,
}

TABLE: Mapping[Action, Mapping[Role, Rule]] = {
    Action.APPLY: _row(ANY, {_S: Scope.SPONSORED, _R: Scope.DESTINATION}),
    Action.SPONSOR: _row(_DRAFT, {_S: Scope.SPONSORED}),
    Action.DOCUMENT: _row(
        OPEN, {_R: Scope.DESTINATION, _M: Scope.NODE, _L: Scope.NODE, _C: Scope.NODE, _P: Scope.ROUTE}
    ),
    Action.PRESENT: _row(
        OPEN, {_R: Scope.DESTINATION, _M: Scope.NODE, _P: Scope.ROUTE, _H: Scope.ROUTE}
    ),
    Action.REVIEW: _row(BEFORE | {Stage.REFUSED}, {_R: Scope.DESTINATION, _M: Scope.NODE}),
    Action.ALLOT: _row(BEFORE, {_R: Scope.DESTINATION, _J: Scope.NODE, _A: Scope.NODE}),
    Action.CHECK_IN: _row(OPEN, {_T: Scope.OWN, _H: Scope.ROUTE, _Q: Scope.DESTINATION}),
    Action.CALL: _row(OPEN, {_H: Scope.ROUTE}),
    Action.ASSIGN: _row(ANY, {_H: Scope.ROUTE}),
    Action.SAMPLE: _row(ANY, {_L: Scope.NODE, _Q: Scope.DESTINATION, _P: Scope.ROUTE}),
    Action.RESULT: _row(ANY, {_L: Scope.NODE}),
    Action.BOARD: _row(_TO_BOARD, {_C: Scope.NODE, _P: Scope.ORIGIN}),
    Action.DENY: _row(_TO_ARRIVE, {_C: Scope.NODE, _P: Scope.ROUTE}),
    Action.ARRIVE: _row(_TO_ARRIVE, {_P: Scope.ARRIVAL, _C: Scope.NODE}),
    Action.ENTER: _row(AFTER, {_Q: Scope.ROUTE, _P: Scope.ARRIVAL, _H: Scope.ROUTE}),
    Action.MOVE: _row(AFTER, {_Q: Scope.ROUTE, _P: Scope.ARRIVAL, _H: Scope.ROUTE}),
    Action.LEAVE: _row(AFTER, {_Q: Scope.ROUTE, _H: Scope.ROUTE}),
    Action.BREACH: _row(AFTER, {_Q: Scope.ROUTE, _H: Scope.ROUTE, _P: Scope.ROUTE}),
    Action.CONFIRM: _row(ANY - {Stage.WITHDRAWN}, {_H: Scope.ROUTE}),
    Action.RECOVER: _row(frozenset({Stage.TREATED}) | BEFORE, {_H: Scope.ROUTE}),
    Action.NAME_CONTACT: _row(OPEN, {_H: Scope.ROUTE}),
    Action.CLEAR: _row(OPEN, {_H: Scope.ROUTE}),
    Action.SUSPEND: _row(OPEN, {_J: Scope.NODE, _A: Scope.NODE}),
    Action.RESUME: _row(OPEN, {_J: Scope.NODE, _A: Scope.NODE}),
    Action.OVERRIDE: _row(ANY - {Stage.WITHDRAWN}, {_R: Scope.DESTINATION, _H: Scope.ROUTE, _P: Scope.ROUTE}),
    Action.APPEAL: _row(ANY - {Stage.WITHDRAWN}, {_T: Scope.OWN, _S: Scope.SPONSORED, _J: Scope.NODE}),
    Action.ANSWER: _row(ANY - {Stage.WITHDRAWN}, {_R: Scope.DESTINATION, _J: Scope.NODE}),
    Action.CORRECT: _row(
        ANY,
        {_R: Scope.DESTINATION, _M: Scope.NODE, _L: Scope.NODE, _C: Scope.NODE, _P: Scope.ROUTE, _Q: Scope.ROUTE,
         _H: Scope.ROUTE, _J: Scope.NODE, _T: Scope.OWN},  # a traveller: the day's own check-in, see checkins
    ),
    Action.WITHDRAW: _row(BEFORE, {_T: Scope.OWN, _S: Scope.SPONSORED}),
    Action.REPLAN: _row(
        BEFORE | {Stage.TRAVELLING}, {_S: Scope.SPONSORED, _C: Scope.NODE, _R: Scope.DESTINATION, _T: Scope.OWN}
    ),
    Action.AMEND: _row(
        OPEN, {_S: Scope.SPONSORED, _R: Scope.DESTINATION, _M: Scope.NODE, _H: Scope.ROUTE, _P: Scope.ROUTE}
    ),
    Action.INVITE: _row(OPEN, {_S: Scope.SPONSORED, _R: Scope.DESTINATION, _H: Scope.ROUTE, _M: Scope.NODE}),
    Action.CERTIFY: _row(
        ANY - {Stage.REFUSED, Stage.WITHDRAWN},
        {_T: Scope.OWN, _R: Scope.DESTINATION, _M: Scope.NODE, _P: Scope.ROUTE, _H: Scope.ROUTE, _Q: Scope.ROUTE},
    ),
    Action.REVOKE: _row(
        ANY, {_R: Scope.DESTINATION, _M: Scope.NODE, _P: Scope.ROUTE, _H: Scope.ROUTE, _J: Scope.NODE}
    ),
    Action.SEE_STATUS: _row(
        ANY, {_T: Scope.OWN, _S: Scope.SPONSORED, _L: Scope.NODE, _C: Scope.NODE, _A: Scope.NODE, **_OFFICERS}
    ),
    Action.SEE_PERSON: _row(ANY, {_T: Scope.OWN, _S: Scope.SPONSORED, _C: Scope.NODE, _L: Scope.NODE, **_OFFICERS}),
    Action.SEE_HEALTH: _row(ANY, {_T: Scope.OWN, _A: Scope.NODE, **_OFFICERS}),
    Action.SEE_ACCESS: _row(ANY, {_T: Scope.OWN, _J: Scope.NODE}),
    Action.FORECAST: _row(ANY, dict.fromkeys(_OFFICERS, Scope.NODE)),  # of an agreement: no journey is read
    # Of statements of need, no journey is read.
    Action.STATE_NEED: _row(ANY, {_S: Scope.SPONSORED}),
    Action.ALLOCATE: _row(ANY, {_J: Scope.NODE}),
    Action.SEE_CHAIN: _row(ANY, {_J: Scope.NODE, _M: Scope.NODE}),
    # Those whose reach has limits may go beyond them once, with a reason; the secretariat looks at it afterwards.
    Action.BREAK_GLASS: _row(ANY, dict.fromkeys((_R, _P, _Q, _H), Scope.NODE)),
    Action.REVIEW_GLASS: _row(ANY, {_J: Scope.NODE}),
    # Of checkpoints' devices, not of journeys. A device records for the officer who enrols it, so only a checkpoint's may.
    Action.ENROL: _row(ANY, {_P: Scope.NODE}),
    Action.REVOKE_DEVICE: _row(ANY, {_P: Scope.NODE, _J: Scope.NODE}),
    Action.SEE_DEVICES: _row(ANY, {_P: Scope.NODE, _J: Scope.NODE}),
    Action.SETTLE_DOUBLE: _row(ANY, {_P: Scope.NODE, _J: Scope.NODE}),
    Action.KEEP_ROOMS: _row(ANY, {_Q: Scope.NODE}),  # of a site, not of journeys
}  # fmt: skip
OPENED_BY_GLASS = frozenset({Action.SEE_STATUS, Action.SEE_PERSON, Action.SEE_HEALTH})  # to be read, never to be written

# What somebody did who recorded an event of a kind; reminders alone are nobody's act but the node's.
ACTION_OF: Mapping[str, Action] = {
    "applied": Action.APPLY, "replanned": Action.REPLAN, "sponsored": Action.SPONSOR, "documented": Action.DOCUMENT,
    "reviewed": Action.REVIEW, "allotted": Action.ALLOT, "checked-in": Action.CHECK_IN, "called": Action.CALL,
    "sampled": Action.SAMPLE, "resulted": Action.RESULT, "boarded": Action.BOARD, "denied": Action.DENY,
    "arrived": Action.ARRIVE, "entered": Action.ENTER, "moved": Action.MOVE, "left": Action.LEAVE, "breached": Action.BREACH,
    "confirmed": Action.CONFIRM, "recovered": Action.RECOVER, "contact-named": Action.NAME_CONTACT, "cleared": Action.CLEAR,
    "suspended": Action.SUSPEND, "resumed": Action.RESUME, "overridden": Action.OVERRIDE, "appealed": Action.APPEAL,
    "answered": Action.ANSWER, "corrected": Action.CORRECT, "withdrawn": Action.WITHDRAW,
}  # fmt: skip

ACTIONS: Mapping[Action, str] = {
    Action.APPLY: N_("apply"),
    Action.SPONSOR: N_("accept the sponsor's duties"),
    Action.DOCUMENT: N_("record a document"),
    Action.PRESENT: N_("present a certificate"),
    Action.REVIEW: N_("decide on the application"),
    Action.ALLOT: N_("give a place under the quota"),
    Action.CHECK_IN: N_("check in"),
    Action.CALL: N_("record a call"),
    Action.ASSIGN: N_("say who looks after the traveller"),
    Action.SAMPLE: N_("record a sample"),
    Action.RESULT: N_("report a result"),
    Action.BOARD: N_("record boarding"),
    Action.DENY: N_("deny passage"),
    Action.ARRIVE: N_("record arrival"),
    Action.ENTER: N_("record entry into a stay"),
    Action.MOVE: N_("record a transfer"),
    Action.LEAVE: N_("let out of a stay"),
    Action.BREACH: N_("record a breach"),
    Action.CONFIRM: N_("record a confirmed case"),
    Action.RECOVER: N_("close a case"),
    Action.NAME_CONTACT: N_("name a contact"),
    Action.CLEAR: N_("clear a contact"),
    Action.SUSPEND: N_("suspend the route"),
    Action.RESUME: N_("reopen the route"),
    Action.OVERRIDE: N_("override the rule"),
    Action.APPEAL: N_("appeal"),
    Action.ANSWER: N_("answer an appeal"),
    Action.CORRECT: N_("correct an entry"),
    Action.WITHDRAW: N_("withdraw"),
    Action.REPLAN: N_("change the itinerary"),
    Action.AMEND: N_("correct who the traveller is"),
    Action.INVITE: N_("send the traveller a link"),
    Action.CERTIFY: N_("issue a pass"),
    Action.REVOKE: N_("revoke a pass"),
    Action.SEE_STATUS: N_("see the status"),
    Action.SEE_PERSON: N_("see who the traveller is"),
    Action.SEE_HEALTH: N_("see health details"),
    Action.SEE_ACCESS: N_("see who read the record"),
    Action.FORECAST: N_("forecast an agreement"),
    Action.STATE_NEED: N_("state a need for places"),
    Action.ALLOCATE: N_("allocate places"),
    Action.SEE_CHAIN: N_("see the chain map"),
    Action.BREAK_GLASS: N_("open a record in an emergency (break-glass)"),
    Action.REVIEW_GLASS: N_("review an emergency opening"),
    Action.ENROL: N_("enrol a checkpoint's device"),
    Action.REVOKE_DEVICE: N_("revoke a checkpoint's device"),
    Action.SEE_DEVICES: N_("see the checkpoints' devices"),
    Action.SETTLE_DOUBLE: N_("settle a double admission"),
    Action.KEEP_ROOMS: N_("keep the rooms of a site"),
}

ROLES: Mapping[Role, str] = {
    Role.TRAVELLER: N_("traveller"),
    Role.SPONSOR: N_("sponsor"),
    Role.REVIEWER: N_("reviewing officer"),
    Role.MISSION: N_("embassy or consulate"),
    Role.LABORATORY: N_("laboratory"),
    Role.CARRIER: N_("carrier"),
    Role.CHECKPOINT: N_("checkpoint"),
    Role.SITE: N_("isolation site"),
    Role.MONITOR: N_("health monitor"),
    Role.SECRETARIAT: N_("joint secretariat"),
    Role.SYSTEM: N_("the system"),
}

_OUT_OF_SCOPE: Mapping[Scope, str] = {
    Scope.OWN: N_("This link opens another traveller's journey."),
    Scope.SPONSORED: N_("Another sponsor applied for this traveller."),
    Scope.ORIGIN: N_("The traveller departs from {place}, which is outside your jurisdiction."),
    Scope.ARRIVAL: N_("The traveller arrives in {place}, which is outside your jurisdiction."),
    Scope.DESTINATION: N_("The traveller goes to {place}, which is outside your jurisdiction."),
    Scope.ROUTE: N_("The traveller's way from {origin} to {place} does not touch your jurisdiction."),
}


def _within(actor: Actor, scope: Scope, subject: Subject) -> bool:
    match scope:
        case Scope.OWN:
            return bool(subject.journey) and actor.journey == subject.journey
        case Scope.SPONSORED:
            return bool(actor.organisation) and actor.organisation == subject.sponsor
        case Scope.ORIGIN:
            return actor.covers(subject.origin)
        case Scope.ARRIVAL:
            return actor.covers(subject.arrival_place)
        case Scope.DESTINATION:
            return actor.covers(subject.destination)
        case Scope.ROUTE:
            return any(actor.covers(place) for place in (subject.origin, subject.arrival_place, subject.destination))
        case Scope.NODE:
            return True


def check(actor: Actor, action: Action, subject: Subject) -> Denial | None:
    """None where the actor may; otherwise why not. The scope is asked before the stage, so that no stage leaks."""
    if action in OPENED_BY_GLASS and subject.journey and subject.journey in actor.opened:
        return None
    rule = TABLE[action].get(actor.role)
    if rule is None:
        return Denial(
            code="role",
            action=action,
            message=N_("This step ({action}) is not for your role ({role})."),
            values={"action": ACTIONS[action], "role": ROLES[actor.role]},
        )
    if not _within(actor, rule.scope, subject):
        place = subject.arrival_place if rule.scope is Scope.ARRIVAL else subject.destination
        return Denial(
            code=rule.scope.value,
            action=action,
            message=_OUT_OF_SCOPE[rule.scope],
            values={"origin": subject.origin, "place": subject.origin if rule.scope is Scope.ORIGIN else place},
        )
    if subject.stage is not None and subject.stage not in rule.stages:
        return Denial(
            code="stage",
            action=action,
            message=N_("This step ({action}) is not possible at this stage: {stage}."),
            values={"action": ACTIONS[action], "stage": STAGES[subject.stage]},
        )
    return None


def can(actor: Actor, action: Action, subject: Subject) -> bool:
    """Whether `check` finds nothing against it."""
    return check(actor, action, subject) is None
