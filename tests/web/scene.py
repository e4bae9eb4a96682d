"""A node with accounts for each role and travellers at every stage, for the tests of pages and for the screenshots."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastchannel.casework import applications, health, review, travel
from fastchannel.casework.actor import Actor
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.ports import Person
from fastchannel.terms.events import Assay, Finding, Itinerary, Outcome, Role

PASSWORD = "correct horse battery staple"
AGREEMENT, ROUTE = "china-korea", "kr-cn"
APPLIED = datetime(2020, 5, 4, 1, 0, tzinfo=UTC)
DEPARTURE = datetime.fromisoformat("2020-05-22T09:30:00+09:00")
HOSPITAL, LABORATORY = "kr-designated-hospital", "cn-designated-laboratory"
DUTIES = ["transport", "closed-loop"]
NAMES = ("KIM MINJI", "LEE JUNHO", "PARK SEOYEON", "CHOI DOYUN", "JUNG HAEUN", "KANG JIWOO", "YOON TAEYANG")
ORGANISATIONS = {Role.SPONSOR: "Hanbit Display (Suzhou)", Role.LABORATORY: LABORATORY, Role.CARRIER: "CK Air"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Journeys by what became of them."""

    applied: str
    sponsored: str
    approved: str
    ready: str
    positive: str
    isolated: str
    refused: str


def account(role: Role, **changes: Any) -> Any:
    """An account that can sign in."""
    from fastchannel.node.models import Account

    fields: dict[str, Any] = {
        "username": role.value,
        "name": {Role.SPONSOR: "WANG Lei", Role.REVIEWER: "ZHANG Min"}.get(role, role.value.title()),
        "role": role.value,
        "party": "CN",
        "organisation": ORGANISATIONS.get(role, ""),
    }
    fields.update(changes)
    made = Account(**fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def actor(role: Role) -> Actor:
    """Somebody in a role, with no account."""
    return Actor(id=f"scene-{role.value}", role=role, party="CN", organisation=ORGANISATIONS.get(role, ""))


def person(name: str = NAMES[0], passport: str = "M12345678", language: str = "ko") -> Person:
    """A traveller."""
    return Person(name=name, passport=passport, birth_date=date(1985, 3, 2), nationality="KR", language=language)


def itinerary(**changes: Any) -> Itinerary:
    """From Seoul to Suzhou by way of Shanghai."""
    fields: dict[str, Any] = {
        "departure": DEPARTURE, "origin": "KR-11", "destination": "CN-JS", "arrival_place": "CN-SH",
        "point_of_entry": "CNPVG", "flight": "CK101", "city": "Suzhou",
    }  # fmt: skip
    return Itinerary(**{**fields, **changes})


def said(answer: Any) -> str:
    """A page as its reader has it."""
    return html.unescape(answer.content.decode())


def done(answer: Any) -> Receipt:
    """The receipt of a write that must not be denied."""
    assert isinstance(answer, Receipt), answer
    return answer


def apply(desk: Office, number: int = 0, *, duties: list[str] | None = DUTIES, **changes: Any) -> str:
    """One application."""
    return done(
        applications.apply(
            desk,
            actor(Role.SPONSOR),
            agreement=AGREEMENT,
            route=ROUTE,
            purpose="technical-service",
            itinerary=itinerary(**changes),
            person=person(NAMES[number % len(NAMES)], f"M1234567{number}"),
            duties=duties,
            key=f"apply-{number}",
        )
    ).journey


def approve(desk: Office, journey: str) -> None:
    """A reviewer approves."""
    done(review.review(desk, actor(Role.REVIEWER), journey, outcome=Outcome.APPROVED, key=f"approve-{journey}"))


def check_in(desk: Office, journey: str, first: date, last: date, *, without: tuple[date, ...] = ()) -> None:
    """The traveller checks in on every day from first to last."""
    who = Actor(id=f"traveller-{journey}", role=Role.TRAVELLER, party="CN", journey=journey)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day not in without:
            at = min(datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC), desk.clock.now())
            done(health.check_in(desk, who, journey, day=day, symptoms=False, key=f"in-{journey}-{day}", at=at))


def papers(desk: Office, journey: str) -> None:
    """What the boarding check wants to see."""
    issued = {
        "invitation-letter": ("cn-local-government", "2020-05-08T10:00:00+08:00"),
        "visa": ("cn-mission-kr", "2020-05-12T10:00:00+09:00"),
        "health-certificate": (HOSPITAL, "2020-05-20T15:00:00+09:00"),
    }
    for document, (issuer, at) in issued.items():
        when = datetime.fromisoformat(at)
        done(
            applications.document(
                desk, actor(Role.MISSION), journey, document=document, issuer=issuer, issued=when, number="A-2020-118",
                at=min(when, desk.clock.now()), key=f"{document}-{journey}",
            )
        )  # fmt: skip


def tested(desk: Office, journey: str, finding: Finding, at: str) -> None:
    """A sample before departure, and its result."""
    when = datetime.fromisoformat(at)
    laboratory = Actor(id="scene-hospital", role=Role.LABORATORY, party="KR", organisation=HOSPITAL)
    for_sample: dict[str, Any] = {"sample": f"S-{journey[-6:]}", "assay": Assay.NAAT, "laboratory": HOSPITAL}
    done(health.sample(desk, laboratory, journey, at=when, key=f"sample-{journey}", **for_sample))
    later = min(when + timedelta(hours=8), desk.clock.now())
    done(health.result(desk, laboratory, journey, finding=finding, at=later, key=f"result-{journey}", **for_sample))


def play(desk: Office, clock: Any) -> Scene:
    """Travellers at every stage; afterwards it is noon of 21 May 2020 in Shanghai, or later for none."""
    clock.instant = APPLIED
    journeys = [apply(desk, number, duties=None if number == 0 else DUTIES) for number in range(7)]
    _applied, _sponsored, approved, ready, positive, isolated, refused = journeys
    clock.instant = datetime(2020, 5, 6, 2, 0, tzinfo=UTC)
    for journey in (approved, ready, positive, isolated):
        approve(desk, journey)
    reason = "The activity plan names no site of work."
    done(review.review(desk, actor(Role.REVIEWER), refused, outcome=Outcome.REFUSED, reason=reason, key="refuse"))
    early = replanned(desk, isolated)
    clock.instant = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)
    check_in(desk, approved, date(2020, 5, 8), date(2020, 5, 20), without=(date(2020, 5, 14),))
    for journey in (ready, positive):
        check_in(desk, journey, date(2020, 5, 8), date(2020, 5, 21))
        papers(desk, journey)
    sampled = "2020-05-20T14:00:00+09:00"
    tested(desk, ready, Finding.NOT_DETECTED, sampled)
    tested(desk, positive, Finding.DETECTED, sampled)
    check_in(desk, isolated, date(2020, 5, 6), date(2020, 5, 19))
    arrive(desk, isolated, early)
    return Scene(*journeys)


def replanned(desk: Office, journey: str) -> datetime:
    """The traveller flies two days earlier."""
    departure = DEPARTURE - timedelta(days=2)
    plan = itinerary(departure=departure, flight="CK099")
    done(applications.replan(desk, actor(Role.SPONSOR), journey, itinerary=plan, key=f"replan-{journey}"))
    return departure


def arrive(desk: Office, journey: str, departure: datetime) -> None:
    """Boarded, landed, in isolation and sampled."""
    papers_early(desk, journey, departure)
    tested(desk, journey, Finding.NOT_DETECTED, (departure - timedelta(hours=40)).isoformat())
    landed = departure + timedelta(hours=2)
    done(travel.board(desk, actor(Role.CARRIER), journey, flight="CK099", at=departure, key=f"board-{journey}"))
    done(travel.arrive(desk, actor(Role.CHECKPOINT), journey, place="CN-SH", at=landed, key=f"arrive-{journey}"))
    stay = {"stay": "isolation", "site": "Songjiang hotel 2", "room": "1208"}
    done(travel.enter(desk, actor(Role.SITE), journey, at=landed + timedelta(hours=3), key=f"enter-{journey}", **stay))
    taken = landed + timedelta(hours=1)
    for assay in (Assay.NAAT, Assay.ANTIBODY):
        number = f"A-{assay.value}-{journey[-4:]}"
        laboratory = actor(Role.LABORATORY)
        done(
            health.sample(
                desk, laboratory, journey, sample=number, assay=assay, laboratory=LABORATORY, at=taken,
                key=f"arrival-{assay}-{journey}",
            )
        )  # fmt: skip


def papers_early(desk: Office, journey: str, departure: datetime) -> None:
    """The papers of one who flies early."""
    for document, issuer in (
        ("invitation-letter", "cn-local-government"), ("visa", "cn-mission-kr"), ("health-certificate", HOSPITAL),
    ):  # fmt: skip
        when = departure - timedelta(hours=30)
        done(
            applications.document(
                desk, actor(Role.MISSION), journey, document=document, issuer=issuer, issued=when, at=when,
                key=f"{document}-{journey}",
            )
        )  # fmt: skip
