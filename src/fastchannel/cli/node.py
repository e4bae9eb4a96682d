"""``fastchannel node``: make, run and look after a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from fastchannel.agreement.shipped import shipped
from fastchannel.cli.command import command, instant, json_option
from fastchannel.cli.console import emit_json, message, page, progress
from fastchannel.cli.texts import find_agreement
from fastchannel.terms.language import LANGUAGES

UNWELL = 1
DIRECTORY = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


@click.group("node")
def node() -> None:
    """Make, run and look after a node: one party's database, pages and API."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(node)


@command(node, "init", "fastchannel node init /srv/fastchannel --party CN --port 8801")
@DIRECTORY
@click.option("--party", required=True, help="The party whose node it is: CN, KR …")
@click.option("--port", type=click.IntRange(1, 65_535), default=8800, show_default=True)
@click.option("--agreement", "agreements", multiple=True, help="A shipped agreement; the default is all that name the party.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its pages, until chosen otherwise."
)
@click.option("--sponsor", default="sponsor-1", show_default=True, help="The organisation of the sponsor's account.")
@click.option("--clock-start", type=instant, help="For drills: the node's time begins here …")
@click.option("--speed", type=float, default=1.0, show_default=True, help="… and runs so many times faster.")
@json_option
def init(
    *,
    directory: Path,
    party: str,
    port: int,
    agreements: tuple[str, ...],
    language: str,
    sponsor: str,
    clock_start: datetime | None,
    speed: float,
    as_json: bool,
) -> None:
    """Make a node in DIR: settings, database, and an account for every role, whose passwords are shown once."""
    from fastchannel.node.init import create

    created = create(
        directory, party=party, port=port, agreements=agreements, clock_start=clock_start, speed=speed, language=language,
        sponsor=sponsor,
    )  # fmt: skip
    if as_json:
        emit_json(created)
        return
    table = Table("account or key", "role", "organisation", "password or key", title=str(directory), title_justify="left")
    for account in created.accounts:
        table.add_row(account.username, account.role, account.organisation, account.password)
    for key in created.keys:
        table.add_row(key.name, key.role, key.organisation, key.secret)
    page().print(table)
    if not agreements and not any(party in versions.newest.parties for versions in shipped().values()):
        message(f"No agreement that ships names {party}. Before the first application: fastchannel node adopt {directory} FILE")
    message(f"Passwords and keys are not shown again. Start the node: fastchannel node run {directory}")


@command(node, "run", "fastchannel node run /srv/fastchannel", exits={0: "stopped when asked to"})
@DIRECTORY
@json_option
def run(*, directory: Path, as_json: bool) -> int:
    """Run the node until it is stopped by Ctrl-C or SIGTERM."""
    from fastchannel.node.config import load
    from fastchannel.node.run import run as run_node

    config = load(directory)
    url = f"http://{config.host}:{config.port}"
    if as_json:
        emit_json({"party": config.party, "url": url})
    else:
        message(f"{config.party}: {url} (Ctrl-C stops it)")
    return run_node(directory)


@command(
    node,
    "status",
    "fastchannel node status /srv/fastchannel --json",
    exits={0: "the node is well", UNWELL: "something is not well: see the details"},
)
@DIRECTORY
@json_option
def status(*, directory: Path, as_json: bool) -> int:
    """Say whether the node is well: database, migrations, workers."""
    from fastchannel.node.shell import use

    use(directory)
    from fastchannel.node.health import check

    found = check()
    if as_json:
        emit_json({"ok": found.ok, **asdict(found)})
    else:
        table = Table("part", "well", title=str(directory), title_justify="left")
        for name in ("database", "migrations", "worker"):
            table.add_row(name, "yes" if getattr(found, name) else "no")
        page().print(table)
        if not found.worker:
            message(f"No worker answers. Where the node is not running, start it: fastchannel node run {directory}")
    return 0 if found.ok else UNWELL


@command(node, "rebuild", "fastchannel node rebuild /srv/fastchannel")
@DIRECTORY
@json_option
def rebuild(*, directory: Path, as_json: bool) -> None:
    """Make queues, deadlines and dashboards anew from the events alone, and say how many journeys differed."""
    from fastchannel.node.shell import use

    use(directory)
    from fastchannel.node.rebuild import rebuild as rebuild_node

    with database_of(directory), progress() as bar:
        shown = bar.add_task("rebuild", total=None)
        found = rebuild_node(lambda done, total: bar.update(shown, completed=done, total=total))
    if as_json:
        emit_json(found)
    else:
        click.echo(f"{found.journeys} journeys read, {len(found.changed)} were out of date")


@command(node, "adopt", "fastchannel node adopt /srv/fastchannel amendment.toml")
@DIRECTORY
@click.argument("text")
@json_option
def adopt(*, directory: Path, text: str, as_json: bool) -> None:
    """Take the agreement TEXT into the node: a first version, or the next amendment of one that it holds.

    TEXT is a file, or one that ships (china-korea@2). Open journeys are looked at again under it; a text that the node holds
    is never replaced.
    """
    from fastchannel.node.shell import use

    agreement = find_agreement(text)
    use(directory)
    from django.conf import settings

    from fastchannel.node.texts import adopt_text

    with database_of(directory):
        new = adopt_text(settings.CONFIG.party, agreement)
    if as_json:
        emit_json({"agreement": agreement.id, "version": agreement.version, "digest": agreement.digest, "adopted": new})
    else:
        click.echo(f"{agreement.id} version {agreement.version}: {'taken in' if new else 'held already'}, {agreement.digest}")


@command(node, "backup", "fastchannel node backup /srv/fastchannel backup.tar")
@DIRECTORY
@click.argument("target", type=click.Path(path_type=Path))
@json_option
def backup(*, directory: Path, target: Path, as_json: bool) -> None:
    """Write the whole node to a file; the node may be running."""
    from fastchannel.node.backup import backup as backup_node

    made = backup_node(directory, target)
    if as_json:
        emit_json(made)
    else:
        click.echo(f"{made.sha256}  {made.path}")


@command(node, "restore", "fastchannel node restore backup.tar /srv/fastchannel-2")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@DIRECTORY
@json_option
def restore(*, source: Path, directory: Path, as_json: bool) -> None:
    """Make a node in DIR, which must not exist yet, from a backup."""
    from fastchannel.node.backup import restore as restore_node

    party = restore_node(source, directory)
    if as_json:
        emit_json({"directory": directory, "party": party})
    else:
        message(f"{directory}: the node of {party}, as it was. Start it: fastchannel node run {directory}")


@contextmanager
def database_of(directory: Path) -> Iterator[None]:
    """The node's database, started for the while where the node is not running."""
    from fastchannel.node.config import load
    from fastchannel.node.database import Server, running
    from fastchannel.node.places import Places

    if load(directory.resolve()).database_url:
        yield
        return
    with running(Server(Places(directory.resolve()))):
        yield
