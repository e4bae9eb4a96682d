"""Daily figures at the command line: every fault named, counts that balance, and R only with a stated serial interval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.main import build
from fastchannel.cli.watch_epidemic import LAYOUTS
from fastchannel.cli.watch_reports import READERS

HEADING = "published,day,place,figure,origin,detected,count,source\n"
FLU = (1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13)  # the first thirteen days of EpiEstim's Flu2009


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(), ["watch", "epidemic", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def flu(tmp_path: Path) -> Path:
    rows = [f"2009-06-01,2009-04-{27 + at if at < 4 else at - 3:02},US,cases,,,{n},x" for at, n in enumerate(FLU)]
    rows = [row.replace("2009-04-0", "2009-05-0") for row in rows]
    path = tmp_path / "flu.csv"
    path.write_text(HEADING + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_r_of_the_published_example_is_what_epiestim_prints(flu: Path) -> None:
    found = run(flu, "--place", "US", "--serial-mean", "2.6", "--serial-deviation", "1.5", "--json")
    assert found.return_value == 0, found.output
    days = json.loads(found.stdout)["state"]["days"]
    assert [day["count"] for day in days] == list(FLU)
    first = next(day for day in days if day["r"] is not None)
    assert (first["r"], first["r_low"], first["r_high"]) == (1.736, 1.029, 2.625)


def test_without_a_serial_interval_there_is_no_r(flu: Path) -> None:
    days = json.loads(run(flu, "--place", "US", "--json").stdout)["state"]["days"]
    assert "r" not in days[0]
    assert days[0]["mean_7_days"] is None
    assert days[6]["mean_7_days"] == round(sum(FLU[:7]) / 7, 3)


def test_every_fault_is_named_and_the_rows_balance(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(HEADING + "2020-05-02,01/05/2020,KR,cases,,,9,x\n2020-05-02,2020-05-01,KR,cases,,,12,x\n", encoding="utf-8")
    found = run(path, "--place", "KR")
    assert found.return_value == 1
    assert "bad.csv:2" in found.stderr or "bad.csv:1" in found.stderr
    assert "2 rows = 1 taken + 1 rejected" in found.stderr


def test_a_place_that_is_not_there_is_told_with_those_that_are(flu: Path) -> None:
    found = run(flu, "--place", "KR")
    assert "found no cases of it; the files are about US" in str(found.exception)


def test_published_figures_become_a_file_that_a_node_reads(tmp_path: Path) -> None:
    wide = tmp_path / "jhu.csv"
    wide.write_text(
        'Province/State,Country/Region,Lat,Long,1/22/20,1/23/20,1/24/20\n,"Korea, South",0,0,1,1,2\n', encoding="utf-8"
    )
    own = tmp_path / "own.csv"
    found = run(wide, "--layout", "jhu", "--published", "2020-01-25", "--to-own", own, "--place", "KR", "--json")
    assert found.return_value == 0, found.output
    again = run(own, "--place", "KR", "--json")
    assert json.loads(again.stdout)["state"] == json.loads(found.stdout)["state"]
    assert [day["count"] for day in json.loads(again.stdout)["state"]["days"]] == [None, 0.0, 1.0]


def test_every_layout_that_is_offered_has_its_reader() -> None:
    assert set(LAYOUTS) == set(READERS)
