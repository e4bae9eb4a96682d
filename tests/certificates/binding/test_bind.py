"""The verdict's rules: what may never be a match, what more or less evidence does, and what hostile input cannot do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.certificates.binding.births import compare_births
from fastchannel.certificates.binding.match import Match, Reason, Verdict, bind
from fastchannel.certificates.binding.parts import MOST_CHARACTERS
from fastchannel.certificates.binding.spelling import distance, spells
from fastchannel.certificates.binding.weights import BIRTH_CONFLICTS, NEVER_MATCH, WEIGHTS, Code
from fastchannel.certificates.binding.words import CODES, VERDICTS, say, say_reason
from fastchannel.certificates.evidence import CertifiedPerson
from fastchannel.certificates.mrz.transliteration import letter_of
from fastchannel.terms.language import LANGUAGES
from tests.certificates.binding.people import BORN, certified, codes, passport


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("1980-05-12", "1980-05-12", Code.BIRTH_EQUAL),
        ("1980-05", "1980-05-12", Code.BIRTH_PARTIAL),
        ("1980-05-XX", "1980-05-12", Code.BIRTH_PARTIAL),
        ("1980-05-12", "1980-05", Code.BIRTH_PARTIAL),
        ("1980", "1980-05-12", Code.BIRTH_YEAR_ONLY),
        ("1980-XX-XX", "1980-05-12", Code.BIRTH_YEAR_ONLY),
        ("1980-01-01", "1980", Code.BIRTH_YEAR_ONLY),
        ("1980-XX-12", "1980-05-12", Code.BIRTH_YEAR_ONLY),
        ("1980", "1980", Code.BIRTH_YEAR_ONLY),
        ("", "1980-05-12", Code.BIRTH_MISSING),
        ("1980-05-12", "", Code.BIRTH_MISSING),
        ("XXXX-05-12", "1980-05-12", Code.BIRTH_MISSING),
        ("12.05.1980", "1980-05-12", Code.BIRTH_MISSING),
        ("1980-25-03", "1980-05-12", Code.BIRTH_MISSING),
        ("1980-12-05", "1980-05-12", Code.BIRTH_SWAPPED),
        ("1980-05-13", "1980-05-12", Code.BIRTH_TYPING),
        ("1890-05-12", "1980-05-12", Code.BIRTH_TYPING),
        ("1980-05-21", "1980-05-12", Code.BIRTH_TYPING),
        ("1981-06-12", "1980-05-12", Code.BIRTH_DIFFERS),
        ("1981", "1980-05-12", Code.BIRTH_DIFFERS),
        ("1980-06", "1980-05-12", Code.BIRTH_DIFFERS),
        ("XXXX-06", "1980-05-12", Code.BIRTH_DIFFERS),
    ],
)
def test_dates_of_birth_are_compared_as_far_as_both_are_known(one: str, other: str, code: Code) -> None:
    assert compare_births(one, other) is code


@pytest.mark.parametrize(
    ("birth", "document", "verdict"),
    [
        (BORN, "", Verdict.MATCH),
        ("1980-05", "", Verdict.MATCH),
        ("1980", "", Verdict.DOUBT),
        ("1980", "M12345678", Verdict.MATCH),
        ("", "", Verdict.DOUBT),
        ("", "M12345678", Verdict.MATCH),
        (BORN, "m-123 456 78", Verdict.MATCH),
        (BORN, "M99999999", Verdict.DOUBT),  # a passport that was renewed, or another person's
        ("1980-12-05", "M12345678", Verdict.DOUBT),
        ("1980-05-13", "M12345678", Verdict.DOUBT),
        ("1975-01-31", "M12345678", Verdict.DOUBT),
        ("1975-01-31", "", Verdict.DOUBT),
    ],
)
def test_an_equal_name_is_judged_by_birth_and_document(birth: str, document: str, verdict: Verdict) -> None:
    assert bind(certified("Schmidt", "Anna", birth=birth, document=document), passport("SCHMIDT", "ANNA")).verdict is verdict


def test_the_passports_number_alone_is_no_match_and_keeps_from_a_mismatch() -> None:
    match = bind(certified("Huber", "Berta", birth="1970-01-31", document="M12345678"), passport("SCHMIDT", "ANNA"))
    assert match.verdict is Verdict.DOUBT
    assert bind(certified("Huber", "Berta", birth="1970-01-31"), passport("SCHMIDT", "ANNA")).verdict is Verdict.MISMATCH


names = st.sampled_from(
    ["Müller", "Schmidt", "Kim", "Min Su", "Chen", "Dawen", "García López", "van der Berg", "Anna", "A.", "", "김", "王"]
)
zone_names = st.sampled_from(["MUELLER", "SCHMIDT", "KIM", "MINSU", "CHAN", "TAI MAN", "GARCIA", "BERG", "ANNA", "A"])
births = st.sampled_from([BORN, "1980-12-05", "1980-05-13", "1980-05", "1980", "1975-05-12", "", "1980-XX-12", "1981"])
documents = st.sampled_from(["", "M12345678", "OTHER"])


@settings(max_examples=400)
@given(names, names, names, births, births, documents, zone_names, zone_names | st.just(""), st.booleans())
def test_no_verdict_breaks_its_rules(
    family: str, given_name: str, full: str, birth: str, born: str, document: str, zone: str, zone_given: str, cut: bool
) -> None:
    named = CertifiedPerson(family=family, given=given_name, full=full, birth=birth, document=document)
    match = bind(named, passport(zone, zone_given, birth=born, truncated=cut))
    found = {reason.code for reason in match.reasons}
    assert 0 <= match.score <= 1
    assert match.held == (match.verdict is not Verdict.MATCH)
    if match.verdict is Verdict.MATCH:
        assert not found & NEVER_MATCH
        known = zip(birth.split("-"), born.split("-"), strict=False) if birth and born else ()
        assert all(a == b or "XX" in {a, b} for a, b in known)
    if match.verdict is Verdict.MISMATCH:
        assert Code.DOCUMENT_EQUAL not in found
    assert match == bind(named, passport(zone, zone_given, birth=born, truncated=cut))


@given(st.dates(), st.dates(), documents)
def test_a_date_of_birth_that_differs_is_never_a_match(one: object, other: object, document: str) -> None:
    match = bind(certified("Schmidt", "Anna", birth=str(one), document=document), passport("SCHMIDT", "ANNA", birth=str(other)))
    assert (match.verdict is Verdict.MATCH) == (one == other and document != "OTHER")


@given(names, names, zone_names, zone_names)
def test_more_evidence_never_lowers_the_score(family: str, given_name: str, zone: str, zone_given: str) -> None:
    scores = [
        bind(certified(family, given_name, birth=birth, document=document), passport(zone, zone_given)).score
        for birth, document in (("", ""), ("1980", ""), ("1980-05", ""), (BORN, ""), (BORN, "M12345678"))
    ]
    assert scores == sorted(scores)


@given(zone_names, zone_names)
def test_a_passports_own_name_is_always_a_match(family: str, given_name: str) -> None:
    match = bind(certified(family, given_name), passport(family, given_name))
    assert match.score == 1
    assert match.verdict is Verdict.MATCH


@settings(max_examples=200, deadline=None)
@given(*[st.text(st.characters(codec="utf-8"), max_size=300)] * 3, st.text(max_size=30), st.text(max_size=60))
def test_nothing_certified_makes_it_raise(family: str, given_name: str, full: str, birth: str, document: str) -> None:
    named = CertifiedPerson(family=family, given=given_name, full=full, birth=birth, document=document)
    assert isinstance(bind(named, passport("KIM", "MINSU")), Match)


@pytest.mark.parametrize("name", ["Ü I " * 50_000, "I" * 200_000, "가" * 200_000, "A B " * 50_000, "XUE" * 70_000])
def test_of_a_name_made_to_take_long_only_the_beginning_is_compared(name: str) -> None:
    match = bind(CertifiedPerson(full=name), passport("U I " * 30, "I" * 30, truncated=True))
    assert match.held
    assert all(len(reason.certified) <= 2 * MOST_CHARACTERS for reason in match.reasons)


@given(st.text("ÄÜßaÑЩЁ", max_size=8), st.data())
def test_every_way_of_writing_a_name_is_a_spelling_of_it(name: str, data: st.DataObject) -> None:
    word = name.upper()
    rows = [letter_of(one) for one in word]
    written = "".join(data.draw(st.sampled_from(row.all)) for row in rows if row)
    assert spells(word, written)
    assert not spells(word, written + "Q")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ANNA", "ANNA", 0),
        ("ANNA", "ANAN", 1),
        ("ANNA", "ANA", 1),
        ("ANNA", "HANNA", 1),
        ("ANNA", "ANNE", 1),
        ("ABC", "XYZ", 3),
    ],
)
def test_distance_counts_slips_and_stops_beyond_what_is_asked(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == apart
    assert distance(other, one, 2) == apart


def test_every_code_has_a_weight_and_words_in_each_language() -> None:
    assert set(WEIGHTS) == set(CODES) == set(Code)
    assert set(VERDICTS) == set(Verdict)
    assert BIRTH_CONFLICTS < NEVER_MATCH
    for language in LANGUAGES:
        for verdict in Verdict:
            assert say(Match(score=0.5, verdict=verdict, reasons=()), language)
        for code in Code:
            reason = Reason(code=code, part="name", certified="A", passport="B", weight=0)
            assert "(A / B)" in say_reason(reason, language)


def test_reasons_that_agree_are_told_without_both_sides() -> None:
    match = bind(certified("SCHMIDT", "ANNA"), passport("SCHMIDT", "ANNA"))
    told = [say_reason(reason) for reason in match.reasons]
    assert told == [
        "Family name: The names are the same.",
        "Given name: The names are the same.",
        "The dates of birth are the same.",
    ]


def test_no_verdict_tells_an_officer_to_refuse() -> None:
    assert all("officer must" in text for verdict, text in VERDICTS.items() if verdict is not Verdict.MATCH)
    said = " ".join((*VERDICTS.values(), *CODES.values())).lower()
    assert "refuse" not in said
    assert "do not accept" not in said


def test_the_person_of_the_evidence_model_is_named_with_all_that_is_certified() -> None:
    person = CertifiedPerson(
        family="Müller", given="Eva", family_mrz="MUELLER", given_mrz="EVA", full="Eva Müller", birth=BORN, document="M12345678"
    )
    match = bind(person, passport("MUELLER", "EVA"))
    assert match.verdict is Verdict.MATCH
    assert codes(match) == {"document.equal"}
