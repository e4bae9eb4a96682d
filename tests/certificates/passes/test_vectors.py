"""Python and the browser's module judge the same passes alike."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastchannel.certificates.passes.checking import Mismatch, check
from fastchannel.certificates.passes.claims import Pass
from fastchannel.certificates.passes.holder import Holder
from fastchannel.certificates.passes.revoking import Revoked, RevokedPasses
from fastchannel.certificates.refusal import Refusal
from fastchannel.certificates.trust.store import TrustList, TrustStore

ROOT = Path(__file__).resolve().parents[3]
PATH = ROOT / "tests" / "vectors" / "pass.json"
MODULE = ROOT / "src" / "fastchannel" / "web" / "static" / "web" / "pass.js"
FILE: dict[str, Any] = json.loads(PATH.read_bytes())
VECTORS: list[dict[str, Any]] = FILE["vectors"]
TRUST = {name: None if one is None else msgspec.convert(one, TrustList) for name, one in FILE["trust"].items()}
AT = datetime.fromisoformat("2020-05-04T09:00:00+00:00")
REVOKED = RevokedPasses(passes=tuple(Revoked(id=one, at=AT) for one in FILE["revoked"]))


def judged(one: dict[str, Any]) -> Pass | Refusal | Mismatch:
    listed = TRUST[one["trust"]]
    return check(
        one["text"],
        TrustStore([] if listed is None else [listed], revocations=[REVOKED]),
        datetime.fromisoformat(one["at"]),
        holder=msgspec.convert(one["holder"], Holder) if "holder" in one else None,
        gate=one.get("gate"),
        digest=one.get("digest"),
    )


@pytest.mark.parametrize("one", VECTORS, ids=lambda one: one["name"])
def test_python_gives_the_expected_answer(one: dict[str, Any]) -> None:
    found = judged(one)
    if isinstance(found, Pass):
        assert (one["code"], one["detail"]) == ("", "")
    else:
        assert (found.code, found.detail) == (one["code"], one["detail"]), found


def test_the_browsers_module_gives_the_same_answers_under_node() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, 20 or later, on the PATH")
    script = Path(__file__).with_name("vectors.mjs")
    run = subprocess.run([node, str(script), str(MODULE), str(PATH)], capture_output=True, check=False, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    agree(json.loads(run.stdout))


def agree(answers: list[dict[str, Any]]) -> None:
    """The answers of pass.js are those expected, and say of a valid pass what Python reads in it."""
    said = {one["name"]: (answer["code"], answer["detail"]) for one, answer in zip(VECTORS, answers, strict=True)}
    assert said == {one["name"]: (one["code"], one["detail"]) for one in VECTORS}
    for one, answer in zip(VECTORS, answers, strict=True):
        assert answer["ok"] is (one["code"] == "")
        if answer["ok"]:
            found = judged(one)
            assert isinstance(found, Pass)
            expected = {
                name: getattr(found, name) for name in found.__struct_fields__ if name not in {"salt", "holder", "more"}
            }
            times = {name: int(expected[name].timestamp()) for name in ("issued", "not_before", "expires")}
            assert answer["claims"] == expected | times | {"gates": list(found.gates)}


def test_the_file_is_what_the_tool_makes() -> None:
    run = subprocess.run([sys.executable, str(ROOT / "tools" / "pass_vectors.py"), "--check"], check=False)
    assert run.returncode == 0, "python tools/pass_vectors.py writes it anew"
