"""What ``fastchannel supply chain`` and ``criticality`` print, and the codes they exit with."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import click
import pytest
from click.testing import CliRunner, Result

from fastchannel.cli import supply_options
from fastchannel.cli.main import build
from fastchannel.cli.reference import commands
from fastchannel.cli.supply_spread import SpreadError, spread
from fastchannel.supply.chain.economy import Production
from fastchannel.supply.chain.faults import TOLERANCE, Kind
from fastchannel.supply.chain.own_csv import write_own
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import POSTS, SITES

CRITICAL = ",A,B,C\nA,0,1,0\nB,0,0,1\nC,0,0,0\n"
STOCK = "sector,days\nA,30\nB,14\nC,7\n"
SHORTAGE = "industry,first_day,last_day,share\nR.A,0,59,0.5\n"
WEIGHTS = '[[group]]\nname="food"\nweight=2\nsource="s"\nwhy="w"\nsectors={letters=["B"]}\n'
APPLICATIONS = """identifier,site,team,claimed_per_day,room_nights,cause,from,until_day
w1,yard,welder:1,100,14,stopped,,30
n1,ward,nurse:2,0.01,28,will_stop,5,30
c1,mill,smelter:1,0.05,14,crew,10.5,60
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    texts = {"critical": CRITICAL, "stock": STOCK, "short": SHORTAGE, "applications": APPLICATIONS}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "table.csv").write_bytes(write_own(three()))
    (tmp_path / "sites.csv").write_bytes(SITES)
    (tmp_path / "posts.csv").write_bytes(POSTS)
    (tmp_path / "weights.toml").write_text(WEIGHTS)
    return tmp_path


def run(files: Path, name: str, *arguments: str | int, table: str = "table.csv") -> Result:
    given = [str(files / str(one)) if str(one).endswith((".csv", ".toml")) else str(one) for one in arguments]
    asked = ["supply", name, str(files / table), *given, "--language", "en"]
    return CliRunner().invoke(build(), asked, standalone_mode=False)


READY = ("--stock-days", "stock.csv", "--critical", "critical.csv", "--capacity", "short.csv")


def test_a_table_in_order_shows_its_multipliers_and_what_extraction_takes(files: Path) -> None:
    found = run(files, "chain", "--extract", "R.B", "--top", 1)
    assert found.return_value == 0
    lines = found.stdout.splitlines()
    assert lines[0] == "R.C: multiplier 1.7573"
    assert lines[1].startswith("Without R.B all industries lose")


def test_faults_are_listed_and_the_code_says_so(files: Path) -> None:
    (files / "broken.csv").write_bytes(write_own(three(output=three().output * [1, 1, 2])))
    found = run(files, "chain", table="broken.csv")
    assert found.return_value == 1
    assert found.stdout.splitlines()[0] == "R.C: sales that are not its output: found 600, expected 1,200"


def test_a_repair_is_told_and_leaves_nothing(files: Path) -> None:
    (files / "broken.csv").write_bytes(write_own(three(output=three().output * [1, 1, 2])))
    found = run(files, "chain", "--repair", "unbalanced", "--json", table="broken.csv")
    told = json.loads(found.stdout)
    assert (found.return_value, told["faults"]) == (0, [])
    assert told["changes"][0] == {
        "kind": "unbalanced",
        "where": "R.C → FD.R.households",
        "before": 250.0,
        "after": pytest.approx(565.789474),
    }


def test_a_shortage_is_run_and_its_weeks_add_up(files: Path) -> None:
    found = json.loads(run(files, "chain", *READY, "--days", 90, "--json").stdout)["run"]
    assert len(found["lost_by_week"]) == 13
    assert sum(found["lost_by_week"]) == pytest.approx(sum(found["lost"].values()))
    assert found["lost"]["R.A"] >= 60 * 0.5 * 100 / 365


def test_industries_are_ranked_by_their_weighted_marginal(files: Path) -> None:
    asked = (*READY, "--days", 90, "--last-day", 59, "--workers", 1, "--json")
    plain = json.loads(run(files, "criticality", *asked).stdout)
    weighed = json.loads(run(files, "criticality", *asked, "--weights", "weights.toml", "--classification", "letters").stdout)
    assert [one["industry"] for one in plain["industries"]] == ["R.A", "R.B", "R.C"]
    assert all(one["worth"] == pytest.approx(one["amplification"]) for one in plain["industries"])
    for before, after in zip(plain["industries"], weighed["industries"], strict=True):
        assert after["amplification"] == pytest.approx(before["amplification"])
        assert after["worth"] > before["worth"]


def test_applications_stand_in_both_rankings_with_a_sentence(files: Path) -> None:
    asked = (*READY, "--days", 90, "--sites", "sites.csv", "--posts", "posts.csv", "--applications", "applications.csv")
    found = run(files, "criticality", *asked, "--workers", 1, "--room-nights", 28)
    assert found.return_value == 0
    assert "1. c1: " in found.stdout
    assert "the site's share of its industry, which is less than the claim" in found.stdout
    assert found.stdout.splitlines()[-1].startswith("The plain ranking by direct output per room-night is")
    told = json.loads(run(files, "criticality", *asked, "--workers", 1, "--json").stdout)
    assert set(told["ranking"]["by_value"]) == set(told["ranking"]["by_direct_output"]) == {"w1", "n1", "c1"}
    crew = next(one for one in told["applications"] if one["identifier"] == "c1")
    assert crew["days"] == pytest.approx(60 - 0.5 * 365 / 12)


def test_two_processes_find_the_same_as_one(files: Path) -> None:
    one, two = (run(files, "criticality", *READY, "--days", 70, "--workers", n, "--json").stdout for n in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--capacity", "short.csv"), "a run day by day needs --stock-days"),
        ((*READY, "--layout", "exiobase"), "--layout exiobase needs --final"),
    ],
)
def test_what_is_missing_is_said(files: Path, arguments: tuple[str, ...], said: str) -> None:
    found = run(files, "chain", *arguments)
    assert isinstance(found.exception, click.UsageError)
    assert said in str(found.exception)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("R.A", "R.Z", r"line 2: .*industry R\.Z is not in the table; expected one of 3"),
        ("59", "900", r"line 2: days 0 to 900: expected days from 0 to 364, in order"),
        ("0.5", "1.5", r"line 2: share: found 1\.5, expected 0 to 1"),
        ("0,59", "x,59", "line 2: found .* expected whole days and a share"),
    ],
)
def test_a_shortage_that_is_none_is_refused_with_its_line(files: Path, was: str, now: str, said: str) -> None:
    (files / "short.csv").write_text(SHORTAGE.replace(was, now))
    found = run(files, "chain", *READY)
    assert isinstance(found.exception, SupplyError)
    with pytest.raises(SupplyError, match=said):
        raise found.exception


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("stopped", "slow", r"line 2: cause: found 'slow', expected stopped, will_stop, crew"),
        ("welder:1", "welder", r"line 2: .*expected numbers, and a team like welder:2 rigger:1"),
        ("n1,", "w1,", r"line 3: identifier 'w1' is empty or there twice"),
        (",14,stopped", ",0,stopped", r"line 2: application w1: room_nights: found 0"),
    ],
)
def test_an_application_that_is_none_is_refused_with_its_line(files: Path, was: str, now: str, said: str) -> None:
    (files / "applications.csv").write_text(APPLICATIONS.replace(was, now))
    found = run(
        files, "criticality", *READY, "--sites", "sites.csv", "--posts", "posts.csv", "--applications", "applications.csv",
        "--workers", 1,
    )  # fmt: skip
    assert isinstance(found.exception, SupplyError)
    with pytest.raises(SupplyError, match=said):
        raise found.exception


@pytest.mark.parametrize(("engine", "module"), [("ray", "ray"), ("dask", "dask.distributed")])
def test_an_engine_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, engine: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SpreadError, match=rf"{module} is not installed.*pip install fastchannel\[{engine}\]"):
        spread(engine, 2)(len, ["a"])


def test_dask_and_ray_are_given_every_part_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", fake_ray())
    monkeypatch.setitem(sys.modules, "dask.distributed", fake_dask())
    for engine in ("ray", "dask"):
        assert list(spread(engine, 2)(len, ["a", "bb", "ccc"])) == [1, 2, 3]


def fake_ray() -> types.ModuleType:
    class Task:
        def __init__(self, function: Callable[..., Any]) -> None:
            self.remote = function

    made = types.ModuleType("ray")
    vars(made).update(
        is_initialized=lambda: False, init=lambda **_: None, shutdown=lambda: None, put=lambda one: one, get=list, remote=Task
    )
    return made


def fake_dask() -> types.ModuleType:
    class Client:
        def __init__(self, **_: object) -> None:
            pass

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def map(self, function: Callable[[Any], Any], parts: Iterable[Any]) -> list[Any]:
            return [function(part) for part in parts]

        def gather(self, futures: list[Any]) -> list[Any]:
            return futures

    made = types.ModuleType("dask.distributed")
    vars(made).update(Client=Client)
    return made


HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "load-an-input-output-table.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)


def test_the_commands_of_the_how_to_exist_with_the_options_that_they_name() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) > 5
    known = {path: made for path, made, _ in commands(build())}
    for line in lines:
        program, group, name, *words = shlex.split(line)
        options = {one for parameter in known[f"{program} {group} {name}"].params for one in parameter.opts}
        assert group == "supply"
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_files_of_the_how_to_are_read_and_run(tmp_path: Path) -> None:
    for name, text in zip(("table", "stock", "critical", "shortage"), blocks("csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(text)
    given = ("--stock-days", "stock.csv", "--critical", "critical.csv", "--capacity", "shortage.csv", "--repair", "all")
    found = run(tmp_path, "chain", *given, "--days", 70, "--json")
    assert found.return_value == 0
    assert json.loads(found.stdout)["run"]["lost"]["R.b"] > 0


def test_the_options_name_what_the_chain_has() -> None:
    assert tuple(one.value for one in Production) == supply_options.PRODUCTIONS
    assert supply_options.PRODUCTION == Production.HALF_CRITICAL
    assert supply_options.TOLERANCE == TOLERANCE
    assert set(supply_options.REPAIRABLE) < {one.value for one in Kind}


def test_choosing_a_command_loads_no_compiled_code() -> None:
    script = "import sys, fastchannel.cli.supply; sys.exit(bool({'numba', 'polars', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


RELIANCE = "industry,share,present\nR.A,0.4,0.9\nR.C,0.1,\n"


def test_what_ministers_ask_is_answered_with_ranges_and_imports(files: Path) -> None:
    (files / "reliance.csv").write_text(RELIANCE)
    given = ["whatif", "--stock-days", "stock.csv", "--critical", "critical.csv", "--reliance", "reliance.csv"]
    more = ["--travellers", "60", "--risk", "2=5.3", "--risk", "14=0.4", "--days", "70", "--chart", str(files / "trade.svg")]
    found = run(files, *given, *more, "--json")
    rules = {one["rule"]: one for one in json.loads(found.stdout)["rules"]}
    assert list(rules) == ["in force", "closed", "halved", "twice the rooms", "14 nights"]
    assert rules["closed"]["lost"]["low"] <= rules["closed"]["lost"]["central"] <= rules["closed"]["lost"]["high"]
    assert rules["twice the rooms"]["lost"]["central"] < rules["in force"]["lost"]["central"]  # people were missing
    assert rules["14 nights"]["imports"] < rules["in force"]["imports"]
    assert len(rules["closed"]["by_week"]) == 10
    assert (files / "trade.svg").read_text().startswith("<svg")
    said = run(files, *given, *more).stdout
    assert "twice the rooms" in said
    assert "the agreement in force" in said


def test_a_reliance_that_is_none_is_named_with_its_line(files: Path) -> None:
    (files / "reliance.csv").write_text("industry,share\nR.A,much\n")
    found = run(files, "whatif", "--stock-days", "stock.csv", "--reliance", "reliance.csv")
    assert "line 2" in str(found.exception)
