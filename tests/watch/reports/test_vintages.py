"""Figures as they were known on a day: closed examples, real publications, and properties."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.reports.figures import ReportError
from fastchannel.watch.reports.layouts import CANGHAILAN_PROVINCES, HONG_KONG, KDCA_ORIGINS, KDCA_REGIONS, SINGAPORE
from fastchannel.watch.reports.own import COLUMNS, read_reports
from fastchannel.watch.reports.remarks import Fault
from fastchannel.watch.reports.tables import read_table
from fastchannel.watch.reports.vintages import Vintages

MAY = date(2020, 5, 1)


def day(number: int) -> date:
    return MAY + timedelta(days=number - 1)


def vintages_of(*rows: tuple[int, int, int], kind: str = "daily") -> Vintages:
    """Rows of (published, day, count), in days of May."""
    lines = [",".join((*COLUMNS, "kind"))]
    lines += [f"{day(published)},{day(about)},KR,cases,,,{count},,{kind}" for published, about, count in rows]
    return Vintages.of([read_reports("\n".join(lines).encode(), file="own.csv")])


def test_a_later_publication_replaces_the_days_it_contains_and_no_other_from_its_own_day_on() -> None:
    vintages = vintages_of((2, 1, 10), (2, 2, 20), (4, 2, 25), (4, 3, 30), (6, 1, 0))
    expected = {
        1: (None, None, None, None),
        2: (10, 20, None, None),
        3: (10, 20, None, None),
        4: (10, 25, 30, None),
        5: (10, 25, 30, None),
        6: (0, 25, 30, None),
    }
    for known, figures in expected.items():
        assert vintages.daily("cases", "KR", day(1), day(4), known=day(known)) == figures


def test_daily_counts_from_totals_come_from_what_was_known_of_both_days() -> None:
    vintages = vintages_of((1, 1, 100), (2, 2, 110), (3, 3, 130), (4, 2, 90), kind="cumulative")
    assert vintages.daily("cases", "KR", day(1), day(3), known=day(3)) == (None, 10, 20)
    assert vintages.daily("cases", "KR", day(1), day(3), known=day(4)) == (None, -10, 40)
    assert vintages.total("cases", "KR", day(2), known=day(3)) == 110
    assert vintages.total("cases", "KR", day(5), known=day(9)) is None


def test_a_days_own_count_goes_before_the_difference_of_totals() -> None:
    lines = [",".join((*COLUMNS, "kind"))]
    lines += [f"{day(9)},{day(i)},KR,cases,,,{10 * i},,cumulative" for i in (1, 2, 3)]
    lines += [f"{day(9)},{day(2)},KR,cases,,,12,,daily"]
    vintages = Vintages.of([read_reports("\n".join(lines).encode(), file="own.csv")])
    assert vintages.daily("cases", "KR", day(1), day(3), known=day(9)) == (None, 12, 10)


def test_a_hole_in_totals_leaves_both_its_day_and_the_next_unknown() -> None:
    vintages = vintages_of((9, 1, 1), (9, 2, 4), (9, 4, 9), (9, 5, 10), kind="cumulative")
    assert vintages.daily("cases", "KR", day(1), day(5), known=day(9)) == (None, 3, None, None, 1)


def test_another_place_or_figure_has_nothing_and_a_name_that_is_no_figure_is_refused() -> None:
    vintages = vintages_of((1, 1, 5))
    assert vintages.daily("cases", "CN", day(1), day(1), known=day(1)) == (None,)
    assert vintages.daily("deaths", "KR", day(1), day(1), known=day(1)) == (None,)
    with pytest.raises(ReportError, match='"case" is no figure'):
        vintages.daily("case", "KR", day(1), day(1), known=day(1))
    with pytest.raises(ReportError, match="not after the last"):
        vintages.daily("cases", "KR", day(2), day(1), known=day(1))


def test_two_sources_that_contradict_each_other_on_one_day_of_publication_are_refused_by_name() -> None:
    heading = ",".join(COLUMNS)
    one, other, same = (
        read_reports(f"{heading}\n{day(2)},{day(1)},KR,cases,,,{count},\n".encode(), file=name)
        for name, count in (("one.csv", 5), ("other.csv", 6), ("same.csv", 5))
    )
    with pytest.raises(
        ReportError, match=r"other\.csv, row 2: found 6 cases in KR on 2020-05-01; expected 5, as one\.csv, row 2"
    ):
        Vintages.of([one, other])
    assert Vintages.of([one, same]).daily("cases", "KR", day(1), day(1), known=day(2)) == (5,)


def test_matrix_and_triangle_are_what_single_questions_answer() -> None:
    vintages = vintages_of((1, 1, 1), (2, 1, 2), (2, 2, 5), (3, 1, 3), (3, 2, 6), (3, 3, 7))
    matrix = vintages.matrix("cases", ["KR", "CN"], day(1), day(3), known=day(2))
    expected: list[list[float]] = [[2.0, 5.0, np.nan], [np.nan, np.nan, np.nan]]
    assert np.array_equal(matrix, np.array(expected), equal_nan=True)
    triangle = vintages.triangle("cases", "KR", day(1), day(3), known=day(3), most_delay_days=2)
    known: list[list[float]] = [[1.0, 2.0, 3.0], [5.0, 6.0, np.nan], [7.0, np.nan, np.nan]]
    assert np.array_equal(triangle, np.array(known), equal_nan=True)
    assert vintages.publications("cases", "KR") == (day(1), day(2), day(3))


PUBLICATIONS = st.dictionaries(st.tuples(st.integers(5, 15), st.integers(1, 5)), st.integers(-9, 99), max_size=30)


@given(PUBLICATIONS, st.integers(1, 20))
def test_what_was_known_on_a_day_depends_on_no_later_publication(published: dict[tuple[int, int], int], known: int) -> None:
    rows = [(on, about, count) for (on, about), count in published.items()]
    whole, then = vintages_of(*rows), vintages_of(*(row for row in rows if row[0] <= known))
    asked = (
        whole.daily("cases", "KR", day(1), day(5), known=day(known)),
        then.daily("cases", "KR", day(1), day(5), known=day(20)),
    )
    assert asked[0] == asked[1]
    latest = [
        max(((on, count) for on, about, count in rows if about == at and on <= known), default=(0, None))[1]
        for at in range(1, 6)
    ]
    assert asked[0] == tuple(latest)


def test_singapores_mean_of_unlinked_cases_crosses_the_bubbles_limit_on_17_may_2021(shared: Path) -> None:
    raw = (shared / "data/epidemic/sg_hxchua/covid19_sg.csv").read_bytes()
    vintages = Vintages.of([read_table(raw, SINGAPORE, file="sg", published=timedelta(0))])

    def mean(on: date) -> float:
        week = vintages.daily("unlinked_cases", "SG", on - timedelta(days=6), on, known=on)
        return sum(count for count in week if count is not None) / len(week)

    assert mean(date(2021, 5, 16)) == pytest.approx(32 / 7)
    assert mean(date(2021, 5, 17)) == 6.0


def test_hong_kongs_mean_of_21_november_2020_is_that_of_later_data_in_both_vintages(shared: Path) -> None:
    raw = (shared / "data/epidemic/hk_chp/hk_daily_by_class.csv").read_bytes()
    vintages = Vintages.of([read_table(raw, HONG_KONG, file="hk")])
    days = (date(2020, 11, 15), date(2020, 11, 21))
    assert vintages.daily("unlinked_cases", "HK", *days, known=date(2020, 12, 17)) == (None,) * 7
    for known in (date(2020, 12, 18), date(2021, 5, 29)):
        assert sum(filter(None, vintages.daily("unlinked_cases", "HK", *days, known=known))) == 22
    assert vintages.publications("cases", "HK") == (date(2020, 12, 18), date(2021, 5, 29))


def test_koreas_imports_from_china_fall_where_cases_were_reclassified(shared: Path) -> None:
    raw = (shared / "data/facts/kr_imported_by_origin_kdca.csv").read_bytes()
    reading = read_table(raw, KDCA_ORIGINS, file="kdca", published=timedelta(0))
    vintages = Vintages.of([reading])
    totals = {
        on: vintages.total("imported_cases", "KR", on, known=on, origin="CN")
        for on in (date(2020, 3, 30), date(2020, 4, 16), date(2020, 5, 6), date(2020, 8, 8), date(2020, 10, 4))
    }
    assert list(totals.values()) == [17, 16, 19, 18, 23]
    falls = [one.row for one in reading.remarks if one.fault is Fault.FALL and one.column == "china"]
    assert falls == [3, 6]
    at_border = vintages.total("imported_cases", "KR", date(2020, 3, 30), known=date(2020, 3, 30), detected="point_of_entry")
    assert at_border == 202


def test_koreas_regions_and_its_points_of_entry_are_apart(shared: Path) -> None:
    raw = (shared / "data/epidemic/coronaboard_kr/kr_regional_daily.csv").read_bytes()
    known = date(2023, 9, 5)
    vintages = Vintages.of([read_table(raw, KDCA_REGIONS, file="kr", published=known)])
    assert vintages.total("cases", "KR-11", date(2020, 2, 17), known=known) == 14
    assert vintages.total("cases", "KR", date(2020, 2, 17), known=known) is None
    assert vintages.total("cases", "KR", date(2020, 5, 1), known=known, detected="point_of_entry") is not None


def test_chinas_imported_cases_are_unknown_where_the_source_is_silent(shared: Path) -> None:
    raw = (shared / "data/epidemic/cn_canghailan/cn_imported_cumulative_by_province.csv").read_bytes()
    known = date(2021, 1, 1)
    vintages = Vintages.of([read_table(raw, CANGHAILAN_PROVINCES, file="cn", published=known)])
    early = (date(2020, 1, 5), date(2020, 1, 6))
    assert vintages.daily("imported_cases", "CN-HB", *early, known=known) == (None, None)
    assert None not in vintages.daily("cases", "CN-HB", date(2020, 3, 1), date(2020, 3, 7), known=known)
