"""``fastchannel exchange roster``: the list of the parties' keys, from their entries to its use at a node."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
from rich.table import Table

from fastchannel.cli.command import command, json_option, node_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.exchange_files import FILE, ExchangeFileError, decoded, root_key, roster_in, write


@click.group("roster")
def roster() -> None:
    """The list of the parties' keys, which their offline keys sign."""


@command(
    roster,
    "make",
    "fastchannel exchange roster make party-cn.json party-kr.json --corridor china-korea --out roster.json",
    "fastchannel exchange roster make party-cn.json party-kr.json --corridor china-korea --version 2 --out roster-2.json",
)
@click.argument("entries", metavar="PARTY...", nargs=-1, required=True, type=FILE)
@click.option("--corridor", required=True, help="Its name in every lane: a-z, 0-9, dot and hyphen.")
@click.option("--version", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--threshold", type=click.IntRange(min=1), help="How many parties sign its successor; the default is all.")
@click.option("--out", type=FILE, required=True)
@json_option
def make_roster(
    *, entries: tuple[Path, ...], corridor: str, version: int, threshold: int | None, out: Path, as_json: bool
) -> None:
    """Put the parties' entries into one list, to be signed by each party's offline key."""
    from fastchannel.exchange.roster import Party, Roster, sign_roster

    parties = tuple(decoded(path, Party) for path in entries)
    made = Roster(corridor=corridor, version=version, threshold=threshold or len(parties), parties=parties)
    write(out, sign_roster(made, []))
    if as_json:
        emit_json(msgspec.to_builtins(made) | {"signatures": []})
    else:
        message(f"{out}: version {version} of {corridor}, signed by nobody yet")


@command(roster, "sign", "fastchannel exchange roster sign roster.json --key root-cn.pem")
@click.argument("file", metavar="ROSTER", type=FILE)
@click.option("--key", "key_file", type=FILE, required=True, help="The party's offline key.")
@json_option
def sign(*, file: Path, key_file: Path, as_json: bool) -> None:
    """Add a party's signature to the list, in its file. Read what you sign first: roster show."""
    from fastchannel.exchange.roster import SignedRoster, sign_roster

    held = decoded(file, SignedRoster)
    signed = sign_roster(roster_in(held, file), [root_key(key_file)])
    if signed.roster != held.roster:
        raise ExchangeFileError(f"{file}: found the list in another form than it is written here")
    signatures = {**held.signatures, **signed.signatures}
    write(file, SignedRoster(held.roster, signatures))
    if as_json:
        emit_json({"signatures": sorted(signatures)})
    else:
        message(f"{file}: {len(signatures)} signatures")


@command(roster, "show", "fastchannel exchange roster show roster.json")
@click.argument("file", metavar="ROSTER", type=FILE)
@json_option
def show(*, file: Path, as_json: bool) -> None:
    """Show the list: parties, keys, their bounds, and which offline keys signed it."""
    from fastchannel.exchange.roster import SignedRoster

    signed = decoded(file, SignedRoster)
    found = roster_in(signed, file)
    if as_json:
        emit_json(msgspec.to_builtins(found) | {"signatures": sorted(signed.signatures)})
        return
    table = Table("party", "use", "key", "until", title=f"{found.corridor} {found.version}", title_justify="left")
    for one in found.parties:
        for root in one.roots:
            table.add_row(one.code, "root", root, "signed this list" if root in signed.signatures else "")
        for key in one.keys:
            table.add_row(one.code, key.use, key.raw, ", ".join(f"{lane} {size}" for lane, size in key.until.items()))
    for pin in found.pins():
        table.add_row(pin.party, "line", pin.fingerprint, str(pin.until.date()))
    page().print(table)


@command(roster, "accept", "fastchannel exchange roster accept roster.json --node /srv/fastchannel")
@click.argument("file", metavar="ROSTER", type=FILE)
@node_option
@json_option
def accept(*, file: Path, directory: Path, as_json: bool) -> None:
    """Take the list into use at a node: the first is signed by every party, each later one follows the one that is held."""
    from fastchannel.exchange.roster import SignedRoster, first_roster, follow
    from fastchannel.node.exchange_files import read_roster
    from fastchannel.node.places import Places

    signed = decoded(file, SignedRoster)
    place = Places(directory.resolve()).roster
    found = follow(read_roster(place), signed) if place.exists() else first_roster(signed)
    place.parent.mkdir(exist_ok=True)
    write(place, signed)
    if as_json:
        emit_json({"corridor": found.corridor, "version": found.version})
    else:
        message(f"{place}: version {found.version} of {found.corridor} counts from now on")
