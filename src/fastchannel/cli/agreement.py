"""``fastchannel agreement``: check, explain, compare and name texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.table import Table

from fastchannel.agreement.load import AgreementError, Mistake, load
from fastchannel.agreement.shipped import shipped
from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.texts import find_agreement, is_shipped, read_text
from fastchannel.terms.language import N_, pick, translate

if TYPE_CHECKING:
    from fastchannel.agreement.agreement import Agreement
    from fastchannel.agreement.explain import Audience

MISTAKES = 1
DIFFERENT = 1


@click.group("agreement")
def agreement() -> None:
    """Check, explain and compare agreements: files, or those that ship (china-korea, or one version: china-korea@1)."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(agreement)


@command(
    agreement,
    "check",
    "fastchannel agreement check china-korea.toml",
    "fastchannel agreement check --json china-korea china-singapore",
    exits={0: "every text is in order", MISTAKES: "there are mistakes: each is on a line of stdout"},
)
@click.argument("texts", metavar="FILE...", nargs=-1, required=True)
@json_option
def check(*, texts: tuple[str, ...], as_json: bool) -> int:
    """List every mistake of the texts, each as file:line: where: found, expected.

    A budget that an agreement's own measures cannot meet is a warning: it is listed too, and is no mistake.
    """
    found: dict[str, tuple[Mistake, ...]] = {}
    warnings: dict[str, tuple[Mistake, ...]] = {}
    for name in texts:
        try:
            text = find_agreement(name) if is_shipped(name) else load(read_text(Path(name)), name=name)
            found[name], warnings[name] = (), _broken_promise(text, name)
        except AgreementError as error:
            found[name], warnings[name] = error.mistakes, ()
    if as_json:
        emit_json(
            {
                name: [msgspec.to_builtins(one) for one in mistakes]
                + [msgspec.to_builtins(one) | {"warning": True} for one in warnings[name]]
                for name, mistakes in found.items()
            }
        )
    else:
        for name, mistakes in found.items():
            for one in mistakes:
                click.echo(_line(name, one))
            for one in warnings[name]:
                click.echo(_line(name, one, "warning: "))
            if not mistakes:
                message(f"{name}: in order")
    return MISTAKES if any(found.values()) else 0


def _broken_promise(text: Agreement, name: str) -> tuple[Mistake, ...]:
    if text.text.agreement.budget is None:
        return ()  # and the forecast with its compiled code is not loaded
    from fastchannel.forecast.design.promise import broken_promise

    promise = broken_promise(text, name=name)
    return () if promise is None else (promise.warning,)


def _line(name: str, mistake: Mistake, kind: str = "") -> str:
    # In English alone, as the language of agreements and what is said of its mistakes are.
    text = f"{name}:{mistake.line}: {kind}{mistake.where}: found {mistake.found}, expected {mistake.expected}"
    return f"{text}. {mistake.hint}" if mistake.hint else text


@command(
    agreement,
    "explain",
    "fastchannel agreement explain china-korea --route kr-cn --language ko",
    "fastchannel agreement explain china-korea@1 --audience sponsor",
)
@click.argument("text", metavar="FILE")
@click.option("--route", help="Only this route; the default is all.")
@click.option("--audience", type=click.Choice(["traveller", "sponsor"]), default="traveller", show_default=True)
@language_option
@json_option
def explain_command(*, text: str, route: str | None, audience: Audience, language: str, as_json: bool) -> None:
    """Put a text into words, as a page for the traveller or the sponsor."""
    from fastchannel.agreement.explain import explain

    found = find_agreement(text)
    if route is not None and route not in found.routes:
        raise click.BadParameter(f"{route}: {found.id} has the routes {', '.join(found.routes)}", param_hint="--route")
    written = explain(found, language, route=route, audience=audience)
    if as_json:
        emit_json({"agreement": found.id, "version": found.version, "digest": found.digest, "page": written})
    else:
        click.echo(written.plain(), nl=False)


@command(
    agreement,
    "diff",
    "fastchannel agreement diff china-korea@1 china-korea@2 --language zh-Hans",
    exits={0: "the texts say the same", DIFFERENT: "they differ: each change is on a line of stdout"},
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@language_option
@json_option
def diff_command(*, old: str, new: str, language: str, as_json: bool) -> int:
    """Say in words what changes from OLD to NEW, for whom, and from when."""
    from fastchannel.agreement.difference import diff

    changes = list(diff(find_agreement(old), find_agreement(new), language))
    if as_json:
        emit_json({"old": old, "new": new, "changes": changes})
    else:
        for change in changes:
            click.echo(change)
        if not changes:
            message(translate(N_("The texts say the same."), language))
    return DIFFERENT if changes else 0


@command(agreement, "digest", "fastchannel agreement digest china-korea@1 my-text.toml")
@click.argument("texts", metavar="FILE...", nargs=-1, required=True)
@json_option
def digest(*, texts: tuple[str, ...], as_json: bool) -> None:
    """Print the digest of each text: the same for the same content, however it is laid out."""
    digests = {name: find_agreement(name).digest for name in texts}
    if as_json:
        emit_json(digests)
    else:
        for name, value in digests.items():
            click.echo(f"{value}  {name}")


@command(agreement, "schema", "fastchannel agreement schema > agreement.schema.json")
@json_option
def schema_command(*, as_json: bool) -> None:
    """Print the JSON Schema of the agreement language, for editors."""
    from fastchannel.agreement.schema import schema

    emit_json(schema())


@command(agreement, "list", "fastchannel agreement list --json")
@language_option
@json_option
def list_command(*, language: str, as_json: bool) -> None:
    """List the agreements that ship, with their versions and digests."""
    texts = [one for versions in shipped().values() for one in versions]
    if as_json:
        names = ("id", "version", "in_force", "digest", "title")
        emit_json([{name: getattr(one, name) for name in names} for one in texts])
        return
    table = Table(*(translate(heading, language) for heading in (N_("Agreement"), N_("In force"), N_("Title"), N_("Digest"))))
    for one in texts:
        table.add_row(f"{one.id}@{one.version}", str(one.in_force), pick(one.title, language), one.digest[:19] + "…")
    page().print(table)
