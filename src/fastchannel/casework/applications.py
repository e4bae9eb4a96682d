"""Applications: the sponsor applies, accepts its duties, changes the itinerary, withdraws; documents are presented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Paper
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.casework.ports import Person, Stamp
from fastchannel.decide.decide import provisions_for
from fastchannel.decide.journey import fold
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import Applied, Documented, Event, Itinerary, Replanned, Sponsored, Withdrawn
from fastchannel.terms.language import N_


def application(
    stamp: Stamp,
    agreement: Agreement,
    *,
    route: str,
    purpose: str,
    sponsor: str,
    itinerary: Itinerary,
    companion: str | None,
    duties: Sequence[str] | None,
    sponsored: str,
) -> tuple[Event, ...]:
    """The application; where ``duties`` is given, also the sponsor's acceptance under the identifier ``sponsored``."""
    applied = Applied(
        **stamp,
        agreement=agreement.id,
        version=agreement.version,
        digest=agreement.digest,
        route=route,
        purpose=purpose,
        sponsor=sponsor,
        itinerary=itinerary,
        companion=companion,
    )
    if duties is None:
        return (applied,)
    accepted: Stamp = {**stamp, "id": sponsored}
    return (applied, Sponsored(**accepted, sponsor=sponsor, duties=tuple(duties)))


def current(office: Office, agreement: str, at: datetime) -> Agreement:
    """The version in force at ``at`` by the date where this node is. Raises InvalidEntryError where this node holds none."""
    versions = office.texts.versions(agreement)
    return versions.current(at.astimezone(versions.newest.zone(office.party)).date())


def named(office: Office, agreement: str, at: datetime) -> Agreement:
    """The version that an application filed at ``at`` names. Raises InvalidEntryError, also where a linked party lacks it."""
    text = current(office, agreement, at)
    lacking = office.texts.lacking(text)
    if lacking:
        raise InvalidEntryError(
            "agreement",
            N_("{found} version {version} is not in force between the parties yet: the node of {missing} has not told that it "
               "holds the same text. See the page Link."),
            found=text.id, version=text.version, missing=", ".join(sorted(lacking)),
        )  # fmt: skip
    return text


def apply(
    office: Office,
    actor: Actor,
    *,
    agreement: str,
    route: str,
    purpose: str,
    itinerary: Itinerary,
    person: Person,
    key: str,
    sponsor: str = "",
    companion: str | None = None,
    duties: Sequence[str] | None = None,
    at: datetime | None = None,
) -> Receipt | Denial:
    """Start a journey under the version adopted by then. With ``duties`` the sponsor accepts them by name at once."""
    text = named(office, agreement, at or office.clock.now())
    asked_by = sponsor or actor.organisation

    def build(stamp: Stamp) -> Sequence[Event]:
        return application(
            stamp,
            text,
            route=route,
            purpose=purpose,
            sponsor=asked_by,
            itinerary=itinerary,
            companion=companion,
            duties=duties,
            sponsored=f"{stamp['id']}-s",
        )

    return office.open(actor, build, person=person, key=key, at=at)


def sponsor(
    office: Office, actor: Actor, journey: str, *, duties: Sequence[str], key: str, at: datetime | None = None
) -> Receipt | Denial:
    """The sponsor accepts its duties by name."""
    return office.record(
        actor,
        Action.SPONSOR,
        journey,
        lambda stamp: [Sponsored(**stamp, sponsor=actor.organisation, duties=tuple(duties))],
        key=key,
        at=at,
    )


def document(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    document: str,
    issuer: str,
    issued: datetime,
    key: str,
    issuer_role: str = "",
    expires: datetime | None = None,
    bound: bool = True,
    accepted: bool = True,
    number: str = "",
    at: datetime | None = None,
    evidence: tuple[str, ...] = (),
) -> Receipt | Denial:
    """Somebody looked at a document; ``accepted`` says whether it was genuine and right.

    Raises InvalidEntryError where the agreement takes it for one crossing only, and another journey has it already.
    """
    return office.record(
        actor,
        Action.DOCUMENT,
        journey,
        lambda stamp: [
            Documented(
                **stamp,
                document=document,
                issuer=issuer,
                issued=issued,
                issuer_role=issuer_role,
                expires=expires,
                bound=bound,
                accepted=accepted,
                number=number,
            )
        ],
        key=key,
        at=at,
        evidence=evidence,
        guard=partial(_once_only, office, journey, document, number) if number else None,
    )


def _once_only(office: Office, journey: str, document: str, number: str, standing: Standing, events: Sequence[Event]) -> None:
    provisions = provisions_for(office.texts.versions(standing.agreement), events, standing.at)
    if provisions is None or not any(
        isinstance(measure, Paper) and measure.single_use and measure.document == document for measure in provisions.measures
    ):
        return
    for other in office.journal.presented(document, number):
        if other != journey and _counts(office, other, document, number):
            raise InvalidEntryError(
                "number",
                N_("The document {found} was presented for another crossing; the agreement takes it for one only."),
                found=number,
            )


def _counts(office: Office, journey: str, document: str, number: str) -> bool:
    """Whether a document still stands in a journey: not retracted, and the journey not given up before it began."""
    if office.journal.subject(journey).stage in (Stage.WITHDRAWN, Stage.REFUSED):
        return False
    now = office.clock.now()
    held = fold(office.journal.events(journey), now, now).documents
    return any((paper.document, paper.number) == (document, number) for paper in held)


def replan(
    office: Office, actor: Actor, journey: str, *, itinerary: Itinerary, key: str, at: datetime | None = None
) -> Receipt | Denial:
    """The itinerary changed."""
    return office.record(actor, Action.REPLAN, journey, lambda stamp: [Replanned(**stamp, itinerary=itinerary)], key=key, at=at)


def withdraw(
    office: Office, actor: Actor, journey: str, *, key: str, reason: str = "", at: datetime | None = None
) -> Receipt | Denial:
    """The application is taken back."""
    return office.record(actor, Action.WITHDRAW, journey, lambda stamp: [Withdrawn(**stamp, reason=reason)], key=key, at=at)
