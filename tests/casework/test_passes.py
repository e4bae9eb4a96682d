"""A pass says what `decide` says of the next gate, for as long as it would say so, and of nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace as changed

from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.passes import LONGEST, holder_of, issue, offered, revoke
from fastchannel.casework.permissions import Denial
from fastchannel.casework.ports import IssuedPass
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.passes.checking import Apart, Mismatch, check
from fastchannel.certificates.passes.claims import Pass
from fastchannel.certificates.passes.holder import Holder
from fastchannel.decide.standing import Verdict
from tests.casework import cases
from tests.casework.cases import MemoryOffice, MemoryPasses, memory_office
from tests.web import scene as stage
from tests.web.scene import Scene

NOW = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)
PASSPORT = Mrz(
    format="TD3", kind="P", state="KOR", family="KANG", given="JIWOO", number="M12345673", nationality="KOR",
    birth="1985-03-02", sex="F", expires=date(2029, 1, 1),
)  # fmt: skip
HOLDER = Holder(document="M12345673", state="KOR", birth="1985-03-02")


@pytest.fixture(scope="module")
def played() -> tuple[MemoryOffice, Scene]:
    """Travellers at every stage; no test here writes to their journeys."""
    office = memory_office()
    return office, stage.play(office, office.clock)


@pytest.fixture
def office(played: tuple[MemoryOffice, Scene]) -> MemoryOffice:
    played[0].clock.instant = NOW
    return played[0]


@pytest.fixture
def scene(played: tuple[MemoryOffice, Scene]) -> Scene:
    return played[1]


@pytest.fixture
def passes() -> MemoryPasses:
    return MemoryPasses()


def issued(office: MemoryOffice, passes: MemoryPasses, journey: str, **more: Any) -> IssuedPass:
    found = issue(office, passes, cases.MISSION, journey, **more)
    assert isinstance(found, IssuedPass), found
    return found


def test_a_traveller_who_may_board_gets_a_pass_that_says_so_and_names_nobody(
    office: MemoryOffice, scene: Scene, passes: MemoryPasses
) -> None:
    kept = issued(office, passes, scene.ready)
    standing = office.decide(office.journal.events(scene.ready), NOW)
    found = check(kept.text, passes.trust, NOW, holder=HOLDER, gate="boarding", digest=standing.digest)
    assert isinstance(found, Pass), found
    assert (found.gates, found.verdict, found.journey, found.issuer) == (("boarding",), "proceed", scene.ready, "CN")
    assert (found.id, found.issued, found.expires) == (kept.id, NOW, kept.expires)
    assert kept.revoked is None
    assert "M12345673" not in kept.text


def test_it_ends_when_decide_would_say_something_else_with_nothing_new(office: MemoryOffice, scene: Scene) -> None:
    events = office.journal.events(scene.ready)
    standing = office.decide(events, NOW)
    offer = offered(office, events, standing)
    assert offer is not None
    assert NOW < offer.expires <= NOW + LONGEST
    before = office.decide(events, offer.expires - timedelta(seconds=1))
    assert (before.verdict, before.gate) == (Verdict.PROCEED, "boarding")
    if offer.expires < NOW + LONGEST:
        after = office.decide(events, offer.expires)
        assert (after.verdict, after.gate) != (Verdict.PROCEED, "boarding")


@pytest.mark.parametrize("which", ["applied", "sponsored", "approved", "positive", "isolated"])
def test_where_the_next_gate_is_not_open_there_is_no_pass_and_the_answer_says_why(
    which: str, office: MemoryOffice, scene: Scene, passes: MemoryPasses
) -> None:
    journey = getattr(scene, which)
    standing = office.decide(office.journal.events(journey), NOW)
    assert standing.verdict not in {Verdict.PROCEED, Verdict.RELEASED}
    found = issue(office, passes, cases.MISSION, journey)
    assert isinstance(found, Denial)
    assert found.code == "verdict"
    assert found.text().startswith("No pass: the next gate is not open (")
    assert passes.held == []


def test_a_new_pass_replaces_the_one_before_it(office: MemoryOffice, scene: Scene, passes: MemoryPasses) -> None:
    first, second = issued(office, passes, scene.ready), issued(office, passes, scene.ready)
    found = check(second.text, passes.trust, NOW)
    assert isinstance(found, Pass)
    assert found.replaces == first.id
    assert [(one.id, one.withdrawn) for one in passes.held] == [(first.id, "renewed"), (second.id, "")]
    assert first.text != second.text


def test_it_is_bound_to_the_passport_as_its_zone_was_read(office: MemoryOffice, scene: Scene, passes: MemoryPasses) -> None:
    kept = issued(office, passes, scene.ready, passport=changed(PASSPORT, state="CHN"))
    other = check(kept.text, passes.trust, NOW, holder=HOLDER)
    assert isinstance(other, Mismatch)
    assert other.detail is Apart.PERSON
    assert isinstance(check(kept.text, passes.trust, NOW, holder=replace_state("CHN")), Pass)


def replace_state(state: str) -> Holder:
    return changed(HOLDER, state=state)


def test_another_passport_than_the_applications_gets_none(office: MemoryOffice, scene: Scene, passes: MemoryPasses) -> None:
    with pytest.raises(InvalidEntryError, match="X7654321"):
        issue(office, passes, cases.MISSION, scene.ready, passport=changed(PASSPORT, number="X7654321"))
    assert passes.held == []


@pytest.mark.parametrize("unknown", [{"birth_date": None}, {"nationality": ""}])
def test_without_date_of_birth_or_nationality_the_zone_is_asked_for(
    unknown: dict[str, Any], office: MemoryOffice, scene: Scene, passes: MemoryPasses
) -> None:
    person = office.journal.persons[scene.ready]
    office.journal.persons[scene.ready] = replace(person, **unknown)
    try:
        with pytest.raises(InvalidEntryError, match="read the passport's zone"):
            issue(office, passes, cases.MISSION, scene.ready)
        assert issued(office, passes, scene.ready, passport=PASSPORT).text
    finally:
        office.journal.persons[scene.ready] = person


def test_travellers_issue_their_own_and_nobody_elses(office: MemoryOffice, scene: Scene, passes: MemoryPasses) -> None:
    assert isinstance(issue(office, passes, cases.traveller(scene.ready), scene.ready), IssuedPass)
    for actor in (cases.traveller(scene.approved), cases.SPONSOR, cases.LABORATORY, cases.SECRETARIAT):
        assert isinstance(issue(office, passes, actor, scene.ready), Denial)


def test_an_officer_revokes_and_the_traveller_does_not(office: MemoryOffice, scene: Scene, passes: MemoryPasses) -> None:
    issued(office, passes, scene.ready)
    assert isinstance(revoke(office, passes, cases.traveller(scene.ready), scene.ready), Denial)
    assert revoke(office, passes, cases.MISSION, scene.ready) == 1
    assert [(one.revoked, one.withdrawn) for one in passes.held] == [(NOW, "officer")]
    assert revoke(office, passes, cases.MISSION, scene.ready) == 0
    assert [note.why for note in office.access.notes[-2:]] == ["revoke a pass"] * 2


@pytest.mark.parametrize(
    ("birth", "expected"), [("1985-03-XX", "1985-03"), ("1985-XX-XX", "1985"), ("1985-03-02", "1985-03-02")]
)
def test_what_is_unknown_of_the_date_of_birth_is_left_out(birth: str, expected: str) -> None:
    assert holder_of(changed(PASSPORT, birth=birth)).birth == expected
