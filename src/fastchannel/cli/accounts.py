"""``fastchannel accounts``: who may sign in at a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option, node_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.node import database_of
from fastchannel.terms.events import Role
from fastchannel.terms.language import LANGUAGES

if TYPE_CHECKING:
    from fastchannel.node.models import Account

ROLES = tuple(role.value for role in Role if role not in (Role.TRAVELLER, Role.SYSTEM))
NAME = click.argument("username", metavar="NAME")


@click.group("accounts")
def accounts() -> None:
    """Make, list and close the accounts of a node's staff, and help those who lost their second step."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(accounts)


@command(
    accounts,
    "create",
    "fastchannel accounts create zhang.min --node /srv/fastchannel --role reviewer --jurisdiction CN-TJ",
    "fastchannel accounts create hanbit --node /srv/fastchannel --role sponsor --organisation hanbit-display",
)
@NAME
@node_option
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the account does.")
@click.option("--name", "full_name", default="", help="The holder's name, as colleagues read it.")
@click.option("--agency", default="", help="The agency that the holder works for.")
@click.option("--jurisdiction", multiple=True, help="A region by ISO 3166-2; may be repeated. Without it: the whole party.")
@click.option("--organisation", default="", help="For sponsors, laboratories and carriers: whom the account acts for.")
@click.option("--email", default="", help="Where the invitation and security notices go.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its pages and mail.")
@json_option
def create(
    *, username: str, directory: Path, role: str, full_name: str, agency: str, jurisdiction: tuple[str, ...], organisation: str,
    email: str, language: str, as_json: bool,
) -> None:  # fmt: skip
    """Make the account NAME and print its invitation: a link that works once, with which its holder sets a password."""
    with _node(directory):
        from fastchannel.node import accounts as node_accounts

        made = node_accounts.create(
            username, role=Role(role), name=full_name, agency=agency, jurisdiction=jurisdiction, organisation=organisation,
            email=email, language=language,
        )  # fmt: skip
        _show_invitation(made, as_json)


@command(accounts, "list", "fastchannel accounts list --node /srv/fastchannel")
@node_option
@json_option
def list_accounts(*, directory: Path, as_json: bool) -> None:
    """List every account: its role, what it reaches, its second step, and whether it is open."""
    with _node(directory):
        from fastchannel.node.accounts import factors
        from fastchannel.node.models import Account

        rows = list(Account.objects.order_by("username"))
        held = factors([row.pk for row in rows])
    if as_json:
        emit_json([_said(row, held.get(row.pk, [])) for row in rows])
        return
    table = Table("account", "role", "agency", "reaches", "second step", "open", title=str(directory), title_justify="left")
    for row in rows:
        reaches = row.organisation or ", ".join(row.jurisdiction) or row.party
        table.add_row(
            row.username,
            row.role,
            row.agency,
            reaches,
            ", ".join(held.get(row.pk, [])) or "none",
            "yes" if row.is_active else "no",
        )
    page().print(table)


@command(accounts, "close", "fastchannel accounts close zhang.min --node /srv/fastchannel")
@NAME
@node_option
@json_option
def close(*, username: str, directory: Path, as_json: bool) -> None:
    """Close the account NAME: nobody signs in to it any more, and who is signed in is out at once."""
    with _node(directory):
        from fastchannel.node import accounts as node_accounts

        ended = node_accounts.close(node_accounts.find(username))
    if as_json:
        emit_json({"username": username, "open": False, "signed_out": ended})
    else:
        click.echo(f"{username}: closed, signed out at {ended} places")


@command(accounts, "reset-factor", "fastchannel accounts reset-factor zhang.min --node /srv/fastchannel")
@NAME
@node_option
@json_option
def reset_factor(*, username: str, directory: Path, as_json: bool) -> None:
    """For who lost the second step: remove it with the password, sign NAME out everywhere, print a new invitation.

    Make sure first that it is really NAME who asks: the link that is printed opens the account.
    """
    with _node(directory):
        from fastchannel.node import accounts as node_accounts

        found = node_accounts.find(username)
        _show_invitation(found, as_json, token=node_accounts.reset(found))


@command(
    accounts,
    "bind-oidc",
    "fastchannel accounts bind-oidc zhang.min --node /srv/fastchannel --provider health-ministry --subject 1f3c9",
)
@NAME
@node_option
@click.option("--provider", required=True, help="The table [accounts.oidc.PROVIDER] in node.toml.")
@click.option("--subject", required=True, help="What the ministry's sign-in calls this person: its claim sub.")
@json_option
def bind_oidc(*, username: str, directory: Path, provider: str, subject: str, as_json: bool) -> None:
    """Let one identity of a ministry's own sign-in open the account NAME. No other opens it."""
    with _node(directory):
        from fastchannel.node import accounts as node_accounts

        node_accounts.bind(node_accounts.find(username), provider, subject)
    if as_json:
        emit_json({"username": username, "provider": provider, "subject": subject})
    else:
        click.echo(f"{username}: opened by {subject} of {provider}, and by the account's own second step after it")


@contextmanager
def _node(directory: Path) -> Iterator[None]:
    from fastchannel.node.shell import use

    use(directory)
    with database_of(directory):
        yield


def _show_invitation(account: Account, as_json: bool, *, token: str = "") -> None:
    from fastchannel.node import accounts as node_accounts

    address = node_accounts.address_of(token or node_accounts.invite(account))
    if as_json:
        emit_json({**_said(account, []), "invitation": address})
        return
    click.echo(address)
    message(f"{account.username}: hand this link to its holder alone. It works once and is not shown again.")
    if account.email:
        message(f"It was sent to {account.email} too.")


def _said(row: Account, held: list[str]) -> dict[str, object]:
    return {
        "username": row.username, "name": row.name, "role": row.role, "party": row.party, "agency": row.agency,
        "jurisdiction": row.jurisdiction, "organisation": row.organisation, "email": row.email, "language": row.language,
        "second_step": held, "open": row.is_active,
    }  # fmt: skip
