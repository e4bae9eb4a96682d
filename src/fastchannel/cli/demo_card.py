"""What the demonstration tells its reader: accounts, keys, a traveller's link, journeys to try things on."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

CARD = "card.json"
CREATED = "created.json"


class Card(msgspec.Struct, kw_only=True):
    """What the drill at one node prepared."""

    passwords: dict[str, str]  # of the accounts beside those that the node's set-up made
    traveller_link: str  # this and the next four are paths at the node
    to_review: str
    to_check_in: str
    to_test: str
    result: str  # where a laboratory reports
    sample: str
    laboratory: str
    key: str  # of that laboratory


class _Account(msgspec.Struct, kw_only=True):
    username: str
    password: str
    role: str
    organisation: str = ""


class _Key(msgspec.Struct, kw_only=True):
    name: str
    secret: str
    role: str
    organisation: str


class Created(msgspec.Struct, kw_only=True):
    """What the node's set-up made: the output of ``fastchannel node init --json``."""

    accounts: list[_Account]
    keys: list[_Key]


class Shown(msgspec.Struct, kw_only=True):
    """All that is told about one node."""

    party: str
    url: str
    directory: str
    accounts: list[_Account]
    keys: list[_Key]
    traveller_link: str
    to_review: str
    to_check_in: str
    to_test: str
    curl: str


def secret_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; it is whole or not there."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)


def read(party: str, url: str, directory: Path) -> Shown:
    """Gather what is told about the node in the directory."""
    created = msgspec.json.decode((directory / CREATED).read_bytes(), type=Created)
    card = msgspec.json.decode((directory / CARD).read_bytes(), type=Card)
    return Shown(
        party=party,
        url=url,
        directory=str(directory),
        accounts=created.accounts,
        keys=created.keys,
        traveller_link=url + card.traveller_link,
        to_review=url + card.to_review,
        to_check_in=url + card.to_check_in,
        to_test=url + card.to_test,
        curl=_curl(url, card),
    )


def _curl(url: str, card: Card) -> str:
    body = msgspec.json.encode(
        {"sample": card.sample, "assay": "naat", "finding": "not detected", "laboratory": card.laboratory}
    ).decode()
    return (
        f"curl -X POST {url}{card.result} -H 'Authorization: Bearer {card.key}' "
        f"-H 'Idempotency-Key: {card.sample}' -H 'Content-Type: application/json' -d '{body}'"
    )


def print_card(console: Console, shown: Shown) -> None:
    """Print it."""
    table = Table(title=f"{shown.party}  {shown.url}/", title_justify="left", title_style="bold")
    for heading in ("role", "account", "password"):
        table.add_column(heading)
    for account in shown.accounts:
        role = f"{account.role} ({account.organisation})" if account.organisation else account.role
        table.add_row(role, account.username, account.password)
    console.print(table)
    console.print(f"a traveller's link    {shown.traveller_link}", soft_wrap=True)
    console.print(f"to review             {shown.to_review}", soft_wrap=True)
    console.print(f"a laboratory's result {shown.curl}\n", soft_wrap=True)
