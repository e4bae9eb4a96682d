"""A certificate is compared with the passport that the journey names, and with no other."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace as changed

from fastchannel.casework.binding import compare, confirm_passport
from fastchannel.casework.certificates import Presented
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.ports import Person
from fastchannel.certificates.binding.match import Verdict
from fastchannel.certificates.evidence import CertifiedPerson, Evidence, Format, Issuer
from fastchannel.certificates.mrz.mrz import Mrz

TRAVELLER = Person(name="KIM MINJI", passport="M 1234567-8", birth_date=date(1985, 3, 2), nationality="KR")
PASSPORT = Mrz(
    format="TD3", kind="P", state="KOR", family="KIM", given="MINJI", number="M12345678", nationality="KOR", birth="1985-03-02",
    sex="F", expires=date(2029, 1, 1),
)  # fmt: skip
EVIDENCE = Evidence(
    format=Format.EU_DCC,
    person=CertifiedPerson(family="KIM", given="MINJI", birth="1985-03-02"),
    events=(),
    issuer=Issuer(country="KR"),
    verified=datetime(2020, 5, 21, tzinfo=UTC),
)


@pytest.mark.parametrize("birth", ["1985-03-02", "1985-03", "1985-XX-XX", "1985", ""])
def test_a_passport_is_the_travellers_however_its_number_and_birth_are_written(birth: str) -> None:
    confirm_passport(changed(PASSPORT, birth=birth), TRAVELLER)


def test_a_zone_of_another_passport_is_told_with_both_numbers() -> None:
    with pytest.raises(InvalidEntryError) as caught:
        confirm_passport(changed(PASSPORT, number="M12345679"), TRAVELLER)
    assert caught.value.text() == "The zone is of another passport: found M12345679, and the application names M 1234567-8."


def test_another_date_of_birth_asks_for_a_correction_first() -> None:
    with pytest.raises(InvalidEntryError, match="1985-03-03"):
        confirm_passport(changed(PASSPORT, birth="1985-03-03"), TRAVELLER)


def test_nothing_is_compared_with_a_traveller_who_was_erased() -> None:
    with pytest.raises(InvalidEntryError, match="erased"):
        confirm_passport(PASSPORT, None)


def test_the_same_person_is_bound_by_the_zone_alone() -> None:
    match = compare(EVIDENCE, PASSPORT)
    assert match is not None
    assert match.verdict is Verdict.MATCH
    presented = Presented(evidence=EVIDENCE, text="HC1:", match=match)
    assert presented.bound
    assert presented.basis == (presented.name, "binding:zone")


def test_doubt_binds_nobody_until_an_officer_says_so() -> None:
    match = compare(EVIDENCE, changed(PASSPORT, given="MINHO", birth="1988-11-21"))
    assert match is not None
    assert match.held
    presented = Presented(evidence=EVIDENCE, text="HC1:", match=match)
    assert not presented.bound
    assert presented.basis == (presented.name,)
    confirmed = Presented(evidence=EVIDENCE, text="HC1:", match=match, compared=True)
    assert confirmed.bound
    assert confirmed.basis == (confirmed.name, "binding:officer")


def test_without_a_passport_nothing_is_said() -> None:
    assert compare(EVIDENCE, None) is None
