"""Imports under stated definitions, and the falling series that reclassification makes."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.ledger.counting import Dated, Definition, Tally, tally
from fastchannel.watch.ledger.fold import fold_ledger
from fastchannel.watch.ledger.records import Classification, Entry, Kind, Record, digest_of
from tests.watch.ledger.cases import (
    CHANNEL,
    LOCAL,
    MAY,
    NO_CASE,
    OTHER,
    UNKNOWN,
    at,
    both,
    defined,
    entry,
    says,
)

# Korea's cumulative confirmed imports from China, as its disease control agency published them in 2020.
PUBLISHED = (
    (date(2020, 3, 30), 17),
    (date(2020, 4, 16), 16),
    (date(2020, 5, 6), 19),
    (date(2020, 6, 23), 19),
    (date(2020, 8, 8), 18),
    (date(2020, 10, 4), 23),
)
FROM_CHINA = Classification(kind=Kind.OTHER_ROUTE, origin="CN")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def korean_records() -> list[Record]:
    """Cases that give the series: where it falls, the newest import is reclassified as local by a correction."""
    records: list[Record] = []
    standing: list[Entry] = []
    for day, count in PUBLISHED:
        while len(standing) > count:
            old = standing.pop()
            new = found(old.case, old.confirmed, day, corrects=(digest_of(old),), reason="infected in Korea")
            records += [new, *signed(new, LOCAL, day)]
        missing = count - len(standing)
        for left in reversed(range(missing)):  # one every second day, the last three days before it was published
            new = found(f"kr-{len(records)}", day - timedelta(days=3 + 2 * left), day)
            standing.append(new)
            records += [new, *signed(new, FROM_CHINA, day)]
    return records


def found(case: str, confirmed: date, day: date, corrects: tuple[str, ...] = (), reason: str = "") -> Entry:
    return Entry(
        case=case,
        parties=("CN", "KR"),
        party="KR",
        officer="kdca-1",
        recorded=noon(day),
        place="KR",
        confirmed=confirmed,
        corrects=corrects,
        reason=reason,
    )


def signed(about: Entry, classification: Classification, day: date) -> list[Record]:
    days_after_start = (noon(day) - at(0)) / timedelta(days=1)
    return both(about, classification, days_after_start)


def cumulative(known_on: date, published: str) -> Tally:
    definition = defined("all", "confirmation", published, origin="CN", destination="KR")
    return tally(fold_ledger(korean_records(), noon(known_on)), definition, date(2020, 1, 1), known_on)


def test_the_series_is_that_of_the_published_table(shared: Path) -> None:
    path = shared / "data" / "facts" / "kr_imported_by_origin_kdca.csv"
    if not path.exists():
        pytest.skip("needs ../shared/data/facts beside the repository: it holds the published counts")
    with path.open(encoding="utf-8") as file:
        rows = tuple((date.fromisoformat(row["as_of"]), int(row["china"])) for row in csv.DictReader(file))
    assert rows == PUBLISHED


@pytest.mark.parametrize(("day", "count"), PUBLISHED)
def test_as_known_on_each_day_the_revised_count_is_what_was_published_and_falls_when_cases_are_reclassified(
    day: date, count: int
) -> None:
    assert len(cumulative(day, "revised").imports) == count


@pytest.mark.parametrize(("day", "count"), list(zip([day for day, _ in PUBLISHED], [17, 17, 20, 20, 20, 25], strict=True)))
def test_as_first_published_the_count_never_falls(day: date, count: int) -> None:
    assert len(cumulative(day, "first").imports) == count


def test_the_streak_is_longer_as_revised_than_as_first_published_where_the_last_import_was_reclassified() -> None:
    """The import confirmed on 3 May and published on 6 May was called local by 8 August; the one before it is of 1 May."""
    day = date(2020, 8, 8)
    first, revised = cumulative(day, "first"), cumulative(day, "revised")
    assert max(case.day for case in first.imports) == date(2020, 5, 3)
    assert max(case.day for case in revised.imports) == date(2020, 5, 1)
    assert (first.streak_days, revised.streak_days) == (97, 99)
    assert cumulative(date(2020, 6, 23), "revised").streak_days == 51  # as it was known then, the same under both
    assert cumulative(date(2020, 6, 23), "first").streak_days == 51


@pytest.mark.parametrize(
    ("classification", "channel", "everybody"),
    [
        (CHANNEL, "import", "import"),
        (OTHER, "no", "import"),
        (LOCAL, "no", "no"),
        (NO_CASE, "no", "no"),
        (UNKNOWN, "possible", "possible"),
    ],
)
def test_what_stands_counts_by_whose_imports_are_meant(classification: Classification, channel: str, everybody: str) -> None:
    case = entry("a", 3)
    ledger = fold_ledger([case, *both(case, classification, 4)], at(9))
    for travellers, expected in (("channel", channel), ("all", everybody)):
        for published in ("first", "revised"):
            found = tally(ledger, defined(travellers, published=published), MAY.since, MAY.until)
            counts = {"import": (1, 0), "possible": (0, 1), "no": (0, 0)}[expected]
            assert (len(found.imports), len(found.possible)) == counts


@pytest.mark.parametrize(
    ("views", "channel", "everybody"),
    [
        ({}, 1, 1),
        ({"CN": LOCAL}, 1, 1),
        ({"CN": LOCAL, "KR": CHANNEL}, 1, 1),
        ({"CN": LOCAL, "KR": OTHER}, 0, 1),
        ({"CN": LOCAL, "KR": UNKNOWN}, 1, 1),
        ({"CN": LOCAL, "KR": NO_CASE}, 0, 0),
    ],
)
def test_a_case_that_does_not_stand_is_possible_unless_all_have_signed_and_none_leaves_it_open(
    views: dict[str, Classification], channel: int, everybody: int
) -> None:
    case = entry("a", 3)
    ledger = fold_ledger([case, *(says(party, case, view, 4) for party, view in views.items())], at(9))
    for travellers, expected in (("channel", channel), ("all", everybody)):
        found = tally(ledger, defined(travellers), MAY.since, MAY.until)
        assert (len(found.imports), len(found.possible)) == (0, expected)


@pytest.mark.parametrize(
    ("places", "counts"),
    [
        ({}, 1),
        ({"origin": "KR"}, 1),
        ({"origin": "KR-11"}, 0),
        ({"origin": "JP"}, 0),
        ({"destination": "CN"}, 1),
        ({"destination": "CN-SH"}, 1),
        ({"destination": "CN-TJ"}, 0),
    ],
)
def test_origin_and_destination_hold_for_a_place_and_what_lies_in_it(places: dict[str, str], counts: int) -> None:
    case = entry("a", 3)
    assert (
        len(tally(fold_ledger([case, *both(case, CHANNEL, 4)], at(9)), defined(**places), MAY.since, MAY.until).imports)
        == counts
    )
    unsigned = tally(fold_ledger([case], at(9)), defined(**places), MAY.since, MAY.until)
    assert len(unsigned.possible) == (0 if places.get("destination") == "CN-TJ" else 1)  # its origin is yet open


def test_by_arrival_and_by_confirmation_a_case_falls_on_other_days() -> None:
    case = entry("a", 6, arrived=date(2020, 5, 2))
    ledger = fold_ledger([case, *both(case, CHANNEL, 7)], at(20))
    arrival, confirmation = (tally(ledger, defined(by=by), MAY.since, date(2020, 5, 20)) for by in ("arrival", "confirmation"))
    assert (arrival.imports, arrival.streak_days) == ((Dated(case="a", day=date(2020, 5, 2)),), 18)
    assert (confirmation.imports, confirmation.streak_days) == ((Dated(case="a", day=date(2020, 5, 7)),), 13)
    assert tally(ledger, defined(by="arrival"), date(2020, 5, 3), date(2020, 5, 20)).imports == ()


def test_an_arrival_that_is_not_known_takes_the_day_of_confirmation_and_says_so() -> None:
    case = entry("a", 6)
    found = tally(fold_ledger([case, *both(case, CHANNEL, 7)], at(20)), defined(by="arrival"), MAY.since, MAY.until)
    assert found.imports == (Dated(case="a", day=date(2020, 5, 7), dated=False),)


@pytest.mark.parametrize(("until", "days"), [(7, 0), (8, 1), (31, 24), (6, 6)])
def test_the_streak_is_the_days_after_the_last_import(until: int, days: int) -> None:
    """An import of 7 May; before it, the whole period counts."""
    case = entry("a", 6)
    ledger = fold_ledger([case, *both(case, CHANNEL, 6)], at(31))
    assert tally(ledger, defined(), MAY.since, date(2020, 5, until)).streak_days == days


def test_of_two_records_of_one_case_the_later_day_counts() -> None:
    ours, theirs = entry("a", 3), entry("a", 6, party="KR")
    ledger = fold_ledger([ours, theirs, *both(ours, CHANNEL, 7), *both(theirs, CHANNEL, 7)], at(31))
    assert tally(ledger, defined(), MAY.since, MAY.until).imports == (Dated(case="a", day=date(2020, 5, 7)),)


def test_the_sure_streak_counts_what_is_not_settled() -> None:
    import_, open_ = entry("a", 3), entry("b", 10)
    found = tally(fold_ledger([import_, *both(import_, CHANNEL, 4), open_], at(31)), defined(), MAY.since, MAY.until)
    assert (found.streak_days, found.sure_streak_days) == (27, 20)


@given(st.lists(st.tuples(st.integers(1, 25), st.sampled_from([CHANNEL, OTHER, LOCAL, UNKNOWN])), max_size=12))
def test_imports_of_the_channel_are_among_those_of_all_and_periods_add_up(cases: list[tuple[int, Classification]]) -> None:
    entries = [entry(f"c{number}", day) for number, (day, _) in enumerate(cases)]
    records = [one for case, (day, kind) in zip(entries, cases, strict=True) for one in (case, *both(case, kind, day))]
    ledger = fold_ledger(records, at(31))

    def counted(definition: Definition, since: date, until: date) -> set[str]:
        return {case.case for case in tally(ledger, definition, since, until).imports}

    whole = counted(defined(), MAY.since, MAY.until)
    assert counted(defined("channel"), MAY.since, MAY.until) <= whole
    parts = [counted(defined(), MAY.since, date(2020, 5, 12)), counted(defined(), date(2020, 5, 13), MAY.until)]
    assert parts[0] | parts[1] == whole
    assert not parts[0] & parts[1]
    assert len(whole) == sum(kind in (CHANNEL, OTHER) for _, kind in cases)
