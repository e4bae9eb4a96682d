"""Chromium judges every scan of the vectors as the node does, and damaged ones besides."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from fastchannel.casework.gate import GateVerdict, PickScan, evaluate, read_text
from fastchannel.casework.gate_bundle import decode_bundle
from tests.browser.gate import modules

pytestmark = pytest.mark.browser
FILE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "gate.json").read_bytes())
BUNDLES = {name: decode_bundle(msgspec.json.encode(one)) for name, one in FILE["bundles"].items()}
STORES = {name: one.store() for name, one in BUNDLES.items()}
RUN = """async ([bundles, cases]) => {
  const { Gate } = await import("/static/web/gate/evaluate.js");
  const gates = Object.fromEntries(Object.entries(bundles).map(([name, one]) => [name, new Gate(one)]));
  const answers = [];
  for (const one of cases) {
    const { verdict, reason, until, ref, name } = await gates[one.bundle].judge(one.scan, one.at, new Set(one.admitted));
    answers.push({ verdict, reason, until, ref, name });
  }
  return answers;
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with modules(chromium) as opened:
        yield opened


def by_the_node(case: dict[str, Any]) -> GateVerdict:
    at, asked = datetime.fromtimestamp(case["at"] / 1000, UTC), case["scan"]
    bundle = BUNDLES[case["bundle"]]
    scan = (
        PickScan(ref=asked["pick"])
        if "pick" in asked
        else read_text(asked["text"], at, lambda: STORES[case["bundle"]], zone=asked.get("zone", ""))
    )
    return evaluate(bundle, scan, at, admitted=case["admitted"])


def said(one: GateVerdict) -> dict[str, Any]:
    return {"verdict": one.verdict, "reason": one.reason, "until": one.until, "ref": one.ref, "name": one.name}


def test_every_vector_has_the_expected_verdict_in_chromium(page: Page) -> None:
    answers = page.evaluate(RUN, [FILE["bundles"], FILE["cases"]])
    found = {case["name"]: {key: one[key] for key in case["expect"]} for case, one in zip(FILE["cases"], answers, strict=True)}
    assert found == {case["name"]: case["expect"] for case in FILE["cases"]}
    assert len(found) > 100


def test_scans_at_other_times_and_damaged_ones_are_judged_as_by_the_node(page: Page) -> None:
    """At each edge and one millisecond beside it; and a fixed generator moves the clock and changes a character."""
    choose, cases = random.Random(4), []
    for case in FILE["cases"]:
        cases.append({**case, "at": case["at"] + choose.randrange(-400_000, 300_000_000)})
        bundle = FILE["bundles"][case["bundle"]]
        edges = [
            bundle["made_at"] - 300_000,
            bundle["valid_until"],
            *[end for one in bundle["expected"] for _, end, *_ in one["spans"]],
        ]
        cases += [{**case, "at": edge + ms} for edge in set(edges) for ms in (-1, 0, 1)]
        if text := case["scan"].get("text"):
            place = choose.randrange(len(text))
            changed = text[:place] + choose.choice("ABZ019:<%") + text[place + 1 :]
            cases.append({**case, "scan": {**case["scan"], "text": changed}})
    answers = page.evaluate(RUN, [FILE["bundles"], cases])
    assert answers == [said(by_the_node(case)) for case in cases]
    assert len({one["reason"] for one in answers}) >= 10
