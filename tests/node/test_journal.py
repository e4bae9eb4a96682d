"""Writes through the database: idempotency and concurrency for real."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from fastchannel.casework import applications, health, review
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.casework.ports import Person as Person_
from fastchannel.decide.standing import encode
from fastchannel.node.models import AccessLog, Account, Deadline, Event, IdempotencyKey, Journey, Person
from fastchannel.terms.events import Itinerary, Outcome
from tests.casework import cases


def apply(desk: Any, **changes: Any) -> Receipt:
    receipt = applications.apply(desk, cases.SPONSOR, **cases.application(**changes))
    assert isinstance(receipt, Receipt)
    return receipt


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    """The same work in as many threads, each with its own connection."""

    def one(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_write_leaves_event_row_person_deadlines_and_log_together(desk: Any) -> None:
    journey = apply(desk).journey
    row = Journey.objects.get(id=journey)
    assert (row.sponsor, row.destination, row.revision) == ("sponsor-1", "CN-SH", 1)
    assert Person.objects.get(journey=journey).name == cases.PERSON.name
    assert Deadline.objects.filter(journey=journey).exists()
    assert AccessLog.objects.filter(journeys__contains=[journey], purpose="write").count() == 1
    assert IdempotencyKey.objects.count() == 1


def test_the_database_answers_like_the_memory(desk: Any) -> None:
    first = apply(desk)
    assert apply(desk).repeated
    with pytest.raises(KeyConflictError):
        apply(desk, purpose="logistics")
    with pytest.raises(UnknownJourneyError):
        applications.withdraw(desk, cases.SPONSOR, "nobody", key="w")
    assert isinstance(review.review(desk, cases.SPONSOR, first.journey, outcome=Outcome.APPROVED, key="r"), Denial)
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_used_at_once_by_many_writes_one_journey_and_gives_all_the_same_answer(desk: Any) -> None:
    receipts = at_once(lambda _: apply(desk), 6)
    assert len({receipt.journey for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert Journey.objects.count() == Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_writes_to_one_journey_at_once_take_turns_and_none_is_lost(desk: Any) -> None:
    journey = apply(desk).journey
    first = date(2020, 5, 8)

    def check_in(number: int) -> Any:
        day = first + timedelta(days=number)
        return health.check_in(desk, cases.traveller(journey), journey, day=day, symptoms=False, key=f"c{number}")

    assert all(isinstance(answer, Receipt) for answer in at_once(check_in, 8))
    row = Journey.objects.get(id=journey)
    assert row.revision == Event.objects.filter(journey=journey).count() == 9
    standing = desk.decide(desk.journal.events(journey), desk.clock.now())
    assert bytes(row.standing) == encode(standing)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_the_second_decides_on_what_the_first_left(desk: Any) -> None:
    journey = apply(desk).journey

    def decide(number: int) -> Any:
        if number:
            return applications.withdraw(desk, cases.SPONSOR, journey, key="w")
        return review.review(desk, cases.REVIEWER, journey, outcome=Outcome.REFUSED, reason="incomplete", key="r")

    answers = at_once(decide, 2)
    assert sum(isinstance(answer, Receipt) for answer in answers) == 1
    assert sum(isinstance(answer, Denial) and answer.code == "stage" for answer in answers) == 1


def test_passwords_are_hashed_by_argon2(desk: Any) -> None:
    account = Account.objects.create(username="o", password="correct horse", role="reviewer", party="CN")
    assert account.password.startswith("argon2")
    assert account.check_password("correct horse")
    assert account.actor.covers("CN-SH")


def test_identifiers_ascend_and_share_no_pattern() -> None:
    from fastchannel.node.identifiers import TimeOrdered

    source = TimeOrdered()
    made = [source.new() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert {len(name) for name in made} == {26}
    assert len({name[10:18] for name in made}) > 4_900


def test_a_persons_data_is_corrected_with_a_reason_and_leaves_the_record_alone(desk: Any) -> None:
    journey = apply(desk).journey
    right = Person_(name="KIM MIN-JI", passport="M87654321")
    assert isinstance(desk.amend(cases.OTHER_SPONSOR, journey, right, key="a", reason="typing error"), Denial)
    with pytest.raises(InvalidEntryError):
        desk.amend(cases.SPONSOR, journey, right, key="a", reason=" ")
    assert isinstance(desk.amend(cases.SPONSOR, journey, right, key="a", reason="typing error"), Receipt)
    assert desk.amend(cases.SPONSOR, journey, right, key="a", reason="typing error").repeated
    assert desk.people.find(journey) == right
    assert Person.objects.get(journey=journey).duplicate_key == "M87654321|kr-cn|2020-05-22"
    assert AccessLog.objects.filter(why="amend: typing error", journeys__contains=[journey]).count() == 1
    assert Event.objects.count() == 1


def _certificate(desk: Any, number: int, certificate: str = "C-1", document: str = "exemption-certificate") -> Receipt:
    """A journey from Shanghai to Seoul after July 2020, with Korea's certificate of that number."""
    plan = Itinerary(departure=datetime.fromisoformat("2020-08-20T09:00:00+08:00"), origin="CN-SH", destination="KR-11")
    wanted = cases.application(route="cn-kr", itinerary=plan, key=f"apply-{number}")
    receipt = applications.apply(desk, cases.SPONSOR, **wanted)
    assert isinstance(receipt, Receipt)
    shown = applications.document(
        desk, cases.MISSION, receipt.journey, document=document, issuer="kr-mission-cn", issued=desk.clock.now(),
        number=certificate, key=f"document-{number}",
    )  # fmt: skip
    assert isinstance(shown, Receipt)
    return receipt


def test_a_certificate_good_for_one_crossing_is_not_taken_for_a_second(desk: Any, hand_clock: Any) -> None:
    hand_clock.forward(days=90)  # the agreement takes it for one crossing from 20 July 2020, clause 3(7)
    first = _certificate(desk, 1)
    with pytest.raises(InvalidEntryError, match="another crossing"):
        _certificate(desk, 2)
    _certificate(desk, 3, certificate="C-2")
    _certificate(desk, 4, document="pledge")
    _certificate(desk, 5, document="pledge")  # the agreement does not say so of a pledge
    applications.withdraw(desk, cases.SPONSOR, first.journey, key="w")
    _certificate(desk, 6)


def test_before_july_2020_a_certificate_may_serve_again(desk: Any) -> None:
    _certificate(desk, 1)
    _certificate(desk, 2)
