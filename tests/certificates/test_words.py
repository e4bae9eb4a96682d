"""Whatever a certificate is refused for, an officer reads what is wrong and what to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fastchannel.certificates import tolerances, words
from fastchannel.certificates.claims import claimed
from fastchannel.certificates.evidence import Evidence, Format
from fastchannel.certificates.refusal import Code, Refusal
from fastchannel.certificates.trust.store import TrustStore
from fastchannel.certificates.verify import verify
from fastchannel.terms.language import LANGUAGES
from tests.certificates.issuing import AT, assayed, claims, store, text, trusted, vaccinated
from tools import reference_certificates


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_says_what_is_wrong_and_what_to_do_next(code: Code, language: str) -> None:
    said = words.say(Refusal(code=code), language)
    assert said
    assert words.CODES[code].wrong != words.CODES[code].next


def test_a_code_that_says_nothing_of_the_certificate_never_asks_to_reject_it() -> None:
    for code in Code:
        refusal = Refusal(code=code)
        assert not (refusal.unanswered and "Do not accept" in words.say(refusal))


def test_every_format_and_every_tolerated_deviation_has_words() -> None:
    assert set(words.FORMATS) == set(Format)
    assert set(words.DEVIATIONS) >= tolerances.ALL


def test_a_file_that_cannot_be_read_has_words_of_its_own() -> None:
    assert "No code" in words.say(Refusal(code=Code.UNSUPPORTED, detail="no-code"))
    assert words.say(Refusal(code=Code.UNSUPPORTED, detail="schema")) == words.say(Refusal(code=Code.UNSUPPORTED))


def test_evidence_is_told_as_who_what_by_whom_and_until_when() -> None:
    found = verify(text(claims(assayed())), store(), AT)
    assert isinstance(found, Evidence)
    told = dict(words.rows(found))
    assert told["Person"] == "Musterfrau-Gößinger, Gabriele"
    assert told["Certified"] == (
        "Test result: COVID-19, nucleic acid test, not detected, sampled 2021-06-30 07:30 +0000, Labor Wien, AT"
    )
    assert told["Issuer"] == "AT · Ministry of Health"
    assert told["Valid until"] == "2021-07-31 12:00 +0000"
    dose = verify(text(claims(vaccinated())), store(), AT)
    assert isinstance(dose, Evidence)
    assert "dose 2 of 2" in dict(words.rows(dose))["Certified"]


def test_claims_are_shown_where_nobody_can_vouch_and_are_never_verified() -> None:
    written = text(claims(assayed()))
    for trust, at in ((TrustStore([]), AT), (store(), AT + timedelta(days=9)), (store(trusted(kid=b"another")), AT)):
        refusal = verify(written, trust, at)
        assert isinstance(refusal, Refusal)
        found = claimed(written, refusal)
        assert found is not None
        assert found.verified is None
        assert found.person.given == "Gabriele"


def test_what_a_forged_or_broken_certificate_claims_is_not_repeated() -> None:
    forged = text(claims(assayed()), number=9)
    refusal = verify(forged, store(), AT)
    assert isinstance(refusal, Refusal)
    assert claimed(forged, refusal) is None
    assert claimed("HC1:nonsense", Refusal(code=Code.TRUST_LIST_MISSING)) is None


def test_the_reference_page_is_what_the_tables_say() -> None:
    written = reference_certificates.PAGE.read_text(encoding="utf-8")
    assert written == reference_certificates.page(), "run: python tools/reference_certificates.py, then commit the page"
