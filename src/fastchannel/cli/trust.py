"""``fastchannel trust``: import, sign, accept, list and compare lists of trusted issuers."""

from __future__ import annotations

import csv
import secrets
from datetime import datetime
from pathlib import Path

import click
import msgspec
from rich.table import Table

from fastchannel.certificates.keys import Domain, TrustedAuthority, TrustedKey
from fastchannel.certificates.trust.files import decode_trust_list, digest, encode_trust_list
from fastchannel.certificates.trust.reading import Imported, read_keys
from fastchannel.certificates.trust.reconcile import reconcile
from fastchannel.certificates.trust.revocation import (
    EXACT,
    FILTER_BITS,
    CertificateName,
    HeldRevocations,
    list_revocations,
    open_revocations,
    seal_revocations,
)
from fastchannel.certificates.trust.signing import Pinned, open_trust_list, public_key, seal_trust_list, signing_key, succeed
from fastchannel.certificates.trust.store import TrustList
from fastchannel.cli.clock import now
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.files import read_file, write_file
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

DIFFERENT = 1
REJECTED = 1


class TrustFileError(FastChannelError):
    """A file given to the command cannot be read or written."""


@click.group("trust")
def trust() -> None:
    """Lists of the issuers whose certificates count."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(trust)


def read_trust_list(name: str) -> TrustList:
    """The list in a file that `import` wrote. Raises CertificateError and TrustFileError."""
    return decode_trust_list(_read(name), name)


@command(
    trust,
    "import",
    "fastchannel trust import dsc-list.json --party KR --out trust-kr.json",
    "fastchannel trust import signers.pem --party CN --version 4 --max-age 48 --out trust-cn.json",
    "fastchannel trust import signers.pem --party CN --version 4 --sign party-key.pem --out trust-cn.cose",
    exits={0: "every entry gave a key", REJECTED: "some entries were rejected: each is on a line of stderr"},
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--party", required=True, help="Whose list it will be.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the list is written.")
@click.option(
    "--version", type=click.IntRange(min=1), default=1, show_default=True, help="Greater than that of the list before."
)
@click.option("--max-age", type=click.IntRange(1, 8760), default=72, show_default=True, help="Hours after which it is stale.")
@click.option("--issued", type=instant, help="As of when the keys are known to be good; the default is now.")
@click.option("--domain", type=click.Choice([one.value for one in Domain]), default=Domain.PRODUCTION.value, show_default=True)
@click.option("--sign", "key", metavar="KEY", help="Sign it for the other party: a private key in PEM, Ed25519 or P-256.")
@click.option("--ca", metavar="FILE", help="Take only signers whose certificate an authority in this PEM file issued.")
@click.option("--country", default="", help="The issuers' country, where the file names none.")
@click.option("--issuer", default="", help="The issuer's address, where the file names none.")
@json_option
def import_command(
    *,
    files: tuple[str, ...],
    party: str,
    out: Path,
    version: int,
    max_age: int,
    issued: datetime | None,
    domain: str,
    key: str | None,
    ca: str | None,
    country: str,
    issuer: str,
    as_json: bool,
) -> int:
    """Make one list of the keys in FILEs: PEM certificates, an EU list, a did:web document, a JWKS, or a map of keys.

    PEM certificates of a state's signing authority (CSCA) are kept as authorities: a seal counts whose signer one of them
    certified. Entries in = keys + authorities + repeated + rejected, shown file by file. Nothing is written where no entry
    gave a key or an authority. A signed list is what the other party accepts; verifiers read the unsigned form.
    """
    party_key = signing_key(_read(key)) if key is not None else None
    issued_by = _authorities(ca) if ca is not None else None
    found = {
        name: read_keys(_read(name), name=name, domain=Domain(domain), country=country, issuer=issuer, issued_by=issued_by)
        for name in files
    }
    keys: dict[tuple[bytes, bytes], TrustedKey] = {}
    for one in found.values():
        for each in one.keys:
            keys.setdefault((each.kid, each.spki), each)
    authorities = tuple(dict.fromkeys(each for one in found.values() for each in one.authorities))
    if not keys and not authorities:
        _tell_rejected(found)
        raise TrustFileError("no entry gave a key; nothing was written")
    made = TrustList(
        party=party,
        version=version,
        issued=issued or now(),
        keys=tuple(keys.values()),
        domain=Domain(domain),
        max_age_hours=max_age,
        authorities=authorities or msgspec.UNSET,
    )
    _write(out, encode_trust_list(made) if party_key is None else seal_trust_list(made, party_key))
    total = sum(len(one.keys) + len(one.authorities) for one in found.values())
    counts = {
        "entries": sum(one.entries for one in found.values()),
        "keys": len(keys),
        "authorities": len(authorities),
        "repeated": total - len(keys) - len(authorities),
        "rejected": sum(len(one.rejected) for one in found.values()),
    }
    if as_json:
        rejected = {name: msgspec.to_builtins(one.rejected) for name, one in found.items()}
        emit_json({"list": str(out), "digest": digest(made), **counts, "rejections": rejected})
    else:
        _tell_rejected(found)
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
        click.echo(digest(made))
    return REJECTED if counts["rejected"] else 0


@command(
    trust,
    "accept",
    "fastchannel trust accept trust-kr.cose --party KR --pin kr.pem --out trust-kr.json",
)
@click.argument("file", metavar="SIGNED")
@click.option("--party", required=True, help="Whose list it must be.")
@click.option("--pin", required=True, metavar="KEY", help="The public key in PEM that was agreed with the party.")
@click.option("--domain", type=click.Choice([one.value for one in Domain]), default=Domain.PRODUCTION.value, show_default=True)
@click.option("--at", type=instant, help="The instant at which it must be usable; the default is now.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where verifiers read it. The list that is there is the one held: it is followed, never undone.",
)
@json_option
def accept_command(*, file: str, party: str, pin: str, domain: str, at: datetime | None, out: Path, as_json: bool) -> None:
    """Take a list that another party signed: its signature, party, domain, age and version are checked first."""
    held = decode_trust_list(_read(str(out)), str(out)) if out.exists() else None
    pinned = Pinned(party=party, spki=public_key(_read(pin)), domain=Domain(domain))
    taken = succeed(open_trust_list(_read(file), pinned), held, at or now())
    _write(out, encode_trust_list(taken))
    if as_json:
        emit_json({"list": str(out), "digest": digest(taken), "version": taken.version, "keys": len(taken.keys)})
    else:
        click.echo(digest(taken))
        message(f"{taken.party} {taken.version}, {len(taken.keys)} keys")


@command(
    trust,
    "revoke",
    "fastchannel trust revoke revoked.csv --party KR --sign party-key.pem --version 8 --out revoked-kr.cbor",
)
@click.argument("file", metavar="CSV")
@click.option("--party", required=True, help="Whose list it will be.")
@click.option("--sign", "key", required=True, help="The party's private key, PEM.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the signed list is written.")
@click.option("--version", type=click.IntRange(min=1), required=True, help="Greater than that of the list before.")
@click.option("--max-age", type=click.IntRange(1, 8760), default=24, show_default=True, help="Hours after which it is stale.")
@click.option("--issued", type=instant, help="As of when it is complete; the default is now.")
@click.option("--domain", type=click.Choice([one.value for one in Domain]), default=Domain.PRODUCTION.value, show_default=True)
@click.option("--country", "countries", multiple=True, help="The issuers that it speaks of; the default is all.")
@click.option("--compact", is_flag=True, help="Write a filter of 34 bits an entry; at most one in four billion is hit falsely.")
@json_option
def revoke_command(
    *,
    file: str,
    party: str,
    key: str,
    out: Path,
    version: int,
    max_age: int,
    issued: datetime | None,
    domain: str,
    countries: tuple[str, ...],
    compact: bool,
    as_json: bool,
) -> None:
    """Sign a list of revoked certificates. CSV has a line for each: country, key identifier, the issuer's identifier.

    What is written holds no identifiers, only their hashes under a salt of its own.
    """
    party_key = signing_key(_read(key))
    made = list_revocations(
        _names(file),
        party=party,
        version=version,
        issued=issued or now(),
        salt=secrets.token_bytes(16),
        bits=FILTER_BITS if compact else EXACT,
        countries=countries,
        domain=Domain(domain),
        max_age_hours=max_age,
    )
    _write(out, seal_revocations(made, party_key))
    if as_json:
        emit_json({"list": str(out), "entries": made.entries, "version": made.version})
    else:
        click.echo(f"{made.entries} entries")


def read_revocations(name: str, pin: str, party: str, domain: str) -> HeldRevocations:
    """The signed list of a party under its pinned key, ready for look-up. Raises CertificateError and TrustFileError."""
    pinned = Pinned(party=party, spki=public_key(_read(pin)), domain=Domain(domain))
    return HeldRevocations(open_revocations(_read(name), pinned))


def _names(file: str) -> list[CertificateName]:
    found = []
    text = _read(file).decode("utf-8-sig", "replace")
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        if not row:
            continue
        try:
            country, kid, identifier = (one.strip() for one in row)
            found.append(CertificateName(country=country, kid=bytes.fromhex(kid), identifier=identifier))
        except ValueError:
            raise TrustFileError(
                f"{file}:{number}: found {','.join(row)[:60]}, expected country, key in hexadecimal, identifier"
            ) from None
    return found


@command(trust, "list", "fastchannel trust list trust-kr.json")
@click.argument("file", metavar="TRUST")
@language_option
@json_option
def list_command(*, file: str, language: str, as_json: bool) -> None:
    """Show a list: whose it is, until when it may be used, and its keys."""
    found = read_trust_list(file)
    if as_json:
        emit_json(msgspec.to_builtins(found) | {"digest": digest(found), "good_until": found.good_until.isoformat()})
        return
    headings = (N_("Country"), N_("Key"), N_("May sign"), N_("Valid until"))
    table = Table(*(translate(one, language) for one in headings), title=f"{found.party} {found.version}, {found.domain}")
    for key in sorted(found.keys, key=lambda one: (one.country, one.kid)):
        ends = key.not_after.date().isoformat() if key.not_after else ""
        table.add_row(key.country or key.issuer, key.kid.hex(), ", ".join(sorted(key.uses)), ends)
    for one in sorted(found.vouching, key=lambda one: (one.country, one.kid)):
        table.add_row(
            one.country, one.kid.hex(), translate(N_("certificates of signers"), language), one.not_after.date().isoformat()
        )
    page().print(table)
    click.echo(f"{found.issued.isoformat(timespec='minutes')} .. {found.good_until.isoformat(timespec='minutes')}")


@command(
    trust,
    "diff",
    "fastchannel trust diff trust-cn.json trust-kr.json",
    exits={0: "both trust the same keys for the same", DIFFERENT: "they differ: each key is on a line of stdout"},
)
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@json_option
def diff_command(*, ours: str, theirs: str, as_json: bool) -> int:
    """Show what one list trusts and the other does not: < only in OURS, > only in THEIRS, ! in both but for other uses."""
    found = reconcile(read_trust_list(ours), read_trust_list(theirs))
    if as_json:
        emit_json(msgspec.to_builtins(found))
    else:
        for mark, keys in (("<", found.only_ours), (">", found.only_theirs), ("!", [mine for mine, _ in found.differing])):
            for key in keys:
                click.echo(f"{mark} {key.country or key.issuer} {key.kid.hex()}")
        for mark, authorities in (("<", found.authorities_only_ours), (">", found.authorities_only_theirs)):
            for one in authorities:
                click.echo(f"{mark} {one.country} {one.kid.hex()} CA")
        message(f"{len(found.both)} keys in both")
    return 0 if found.same else DIFFERENT


def _authorities(name: str) -> tuple[TrustedAuthority, ...]:
    """The authorities of a PEM file. Raises TrustFileError where it has none, or one that cannot be used."""
    found = read_keys(_read(name), name=name)
    if found.rejected or not found.authorities:
        _tell_rejected({name: found})
        raise TrustFileError(f"{name}: found {len(found.authorities)} authorities, expected their certificates in PEM")
    return found.authorities


def _tell_rejected(found: dict[str, Imported]) -> None:
    for name, one in found.items():
        for rejected in one.rejected:
            message(f"{name}: {rejected.where}: {rejected.reason}")


def _read(name: str) -> bytes:
    return read_file(Path(name), TrustFileError)


def _write(path: Path, raw: bytes) -> None:
    write_file(path, raw, TrustFileError)
