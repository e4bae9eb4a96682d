"""The scans that the node and the browser must judge alike, judged by the node's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastchannel.casework.gate import PickScan, evaluate, read_text
from fastchannel.casework.gate_bundle import Bundle, decode_bundle

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = json.loads((ROOT / "tests" / "vectors" / "gate.json").read_bytes())
BUNDLES: dict[str, Bundle] = {name: decode_bundle(msgspec.json.encode(one)) for name, one in FILE["bundles"].items()}


def instant(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


@pytest.mark.parametrize("case", FILE["cases"], ids=[one["name"] for one in FILE["cases"]])
def test_the_node_says_what_the_vector_expects(case: dict[str, Any]) -> None:
    bundle, at, asked = BUNDLES[case["bundle"]], instant(case["at"]), case["scan"]
    scan = (
        PickScan(ref=asked["pick"])
        if "pick" in asked
        else read_text(asked["text"], at, bundle.store, zone=asked.get("zone", ""))
    )
    found = evaluate(bundle, scan, at, admitted=case["admitted"])
    assert {"verdict": found.verdict, "reason": found.reason, "until": found.until, "ref": found.ref} == case["expect"]


def test_there_are_enough_of_them_and_every_reason_is_among_them() -> None:
    from fastchannel.casework.gate_reasons import Colour, GateReason

    assert len(FILE["cases"]) >= 60
    assert len({one["name"] for one in FILE["cases"]}) == len(FILE["cases"])
    assert {one["expect"]["reason"] for one in FILE["cases"]} == set(GateReason)
    assert {one["expect"]["verdict"] for one in FILE["cases"]} == set(Colour)


def test_the_file_is_what_the_tool_makes() -> None:
    run = subprocess.run([sys.executable, str(ROOT / "tools" / "gate_vectors.py"), "--check"], check=False)
    assert run.returncode == 0, "python tools/gate_vectors.py writes it anew"
