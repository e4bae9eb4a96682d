"""Applications and capacity as files: what is read, and each fault with its line."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.supply_allocate import EXAMPLE_CAPACITY, EXAMPLE_ROWS, add_to
from fastchannel.supply.places.application import Grant
from fastchannel.supply.places.reading import CapacityError, read_applications, read_capacity

HEADER = "id,sponsor,size,values,nights,p_import,direction,tests,classes\n"


def test_a_row_is_read_with_its_lists() -> None:
    (one,), faults = read_applications(HEADER + "A,firm,2,5;4.5,2,0.01;0.02,KR-CN,0;1,health;small-firm\n")
    assert faults == []
    assert (one.size, one.values, one.p_import, one.tests) == (2, (5.0, 4.5), (0.01, 0.02), (0, 1))
    assert one.classes == ("health", "small-firm")


def test_worth_that_decays_is_read_by_day() -> None:
    rows, faults = read_applications(EXAMPLE_ROWS)
    assert faults == []
    assert rows[0].values == pytest.approx((90.0, 81.0, 72.9))


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (",firm,1,5,2,0.01,KR-CN,,", "id", "nothing"),
        ("B,firm,0,5,2,0.01,KR-CN,,", "size", "0"),
        ("B,firm,two,5,2,0.01,KR-CN,,", "size", "two"),
        ("B,firm,1,-5,2,0.01,KR-CN,,", "values", "-5"),
        ("B,firm,1,nan,2,0.01,KR-CN,,", "values", "nan"),
        ("B,firm,1,5,2,1,KR-CN,,", "p_import", "1"),
        ("B,firm,1,5,2,,KR-CN,,", "p_import", "nothing"),
        ("B,firm,1,5;4;3,2,0.1;0.2,KR-CN,,", "p_import", "0.1;0.2"),
        ("B,firm,1,5,2,0.01,,,", "direction", "nothing"),
        ("B,firm,1,5,2,0.01,KR-CN,0.5,", "tests", "0.5"),
        ("A,firm,1,5,2,0.01,KR-CN,,", "id", "A of line 2"),
        ("B,firm,1,5,2,0.01,KR-CN,,,more", "", "more cells than the header has"),
    ],
)
def test_each_fault_says_where_and_what_was_found_and_the_other_rows_are_read(row: str, column: str, found: str) -> None:
    rows, faults = read_applications(f"{HEADER}A,firm,1,5,2,0.01,KR-CN,,\n{row}\nC,firm,1,5,2,0.01,KR-CN,,\n")
    assert [one.id for one in rows] == ["A", "C"]
    assert [(one.line, one.column, one.found) for one in faults] == [(3, column, found)]


def test_a_missing_or_unknown_column_is_a_fault_of_the_header() -> None:
    assert [one.line for one in read_applications("id,size\nA,1\n")[1]] == [1]
    assert read_applications(HEADER.replace("classes", "klasses"))[1][0].column == "klasses"


def test_a_capacity_is_read_with_promises() -> None:
    promise = '\n[[promise]]\napplication = "A1"\nflight = "F0"\nplace = "S1"\nday = 0\n'
    asked = read_capacity(EXAMPLE_CAPACITY + promise)
    assert asked.capacity.seats("KR-CN") == 8
    assert asked.budget.floors[0].required(asked.capacity, 9) == 1
    assert asked.promises == (Grant(application="A1", flight="F0", place="S1", day=0),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seats = 4", "seats = -4", "flight F0: found -4"),
        ('id = "F1"', 'id = "F0"', "flight F0 is there twice"),
        ('laboratory = "L1"', 'laboratory = "L9"', "found laboratory L9"),
        ("[0.01]", "[1.5]", "risk of KR-CN: found 1.5"),
        ("share = 0.1", "shares = 0.1", "unknown field"),
    ],
)
def test_a_wrong_capacity_says_where(old: str, new: str, said: str) -> None:
    with pytest.raises(CapacityError, match=said):
        read_capacity(EXAMPLE_CAPACITY.replace(old, new, 1))


def run(*arguments: object) -> Result:
    group = click.Group("supply")
    add_to(group)
    return CliRunner().invoke(group, ["allocate", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    assert run("--example", tmp_path).return_value == 0
    return tmp_path / "applications.csv", tmp_path / "capacity.toml"


def test_the_example_is_allocated(files: tuple[Path, Path]) -> None:
    result = run(*files, "--seed", "s", "--language", "en")
    assert result.return_value == 0
    assert result.stdout.splitlines()[0] == "application,flight,place,day"
    assert "of 4 applications have a place" in result.stderr


def test_json_has_the_bound_and_the_reasons(files: tuple[Path, Path]) -> None:
    answer = json.loads(run(*files, "--json", "--gap", "0", "--explain", "A1").stdout)
    assert answer["gap"] == 0.0
    assert answer["bound"] == pytest.approx(answer["value"])
    assert answer["why"]["application"] == "A1"
    assert answer["counted"] == {"rows": 4, "accepted": 4, "rejected": 0}


def test_a_rejected_row_is_named_and_nothing_is_allocated_unless_asked(files: tuple[Path, Path]) -> None:
    files[0].write_text(EXAMPLE_ROWS.replace("A2,Line Tuning,1,", "A2,Line Tuning,x,"))
    result = run(*files, "--language", "en")
    assert (result.return_value, result.stdout) == (1, "")
    assert "line 3, size: found x" in result.stderr
    assert "4 rows: 3 accepted, 1 rejected" in result.stderr
    skipped = run(*files, "--skip-faults")
    assert skipped.return_value == 1
    assert "A4" in skipped.stdout


def test_a_conflict_is_told_with_what_would_be_enough(files: tuple[Path, Path]) -> None:
    files[1].write_text(EXAMPLE_CAPACITY.replace("[0.01]", "[0.0001]"))
    result = run(*files, "--language", "en")
    assert result.return_value == 3
    assert result.stdout.splitlines()[0] == "these limits cannot be kept together: risk KR-CN week 0; floor class health"
    assert "it is enough that floor class health gives way by 1" in result.stdout


def test_one_more_unit_of_a_limit_is_told_and_an_unknown_limit_is_wrong_usage(files: tuple[Path, Path]) -> None:
    told = json.loads(run(*files, "--gap", "0", "--one-more", "rooms S1 day 1", "--json").stdout)
    assert told["one_more"]["price"] == pytest.approx(told["prices"]["rooms S1 day 1"])
    assert told["one_more"]["most"] >= told["one_more"]["least"] >= 0.0
    assert "solved again with one more unit" in run(*files, "--one-more", "seats F0 day 0", "--language", "en").stderr
    assert isinstance(run(*files, "--one-more", "chairs").exception, click.BadParameter)


def test_without_files_the_usage_is_told() -> None:
    assert isinstance(run().exception, click.UsageError)
