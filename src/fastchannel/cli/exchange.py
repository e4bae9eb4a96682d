"""``fastchannel exchange``: keys and the list of them, the lanes of a node, and proofs for a third person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.table import Table

from fastchannel.cli.command import command, json_option, node_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.exchange_files import FILE, ExchangeFileError, decoded, put, read, roster_in, write
from fastchannel.cli.exchange_roster import roster
from fastchannel.cli.node import database_of

if TYPE_CHECKING:
    from fastchannel.node.link import Link

UNREACHED, NOT_WELL = 1, 1
_DAYS = click.option(
    "--days", type=click.IntRange(1, 3_650), default=730, show_default=True, help="How long the certificate of the line counts."
)


@click.group("exchange")
def exchange() -> None:
    """One record with the other parties' nodes: keys, lanes, proofs."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    exchange.add_command(roster)
    root.add_command(exchange)


@command(exchange, "root", "fastchannel exchange root --out root-cn.pem")
@click.option("--out", type=FILE, required=True, help="The private key; there must be no such file yet. Keep it offline.")
@json_option
def make_root(*, out: Path, as_json: bool) -> None:
    """Make a party's offline key, which signs lists of keys and nothing else, and print its public half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from fastchannel.node.init import secret

    made = Ed25519PrivateKey.generate()
    try:
        secret(out, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().rstrip("\n"))
    except OSError as error:
        raise ExchangeFileError(f"{out}: cannot be written: {error.strerror or error}") from error
    public = made.public_key().public_bytes_raw().hex()
    if as_json:
        emit_json({"root": public})
    else:
        click.echo(public)


@command(exchange, "key", "fastchannel exchange key --node /srv/fastchannel --root 3b6a27bc… --out party-cn.json")
@node_option
@click.option("--root", "roots", multiple=True, required=True, help="The party's offline key, as `exchange root` printed it.")
@click.option("--out", type=FILE, required=True, help="The party's entry for the list: public keys only.")
@_DAYS
@json_option
def make_keys(*, directory: Path, roots: tuple[str, ...], out: Path, days: int, as_json: bool) -> None:
    """Make the node's keys (to sign its lanes, cosign others', read bodies, and for its line), and write the party's entry."""
    from fastchannel.exchange.roster import Party
    from fastchannel.node import config
    from fastchannel.node.channel import files_of, make_certificate
    from fastchannel.node.exchange_files import make_keys as made
    from fastchannel.node.places import Places

    settings, places = config.load(directory), Places(directory.resolve())
    party, keys = settings.party, made(places)
    shown = make_certificate(party, *files_of(settings, places), days)
    made_entry = Party(code=party, roots=roots, keys=keys, certificates=(shown,))
    write(out, made_entry)
    if as_json:
        emit_json(msgspec.to_builtins(made_entry))
        return
    message(f"{out}: the entry of {party}. Put the parties' entries together: fastchannel exchange roster make")


@command(
    exchange,
    "tls",
    "fastchannel exchange tls --node /srv/fastchannel --entry party-cn.json --certificate cn-2.pem --key cn-2-key.pem",
)
@node_option
@click.option("--entry", type=FILE, required=True, help="The party's entry for the list: the certificate is added to it.")
@click.option("--certificate", type=FILE, required=True, help="The next certificate; there must be no such file yet.")
@click.option("--key", "key_file", type=FILE, required=True, help="Its private key; there must be no such file yet.")
@_DAYS
@json_option
def next_certificate(*, directory: Path, entry: Path, certificate: Path, key_file: Path, days: int, as_json: bool) -> None:
    """Make the next certificate of the node's line, before the present one ends. The first is made with the node's keys.

    Once all parties have accepted a list with both, name the two files in node.toml and start the node anew.
    """
    from fastchannel.exchange.pins import pin_of
    from fastchannel.exchange.roster import Party
    from fastchannel.node import config
    from fastchannel.node.channel import make_certificate

    party, held = config.load(directory).party, decoded(entry, Party)
    if held.code != party:
        raise ExchangeFileError(f"{entry}: found the entry of {held.code}, expected that of {party}")
    raw = make_certificate(party, certificate.absolute(), key_file.absolute(), days)
    write(entry, msgspec.structs.replace(held, certificates=(*held.certificates, raw)))
    pin = pin_of(party, raw)
    if as_json:
        emit_json(asdict(pin))
    else:
        message(f"{certificate}: {pin.fingerprint}, until {pin.until.date()}. Have a list with it signed and accepted by all")


@command(
    exchange,
    "status",
    "fastchannel exchange status --node /srv/fastchannel",
    exits={0: "all is well", NOT_WELL: "a lane is stopped (see the alarms), or a certificate has ended"},
)
@node_option
@json_option
def status(*, directory: Path, as_json: bool) -> int:
    """Show each lane (entries, acknowledged by whom, what stopped it), and until when the certificates of the line count."""
    with _linked(directory) as (link, _now):
        from fastchannel.node.lanes import overview

        found, pins = overview(), link.lanes.roster.pins()
    now = datetime.now(UTC)  # certificates end by the world's time, whatever the node's clock says
    if as_json:
        emit_json({"lanes": [asdict(one) for one in found], "certificates": [asdict(pin) for pin in pins]})
    else:
        table = Table(
            "lane", "entries", "acknowledged", "not applied", "held", "state", title=str(directory), title_justify="left"
        )
        for one in found:
            acked = ", ".join(f"{peer} {size}" for peer, size in one.acknowledged.items()) or f"mirror of {one.peer}"
            applied = (str(one.unread), str(one.held)) if one.peer else ("", "")
            table.add_row(one.lane, str(one.size), acked, *applied, one.stopped or "open")
        page().print(table)
        table = Table("party", "certificate", "until")
        for pin in pins:
            table.add_row(pin.party, pin.fingerprint, str(pin.until.date()))
        page().print(table)
    for pin in pins:
        if pin.ends_soon(now):
            verb = "ended" if pin.ended(now) else "ends"
            message(
                f"{pin.party}: certificate {pin.fingerprint[:16]} {verb} on {pin.until.date()}: make the next: exchange tls"
            )
    return NOT_WELL if any(one.stopped for one in found) or any(pin.ended(now) for pin in pins) else 0


@command(
    exchange,
    "sync",
    "fastchannel exchange sync --node /srv/fastchannel",
    exits={0: "every peer was reached", UNREACHED: "a peer could not be reached: see stderr"},
)
@node_option
@json_option
def sync(*, directory: Path, as_json: bool) -> int:
    """Exchange with every peer now, instead of at the next turn of the node's worker."""
    with _linked(directory) as (link, now):
        from fastchannel.node.applying import apply_arrived
        from fastchannel.node.link import post

        trouble = link.exchange(now, post)
        applied = apply_arrived(link, now)
    if as_json:
        emit_json({"unreached": trouble, "applied": applied})
    for peer, why in trouble.items():
        message(f"{peer}: {why}")
    return UNREACHED if trouble else 0


@command(
    exchange,
    "fsck",
    "fastchannel exchange fsck --node /srv/fastchannel",
    exits={0: "every lane is what its signatures say", NOT_WELL: "there is damage: each is on a line of stdout"},
)
@node_option
@json_option
def fsck(*, directory: Path, as_json: bool) -> int:
    """Read every lane anew: leaves, order, frontier, checkpoints with their signatures, bodies. It changes nothing."""
    with _linked(directory) as (link, _now):
        from fastchannel.node.fsck import check_all

        found = list(check_all(link))
    damages = [damage for one in found for damage in one.damages]
    if as_json:
        emit_json([asdict(one) for one in found])
    else:
        for damage in damages:
            click.echo(f"{damage.lane}{'' if damage.seq is None else f' {damage.seq}'}: {damage.said}")
        for one in found:
            message(
                f"{one.lane}: {one.entries} entries, {one.bodies} bodies, {one.erased} erased, {one.checkpoints} checkpoints"
            )
    return NOT_WELL if damages else 0


@command(exchange, "restore", "fastchannel exchange restore china-korea/CN/KR/bulk --node /srv/fastchannel")
@click.argument("lane", metavar="LANE")
@node_option
@json_option
def restore(*, lane: str, directory: Path, as_json: bool) -> None:
    """Take a lane that is behind (an old backup was put back) from the peer's mirror. What was not sent is sent again."""
    with _linked(directory) as (link, now):
        from fastchannel.node.lanes import overview
        from fastchannel.node.link import post

        held = next((one for one in overview() if one.lane == lane), None)
        if held is None or held.stopped != "behind":
            raise ExchangeFileError(
                f"{lane}: {held.stopped or 'open' if held else 'no such lane'}; expected one that is behind"
            )
        trouble = link.restore(lane, now, post)
        after = next(one for one in overview() if one.lane == lane)
    for peer, why in trouble.items():
        message(f"{peer}: {why}")
    if as_json:
        emit_json(asdict(after))
    else:
        message(f"{lane}: {after.size} entries, {after.stopped or 'open'}")


@command(exchange, "export", "fastchannel exchange export KR --node /srv/fastchannel --out for-kr.bin")
@click.argument("peer", metavar="PARTY")
@node_option
@click.option("--out", type=FILE, required=True, help="The file to carry: signed and sealed, so that its way is no matter.")
@json_option
def export(*, peer: str, directory: Path, out: Path, as_json: bool) -> None:
    """Write what a party lacks into a file, for a courier. Its answer comes back the same way: import it."""
    from fastchannel.exchange import courier

    with _linked(directory) as (link, now):
        found = link.export(peer, now)
    put(out, b"".join(courier.write(found)))
    if as_json:
        emit_json({"letters": len(found)})
        return
    message(f"{out}: {len(found)} letters for {peer}" if found else f"{out}: nothing to say to {peer} now")


@command(
    exchange,
    "import",
    "fastchannel exchange import from-cn.bin --node /srv/fastchannel --answer for-cn.bin",
    exits={0: "the file was taken in whole", UNREACHED: "it did not arrive whole: what came before the fault was taken in"},
)
@click.argument("file", metavar="FILE", type=FILE)
@node_option
@click.option("--answer", type=FILE, required=True, help="Where the answers go: carry this file back.")
@json_option
def import_command(*, file: Path, directory: Path, answer: Path, as_json: bool) -> int:
    """Take in a courier's file and write the answers. A file that is taken in twice changes nothing."""
    from fastchannel.exchange import courier
    from fastchannel.exchange.errors import ExchangeError

    taken, answers, code = 0, list[bytes](), 0
    with _linked(directory) as (link, now):
        try:
            for letter in courier.read(read(file, courier.MOST_BYTES)):
                count, more = link.take([letter], now)
                taken, answers = taken + count, answers + more
        except ExchangeError as error:
            message(f"{file}: {error}")
            code = UNREACHED
        from fastchannel.node.applying import apply_arrived

        apply_arrived(link, now)
    put(answer, b"".join(courier.write(answers)))
    if as_json:
        emit_json({"taken": taken, "answers": len(answers)})
        return code
    message(f"{file}: {taken} letters taken in; {answer}: {len(answers)} to carry back")
    return code


@command(
    exchange,
    "prove",
    "fastchannel exchange prove china-korea/KR/CN/bulk 17 --node /srv/fastchannel --out proof.json",
    "fastchannel exchange prove china-korea/KR/CN/bulk 17 --node /srv/fastchannel --show --out proof.json",
)
@click.argument("lane", metavar="LANE")
@click.argument("seq", metavar="SEQ", type=click.IntRange(min=0))
@node_option
@click.option("--show", "shown", is_flag=True, help="With what the entry says: whoever has the file can read it.")
@click.option("--out", type=FILE, required=True)
@json_option
def prove(*, lane: str, seq: int, directory: Path, shown: bool, out: Path, as_json: bool) -> None:
    """Write the proof of one entry: who wrote it and who had it by when, for anybody who has the list of keys."""
    with _linked(directory) as (link, _now):
        raw = link.prove(lane, seq, shown=shown)
    put(out, raw)
    if as_json:
        emit_json({"lane": lane, "seq": seq, "shown": shown, "bytes": len(raw)})
        return
    message(f"{out}: check it with fastchannel exchange verify-proof {out} --roster roster.json")


@command(
    exchange,
    "verify-proof",
    "fastchannel exchange verify-proof proof.json --roster roster.json",
    exits={0: "it shows what is printed", UNREACHED: "it shows nothing: the reason is on stderr"},
)
@click.argument("file", metavar="PROOF", type=FILE)
@click.option(
    "--roster", "roster_file", type=FILE, required=True, help="The parties' list of keys, version 1 or one you trust."
)
@json_option
def verify_proof(*, file: Path, roster_file: Path, as_json: bool) -> int:
    """Say what a proof shows: who wrote the entry, who had it by when, and what it says if that is in the file."""
    from fastchannel.exchange.errors import ExchangeError
    from fastchannel.exchange.proofs import check_proof
    from fastchannel.exchange.roster import SignedRoster

    keys = roster_in(decoded(roster_file, SignedRoster), roster_file)
    try:
        found = check_proof(read(file), keys)
    except ExchangeError as error:
        message(f"{file}: {error}")
        return UNREACHED
    if as_json:
        emit_json(msgspec.to_builtins(found) | {"body": found.body.decode() if found.body is not None else None})
        return 0
    header = found.header
    click.echo(f"{header.lane} {header.seq}: {header.type} {header.id}, {header.at.isoformat()}")
    click.echo(f"written and signed by {found.sender}, among {found.size} entries")
    for party, at in found.cosigned.items():
        click.echo(f"held by {party} at {at.isoformat()}, by its own word")
    if not found.cosigned:
        click.echo("acknowledged by nobody")
    if found.body is not None:
        click.echo(found.body.decode())
    return 0


@contextmanager
def _linked(directory: Path) -> Iterator[tuple[Link, datetime]]:
    """The node's link with its database, and the node's time."""
    from fastchannel.node.shell import use

    use(directory)
    from fastchannel.node.desk import office
    from fastchannel.node.link import link

    with database_of(directory):
        found = link()
        if found is None:
            raise ExchangeFileError("this node works alone. It takes in a list of keys by: fastchannel exchange roster accept")
        yield found, office().clock.now()
