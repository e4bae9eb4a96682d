"""Four eyes: proposed by one, confirmed by another person of the party, never by the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fastchannel.casework import four_eyes
from fastchannel.casework.actor import Actor
from fastchannel.casework.four_eyes import Agreed, Kind, Proposal
from fastchannel.casework.permissions import Denial
from fastchannel.terms.events import Role
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office

FIRST = cases.SECRETARIAT
SECOND = replace(FIRST, id="a-secretariat-2")
BODY = b"suspend everything"


class MemoryProposals:
    """Open proposals in a dictionary."""

    def __init__(self) -> None:
        self.open: dict[str, Proposal] = {}
        self.settled: list[tuple[str, str, bool]] = []

    def find(self, kind: Kind, digest: str, at: datetime) -> Proposal | None:
        found = (one for one in self.open.values() if (one.kind, one.digest) == (kind, digest) and at < one.expires)
        return next(found, None)

    def keep(self, proposal: Proposal) -> None:
        self.open[proposal.id] = proposal

    def settle(self, identifier: str, by: str, at: datetime, *, done: bool) -> bool:
        self.settled.append((identifier, by, done))
        return self.open.pop(identifier, None) is not None


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


@pytest.fixture
def proposals() -> MemoryProposals:
    return MemoryProposals()


def agree(office: MemoryOffice, proposals: MemoryProposals, actor: Actor, body: bytes = BODY) -> Agreed | Proposal | Denial:
    return four_eyes.agree(office, proposals, actor, kind=Kind.JOINT_DECISION, subject="china-korea", body=body)


def test_the_first_proposes_and_the_second_confirms(office: MemoryOffice, proposals: MemoryProposals) -> None:
    made = agree(office, proposals, FIRST)
    assert isinstance(made, Proposal)
    answer = agree(office, proposals, SECOND)
    assert answer == Agreed(proposal=made, confirmed_by=SECOND.id)
    assert proposals.settled == [(made.id, SECOND.id, True)]


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.MONITOR])
def test_the_same_account_is_one_person_in_whatever_role_and_session(
    office: MemoryOffice, proposals: MemoryProposals, role: Role
) -> None:
    agree(office, proposals, FIRST)
    answer = agree(office, proposals, replace(FIRST, role=role, agency="another"))
    assert isinstance(answer, Denial)
    assert answer.code == "four-eyes"
    assert proposals.settled == []


def test_a_person_of_another_party_neither_proposes_nor_confirms(office: MemoryOffice, proposals: MemoryProposals) -> None:
    stranger = replace(SECOND, party="KR")
    assert isinstance(agree(office, proposals, stranger), Denial)
    agree(office, proposals, FIRST)
    assert isinstance(agree(office, proposals, stranger), Denial)
    assert len(proposals.open) == 1


def test_another_body_is_another_proposal_by_one_byte(office: MemoryOffice, proposals: MemoryProposals) -> None:
    agree(office, proposals, FIRST)
    assert isinstance(agree(office, proposals, SECOND, BODY + b"!"), Proposal)
    assert len(proposals.open) == 2


@pytest.mark.parametrize(("waits", "agreed"), [(timedelta(days=7, microseconds=-1), True), (timedelta(days=7), False)])
def test_after_seven_days_it_must_be_proposed_anew(
    office: MemoryOffice, proposals: MemoryProposals, waits: timedelta, agreed: bool
) -> None:
    agree(office, proposals, FIRST)
    office.clock.instant += waits
    assert isinstance(agree(office, proposals, SECOND), Agreed if agreed else Proposal)


def test_who_proposed_may_take_it_back_and_nobody_else(office: MemoryOffice, proposals: MemoryProposals) -> None:
    agree(office, proposals, FIRST)
    assert not four_eyes.take_back(office, proposals, SECOND, kind=Kind.JOINT_DECISION, body=BODY)
    assert four_eyes.take_back(office, proposals, FIRST, kind=Kind.JOINT_DECISION, body=BODY)
    assert not four_eyes.take_back(office, proposals, FIRST, kind=Kind.JOINT_DECISION, body=BODY)
    assert isinstance(agree(office, proposals, SECOND), Proposal)
