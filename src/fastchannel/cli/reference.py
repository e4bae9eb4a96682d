"""Writes docs/reference/commands.md from the commands themselves. A test says whether the page is up to date."""

from __future__ import annotations

from collections.abc import Iterator

import click

from fastchannel.cli.command import Command, command

HEADER = """# Commands

This page is generated: `fastchannel reference > docs/reference/commands.md`.

Data goes to stdout and messages to stderr. Every command takes `--json` and `--help`. `FASTCHANNEL_LANGUAGE` (`en`,
`zh-Hans`, `ko`) chooses the language of answers where `--language` does not.
"""


def add_to(root: click.Group) -> None:
    """Add the command, which help does not list."""

    def reference() -> None:
        """Print the reference of all commands as Markdown."""
        click.echo(render(root), nl=False)

    command(root, "reference", "fastchannel reference > docs/reference/commands.md", hidden=True)(reference)


def render(root: click.Group) -> str:
    """The page."""
    return HEADER + "".join(_section(path, made, context) for path, made, context in commands(root))


def commands(root: click.Group) -> Iterator[tuple[str, Command, click.Context]]:
    """Every command that help lists, with its path and its context."""
    yield from _walk(root, click.Context(root, info_name="fastchannel", **root.context_settings))


def _walk(group: click.Group, context: click.Context) -> Iterator[tuple[str, Command, click.Context]]:
    for name in group.list_commands(context):
        made = group.commands[name]
        inner = click.Context(made, info_name=name, parent=context)
        if isinstance(made, click.Group):
            yield from _walk(made, inner)
        elif isinstance(made, Command) and not made.hidden:
            yield inner.command_path, made, inner


def _section(path: str, made: Command, context: click.Context) -> str:
    usage = " ".join([path, *made.collect_usage_pieces(context)])
    rows = [record for parameter in made.get_params(context) if (record := parameter.get_help_record(context))]
    options = "".join(f"| `{_cell(option)}` | {_cell(words)} |\n" for option, words in rows)
    examples = "\n".join(made.examples)
    exits = "".join(f"| {code} | {_cell(meaning)} |\n" for code, meaning in made.exits.items())
    words = (made.help or "").strip()
    return (
        f"\n## `{path}`\n\n{words}\n\n```\n{usage}\n```\n\n| option | meaning |\n|---|---|\n{options}\n"
        f"```sh\n{examples}\n```\n\n| exit code | meaning |\n|---|---|\n{exits}"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
