"""Makes a node: its directory, settings, secrets, database, and an account for each role with a random password."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastchannel.node import run
from fastchannel.node.config import load
from fastchannel.node.database import Server, running
from fastchannel.node.errors import NodeError
from fastchannel.node.places import Places
from fastchannel.terms.events import Role

OFFICERS = (
    Role.REVIEWER, Role.MISSION, Role.CHECKPOINT, Role.SITE, Role.MONITOR, Role.SECRETARIAT,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account with its password, which is shown once."""

    username: str
    password: str
    role: Role
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key for the API with its secret, which is shown once."""

    name: str
    secret: str
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A new node."""

    directory: Path
    accounts: tuple[NewAccount, ...]
    keys: tuple[NewKey, ...]


def create(
    directory: Path,
    *,
    party: str,
    port: int = 8800,
    host: str = "127.0.0.1",
    agreements: Sequence[str] = (),
    language: str = "en",
    clock_start: datetime | None = None,
    speed: float = 1.0,
    sponsor: str = "sponsor-1",
    database_url: str = "",
) -> Created:
    """Make a node in a directory that is empty or not there yet. Raises NodeError, and leaves nothing behind then.

    ``clock_start`` with ``speed`` makes the node's time a demonstration's: it begins there now and runs so much faster.
    """
    places = Places(directory.resolve())
    if places.directory.exists() and any(places.directory.iterdir()):
        raise NodeError(f"{directory}: found files there; expected an empty directory or none")
    fresh = not places.directory.exists()
    try:
        _write(places, party, port, host, agreements, language, clock_start, speed, database_url)
        config = load(places.directory)
        if config.database_url:
            accounts, keys = _fill(places.directory, party, sponsor)
        else:
            with running(Server(places)):
                accounts, keys = _fill(places.directory, party, sponsor)
    except BaseException:
        _remove(places, whole=fresh)
        raise
    return Created(directory=places.directory, accounts=accounts, keys=keys)


def _fill(directory: Path, party: str, sponsor: str) -> tuple[tuple[NewAccount, ...], tuple[NewKey, ...]]:
    run.prepare(directory)
    from django.db import connections, transaction

    with transaction.atomic():
        made = make_accounts(party, sponsor)
    connections.close_all()
    return made


def make_accounts(party: str, sponsor: str) -> tuple[tuple[NewAccount, ...], tuple[NewKey, ...]]:
    """An account for each role that works with pages, and a key for each laboratory and carrier role. In the caller's node."""
    from fastchannel.node import keys
    from fastchannel.node.desk import office
    from fastchannel.node.models import Account

    accounts = []
    for role in (Role.SPONSOR, *OFFICERS):
        organisation = sponsor if role is Role.SPONSOR else ""
        username, password = f"{party.lower()}-{role.value}", secrets.token_urlsafe(12)
        Account.objects.create(username=username, password=password, role=role.value, party=party, organisation=organisation)
        accounts.append(NewAccount(username=username, password=password, role=role, organisation=organisation))
    laboratories = sorted({name for versions in office().texts.all().values() for name in versions.newest.laboratories()})
    made = []
    wanted = [(Role.LABORATORY, name) for name in laboratories] or [(Role.LABORATORY, f"{party.lower()}-laboratory-1")]
    for role, organisation in [*wanted, (Role.CARRIER, f"{party.lower()}-carrier-1")]:
        key, secret = keys.issue(name=organisation, role=role, party=party, organisation=organisation)
        made.append(NewKey(name=key.name, secret=secret, role=role, organisation=organisation))
    return tuple(accounts), tuple(made)


def _write(
    places: Places,
    party: str,
    port: int,
    host: str,
    agreements: Sequence[str],
    language: str,
    clock_start: datetime | None,
    speed: float,
    database_url: str,
) -> None:
    places.directory.mkdir(parents=True, exist_ok=True)
    places.secrets.mkdir(mode=0o700)
    secret(places.secrets / "secret_key", secrets.token_urlsafe(64))
    lines = [
        "# A node of Fast Channel. Every key can be overridden by a variable FASTCHANNEL_<KEY>.",
        f'party = "{party}"',
        f'host = "{_quoted(host)}"',
        f"port = {port}",
        f'language = "{_quoted(language)}"',
        "agreements = [" + ", ".join(f'"{_quoted(item)}"' for item in agreements) + "] # none: all that name the party",
    ]
    if database_url:
        lines.append(f'database_url = "{_quoted(database_url)}"')
    if clock_start is not None:
        lines.append("sweep_seconds = 1 # a second of ours is long in a demonstration")
        lines.append("web_workers = 1 # the other nodes of the demonstration need the cores as well")
        if clock_start.tzinfo is None:
            raise NodeError(f"clock_start: found {clock_start}; expected an offset, for example 2020-05-04T09:00:00+09:00")
        lines += [
            "",
            "[accounts] # a drill's people sign in with the password alone",
            'second_factor = "optional"',
            "four_eyes = false",
            "",
            "[clock] # a demonstration's time",
            f"start = {clock_start.isoformat(timespec='seconds')}",
            f"since = {datetime.now(UTC).isoformat(timespec='seconds')}",
            f"speed = {float(speed)}",
        ]
    places.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    places.config.chmod(0o600)


def secret(path: Path, value: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(value + "\n")


def _quoted(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise NodeError(f"{text!r}: control characters have no place in a setting")
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _remove(places: Places, *, whole: bool) -> None:
    if whole:
        shutil.rmtree(places.directory, ignore_errors=True)
        return
    for path in places.directory.iterdir():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
