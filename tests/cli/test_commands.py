"""What holds for every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fastchannel.cli.command import Command, instant
from fastchannel.cli.main import build
from fastchannel.cli.reference import commands, render

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
COMMANDS = [made for _, made, _ in commands(build())]


@pytest.mark.parametrize("made", COMMANDS, ids=lambda made: made.name)
def test_every_command_has_json_an_example_and_exit_codes(made: Command) -> None:
    assert "--json" in {name for parameter in made.params for name in parameter.opts}
    assert made.examples
    assert {0, 2} <= set(made.exits)
    assert (made.help or "").strip()


def test_the_reference_page_is_up_to_date() -> None:
    assert REFERENCE.read_text() == render(build()), "run: fastchannel reference > docs/reference/commands.md"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["decide", "--agreement", "china-korea", "missing.json"], 2, "missing.json: cannot be read"),
        (["decide", "missing.json"], 2, "Missing option '--agreement'"),
        (["agreement", "check"], 2, "Missing argument"),
        (["fly"], 2, "No such command 'fly'"),
        (["decide", "--agreement", "china-korea", "--at", "2020-05-04T09:00", "x"], 2, "has no offset from UTC"),
    ],
)
def test_what_cannot_be_answered_exits_with_2_and_says_why_on_stderr(arguments: list[str], code: int, said: str) -> None:
    run = subprocess.run([sys.executable, "-m", "fastchannel", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == code
    assert run.stdout == ""
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    script = f"{sys.executable} -m fastchannel agreement schema | head -c 1; exit ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr


def test_a_date_means_its_first_instant_in_utc() -> None:
    assert instant("2020-05-04").isoformat() == "2020-05-04T00:00:00+00:00"


def test_the_command_starts_without_django_or_polars() -> None:
    script = (
        "import sys; from fastchannel.cli.main import build; build(); sys.exit(bool({'django', 'polars'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
