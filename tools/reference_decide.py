"""Write docs/reference/stages.md and reasons.md from the tables in `fastchannel.decide`: python tools/reference_decide.py"""

from __future__ import annotations

from pathlib import Path

from fastchannel.decide.rules import RULES
from fastchannel.decide.stages import ENDED, TRANSITIONS, Stage
from fastchannel.decide.standing import Status, Verdict
from fastchannel.decide.words import OBLIGATIONS, REASONS, STAGES, STATUSES, VERDICTS
from fastchannel.terms.language import LANGUAGES, translate

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"


def stages() -> str:
    """The page of stages, transitions, verdicts and obligations."""
    lines = [
        "# Stages, verdicts and obligations",
        "",
        "Made from the tables in `fastchannel.decide` by `python tools/reference_decide.py`.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> applied: applied",
        *(f"    {before.value} --> {after.value}: {trigger}" for (before, trigger), after in TRANSITIONS.items()),
        "    followed-up --> completed: every obligation has ended",
        *(f"    {stage.value} --> [*]" for stage in Stage if stage in ENDED),
        "```",
        "",
        "An event that the table does not have for a stage leaves the stage as it is: late and repeated events are normal.",
        "`expected` is a journey of which something was recorded before its application came.",
        "",
        "| stage | event | next stage |",
        "|---|---|---|",
        *(f"| {before.value} | {trigger} | {after.value} |" for (before, trigger), after in TRANSITIONS.items()),
        "",
        *_words("stage", {stage.value: text for stage, text in STAGES.items()}),
        *_words("verdict", {verdict.value: VERDICTS[verdict] for verdict in Verdict}),
        *_words("status of an obligation", {status.value: STATUSES[status] for status in Status}),
        *_words("kind of obligation", OBLIGATIONS),
    ]
    return "\n".join(lines).rstrip() + "\n"


def reasons() -> str:
    """The page of reason codes."""
    lines = [
        "# Reason codes",
        "",
        "Codes are stable; every refusal and hold names the clause it rests on. `{…}` is filled from what was required and",
        "what was found. Made from the table in `fastchannel.decide.words` by `python tools/reference_decide.py`.",
        "",
        *_words("code", REASONS),
        "Besides measures and gates of the text, an officer may override, and a traveller appeal against, these rules: "
        + ", ".join(f"`{name}`" for name in sorted(RULES))
        + ".",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _words(heading: str, table: dict[str, str]) -> list[str]:
    rows = ((f"`{key}`", *(translate(text, language) for language in LANGUAGES)) for key, text in table.items())
    return [
        f"| {heading} | {' | '.join(LANGUAGES)} |",
        "|---|" + "---|" * len(LANGUAGES),
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


PAGES = {"stages.md": stages, "reasons.md": reasons}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
