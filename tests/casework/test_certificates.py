"""Verified certificates in a journey's record: what they become, what is never guessed, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace as changed

from fastchannel.casework import applications
from fastchannel.casework.certificates import MOST, Presented, present, unused
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Evidence, Format, Issuer, Vaccinated
from fastchannel.terms.events import Assay, Documented, Event, Finding, Resulted, Sampled
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office

NOW = datetime(2020, 5, 21, 3, 0, tzinfo=UTC)
TAKEN = datetime(2020, 5, 20, 5, 0, tzinfo=UTC)
LABORATORY = "kr-designated-hospital"


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


@pytest.fixture
def journey(office: MemoryOffice) -> str:
    return applied(office)


def applied(office: MemoryOffice, **changes: Any) -> str:
    office.clock.instant = cases.NOW
    receipt = applications.apply(office, cases.SPONSOR, **cases.application(**changes))
    assert isinstance(receipt, Receipt)
    office.clock.instant = NOW
    return receipt.journey


def assay(**changes: Any) -> AssayResult:
    fields = {"agent": "840539006", "kind": "naat", "finding": "not detected", "sampled": TAKEN, "laboratory": LABORATORY}
    return AssayResult(**{**fields, **changes})


def dose(number: int) -> Vaccinated:
    return Vaccinated(agent="840539006", product="EU/1/20/1528", given=f"2020-04-0{number}", dose=number, doses=2)


def certificate(*events: Certified, identifier: str = "URN:UVCI:01:KR:A1", compared: bool = True, **changes: Any) -> Presented:
    fields = {
        "format": Format.EU_DCC, "person": CertifiedPerson(family="KIM", given="MINJI"), "events": events or (assay(),),
        "issuer": Issuer(country="KR", name="KDCA", key="0102"), "identifier": identifier, "issued": TAKEN, "verified": NOW,
    }  # fmt: skip
    return Presented(evidence=Evidence(**{**fields, **changes}), text=f"HC1:{identifier}", compared=compared)


def added(office: MemoryOffice, journey: str) -> list[Event]:
    return [event for event in office.journal.held[journey] if isinstance(event, Documented | Resulted | Sampled)]


def presented(office: MemoryOffice, journey: str, *certificates: Presented, key: str = "k") -> Receipt:
    receipt = present(office, cases.MISSION, journey, certificates or (certificate(),), key=key)
    assert isinstance(receipt, Receipt), receipt
    return receipt


def test_a_test_becomes_a_document_and_a_result_with_its_own_sampling_time(office: MemoryOffice, journey: str) -> None:
    presented(office, journey)
    document, result = added(office, journey)
    assert isinstance(document, Documented)
    assert isinstance(result, Resulted)
    assert (document.document, document.issuer, document.bound) == ("test-certificate", "KDCA", True)
    assert (result.assay, result.finding, result.laboratory, result.sampled) == (
        Assay.NAAT, Finding.NOT_DETECTED, LABORATORY, TAKEN,
    )  # fmt: skip
    assert document.evidence == result.evidence
    assert document.evidence[0].startswith("eu-dcc:sha256:")


def test_a_certified_test_meets_the_measure_as_a_laboratorys_own_report_does(office: MemoryOffice, journey: str) -> None:
    presented(office, journey, certificate(assay(finding="detected")))
    standing = office.decide(office.journal.held[journey], NOW)
    assert "test.detected" in {reason.code for reason in standing.reasons}


def test_several_certificates_are_one_write_and_one_decision(office: MemoryOffice, journey: str) -> None:
    doses = [certificate(dose(number), identifier=f"dose-{number}") for number in (1, 2)]
    receipt = presented(office, journey, *doses, certificate())
    events = added(office, journey)
    assert [getattr(event, "document", "result") for event in events] == [
        "vaccination-certificate", "vaccination-certificate", "test-certificate", "result",
    ]  # fmt: skip
    assert receipt.events == tuple(event.id for event in events)
    assert len(set(receipt.events)) == 4
    assert len({event.recorded for event in events}) == 1
    assert len([note for note in office.access.notes if "present" in note.why]) == 1


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (certificate(compared=False), "nobody has confirmed"),
        (certificate(assay(kind="LP00-0")), "LP00-0"),
        (certificate(assay(finding="777")), "777"),
        (certificate(assay(sampled=None)), "at which time"),
        (certificate(assay(agent="6142004")), "6142004"),
    ],
)
def test_nothing_is_guessed_it_stays_a_document_and_says_why(
    office: MemoryOffice, journey: str, certificate: Presented, said: str
) -> None:
    presented(office, journey, certificate)
    (document,) = added(office, journey)
    assert isinstance(document, Documented)
    assert document.bound is (certificate.bound)
    (reason,) = unused(certificate, "sars-cov-2")
    assert said in reason.text()


def test_the_record_holds_no_name_and_no_identifier_of_the_certificate(office: MemoryOffice, journey: str) -> None:
    presented(office, journey)
    written = str(added(office, journey))
    assert not any(text in written for text in ("MINJI", "KIM", "UVCI"))


def test_a_copy_with_a_rewritten_signature_is_the_same_certificate() -> None:
    one = certificate()
    assert replace(one, text="HC1:other").number == one.number
    assert replace(one, text="HC1:other").name != one.name
    assert certificate(identifier="URN:UVCI:01:KR:A2").number != one.number
    nameless = certificate(identifier="")
    assert replace(nameless, text="HC1:other").number != nameless.number


def test_another_travellers_certificate_is_refused_and_ones_own_is_good_for_the_next_crossing(office: MemoryOffice) -> None:
    first, again = applied(office, key="1"), applied(office, key="2")
    stranger = applied(office, key="3", person=replace(cases.PERSON, name="LEE JUNHO", passport="M87654321"))
    presented(office, first)
    presented(office, again, key="k2")
    with pytest.raises(InvalidEntryError, match="another traveller"):
        present(office, cases.MISSION, stranger, [certificate()], key="k3")
    assert added(office, stranger) == []


def test_a_mistake_at_one_journey_does_not_bar_the_rightful_owner(office: MemoryOffice) -> None:
    stranger = applied(office, key="1", person=replace(cases.PERSON, passport="M87654321"))
    owner = applied(office, key="2")
    presented(office, stranger, certificate(compared=False))
    assert isinstance(presented(office, owner, key="k2"), Receipt)


@pytest.mark.parametrize(
    ("certificates", "said"),
    [
        ([], "0 certificates"),
        ([certificate()] * (MOST + 1), f"{MOST + 1} certificates"),
        ([certificate(verified=None)], "not verified"),
        ([certificate(assay(sampled=NOW + timedelta(seconds=1)))], "still to come"),
    ],
)
def test_what_cannot_be_recorded_writes_nothing(
    office: MemoryOffice, journey: str, certificates: list[Presented], said: str
) -> None:
    with pytest.raises(InvalidEntryError, match=said):
        present(office, cases.MISSION, journey, certificates, key="k")
    assert added(office, journey) == []


def test_only_officers_present_and_a_laboratory_reports_results_itself(office: MemoryOffice, journey: str) -> None:
    for actor in (cases.LABORATORY, cases.SPONSOR, cases.CARRIER, cases.traveller(journey)):
        answer = present(office, actor, journey, [certificate()], key="k")
        assert isinstance(answer, Denial)
        assert answer.code == "role"
    for number, actor in enumerate((cases.REVIEWER, cases.MISSION, cases.MONITOR)):
        assert isinstance(present(office, actor, journey, [certificate()], key=f"k{number}"), Receipt)


def test_presented_twice_under_one_key_it_is_recorded_once(office: MemoryOffice, journey: str) -> None:
    first = presented(office, journey)
    later = certificate()
    later = replace(later, evidence=changed(later.evidence, verified=NOW + timedelta(minutes=1)))
    again = presented(office, journey, later)
    assert again.repeated
    assert again.events == first.events
    assert len(added(office, journey)) == 2
