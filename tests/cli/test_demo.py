"""The demonstration's start: whose files it touches, and how its time goes on."""

from __future__ import annotations

import socket
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from fastchannel.cli import demo
from fastchannel.cli.demo import BEGINS, DemoError, Node
from fastchannel.cli.demo_link import link_nodes, linked
from fastchannel.cli.demo_play import Progress
from fastchannel.exchange.roster import Use
from fastchannel.node.exchange_files import private_key, read_roster
from fastchannel.node.places import Places

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def nodes_in(root: Path) -> list[Node]:
    return [Node(party=party, port=18_801, directory=root / party.lower()) for party in ("CN", "KR")]


def test_files_that_no_demonstration_made_are_never_removed(tmp_path: Path) -> None:
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "thesis.tex").write_text("years of work")
    with pytest.raises(DemoError, match="no demonstration made"):
        demo._claim(tmp_path, nodes_in(tmp_path))
    assert (tmp_path / "cn" / "thesis.tex").exists()


def test_a_fresh_start_removes_the_earlier_nodes_and_nothing_beside_them(tmp_path: Path) -> None:
    nodes = nodes_in(tmp_path)
    demo._claim(tmp_path, nodes)
    for node in nodes:
        node.directory.mkdir()
    (tmp_path / "cn.log").touch()
    (tmp_path / "roster.csv").touch()
    demo._claim(tmp_path, nodes)
    demo._throw_away(tmp_path, nodes)
    assert sorted(path.name for path in tmp_path.iterdir()) == [demo.MARK, "roster.csv"]


def test_time_goes_on_from_where_the_drill_last_saw_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "now", lambda: NOW)
    nodes = nodes_in(tmp_path)
    for node in nodes:
        node.directory.mkdir()
        settings = (
            f'party = "{node.party}"\nport = 8802\nlanguage = "ko"\n\n[clock] # time\n'
            "start = 2020-05-25T00:00:00+00:00\nspeed = 720.0\n"
        )
        (node.directory / "node.toml").write_text(settings)
    later = BEGINS + timedelta(days=3)
    for node, until in zip(nodes, (later, BEGINS), strict=True):
        progress = Progress(begins=BEGINS, laid_at=BEGINS, played_until=until, per_week=1, seed=1)
        (node.directory / "drill.json").write_bytes(msgspec.json.encode(progress))
    for _ in range(2):  # a second start leaves one table of each
        demo._go_on(nodes, 60.0)
    for node, other in zip(nodes, reversed(nodes), strict=True):
        read = tomllib.loads((node.directory / "node.toml").read_text())
        assert read["clock"] == {"start": later, "since": NOW, "speed": 60.0}  # the same at both
        assert (read["party"], read["port"], read["language"]) == (node.party, 18_801, "ko")
        assert read["accounts"] == {"second_factor": "optional", "four_eyes": False}  # the printed passwords are enough
        assert read["peers"] == {other.party: f"{other.url}/exchange/"}


def test_both_nodes_hold_the_same_list_of_keys_and_each_its_own(tmp_path: Path) -> None:
    directories = {"CN": tmp_path / "cn", "KR": tmp_path / "kr"}
    for directory in directories.values():
        directory.mkdir()
    assert not linked(directories)
    link_nodes(directories)
    assert linked(directories)
    rosters = [read_roster(Places(directory).roster) for directory in directories.values()]
    assert rosters[0] == rosters[1]
    for party, directory in directories.items():
        [key] = rosters[0].keys(party, Use.SIGN)
        held = private_key(Places(directory), Use.SIGN)
        assert held.public_key().public_bytes_raw().hex() == key.raw


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"port {port}.*--ports"):
            demo._free_ports([Node(party="CN", port=port, directory=tmp_path / "cn")])
