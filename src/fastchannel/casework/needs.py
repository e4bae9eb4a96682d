"""A sponsor's statement of need: what stops without its people, who they are, and when they are needed.

Short and typed; one statement is one team, which travels as a whole or not at all. What of it is public is said field by field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Action, Denial, Subject, check
from fastchannel.supply.value.urgency import Cause, Urgency, crew, stopped, will_stop
from fastchannel.terms.language import N_, translate
from fastchannel.terms.places import is_known

MOST_PEOPLE, MOST_SKILLS = 200, 12
MOST_DAYS_AHEAD, LONGEST_NEED_DAYS = 366, 366
MOST_OUTPUT = 1e12
CLASSES = ("health", "small-firm", "humanitarian")
CLASS_WORDS: Mapping[str, str] = {
    "health": N_("health care or medicine"),
    "small-firm": N_("a small firm, by its owner's size"),
    "humanitarian": N_("a humanitarian reason"),
}
CAUSE_WORDS: Mapping[Cause, str] = {
    Cause.STOPPED: N_("It stands still now"),
    Cause.WILL_STOP: N_("It will stand still when stocks are used up or a service falls due"),
    Cause.CREW: N_("A crew is over its months, or soon will be"),
}


class Publicity(StrEnum):
    """Who reads a field."""

    EVERYBODY = "everybody"
    SECRETARIAT = "secretariat"


PUBLICITY_WORDS: Mapping[Publicity, str] = {
    Publicity.EVERYBODY: N_("May be published with the places."),
    Publicity.SECRETARIAT: N_("Only the joint secretariat reads this."),
}
PUBLICITY: Mapping[str, Publicity] = {
    "site": Publicity.EVERYBODY,
    "industry": Publicity.EVERYBODY,
    "region": Publicity.EVERYBODY,
    "city": Publicity.EVERYBODY,
    "team": Publicity.EVERYBODY,
    "classes": Publicity.EVERYBODY,
    "stops": Publicity.SECRETARIAT,
    "cause": Publicity.SECRETARIAT,
    "stock_days": Publicity.SECRETARIAT,
    "months_served": Publicity.SECRETARIAT,
    "until": Publicity.SECRETARIAT,
    "claimed_per_day": Publicity.SECRETARIAT,
    "earliest": Publicity.SECRETARIAT,
    "latest": Publicity.SECRETARIAT,
    "rooms": Publicity.SECRETARIAT,
}


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sponsor states. ``team`` is people by skill, ``claimed_per_day`` the output at stake in the table's unit.

    ``stock_days`` (from the day on which it was ``stated``) and ``months_served`` belong to their causes alone. ``until`` is
    the last day on which the people would still make a difference; ``rooms`` is nought for one room a person.
    """

    agreement: str
    route: str
    site: str
    industry: str
    region: str
    stops: str
    cause: Cause
    until: date
    team: dict[str, int]
    claimed_per_day: float
    earliest: date
    latest: date
    stated: date
    city: str = ""
    stock_days: int | None = None
    months_served: float | None = None
    rooms: int = 0
    classes: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many travel."""
        return sum(self.team.values())

    def urgency(self, first_day: date) -> Urgency:
        """When output is at stake, in days from the first day of a plan."""
        until = max(0.0, float((self.until - first_day).days + 1))
        if self.cause is Cause.STOPPED:
            return stopped(until)
        if self.cause is Cause.CREW:
            gone = max(0.0, (first_day - self.stated).days / 365.0 * 12.0)
            return crew((self.months_served or 0.0) + gone, until)
        return will_stop(max(0.0, float((self.stated - first_day).days + (self.stock_days or 0))), until)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field."""

    field: str
    message: str
    values: dict[str, str] = {}

    def text(self, language: str = "en") -> str:
        """The reason in that language."""
        return translate(self.message, language, **self.values)


def faults(statement: Statement, industries: Collection[str] = ()) -> list[Fault]:
    """What cannot be, each with its field. ``industries`` are those of the table that the node holds; empty: any."""
    found = [*_words(statement, industries), *_team(statement), *_times(statement)]
    if not 0.0 < statement.claimed_per_day <= MOST_OUTPUT:
        found.append(_fault("claimed_per_day", N_("Expected an output above 0: what stops each day without these people.")))
    if statement.rooms and not -(-statement.people // 4) <= statement.rooms <= statement.people:
        values = {"least": str(-(-statement.people // 4)), "most": str(statement.people)}
        found.append(_fault("rooms", N_("Expected {least} to {most} rooms for this team, or none for a room each."), values))
    if not set(statement.classes) <= set(CLASSES):
        found.append(_fault("classes", N_("Found a class that no reserved places speak of.")))
    return found


def _fault(field: str, message: str, values: Mapping[str, str] | None = None) -> Fault:
    return Fault(field=field, message=message, values=dict(values or {}))


def _words(statement: Statement, industries: Collection[str]) -> list[Fault]:
    found = [_fault(name, N_("Say this in a few words.")) for name in ("site", "stops") if not getattr(statement, name).strip()]
    if not is_known(statement.region):
        found.append(_fault("region", N_("Found no such place; expected an ISO 3166-2 code, for example CN-SH.")))
    if industries and statement.industry and statement.industry not in industries:
        found.append(_fault("industry", N_("Expected an industry of the table that this node holds.")))
    return found


def _team(statement: Statement) -> list[Fault]:
    if not statement.team or any(people < 1 for people in statement.team.values()):
        return [_fault("team", N_("Expected people by skill, each on a line, for example: welder 2."))]
    if statement.people > MOST_PEOPLE or len(statement.team) > MOST_SKILLS:
        values = {"people": str(MOST_PEOPLE), "skills": str(MOST_SKILLS)}
        return [_fault("team", N_("Expected at most {people} people of {skills} skills; state a second team."), values)]
    return []


def _times(statement: Statement) -> list[Fault]:
    found = []
    if statement.latest < statement.earliest:
        found.append(_fault("latest", N_("Expected a day that is not before the earliest arrival.")))
    if (statement.latest - statement.stated).days > MOST_DAYS_AHEAD:
        found.append(_fault("latest", N_("Expected a day within a year.")))
    if statement.until < statement.earliest:
        found.append(_fault("until", N_("On that day nothing would be left to save: expected one after the earliest arrival.")))
    if (statement.until - statement.earliest).days > LONGEST_NEED_DAYS:
        found.append(_fault("until", N_("Expected a day within a year of the earliest arrival.")))
    if statement.cause is Cause.WILL_STOP and not 0 <= (-1 if statement.stock_days is None else statement.stock_days) <= 999:
        found.append(_fault("stock_days", N_("Say after how many days it will stand still.")))
    if (
        statement.cause is Cause.CREW
        and not 0.0 <= (-1.0 if statement.months_served is None else statement.months_served) <= 60
    ):
        found.append(_fault("months_served", N_("Say how many months the crew has served.")))
    return found


_TEAM_LINE = re.compile(r"(?P<skill>.+?)[\s:：×x,，]+(?P<people>[0-9]{1,3})")


def read_team(text: str) -> dict[str, int] | None:
    """People by skill, one skill a line, the number last; None where a line is none."""
    found: dict[str, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        matched = _TEAM_LINE.fullmatch(line)
        if matched is None:
            return None
        skill = matched["skill"].strip()
        found[skill] = found.get(skill, 0) + int(matched["people"])
    return found


def write_team(team: Mapping[str, int]) -> str:
    """The lines again."""
    return "\n".join(f"{skill} {people}" for skill, people in team.items())


def may_state(actor: Actor, sponsor: str) -> Denial | None:
    """Whether somebody may make or change the statements of a sponsor."""
    return check(actor, Action.STATE_NEED, Subject(sponsor=sponsor))


def may_allocate(actor: Actor) -> Denial | None:
    """Whether somebody may deal with everybody's statements and places."""
    return check(actor, Action.ALLOCATE, Subject())
