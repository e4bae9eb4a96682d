"""A difference says what changed, for whom, from when and whether anybody under way is affected; none is silent."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement import labels
from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.comparison import Comparison
from fastchannel.agreement.difference import Change, Kind, Touches, diff
from fastchannel.agreement.load import AgreementError, load
from fastchannel.agreement.provisions import Case
from fastchannel.agreement.shipped import shipped
from fastchannel.agreement.text import MEASURES, AgreementText
from fastchannel.agreement.wording import key_of
from fastchannel.terms.events import KINDS
from fastchannel.terms.language import LANGUAGES
from tests.agreement.small import CASE, SMALL, changed

SHIPPED = shipped()["china-korea"]
SWAB = 'sampled = "departure - 72 h .. departure"'


def between(older: str, newer: str, language: str = "en") -> list[Change]:
    return diff(load(older), load(newer), language)


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1, [change.sentence for change in changes]
    return changes[0]


def test_nine_regions_opened_on_28_may_and_nobody_under_way_is_affected() -> None:
    opened = [change for change in diff(SHIPPED[1], SHIPPED[2]) if change.kind is Kind.OPENED]
    assert only(opened) == Change(
        path=("route", "kr-cn", "region"),
        kind=Kind.OPENED,
        since=date(2020, 5, 28),
        touches=Touches.NOBODY,
        who="From Korea to China",
        clause="2(5)",
        sentence=(
            "From 28 May 2020: 9 more regions open on the route “From Korea to China”: Zhejiang, Fujian, Heilongjiang, Jilin, "
            "Hebei, Henan, Hubei, Hunan and Jiangxi. Nobody under way is affected."
        ),
    )


def test_second_sample_of_11_november_is_a_change_of_one_measure_from_that_day() -> None:
    found = [change for change in diff(SHIPPED[3], SHIPPED[4]) if change.path[-1] == "count"]
    assert (only(found).since, only(found).until, only(found).clause) == (date(2020, 11, 11), None, "11(1)")
    assert "the number of samples: now “2”, before “1”" in only(found).sentence
    assert only(found).sentence.endswith("Whoever departs before 11 November 2020 is not affected.")


def test_a_text_does_not_differ_from_itself() -> None:
    assert between(SMALL, SMALL) == []
    assert between(SMALL, "# another layout\n" + SMALL) == []


def test_dated_value_that_says_the_same_on_every_date_changes_no_rule() -> None:
    split = changed(
        SWAB,
        'sampled = [{ since = 2020-05-01, is = "departure - 72 h .. departure" }, '
        '{ since = 2020-06-01, is = "departure - 72 h .. departure" }]',
    )
    assert only(between(SMALL, split)).kind is Kind.WORDING


def test_dated_values_are_compared_as_functions_of_the_date() -> None:
    later = changed(
        SWAB,
        'sampled = [{ since = 2020-05-01, is = "departure - 72 h .. departure" }, '
        '{ since = 2020-12-01, until = 2020-12-05, is = "departure - 60 h .. departure" }, '
        '{ since = 2020-12-06, is = "departure - 48 h .. departure" }]',
    )
    found = between(SMALL, later)
    assert [(change.since, change.until) for change in found] == [
        (date(2020, 12, 1), date(2020, 12, 5)),
        (date(2020, 12, 6), None),
    ]
    assert "now “at most 48 hours before departure”, before “at most 72 hours before departure”" in found[1].sentence
    assert found[1].sentence.endswith("Whoever departs before 6 December 2020 is not affected.")


def test_purposes_in_another_order_change_no_rule() -> None:
    found = only(between(SMALL, changed('["business", "logistics"]', '["logistics", "business"]')))
    assert (found.kind, found.touches) == (Kind.WORDING, Touches.NOBODY)


def test_a_further_purpose_affects_nobody_under_way_and_a_purpose_less_does() -> None:
    fewer = changed('purposes = ["business", "logistics"]', 'purposes = ["business"]')
    assert only(between(fewer, SMALL)).touches is Touches.NOBODY
    assert only(between(SMALL, fewer)).touches is Touches.LATER
    assert "no longer logistics" in only(between(SMALL, fewer)).sentence


def test_a_version_that_switches_everybody_says_so() -> None:
    switch = changed('under_way = { complete = "departure", clause = "1(2)" }', 'under_way = "switch"')
    found = between(SMALL, changed('most = "2 d"', 'most = "3 d"', switch))
    stay = next(change for change in found if change.path[-1] == "most")
    assert stay.touches is Touches.EVERYBODY
    assert stay.sentence.endswith("Those under way are affected too.")


def test_measure_moved_in_the_text_is_the_same_measure() -> None:
    monitor, swab = SMALL.index('[[route.kr-cn.measure]]\nid = "watching"'), SMALL.index('[[route.kr-cn.measure]]\nid = "swab"')
    letter = SMALL.index('[[route.kr-cn.measure]]\nid = "letter"')
    moved = SMALL[:monitor] + SMALL[swab:letter] + SMALL[monitor:swab] + SMALL[letter:]
    assert only(between(SMALL, moved)).kind is Kind.ORDER


def test_exception_that_changes_says_for_whom() -> None:
    found = only(between(SMALL, changed('until = "arrival + 28 d"', 'until = "arrival + 21 d"')))
    assert found.who == "travellers going to Shenyang"
    assert "now “21 days after arrival”, before “28 days after arrival”" in found.sentence


def test_exception_that_is_new_says_what_it_says() -> None:
    without = changed(
        '[[route.kr-cn.measure.except]]\nwhere = { city = "Shenyang" }\nuntil = "arrival + 28 d"\nclause = "10(1)"\n', ""
    )
    found = only(between(without, SMALL))
    assert (found.kind, found.clause) == (Kind.ADDED, "10(1)")
    assert "For travellers going to Shenyang: This lasts until 28 days after arrival." in found.sentence


def test_origins_named_for_the_first_time_limit_and_further_ones_open() -> None:
    region = 'places = ["CN-SH", "CN-LN", "CN-JS"]\nclause = "2(1)"\n'
    origin = '[[route.kr-cn.origin]]\nsince = 2020-05-01\nplaces = ["KR-11"]\nclause = "2(4)"\n'
    limited = changed(region, f"{region}\n{origin}")
    assert only(between(SMALL, limited)).touches is Touches.LATER
    assert only(between(limited, SMALL)).touches is Touches.NOBODY
    opened = only(between(limited, changed('"KR-11"', '"KR-11", "KR-26"', limited)))
    assert (opened.kind, opened.path) == (Kind.OPENED, ("route", "kr-cn", "origin"))
    assert "travellers may come from one more region: Busan" in opened.sentence


def test_what_a_party_sees_is_compared_by_event_and_party() -> None:
    split = changed(
        '[[visibility]]\nevent = ["boarded"]\nto = "CN"\nfields = ["flight"]\nclause = "12"\n',
        '[[visibility]]\nevent = ["boarded"]\nto = "CN"\nclause = "12"\n'
        '[[visibility]]\nevent = ["boarded"]\nto = "CN"\nfields = ["flight"]\nclause = "12"\n',
    )
    assert only(between(SMALL, split)).kind is Kind.WORDING
    wider = only(between(SMALL, changed('fields = ["flight"]', 'fields = ["flight", "place"]')))
    assert wider.sentence.startswith("From 1 May 2020: China now also sees of “boarding”: the place.")


def test_what_a_party_no_longer_sees_is_said() -> None:
    entry = '[[visibility]]\nevent = ["boarded"]\nto = "CN"\nfields = ["flight"]\nclause = "12"\n'
    assert (
        "China no longer sees of “boarding”: the flight." in only(between(SMALL, changed('fields = ["flight"]\n', ""))).sentence
    )
    gone = [change for change in between(SMALL, changed(entry, "")) if change.path[0] == "visibility"]
    assert "China no longer sees “boarding”." in only(gone).sentence
    dated = only(between(SMALL, changed('fields = ["flight"]\n', 'fields = ["flight"]\nuntil = "completion + 28 d"\n')))
    assert "until “28 days after the end of all obligations” instead of “no end set”" in dated.sentence


def test_default_written_out_is_a_difference_of_wording_only() -> None:
    found = only(
        between(SMALL, changed('test = "naat"\nsampled = "departure', 'test = "naat"\ncount = 1\nsampled = "departure'))
    )
    assert found.kind is Kind.WORDING


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of every plain value of a parsed text."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, (*path, index))] + [path]
    return [path]


def written(value: Any) -> str:
    """A parsed text as TOML again; inline tables will do."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {written(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def document(value: dict[str, Any]) -> str:
    return "\n".join(f'"{key}" = {written(item)}' for key, item in value.items())


OTHERS = [
    "departure - 48 h .. departure",
    "departure - 48 h",
    "arrival + 20 d",
    "36 h",
    "antigen",
    "refuse",
    "hold",
    "CN-GD",
    "CN-SD",
    "14(7)",
    "logistics",
    "CN",
    "KR",
    "Dalian",
    "any",
    "hold day 2",
    "another word",
    "place",
    "arrived",
    "cn-laboratory",
    "watching",
    "stop",
    True,
    3,
    date(2020, 6, 1),
]
RAW = tomllib.loads(SMALL)
ENOUGH = 1  # accepted changes of each value


@cache
def small() -> Agreement:
    return load(SMALL)


CASES = [
    CASE,
    replace(CASE, city="Shenyang"),
    replace(CASE, purpose="logistics", companion="family", destination="CN-JS", arrival_place="CN-SH"),
]
DATES = [date(2020, 5, 1), date(2020, 6, 15)]
NO_RULE = {"digest", "version", "clause", "title", "source", "agreement"}  # what only cites, names or says where from


def rules(agreement: Agreement, case: Case, on: date) -> Any:
    """What decides a case on a date, without what only cites or names; and what each party sees."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items() if key not in NO_RULE and not str(key).endswith("_clause")}
        if isinstance(value, frozenset) or (isinstance(value, tuple) and all(isinstance(item, str) for item in value)):
            return sorted(map(str, value))  # of names, the order decides nothing
        return [bare(item) for item in value] if isinstance(value, list | tuple) else value

    if case.route not in agreement.routes:
        return None
    seen = {(kind, party): agreement.visible(kind, party) for kind in KINDS for party in ("CN", "KR")}
    return bare(asdict(agreement.provisions(case, on))), seen


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whenever_the_digests_differ_something_is_said(data: st.DataObject) -> None:
    edited = tomllib.loads(SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(leaves(edited)))
        parent = edited
        for step in path[:-1]:
            parent = parent[step]
        action = data.draw(st.sampled_from(["replace", "remove", "repeat", "reverse"]))
        here = parent[path[-1]]
        if action == "remove":
            del parent[path[-1]]
        elif isinstance(here, list):
            parent[path[-1]] = [*here, *here[:1]] if action == "repeat" else here[::-1]
        else:
            parent[path[-1]] = data.draw(st.sampled_from(OTHERS))
    try:
        newer = load(document(edited))
    except AgreementError:
        return
    older = small()
    if older.text != newer.text:
        assert Comparison(older.text, newer.text, "en").run()
    if any(rules(older, case, on) != rules(newer, case, on) for case in CASES for on in DATES):
        assert any(change.kind is not Kind.WORDING for change in diff(older, newer)), document(edited)
    for language in LANGUAGES:
        found = diff(older, newer, language)
        assert bool(found) == (older.digest != newer.digest)
        assert all(change.sentence and "{" not in change.sentence for change in found)
    assert bool(diff(newer, older)) == (older.digest != newer.digest)


@pytest.mark.parametrize("path", leaves(RAW), ids=lambda path: ".".join(map(str, path)))
def test_change_of_any_single_value_is_said(path: tuple[Any, ...]) -> None:
    accepted = 0
    for other in OTHERS:
        edited = tomllib.loads(SMALL)
        parent = edited
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = other
        try:
            newer = load(document(edited))
        except AgreementError:
            continue
        if small().digest != newer.digest:
            assert diff(small(), newer), path
            if any(rules(small(), case, on) != rules(newer, case, on) for case in CASES for on in DATES):
                assert any(change.kind is not Kind.WORDING for change in diff(small(), newer)), (path, other)
            assert diff(newer, small()), path
            accepted += 1
        if accepted == ENOUGH:
            return


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identifier", sorted(shipped()))
def test_shipped_versions_differ_in_whole_sentences(identifier: str, language: str) -> None:
    versions = list(shipped()[identifier])
    for older, newer in pairwise(versions):
        for change in diff(older, newer, language):
            assert change.sentence.rstrip()[-1] in ".。", change.sentence
            assert change.since >= newer.in_force


def test_every_field_of_the_grammar_has_a_name() -> None:
    seen: set[type] = set()
    waiting: list[Any] = [AgreementText, *MEASURES.values()]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if (
            not isinstance(kind, type)
            or not is_dataclass(kind)
            or kind in seen
            or not kind.__module__.startswith("fastchannel.agreement")
        ):
            continue
        seen.add(kind)
        waiting += get_type_hints(kind).values()
        for item in fields(kind):
            if item.metadata.get("doc") and kind.__name__ not in ("AgreementText", "Dated", "Where", "Except"):
                assert item.name in labels.LABELS, f"{kind.__name__}.{key_of(item.name)}"


def test_a_suspension_that_becomes_a_pause_is_said_in_words() -> None:
    old = 'effect = { suspend = "14 d", from = "announcement + 1 d" }'
    new = 'effect = { pause = "72 h", from = "announcement" }'
    found = [change.sentence for change in diff(load(SMALL), load(changed(old, new)), "en")]
    assert any("a pause of 72 hours, beginning at: the announcement of a suspension" in sentence for sentence in found)
