"""What ``fastchannel supply allocate``, ``replan`` and ``audit`` print, and the codes they exit with."""

from __future__ import annotations

import json
import math
import re
import shlex
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.main import build
from fastchannel.cli.reference import commands
from fastchannel.cli.supply_allocate import EXAMPLE_CAPACITY, EXAMPLE_ROWS
from fastchannel.cli.supply_rows import AllocationFileError
from fastchannel.supply.errors import SupplyError
from tests.cli.test_supply import CRITICAL, SHORTAGE, STOCK
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import POSTS, SITES

TEAMS = """identifier,site,team,claimed_per_day,room_nights,cause,from,until_day
A1,yard,welder:1,100,6,stopped,,30
A2,yard,welder:1,100,2,stopped,,30
A3,ward,nurse:2,0.01,4,will_stop,1,30
A4,mill,smelter:1,0.05,8,stopped,,60
"""
AUDITS = "firm,claimed,realised\nLine Tuning,100,20\nLine Tuning,100,20\nDisplay Works,50,50\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from fastchannel.supply.chain.own_csv import write_own

    for name, text in {
        "rows.csv": EXAMPLE_ROWS, "capacity.toml": EXAMPLE_CAPACITY, "stock.csv": STOCK, "critical.csv": CRITICAL,
        "short.csv": SHORTAGE, "teams.csv": TEAMS, "audits.csv": AUDITS, "admitted.csv": "site,skill,people\nyard,welder,2\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    (tmp_path / "table.csv").write_bytes(write_own(three()))
    (tmp_path / "sites.csv").write_bytes(SITES)
    (tmp_path / "posts.csv").write_bytes(POSTS)
    return tmp_path


def run(folder: Path, *arguments: str, given: str = "") -> Result:
    words = [str(folder / one) if one.endswith((".csv", ".toml", ".json")) else one for one in arguments]
    return CliRunner().invoke(build(), ["supply", *words, "--language", "en"], input=given, standalone_mode=False)


def criticality(folder: Path, *more: str) -> str:
    files = ("--stock-days", "stock.csv", "--critical", "critical.csv", "--capacity", "short.csv", "--workers", "1")
    asked = ("--sites", "sites.csv", "--posts", "posts.csv", "--applications", "teams.csv", "--arrival-days", "3")
    return run(folder, "criticality", "table.csv", *files, *asked, *more, "--json").stdout


def test_values_of_the_chain_go_into_the_allocation_by_one_pipe(folder: Path) -> None:
    worth = criticality(folder)
    by_id = {one["identifier"]: one for one in json.loads(worth)["applications"]}
    assert by_id["A1"]["admitted"] == {"welder": 1}  # A2 takes fewer room-nights for the same, so it comes first
    assert by_id["A2"]["admitted"] == {}
    found = run(folder, "allocate", "rows.csv", "capacity.toml", "--criticality", "-", "--json", given=worth)
    assert found.return_value == 0
    answer = json.loads(found.stdout)
    expected = sum(by_id[one["application"]]["values"][one["day"]] for one in answer["grants"])
    assert answer["value"] == pytest.approx(expected, rel=1e-9)


def test_those_let_in_before_lower_what_the_next_are_worth(folder: Path) -> None:
    before, after = (json.loads(criticality(folder, *more)) for more in ((), ("--admitted", "admitted.csv")))
    worth = [{one["identifier"]: one["value"] for one in each["applications"]} for each in (before, after)]
    assert worth[1]["A2"] < worth[0]["A2"]
    assert worth[1]["A4"] == worth[0]["A4"]


def test_an_application_without_a_value_is_named(folder: Path) -> None:
    worth = json.dumps({"applications": [{"identifier": "A1", "values": [1, 1, 1]}]})
    found = run(folder, "allocate", "rows.csv", "capacity.toml", "--criticality", "-", given=worth)
    assert isinstance(found.exception, SupplyError)
    assert "application A2: found no value" in str(found.exception)
    short = json.dumps({"applications": [{"identifier": f"A{n}", "values": [1]} for n in range(1, 5)]})
    found = run(folder, "allocate", "rows.csv", "capacity.toml", "--criticality", "-", given=short)
    assert "application A1: day 2: found values of 1 arrival days; expected 3 or more" in str(found.exception)
    found = run(folder, "allocate", "rows.csv", "capacity.toml", "--criticality", "-", given="{}")
    assert isinstance(found.exception, AllocationFileError)


def test_audits_discount_who_inflates(folder: Path) -> None:
    found = run(folder, "audit", "audits.csv", "--json")
    assert found.return_value == 1
    firms = {one["firm"]: one for one in json.loads(found.stdout)["firms"]}
    weight = 1.0 + 0.5 ** (1.0 / 8.0)  # two audits, the older one faded by one of eight halvings
    expected = math.exp(4.0 * (math.log(0.2) * weight / (weight + 2.0) + 0.05))
    assert firms["Line Tuning"]["factor"] == pytest.approx(expected)
    assert (firms["Display Works"]["factor"], firms["Line Tuning"]["realised"]) == (1.0, 40)
    values = [json.loads(run(folder, "allocate", "rows.csv", "capacity.toml", *more, "--json").stdout)["value"]
              for more in ((), ("--audits", "audits.csv"))]  # fmt: skip
    assert values[1] < values[0]
    said = run(folder, "audit", "audits.csv")
    assert said.stdout.splitlines()[0] == "Line Tuning: 2 audits, realised 40 of 200 claimed: its next claims count 5.2%"
    assert "exp(4 · min(0, m + 0.05))" in said.stderr


def test_honest_claims_exit_with_nought(folder: Path) -> None:
    (folder / "audits.csv").write_text("firm,owner,claimed,realised\nA,G,10,10\nB,G,10,9.9\n")
    found = run(folder, "audit", "audits.csv", "--json")
    assert found.return_value == 0
    assert [one["firm"] for one in json.loads(found.stdout)["firms"]] == ["G"]
    (folder / "audits.csv").write_text("firm,claimed,realised\nA,0,10\n")
    assert "line 2: found A, 0, 10; expected a firm" in str(run(folder, "audit", "audits.csv").exception)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_cancelled_flight_moves_as_few_as_possible(folder: Path, form: str) -> None:
    seed = ("--seed", "x")
    given = run(folder, "allocate", "rows.csv", "capacity.toml", *seed, *(["--json"] if form == "json" else []))
    (folder / f"grants.{form}").write_text(given.stdout)
    asked = ("replan", "rows.csv", "capacity.toml", "--promises", f"grants.{form}", *seed)
    same = json.loads(run(folder, *asked, "--json").stdout)
    assert (same["moved"], same["withdrawn"], len(same["kept"])) == ([], [], len(same["grants"]))
    found = run(folder, *asked, "--cancel", "F1", "--json")
    assert found.return_value == 0
    answer = json.loads(found.stdout)
    assert {one["flight"] for one in answer["grants"]} == {"F0"}
    assert len(answer["kept"]) + len(answer["moved"]) + len(answer["withdrawn"]) == len(same["grants"])
    rows = run(folder, *asked, "--cancel", "F1").stdout.splitlines()
    assert rows[0] == "application,flight,place,day,change"
    assert sum(row.endswith(",withdrawn") for row in rows) == len(answer["withdrawn"])


def test_a_flight_or_a_promise_that_is_not_there_is_named(folder: Path) -> None:
    found = run(folder, "replan", "rows.csv", "capacity.toml", "--cancel", "F9")
    assert "found F9, expected one of F0, F1" in str(found.exception)
    (folder / "grants.csv").write_text("application,flight,place,day\nA9,F0,S1,0\n")
    found = run(folder, "replan", "rows.csv", "capacity.toml", "--promises", "grants.csv")
    assert "promise to A9" in str(found.exception)
    (folder / "grants.csv").write_text("application,flight,place,day\nA1,F0,S1,soon\n")
    found = run(folder, "replan", "rows.csv", "capacity.toml", "--promises", "grants.csv")
    assert "line 2" in str(found.exception)


def test_a_table_is_loaded_into_a_node_with_its_worth_at_the_shortage(
    folder: Path, desk: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastchannel.node import chains

    (folder / "names.csv").write_text("code,industry\nA,Steel\nB,Ships\n")
    monkeypatch.setattr("fastchannel.cli.node.database_of", lambda _: nullcontext())
    monkeypatch.setattr("fastchannel.node.shell.use", lambda _: None)
    files = ("--stock-days", "stock.csv", "--critical", "critical.csv", "--capacity", "short.csv", "--workers", "1")
    more = ("--sites", "sites.csv", "--posts", "posts.csv", "--names", "names.csv", "--node", str(folder))
    found = run(folder, "load", "table.csv", *files, *more, "--json")
    assert json.loads(found.stdout) == {"source": str(folder / "table.csv"), "industries": 3, "sites": 3}
    held = chains.newest()
    assert held is not None
    assert (held.name("R.B"), held.name("R.C"), held.stock_days) == ("R · Ships", "R.C", (30.0, 14.0, 7.0))
    whole = json.loads(run(folder, "criticality", "table.csv", *files, "--json").stdout)["industries"]
    assert {one["industry"]: one["worth"] for one in whole} == {name: one.worth for name, one in held.chain.marginals.items()}


HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "allocate-places.md"


def test_the_commands_of_the_how_to_exist_with_the_options_that_they_name() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    lines = [part for block in blocks for line in block.splitlines() for part in line.split(" | ") if "supply" in part]
    assert len(lines) > 8
    known = {path: made for path, made, _ in commands(build())}
    for line in lines:
        program, group, name, *words = shlex.split(line)
        options = {one for parameter in known[f"{program} {group} {name}"].params for one in parameter.opts}
        assert group == "supply"
        assert {word for word in words if word.startswith("--")} <= options, line
