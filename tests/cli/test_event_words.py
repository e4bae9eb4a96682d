"""What an event says, in the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.agreement.vocabulary import Words
from fastchannel.cli.event_words import EventWords
from fastchannel.terms.events import Assay, Called, CheckedIn, Denied, Event, Finding, Resulted, Role
from fastchannel.terms.language import LANGUAGES

THEN = datetime(2020, 5, 19, 2, 0, tzinfo=UTC)
COMMON: dict[str, Any] = {"id": "e", "journey": "j", "at": THEN, "recorded": THEN, "by": "x", "role": Role.LABORATORY}
RESULT = Resulted(
    **COMMON,
    sample="S-1",
    assay=Assay.NAAT,
    finding=Finding.NOT_DETECTED,
    laboratory="kr-designated-hospital",
    sampled=THEN,
    place="KR-11",
)


def told(event: Event, language: str) -> str:
    text = shipped()["china-korea"].newest.text
    words = EventWords(words=Words(text, language), titles={"boarding": "Boarding check"}, zone=ZoneInfo("Asia/Seoul"))
    return words.details(event)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_that_the_agreement_has_a_name_for_is_shown(language: str) -> None:
    said = told(RESULT, language)
    assert "S-1" in said
    assert "2020-05-19 11:00" in said
    assert [code for code in ("kr-designated-hospital", "naat", "KR-11", "laboratory ") if code in said] == []


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (CheckedIn(**COMMON, day=date(2020, 5, 19)), "2020-05-19; no symptoms"),
        (CheckedIn(**COMMON, day=date(2020, 5, 19), symptoms=True), "2020-05-19; symptoms"),
        (Called(**COMMON, day=date(2020, 5, 19), reached=False), "2020-05-19; not reached"),
        (Denied(**COMMON, gate="boarding", reason="No visa."), "Boarding check; No visa."),
    ],
)
def test_a_flag_is_told_only_where_it_says_something(event: Event, said: str) -> None:
    assert told(event, "en") == said
