"""Every kind of mistake is found at its line, says what was found and what was expected, and hides no other."""

from __future__ import annotations

import pickle

import pytest

from fastchannel.agreement.load import AgreementError, load, load_all
from tests.agreement.small import SMALL, changed, line_with, mistakes_in

EFFECT = 'effect = { suspend = "14 d", from = "announcement + 1 d" }'
SWAB = 'sampled = "departure - 72 h .. departure"'
# what is replaced, by what, the piece on whose line the mistake is, part of what was found, part of what was expected
CASES: dict[str, tuple[str, str, str, str, str]] = {
    # grammar
    "unknown key": ('until = "departure"', 'untill = "departure"', "untill", "untill", 'Did you mean "until"?'),
    "unknown section": ("[words]", "[wordz]", "[wordz]", "wordz", 'Did you mean "words"?'),
    "missing key": (
        'test = "naat"\nsampled = "departure',
        'sampled = "departure',
        '[[route.kr-cn.measure]]\nid = "swab"',
        "nothing",
        '"test"',
    ),
    "unknown kind": ('kind = "monitor"', 'kind = "monitr"', 'kind = "monitr"', "monitr", 'Did you mean "monitor"?'),
    "unknown word": ('at = "boarding"', 'at = "bording"', 'at = "bording"', "bording", 'Did you mean "boarding"?'),
    "date in quotation marks": ("in_force = 2020-05-01", 'in_force = "2020-05-01"', "in_force", "2020", "without quotation"),
    "number for words": ('clause = "4"', "clause = 4", "clause = 4", "4", "quotation marks"),
    "not a moment": ('from = "release"', 'from = "relase"', "relase", "relase", "a moment"),
    "not a window": (SWAB, 'sampled = "within 72 h"', "within", "within 72 h", "a window"),
    "not a length of time": ('most = "2 d"', 'most = "two days"', "two days", "two days", "a length of time"),
    "not a rung": ('"call day 2"', '"ring day 2"', "ring", "ring day 2", "a rung of the ladder"),
    "not a condition": ("mean(unlinked_cases, 7 d) > 5", "mean(cases) is high", "is high", "is high", "a condition"),
    "title lacks a language": ('title = { en = "To China", zh', "title = { zh", "title = { zh", "no words in en", "en, zh, ko"),
    "title in an unknown language": ('{ en = "Small", zh', '{ en = "Small", fr = "Petit", zh', "Petit", '"fr"', "en, zh, ko"),
    "list where a table belongs": ('under_way = "complete"', "under_way = []", "under_way = []", "a list", "stop"),
    "datetime for a date": ("since = 2020-05-01", "since = 2020-05-01T00:00:00Z", "T00", "2020-05-01", "a date"),
    "negative number": (
        "[words]",
        "[words]\n[agreement.budget]\nclause = '1'\nimports_per_million = -1",
        "= -1",
        "-1",
        "number",
    ),
    "empty words": ('clause = "9"', 'clause = " "', 'clause = " "', "nothing", "words"),
    "dated value without is": (SWAB, "sampled = [{ since = 2020-05-01 }]", "sampled = [{", "nothing", '"is"'),
    # names
    "same measure twice": ('id = "second-swab"', 'id = "swab" #', 'id = "swab" #', "a second time", "each measure once"),
    "same agency twice": ('id = "kr-hospital"', 'id = "cn-office" #', 'id = "cn-office" #', "a second time", "each agency"),
    "identifier with a space": ('id = "letter"', 'id = "the letter"', "the letter", "the letter", "identifier"),
    "party without a table": ('"CN", "KR"]', '"CN", "KR", "JP"]', "parties", "JP", "a table"),
    "table of no party": ("[party.KR]", "[party.JP]", "[party.JP]", "JP", "one of the agreement's parties"),
    "route from nowhere": ('from = "KR"', 'from = "JP"', 'from = "JP"', "JP", "one of the agreement's parties"),
    "route to itself": ('to = "CN"\ntitle', 'to = "KR"\ntitle', 'to = "KR"\ntitle', "both ends", "two different parties"),
    "unknown time zone": ('"Asia/Seoul"', '"Asia/Soul"', "Asia/Soul", "Asia/Soul", "IANA"),
    "gate requires the unknown": ('"swab", "letter"]', '"swob", "letter"]', '"swob"', "swob", 'Did you mean "swab"?'),
    "gate requires a gate": ('"swab", "letter"]', '"swab", "letter", "boarding"]', '"boarding"]', "boarding", "no gate"),
    "stay ends on what is no test": ('ends = "second-swab"', 'ends = "letter"', 'ends = "letter"', "letter", "a test"),
    "unknown issuer": ('issued_by = "cn-office"', 'issued_by = "cn-ofice"', "cn-ofice", "cn-ofice", "cn-office"),
    "role nobody has": ('by = "local-government"', 'by = "customs"', 'by = "customs"', "customs", "a role that an agency"),
    "nobody designated": ('roles = "designated-hospital"', 'roles = "site"', 'laboratory = "designated"', "nobody", "KR"),
    "unknown laboratory": ('laboratory = "designated"', 'laboratory = "kr-hospitl"', "hospitl", "kr-hospitl", "kr-hospital"),
    "unknown purpose": ('where = { city = "Shenyang" }', 'where = { purpose = "tourism" }', "tourism", "tourism", "purposes"),
    "condition for nobody": ('where = { city = "Shenyang" }', "where = {}", "where = {}", "nobody", "at least one"),
    "unknown event": ('event = ["boarded"]', 'event = ["borded"]', "borded", "borded", "boarded"),
    "unknown field": ('fields = ["flight"]', 'fields = ["fligt"]', "fligt", "fligt", "flight"),
    "visible to a stranger": ('to = "CN"\nfields', 'to = "JP"\nfields', 'to = "JP"\nfields', "JP", "one of the parties"),
    "trigger of no route": ('under_way = "complete"', 'under_way = "stop"\nroutes = "x"', 'routes = "x"', "x", "a route"),
    "last day where there is none": ("7 d) > 5", "7 d) > 5 on the last day", "on the last day", "last day", "resume"),
    "version named by a later moment": ('complete = "departure"', 'complete = "release"', "release", "release", "approval"),
    # places
    "place that does not exist": ('"CN-LN"', '"CN-XX"', "CN-XX", "CN-XX", "a place in CN"),
    "place of another party": ('"CN-LN"', '"KR-11"', "KR-11", "Seoul", "a place in CN"),
    "place by its name": ('"CN-LN"', '"Liaoning"', "Liaoning", "Liaoning", 'Liaoning is "CN-LN".'),
    "place by its Chinese name": ('"CN-LN"', '"辽宁"', "辽宁", "辽宁", "CN-LN"),
    "condition on a foreign place": ('{ city = "Shenyang" }', '{ region = "KR-26" }', "KR-26", "Busan", "a place in CN"),
    # windows
    "window backwards": (
        SWAB,
        'sampled = "departure .. departure - 72 h"',
        "departure .. d",
        "over before",
        "start comes before",
    ),
    "window after arrival before departure": (
        SWAB,
        'sampled = "arrival .. departure"',
        "arrival .. dep",
        "over before",
        "start",
    ),
    "empty window": (SWAB, 'sampled = "departure ..< departure"', "..<", "over before", "start comes before"),
    "monitoring backwards": (
        'from = "departure - 14 d"',
        'from = "departure + 1 d"',
        'until = "departure"',
        "not come after",
        "later",
    ),
    "stay that nothing ends": (
        'least = "1 d"\nmost = "2 d"\nends = "second-swab"',
        "",
        '[[route.kr-cn.measure]]\nid = "isolation"',
        "nothing ends",
        "least",
    ),
    "most below least": ('least = "1 d"', 'least = "3 d"', 'most = "2 d"', "less than the least", "3 d or more"),
    "stay over before it begins": (
        'until = "arrival + 14 d"',
        'until = "departure"',
        'until = "departure"\nallowed',
        "before",
        "later",
    ),
    "stay waits for a later sample": (
        'sampled = "arrival .. arrival + 1 d"',
        'sampled = "arrival + 3 d .. arrival + 4 d"',
        'ends = "second-swab"',
        "second-swab",
        "sampled before",
    ),
    "test after its gate": (SWAB, 'sampled = "arrival .. arrival + 1 d" #', 'requires = ["watching"', "swab", "by boarding"),
    "stay before its gate": ('"swab", "letter"]', '"swab", "letter", "loop"]', '"loop"]', "loop", "by boarding"),
    "more samples than fit": (
        SWAB,
        'count = 4\napart = "25 h"\nsampled = "departure - 72 h .. departure"',
        "apart",
        "25 h apart",
        "at least 75 h",
    ),
    "no sample": (SWAB, f"count = 0\n{SWAB}", "count = 0", "0 samples", "1 or more"),
    "document lapses before it is needed": (
        'issued = "departure - 7 d .. departure"',
        'issued = "departure - 30 d .. departure - 20 d"',
        'valid_for = "7 d"',
        "7 d",
        "long enough",
    ),
    "document issued too late": (
        'issued = "departure - 7 d .. departure"',
        'issued = "arrival .. arrival + 1 d"',
        'issued = "arrival',
        "after it is needed",
        "opens before",
    ),
    "a journey knows no announcement": ('by = "departure"', 'by = "announcement"', "announcement", "announcement", "journey"),
    "a suspension from the past": ("announcement + 1 d", "departure", 'from = "departure" }', "departure", "announcement"),
    "an effect that does nothing": (
        EFFECT,
        'effect = { from = "announcement" }',
        "effect = {",
        "nothing that is done",
        "exactly",
    ),
    "an effect that does two things": (
        EFFECT,
        'effect = { suspend = "14 d", pause = "72 h", from = "announcement" }',
        "effect = {",
        "suspend and pause",
        "exactly one",
    ),
    "a pause of nothing": (EFFECT, 'effect = { pause = "0 h", from = "announcement" }', "effect = {", "0 h", "not nothing"),
    "an extension of what has no rule to end": (
        EFFECT,
        'effect = { suspend = "14 d", extend = "7 d", from = "announcement" }',
        "effect = {",
        "7 d",
        "resume is given",
    ),
    "flights without the usual number": (
        EFFECT,
        'effect = { flights_per_week = 2, from = "announcement" }',
        "effect = {",
        "one of flights_per_week and usual",
        "both of them",
    ),
    "flights as usual": (
        EFFECT,
        'effect = { flights_per_week = 2, usual = 2, from = "announcement" }',
        "effect = {",
        "2 both before and after",
        "two different",
    ),
    "clean weeks of a route": ("mean(unlinked_cases, 7 d) > 5", "clean_weeks(flight) >= 3", "[[trigger]]", "agreement", "line"),
    "cases on a flight": (
        "mean(unlinked_cases, 7 d) > 5",
        "cases(flight) >= 3",
        "cases(flight)",
        "cases on one flight",
        "positives",
    ),
    "a region of both sides": (
        'under_way = "complete"',
        'under_way = "complete"\nunit = "region"\nside = "both"',
        'side = "both"',
        "both",
        "one side",
    ),
    "a decision to open what is open": (
        EFFECT,
        'reopens = "decision"\neffect = { continue = true, from = "announcement" }',
        "reopens",
        "not suspended",
        "something is suspended",
    ),
    "the last day of what has none": (
        EFFECT,
        'resume = "cases(day) <= 1 on the last day"\neffect = { continue = true, from = "announcement" }',
        "resume",
        "last day",
        "a suspension",
    ),
    "a pause that waits for its last day": (
        EFFECT,
        'resume = "cases(day) <= 1 on the last day"\neffect = { pause = "72 h", from = "announcement" }',
        "resume",
        "last day",
        "a suspension",
    ),
    "a pause that waits for a decision": (
        EFFECT,
        'reopens = "decision"\neffect = { pause = "72 h", from = "announcement" }',
        "reopens",
        "not suspended",
        "over after its length",
    ),
    # dates
    "ends before it begins": (
        "in_force = 2020-05-01",
        "in_force = 2020-05-01\nuntil = 2020-04-01",
        "until = 2020",
        "before",
        "later",
    ),
    "region ends before it begins": (
        "since = 2020-05-01",
        "since = 2020-05-01\nuntil = 2020-04-01",
        "until = 2020",
        "before",
        "on or",
    ),
    "region opened twice": (
        "[[route.kr-cn.point_of_entry]]",
        '[[route.kr-cn.region]]\nsince = 2020-06-01\nplaces = ["CN-GD", "CN-LN"]\nclause = "x"\n[[route.kr-cn.point_of_entry]]',
        '"CN-GD"',
        "CN-LN",
        "once at a time",
    ),
    "gap before the first value": (
        SWAB,
        f"sampled = [{{ since = 2020-05-02, is = {SWAB[10:]} }}]",
        "since = 2020-05-02",
        "nothing from 2020-05-01",
        "gap",
    ),
    "exception that changes nothing": (
        'until = "arrival + 28 d"\n',
        "",
        "[[route.kr-cn.measure.except]]",
        "changes nothing",
        "waived",
    ),
    "exception of an unknown field": (
        'until = "arrival + 28 d"',
        'untl = "arrival + 28 d"',
        "untl",
        "untl",
        'Did you mean "until"?',
    ),
    "two exceptions at once": (
        "[route.kr-cn.positive]",
        (
            '[[route.kr-cn.measure.except]]\nwhere = { region = "CN-LN" }\nuntil = "arrival + 21 d"\nclause = "x"\n'
            "[route.kr-cn.positive]"
        ),
        "[[route.kr-cn.measure.except]]\nwhere = { region",
        '"until"',
        "at most one",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_reported_at_its_line_with_what_was_found_and_expected(name: str) -> None:
    old, new, piece, found, expected = CASES[name]
    text = changed(old, new)
    line = line_with(text, piece)
    told = [mistake for mistake in mistakes_in(text) if mistake.line == line]
    assert any(found in mistake.found and expected in f"{mistake.expected} {mistake.hint}" for mistake in told), "\n".join(
        str(mistake) for mistake in mistakes_in(text)
    )


DATES = "sampled = [\n{}\n]"
DATED = {
    "overlap": ("until = 2020-06-30", "2020-06-30", "since = 2020-06-30", "still holds"),
    "gap": ("until = 2020-06-30", "2020-07-02", "since = 2020-07-02", "nothing from 2020-07-01 to 2020-07-01"),
    "disorder": ("", "2020-04-01", "since = 2020-04-01", "after 2020-05-01"),
    "no gap": ("until = 2020-06-30", "2020-07-01", "", ""),
    "until left out": ("", "2020-07-01", "", ""),
}


@pytest.mark.parametrize("name", DATED)
def test_dated_values_follow_each_other_without_gap_or_overlap(name: str) -> None:
    until, since, piece, found = DATED[name]
    first = "{ since = 2020-05-01, " + (f"{until}, " if until else "") + f"is = {SWAB[10:]} }},"
    second = f"{{ since = {since}, is = {SWAB[10:]} }},"
    text = changed(SWAB, DATES.format(f"{first}\n{second}"))
    told = mistakes_in(text)
    if not piece:
        assert told == ()
    else:
        assert [mistake.line for mistake in told] == [line_with(text, piece)]
        assert found in told[0].found


def test_a_last_value_that_ends_before_the_agreement_leaves_a_gap() -> None:
    text = changed(SWAB, f"sampled = [{{ since = 2020-05-01, until = 2020-06-30, is = {SWAB[10:]} }}]")
    assert "nothing after 2020-06-30" in mistakes_in(text)[0].found
    bounded = changed("in_force = 2020-05-01", "in_force = 2020-05-01\nuntil = 2020-06-30", text)
    assert mistakes_in(bounded) == ()


def test_what_need_not_be_given_may_begin_later() -> None:
    text = changed('valid_for = "7 d"', 'valid_for = [{ since = 2020-07-01, is = "7 d" }]')
    assert mistakes_in(text) == ()


def test_two_exceptions_are_right_where_no_traveller_is_in_both_or_no_date_is() -> None:
    other = '[[route.kr-cn.measure.except]]\nwhere = {{ {where} }}\nuntil = "arrival + 21 d"\nclause = "x"\n{more}\n'
    other += "[route.kr-cn.positive]"
    elsewhere = other.format(where='city = "Dalian"', more="")
    later = other.format(where='city = "Shenyang"', more="holds_from = 2021-01-01")
    assert mistakes_in(changed("[route.kr-cn.positive]", elsewhere)) == ()
    assert len(mistakes_in(changed("[route.kr-cn.positive]", later))) == 1
    bounded = changed('clause = "10(1)"', 'clause = "10(1)"\nholds_until = 2020-12-31')
    assert mistakes_in(changed("[route.kr-cn.positive]", later, bounded)) == ()


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_text() -> None:
    text = SMALL
    for old, new in (
        ("in_force = 2020-05-01", 'in_force = "soon"'),
        ('"Asia/Seoul"', '"Asia/Soul"'),
        ('"CN-LN"', '"CN-XX"'),
        (SWAB, 'sampled = "departure .. departure - 72 h"'),
        ('by = "departure"', 'bye = "departure"'),
        ('most = "2 d"', 'most = "2 h"'),
    ):
        text = changed(old, new, text)
    told = mistakes_in(text)
    assert [mistake.line for mistake in told] == sorted(mistake.line for mistake in told)
    pieces = ('in_force = "soon"', "Asia/Soul", "CN-XX", ".. departure - 72 h", 'bye = "departure"', 'most = "2 h"')
    assert {line_with(text, piece) for piece in pieces} <= {mistake.line for mistake in told}


def test_a_mistake_in_one_measure_makes_no_false_mistake_in_what_refers_to_it() -> None:
    text = changed('test = "naat"\nsampled = "departure', 'test = "nat"\nsampled = "departure')
    assert [mistake.found for mistake in mistakes_in(text)] == ['"nat"']


def test_the_place_of_a_mistake_is_told_in_words() -> None:
    text = changed(SWAB, 'sampled = "departure .. departure - 72 h"')
    assert mistakes_in(text)[0].where == "route kr-cn, measure 2 (swab), sampled"


def test_the_error_survives_being_sent_to_another_process_and_names_its_text() -> None:
    with pytest.raises(AgreementError) as raised:
        load(changed('at = "boarding"', 'at = "x"'), name="small.toml")
    again = pickle.loads(pickle.dumps(raised.value))
    assert (again.mistakes, str(again)) == (raised.value.mistakes, str(raised.value))
    assert "small.toml:" in str(again)


def test_many_texts_are_read_together_and_their_mistakes_too() -> None:
    second = changed("version = 1", "version = 2")
    assert [text.version for text in load_all({"2": second, "1": SMALL})["small"]] == [1, 2]
    with pytest.raises(AgreementError) as raised:
        load_all({"a": changed('at = "boarding"', 'at = "x"'), "b": changed('"Asia/Seoul"', '"x"')})
    assert {mistake.name for mistake in raised.value.mistakes} == {"a", "b"}


WARNINGS = {
    "retroactive": ("in_force = 2020-05-01", "in_force = 2020-05-01\nadopted = 2020-06-01", "adopted"),
    "monitoring before anyone can apply": (
        '[route.kr-cn.application]\nclause = "3"',
        '[route.kr-cn.application]\nclause = "3"\nwindow = "departure - 7 d .. departure"',
        'from = "departure - 14 d"',
    ),
    "a test that no gate asks for": ('"swab", "letter"]', '"letter"]', 'id = "swab"'),
    "a term without words": ('work = { en = "work", zh = "工作", ko = "근무" }\n', "", 'allowed = "work"'),
    "onward to a closed region": ('onward_to = "CN-JS"', 'onward_to = "CN-AH"', "CN-AH"),
    "a call after the hold": ('"call day 2", "hold day 3"', '"call day 4", "hold day 3"', "call day 4"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_odd_but_possible_is_a_warning_and_no_mistake(name: str) -> None:
    old, new, piece = WARNINGS[name]
    text = changed(old, new)
    assert [warning.line for warning in load(text).warnings] == [line_with(text, piece)]


def test_a_right_text_has_neither_mistakes_nor_warnings() -> None:
    assert load(SMALL).warnings == ()
