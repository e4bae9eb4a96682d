"""Where output goes: data to stdout, messages to stderr."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_encoder = msgspec.json.Encoder(enc_hook=str)


def emit_json(value: Any) -> None:
    """One JSON document to stdout: indented for a person, one line for a pipe."""
    raw = _encoder.encode(value)
    if sys.stdout.isatty():
        raw = msgspec.json.format(raw, indent=2)
    click.echo(raw)


def message(text: str) -> None:
    """One line to stderr."""
    click.echo(text, err=True)


def page() -> Console:
    """The terminal that tables and pages are written to. Redirected, it writes plain text as wide as it needs."""
    console = Console(file=sys.stdout, highlight=False, emoji=False, markup=False)
    return console if console.is_terminal else Console(file=sys.stdout, highlight=False, emoji=False, markup=False, width=160)


def progress() -> Progress:
    """A bar on stderr; silent where stderr is not a terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
