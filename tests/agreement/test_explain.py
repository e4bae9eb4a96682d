"""The page says everything the agreement asks, in words, with its clause and dates, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement import explain_measure, labels, measure_words, suspension_words, vocabulary
from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.conditions import Metric, parse_condition
from fastchannel.agreement.explain import ExplainError, explain
from fastchannel.agreement.load import load
from fastchannel.agreement.page import Page, Section, Sentence
from fastchannel.agreement.phrases import ANCHORS, SPANS, moment_words, window_words, windows_words
from fastchannel.agreement.provisions import Case, Rung
from fastchannel.agreement.shipped import shipped
from fastchannel.agreement.text import MEASURES, AgencyRole, GateAt, Period, Record, Scope, Side, StayPlace
from fastchannel.terms.events import KINDS, Assay, Finding, Role
from fastchannel.terms.language import LANGUAGES
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window, parse_moment, parse_windows
from tests.agreement.small import CASE, SMALL, changed

NEWEST = shipped()["china-korea"].newest


def sentences(agreement: Agreement, **asked: Any) -> dict[str, str]:
    """The page's English sentences with their clauses."""
    return {sentence.text: sentence.clause for sentence in explain(agreement, "en", **asked).sentences}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("departure - 72 h .. departure", "at most 72 hours before departure"),
        ("departure - 72 h <.. departure", "less than 72 hours before departure"),
        ("departure - 2 d .. departure", "at most 2 days before departure"),
        ("arrival .. arrival + 1 d", "within 1 day after arrival"),
        ("arrival ..< arrival + 24 h", "less than 24 hours after arrival"),
        ("departure - 2 calendar days .. departure", "before departure, on the same date or in the 2 calendar days before it"),
        ("arrival .. arrival + 1 calendar day", "after arrival, on the same date or in the 1 calendar day after it"),
        ("departure - 5 d .. departure - 2 d", "from 5 days before departure until 2 days before departure"),
        ("arrival + 6 d <..< release", "after 6 days after arrival and before release from isolation"),
        (
            "departure - 72 h .. departure or departure - 2 d .. departure",
            "at most 72 hours before departure or at most 2 days before departure",
        ),
    ],
)
def test_window_is_put_into_words(written: str, words: str) -> None:
    assert windows_words(parse_windows(written), "en") == words


@pytest.mark.parametrize(("written", "words"), [("departure", "departure"), ("arrival + 14 d", "14 days after arrival")])
def test_moment_is_put_into_words(written: str, words: str) -> None:
    assert moment_words(parse_moment(written), "en") == words


spans = st.builds(Span, st.integers(0, 400), st.sampled_from(Unit))
moments = st.builds(Moment, st.sampled_from(Anchor), st.sampled_from([1, -1]), spans | st.none())
windows = st.builds(Window, moments, moments, st.booleans(), st.booleans())


@given(windows, windows, st.sampled_from(LANGUAGES))
def test_windows_in_words_leave_no_placeholder_open(first: Window, second: Window, language: str) -> None:
    assert not re.search(r"[{}]", windows_words((first, second), language))


@given(windows, windows)
def test_windows_that_differ_read_differently(first: Window, second: Window) -> None:
    def bare(window: Window) -> tuple[Any, ...]:
        ends = [
            (end.anchor, end.sign, end.span) if end.span and end.span.amount else (end.anchor,)
            for end in (window.start, window.end)
        ]
        return (*ends, window.start_open, window.end_open, window.start.by_date, window.end.by_date)

    if bare(first) != bare(second):
        assert window_words(first, "en") != window_words(second, "en")


@pytest.mark.parametrize(
    ("table", "vocabulary_"),
    [
        (ANCHORS, Anchor),
        (SPANS, Unit),
        (vocabulary.ASSAYS, Assay),
        (vocabulary.FINDINGS, Finding),
        (vocabulary.AGENCIES, AgencyRole),
        (vocabulary.PROVIDERS, Role),
        (vocabulary.RECORDS, Record),
        (vocabulary.METRICS, Metric),
        (measure_words.STAYS, StayPlace),
        (measure_words.GATES, GateAt),
        (measure_words.QUOTAS, Period),
        (measure_words.RUNGS, Rung),
        (explain_measure.OF_STAY, StayPlace),
        (explain_measure.OF_GATE, GateAt),
        (suspension_words.SIDES, Side),
        (suspension_words.SCOPES, Scope),
        *((table, kind) for kind, table in labels.VOCABULARIES.items()),
    ],
)
def test_every_word_of_a_closed_vocabulary_is_put_into_words(table: Mapping[Any, Any], vocabulary_: type[Enum]) -> None:
    assert set(table) == set(vocabulary_)


def test_every_event_and_field_is_put_into_words() -> None:
    envelope = {"id", "journey", "at", "recorded", "by", "role", "party"}
    assert set(vocabulary.EVENTS) == set(KINDS)
    assert {name for kind in KINDS.values() for name in kind.__struct_fields__} - envelope <= set(vocabulary.FIELDS)


def test_every_kind_of_measure_has_a_name() -> None:
    assert set(measure_words.KINDS) == set(MEASURES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "agreement", [text for versions in shipped().values() for text in versions], ids=lambda it: f"{it.id}-{it.version}"
)
def test_page_of_a_shipped_agreement_is_whole_in_every_language(agreement: Agreement, language: str) -> None:
    page = explain(agreement, language)
    routed = {sentence.measure for sentence in page.sentences}
    assert routed >= {measure.id for route in agreement.text.route.values() for measure in route.measure}
    assert not re.search(r"[{}]|None|Otherwise|\bdatetime", page.plain())
    assert all(sentence.text.strip() for sentence in page.sentences)


@pytest.mark.parametrize(
    "agreement", [text for versions in shipped().values() for text in versions], ids=lambda it: f"{it.id}-{it.version}"
)
def test_every_sentence_on_a_measure_names_its_clause(agreement: Agreement) -> None:
    assert all(sentence.clause for sentence in explain(agreement, "en").sentences if sentence.measure)


def test_page_says_what_a_traveller_needs_before_departure() -> None:
    said = sentences(NEWEST, route="kr-cn")
    first = (
        "Until 10 November 2020: A sample for the nucleic acid test, taken at most 72 hours before departure, "
        "must have the result “not detected”."
    )
    assert said[first] == "4(2)"
    assert "The traveller reports their health every day from 14 calendar days before departure until departure." in said


def test_page_tells_the_regions_that_opened_later_from_the_first() -> None:
    said = sentences(NEWEST, route="kr-cn")
    later = (
        "From 28 May 2020: Travellers may also go to: Zhejiang, Fujian, Heilongjiang, Jilin, Hebei, Henan, Hubei, Hunan "
        "and Jiangxi."
    )
    assert said[later] == "2(5)"


def test_page_tells_the_regional_exception_with_its_own_clause() -> None:
    said = sentences(load(SMALL))
    assert said["This lasts until 14 days after arrival."] == "10"
    assert said["For travellers going to Shenyang: This lasts until 28 days after arrival."] == "10(1)"


def test_page_for_a_case_in_shenyang_says_28_days_and_not_14() -> None:
    there = Case(**{name: getattr(CASE, name) for name in Case.__dataclass_fields__} | {"city": "Shenyang"})
    said = sentences(load(SMALL), case=there)
    assert said["This lasts until 28 days after arrival."] == "10(1)"
    assert "This lasts until 14 days after arrival." not in said
    assert "This lasts until 28 days after arrival." not in sentences(load(SMALL), case=CASE)


def test_page_for_a_date_says_only_what_holds_on_it() -> None:
    said = sentences(NEWEST, route="kr-cn", on=date(2020, 5, 20))
    assert not [text for text in said if "Zhejiang" in text or "IgM" in text]
    assert not [text for text in said if text.startswith(("From ", "Until "))]


def test_dated_window_is_said_with_the_dates_on_which_it_holds() -> None:
    written = changed(
        'sampled = "departure - 72 h .. departure"',
        'sampled = [{ since = 2020-05-01, is = "departure - 72 h .. departure" }, '
        '{ since = 2020-12-01, is = "departure - 48 h .. departure", clause = "5(2)" }]',
    )
    said = sentences(load(written))
    sample = "A sample for the nucleic acid test, taken at most {} before departure, must have the result “not detected”."
    assert said["Until 30 November 2020: " + sample.format("72 hours")] == "5"
    assert said["From 1 December 2020: " + sample.format("48 hours")] == "5(2)"


def test_missed_check_ins_and_suspension_are_explained() -> None:
    page = explain(load(SMALL), "en")
    wrong = next(section for section in page.sections if section.id == "kr-cn-wrong")
    assert "On day 2 in a row without a report, an officer calls the traveller." in [item.text for item in wrong.sentences]
    suspension = next(section for section in page.sections if section.id == "suspension")
    assert suspension.sentences[0].text == (
        "If the daily mean of local cases of unknown source over 7 days is more than 5, every route is suspended for 14 days, "
        "beginning at: 1 day after the announcement of a suspension."
    )


def test_sponsor_reads_first_what_the_sponsor_does() -> None:
    assert explain(NEWEST, "en", route="kr-cn", audience="sponsor").sections[0].id == "kr-cn-sponsor"
    assert explain(NEWEST, "en", route="kr-cn", audience="traveller").sections[0].id == "kr-cn-eligible"


@pytest.mark.parametrize(
    "asked",
    [{"route": "no-such"}, {"case": Case(**{**{n: getattr(CASE, n) for n in Case.__dataclass_fields__}, "route": "xx"})}],
)
def test_unknown_route_is_refused_with_those_there_are(asked: dict[str, Any]) -> None:
    with pytest.raises(ExplainError, match="kr-cn"):
        explain(load(SMALL), "en", **asked)


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ExplainError, match="zh-Hans"):
        explain(load(SMALL), "fr")


def test_markdown_cannot_be_injected_by_the_text() -> None:
    nasty = Page(
        title="<script>",
        language="en",
        lead=(),
        sections=(Section(id="a", title="b", sentences=(Sentence(text="[x](javascript:y) <b>\n# z", clause="1"),)),),
    )
    written = nasty.markdown()
    assert "<script>" not in written.replace(r"\<", "")
    assert r"\[x\](javascript:y) \<b\> \# z" in written


def test_clause_shared_by_a_measure_is_cited_once() -> None:
    page = explain(load(SMALL), "en")
    assert page.plain().count("[clause 9]") == 1
    assert "[clause 10(1)]" in page.plain()


EFFECT = 'effect = { suspend = "14 d", from = "announcement + 1 d" }'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'unit = "region"\neffect = { pause = "72 h", from = "announcement" }',
            [
                (
                    "If the daily mean of local cases of unknown source over 7 days is more than 5 in a region, travel with "
                    "that region is paused for at most 72 hours, beginning at: the announcement of a suspension."
                )
            ],
        ),
        (
            'unit = "route"\neffect = { continue = true, from = "announcement" }',
            ["If the daily mean of local cases of unknown source over 7 days is more than 5, the route stays open."],
        ),
        (
            'unit = "flight"\neffect = { flights_per_week = 2, usual = 1, from = "announcement" }',
            [
                (
                    "If the daily mean of local cases of unknown source over 7 days is more than 5, each line may have up to 2 "
                    "flights a week instead of 1, beginning at: the announcement of a suspension."
                )
            ],
        ),
        (
            (
                'resume = "mean(unlinked_cases, 7 d) <= 5 on the last day"\nreported = "1 d"\nreopens = "decision"\n'
                'effect = { suspend = "14 d", extend = "7 d", from = "announcement" }'
            ),
            [
                "A day's figures count once they are published, 1 day after it.",
                "It opens again only when both parties so decide.",
                "Where that does not hold, it is extended by 7 days each time.",
            ],
        ),
    ],
)
def test_what_a_trigger_does_is_said_in_words(written: str, said: list[str]) -> None:
    page = explain(load(changed(EFFECT, written)), "en")
    sentences = [item.text for section in page.sections if section.id == "suspension" for item in section.sentences]
    assert [item for item in sentences if item in said] == said


def test_what_is_forecast_and_what_is_clean_are_said_in_words() -> None:
    words = vocabulary.Words(load(SMALL).text, "en")
    for written, said in (
        (
            "expected_imports(14 d) > 0.5",
            "the number of infections forecast to pass undetected in the coming 14 days is more than 0.5",
        ),
        ("clean_weeks(flight) >= 3", "the number of weeks running without a positive traveller on a line is 3 or more"),
    ):
        assert suspension_words.condition_words(parse_condition(written), words) == said
