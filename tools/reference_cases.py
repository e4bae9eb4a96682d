"""Write docs/reference/cases.md from the stories and cases of tests/spec: python -m tools.reference_cases"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.spec import reader
from tests.spec.reader import PARTICULARS, Case, Story

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cases.md"
NAMES = {"via": "arrives in", "arrival": "planned arrival", "departure": "planned departure"}


def page() -> str:
    """The whole page."""
    files = [(tomllib.loads(path.read_text(encoding="utf-8")), reader.cases(path)) for path in reader.case_files()]
    count = sum(len(cases) for _, cases in files)
    lines = [
        "# Cases",
        "",
        f"{count} cases that say what `decide` answers and why, each with the clause that it rests on. They are the",
        "specification: the test suite decides every one of them. They are written in `tests/spec/*.toml`; this page is made",
        "from them by `python -m tools.reference_cases`.",
        "",
        "A case is one of the stories below, what differs in it, and the time at which somebody asks.",
        "",
        *(f"- [{raw['title']}](#{_anchor(raw['title'])}) ({len(cases)})" for raw, cases in files),
        "",
        "## The stories",
        "",
    ]
    for story in reader.stories().values():
        lines += _story(story)
    for raw, cases in files:
        lines += [f"## {raw['title']}", "", raw["about"], ""]
        for case in cases:
            lines += [*_case(case), ""]
    return "\n".join(lines).rstrip() + "\n"


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")


def _story(story: Story) -> Iterator[str]:
    told = story.particulars
    yield from (f"### {story.name}", "", story.about, "")
    yield (
        f"Agreement `{told['agreement']}`, version {told['version']}, route `{told['route']}`; planned departure "
        f"{told['departure']}, planned arrival {told['arrival']}; from {told['origin']} to {told['destination']}; "
        f"purpose: {told['purpose']}."
    )
    yield from ("", "| when | what |", "|---|---|")
    yield from (f"| {sentence.when} | {sentence.what} |" for sentence in story.sentences)
    yield ""


def _case(case: Case) -> Iterator[str]:
    raw, expected = case.raw, case.raw["expect"]
    yield from (f"### {case.name}", "")
    if case.why:
        yield from (case.why, "")
    yield f"- Story: {case.story.name}. Clause: {case.clause}."
    yield from (f"- {line}" for line in _differences(raw))
    known = f", with what is known at {_time(raw['known'])}" if "known" in raw else ""
    yield f"- Asked at {_time(raw['at'])} ({case.at:%Y-%m-%d %H:%M:%S} {case.at.tzinfo}){known}."
    yield f"- Answer: {_answer(expected)}."
    for reason in expected["reasons"]:
        code, _, clause = reason.partition(", clause ")
        yield f"  - `{code}`" + (f", clause {clause}" if clause else "")
    for name, answer in expected.get("obligations", {}).items():
        yield f"  - {name}: {answer}"
    if case.question:
        yield f"- Not settled, and answered differently at present. {case.question}"


def _answer(expected: Mapping[str, Any]) -> str:
    parts = [f"**{expected['verdict']}**"]
    if "stage" in expected:
        parts.append(f"stage {expected['stage']}")
    if expected.get("gate"):
        parts.append(f"next gate {expected['gate']}")
    if "version" in expected:
        parts.append(f"under version {expected['version']}")
    if "decisive" in expected:
        parts.append("decided by " + " and ".join(expected["decisive"]))
    if "changes" in expected:
        parts.append(f"can change at {_time(expected['changes'])}")
    return "; ".join(parts)


def _differences(raw: Mapping[str, Any]) -> Iterator[str]:
    if "under" in raw:
        yield "Under " + " and ".join(f"`{name}`" for name in raw["under"])
    for key in PARTICULARS:
        if key in raw:
            yield f"{NAMES.get(key, key).capitalize()}: {raw[key]}"
    if "only" in raw:
        yield "Only: " + ", ".join(raw["only"])
    if "without" in raw:
        yield "Without: " + ", ".join(raw["without"])
    for label, when in raw.get("moved", {}).items():
        yield f"{label} at {_time(when)}"
    for label, what in raw.get("changed", {}).items():
        yield f"{label}: {what}"
    for days in raw.get("silent", ()):
        yield f"No check-in: {days}"
    yield from raw.get("also", ())


def _time(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
