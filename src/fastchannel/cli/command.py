"""What every command has in common: an example in its help, documented exit codes, ``--json`` and ``--language``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from fastchannel.terms.language import LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])

ANSWERED = 0
UNANSWERED = 2  # click's own code for wrong usage; we add files that cannot be read and nodes that do not answer
COMMON_EXITS: Mapping[int, str] = {
    ANSWERED: "done, answered",
    UNANSWERED: "could not answer: wrong usage, unreadable input, something missing",
}


class Command(click.Command):
    """A command whose help ends with an example and its exit codes."""

    def __init__(
        self, *args: Any, examples: tuple[str, ...] = (), exits: Mapping[int, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.exits = dict(sorted({**COMMON_EXITS, **(exits or {})}.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Adds the examples and the exit codes."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in self.exits.items()])


def command(
    group: click.Group, name: str, *examples: str, exits: Mapping[int, str] | None = None, hidden: bool = False
) -> Callable[[Callable[..., Any]], Command]:
    """Make the function a command of the group."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(name, cls=Command, examples=examples, exits=exits, hidden=hidden)(function)
        group.add_command(made)
        return made

    return decorate


def default_language() -> str:
    """The language of FASTCHANNEL_LANGUAGE or else of the terminal's locale; English where we do not speak it."""
    wanted = os.environ.get("FASTCHANNEL_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return next((one for one in LANGUAGES if wanted.lower().startswith(one.split("-")[0])), "en")


def instant(text: str) -> datetime:
    """An instant with an offset, ``2020-05-04T09:00:00+09:00``, or a date, which means its first instant in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is no instant; expected for example 2020-05-04T09:00:00+09:00 or 2020-05-04'
        ) from None
    if found.tzinfo is None:
        if len(text) > len("2020-05-04"):
            raise click.BadParameter(f'"{text}" has no offset from UTC; expected for example {text}+09:00')
        found = found.replace(tzinfo=UTC)
    return found


def json_option(function: F) -> F:
    """Adds ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")(function)


def node_option(function: F) -> F:
    """Adds ``--node``, given to the command as ``directory``."""
    return click.option(
        "--node",
        "directory",
        required=True,
        envvar="FASTCHANNEL_NODE",
        type=click.Path(path_type=Path, file_okay=False),
        help="The node's directory; also by FASTCHANNEL_NODE.",
    )(function)


def language_option(function: F) -> F:
    """Adds ``--language``."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=default_language,
        show_default="of the terminal, or FASTCHANNEL_LANGUAGE",
        help="Language of the answer.",
    )(function)
