"""Batches: the same answers as single decisions, in every format, with counts that balance."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
from click.testing import CliRunner, Result

from fastchannel.agreement.shipped import shipped
from fastchannel.cli import batch
from fastchannel.cli.blocks import Source
from fastchannel.cli.main import build
from fastchannel.cli.verdicts import Sink
from fastchannel.decide import standing as standing_module
from fastchannel.decide.decide import decide
from fastchannel.terms.events import Event, decode_many

AT = datetime(2020, 6, 1, tzinfo=UTC)
COUNT = 230  # more than one block


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build(), [str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    text = run("drill", "journeys", "--count", COUNT, "--at", AT.isoformat()).stdout
    return [line.encode() for line in text.splitlines()]


@pytest.fixture(scope="module")
def table() -> str:
    return run("drill", "journeys", "--count", COUNT, "--at", AT.isoformat(), "--format", "csv").stdout


@pytest.fixture(scope="module")
def expected(lines: list[bytes]) -> list[dict[str, Any]]:
    texts = shipped()["china-korea"]
    return [json.loads(standing_module.encode(decide(texts, decode_many(line), AT))) for line in lines]


def write_input(layout: str, folder: Path, lines: list[bytes], table: str) -> Path:
    path = folder / f"in.{layout.rsplit('-', maxsplit=1)[-1]}"
    names = [found[1].decode() if (found := re.search(rb'"journey":"([^"]+)"', line)) else "?" for line in lines]
    nested = {"journey": names, "events": [line.decode() for line in lines]}
    writers: dict[str, Callable[[], object]] = {
        "jsonl": lambda: path.write_bytes(b"\n".join(lines) + b"\n"),
        "events-csv": lambda: path.write_text(table),
        "events-parquet": lambda: pl.read_csv(table.encode(), infer_schema_length=0).write_parquet(path),
        "nested-csv": lambda: pl.DataFrame(nested).write_csv(path),
        "nested-parquet": lambda: pl.DataFrame(nested).write_parquet(path),
    }
    writers[layout]()
    return path


def decided(source: Path, out: Path, *more: object) -> Result:
    return run("decide", "--agreement", "china-korea", "--at", AT.isoformat(), "--json", "--batch", source, "--out", out, *more)


@pytest.mark.parametrize("layout", ["jsonl", "events-csv", "events-parquet", "nested-csv", "nested-parquet"])
def test_a_batch_answers_as_single_decisions_do_whatever_the_layout(
    layout: str, tmp_path: Path, lines: list[bytes], table: str, expected: list[dict[str, Any]]
) -> None:
    out = tmp_path / "out.jsonl"
    result = decided(write_input(layout, tmp_path, lines, table), out, "--workers", 1)
    assert json.loads(result.stdout)["decided"] == COUNT
    assert [json.loads(line) for line in out.read_text().splitlines()] == expected


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_of_verdicts_says_the_same_as_the_whole_standings(
    kind: str, tmp_path: Path, lines: list[bytes], expected: list[dict[str, Any]]
) -> None:
    out = tmp_path / f"out.{kind}"
    decided(write_input("jsonl", tmp_path, lines, ""), out, "--workers", 1)
    found = pl.read_csv(out) if kind == "csv" else pl.read_parquet(out)
    assert found["verdict"].to_list() == [one["verdict"] for one in expected]
    codes = [[reason["code"] for reason in one["reasons"]] for one in expected]
    assert found["codes"].to_list() == (codes if kind == "parquet" else [" | ".join(part) or None for part in codes])
    assert all(text is None or "{" not in text for text in found["reasons"].explode() if kind == "parquet")


def test_several_processes_answer_in_the_order_of_the_input(
    tmp_path: Path, lines: list[bytes], expected: list[dict[str, Any]]
) -> None:
    out = tmp_path / "out.jsonl"
    decided(write_input("jsonl", tmp_path, lines, ""), out, "--workers", 2)
    assert [json.loads(line)["journey"] for line in out.read_text().splitlines()] == [one["journey"] for one in expected]


def test_counts_balance_and_each_rejected_traveller_has_its_line_and_reason(tmp_path: Path, lines: list[bytes]) -> None:
    mixed = [lines[0], b"[1]", lines[1], b"{", lines[2], b"[]"]
    out = tmp_path / "out.jsonl"
    result = decided(write_input("jsonl", tmp_path, mixed, ""), out, "--workers", 1)
    tally = json.loads(result.stdout)
    assert (tally["read"], tally["decided"], tally["rejected"], tally["balances"]) == (6, 3, 3, True)
    assert sum(tally["verdicts"].values()) == 3
    assert result.return_value == 1
    rejected = list(csv.DictReader((tmp_path / "out.jsonl.rejected.csv").read_text().splitlines()))
    assert [row["line"] for row in rejected] == ["2", "4", "6"]
    assert all(row["reason"] for row in rejected)


def test_a_second_run_without_rejections_removes_the_list_of_the_first(tmp_path: Path, lines: list[bytes]) -> None:
    out = tmp_path / "out.jsonl"
    decided(write_input("jsonl", tmp_path, [b"x"], ""), out, "--workers", 1)
    assert decided(write_input("jsonl", tmp_path, lines[:2], ""), out, "--workers", 1).return_value == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_batch_that_cannot_be_answered_leaves_no_half_output(tmp_path: Path, table: str) -> None:
    rows = table.splitlines()
    torn = tmp_path / "in.csv"
    torn.write_text("\n".join([*rows, rows[1]]))
    result = decided(torn, tmp_path / "out.csv", "--workers", 1)
    assert "must stand together" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_single_decision_and_a_batch_take_the_same_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: list[bytes]
) -> None:
    seen: list[list[Event]] = []

    def watched(texts: Any, events: list[Event], *rest: Any, **more: Any) -> Any:
        seen.append(events)
        return decide(texts, events, *rest, **more)

    monkeypatch.setattr(batch, "decide", watched)
    one = write_input("jsonl", tmp_path, lines[:1], "")
    decided(one, tmp_path / "out.jsonl", "--workers", 1)
    run("decide", "--agreement", "china-korea", "--at", AT.isoformat(), "--json", one)
    assert len(seen) == 2
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("threshold", "verdict", "code"), [("refuse", "refuse", 3), ("hold", "refuse", 3), ("refuse", "wait", 0)]
)
def test_fail_on_turns_a_verdict_into_an_exit_code(
    threshold: str, verdict: str, code: int, tmp_path: Path, lines: list[bytes], expected: list[dict[str, Any]]
) -> None:
    index = next(number for number, one in enumerate(expected) if one["verdict"] == verdict)
    path = tmp_path / "one.json"
    path.write_bytes(lines[index])
    result = run("decide", "--agreement", "china-korea", "--at", AT.isoformat(), "--fail-on", threshold, path)
    assert result.return_value == code


@pytest.mark.parametrize("shape", ["array", "event a line", "wrapped"])
def test_one_journey_may_be_written_in_any_of_three_ways(shape: str, tmp_path: Path, lines: list[bytes]) -> None:
    events = msgspec.json.decode(lines[0])
    texts = {
        "array": lines[0].decode(),
        "event a line": "\n".join(json.dumps(event) for event in events),
        "wrapped": json.dumps({"journey": events[0]["journey"], "events": events}),
    }
    path = tmp_path / "one.json"
    path.write_text(texts[shape])
    result = run("decide", "--agreement", "china-korea", "--at", AT.isoformat(), "--json", path)
    assert json.loads(result.stdout)["journey"] == events[0]["journey"]


def test_a_batch_that_is_killed_leaves_no_output_and_no_process(tmp_path: Path, lines: list[bytes]) -> None:
    source, out = write_input("jsonl", tmp_path, lines * 60, ""), tmp_path / "out.jsonl"
    part = tmp_path / ".out.jsonl.part"
    command = [sys.executable, "-m", "fastchannel", "decide", "--agreement", "china-korea", "--at", AT.isoformat()]
    batch_run = subprocess.Popen([*command, "--batch", source, "--out", out, "--workers", "2"], start_new_session=True)
    _until(lambda: part.exists() and part.stat().st_size > 0)
    batch_run.kill()
    batch_run.wait()
    _until(lambda: not _alive(batch_run.pid))
    assert not out.exists()


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_of_the_batch_that_ends_is_told_and_leaves_no_output(tmp_path: Path, lines: list[bytes]) -> None:
    source, out = write_input("jsonl", tmp_path, lines, ""), tmp_path / "out.jsonl"
    task = batch.Task(agreement="no-such-text", at=AT, known=None, language="en", kind="jsonl")
    with pytest.raises(batch.BatchError, match="nothing was written"):
        batch.run_batch(task, Source(source), Sink(out), rejected=tmp_path / "rejected.csv", workers=2)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
