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
from fastchannel.cli.demo_play import Progress

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
    node = Node(party="KR", port=18_802, directory=tmp_path)
    settings = (
        'party = "KR"\nport = 8802\nlanguage = "ko"\n\n[clock] # time\nstart = 2020-05-25T00:00:00+00:00\nspeed = 720.0\n'
    )
    (tmp_path / "node.toml").write_text(settings)
    later = BEGINS + timedelta(days=3)
    (tmp_path / "drill.json").write_bytes(msgspec.json.encode(Progress(laid_at=BEGINS, played_until=later, per_week=1, seed=1)))
    demo._go_on(node, 60.0)
    read = tomllib.loads((tmp_path / "node.toml").read_text())
    assert read["clock"] == {"start": later, "since": NOW, "speed": 60.0}
    assert (read["party"], read["port"], read["language"]) == ("KR", 18_802, "ko")


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"port {port}.*--ports"):
            demo._free_ports([Node(party="CN", port=port, directory=tmp_path / "cn")])
