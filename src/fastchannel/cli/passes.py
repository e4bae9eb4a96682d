"""``fastchannel pass``: make a key, issue, verify and revoke passes."""

from __future__ import annotations

import base64
import os
import re
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from fastchannel.cli.clock import now
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.files import read_file, write_file
from fastchannel.cli.texts import find_agreement
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

    from fastchannel.certificates.passes.checking import Mismatch
    from fastchannel.certificates.passes.claims import Pass
    from fastchannel.certificates.passes.holder import Holder
    from fastchannel.certificates.passes.revoking import RevokedPasses
    from fastchannel.certificates.refusal import Refusal
    from fastchannel.certificates.trust.store import TrustList

REFUSED, CANNOT_TELL = 1, 2
MOST_FILE_BYTES = 4 * 1024 * 1024
GATES = ("boarding", "entry", "release")


class PassError(FastChannelError):
    """A file that the command needs cannot be read or written."""


@click.group("pass")
def passes() -> None:
    """Passes: short-lived, bound to a passport, without health data, checked without a network."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(passes)


class Lifetime(click.ParamType[timedelta]):
    """A number of hours: ``24h`` or ``24``."""

    name = "hours"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The duration."""
        found = re.fullmatch(r"([0-9]{1,3})h?", str(value))
        if found is None or not 0 < int(found[1]) <= 14 * 24:
            self.fail(f"{value}: expected hours from 1h to 336h", param, ctx)
        return timedelta(hours=int(found[1]))


@command(passes, "key", "fastchannel pass key --out pass.pem --party KR --trust-out trust.json")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The private key; there must be no such file yet.")
@click.option("--party", default="KR", show_default=True, help="The country that issues with it, ISO 3166-1.")
@click.option("--trust-out", type=click.Path(path_type=Path), help="A trust list of this key alone, for those who verify.")
@click.option("--at", type=instant, default=None, help="When the trust list is issued; the default is now.")
@json_option
def make_key(*, out: Path, party: str, trust_out: Path | None, at: datetime | None, as_json: bool) -> None:
    """Make a P-256 key that signs passes, and print its entry for trust lists."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from fastchannel.certificates.evidence import Use
    from fastchannel.certificates.keys import TrustedKey, kid_of, spki_of
    from fastchannel.certificates.trust.files import encode_trust_list
    from fastchannel.certificates.trust.store import TrustList

    made = ec.generate_private_key(ec.SECP256R1())
    spki = spki_of(made.public_key())
    entry = TrustedKey(kid=kid_of(spki), spki=spki, country=party, uses=frozenset({Use.CROSSING}))
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except OSError as error:
        raise PassError(f"{out}: cannot be written: {error.strerror or error}") from error
    if trust_out is not None:
        listed = TrustList(party=party, version=1, issued=at or now(), keys=(entry,))
        _write(trust_out, encode_trust_list(listed))
    if as_json:
        emit_json(entry)
    else:
        click.echo(f"kid {entry.kid.hex()}\nspki {base64.b64encode(spki).decode()}")


@command(
    passes,
    "issue",
    "fastchannel pass issue --key pass.pem --journey KR-2020-000123 --agreement china-korea@5 --route kr-cn "
    "--passport M12345678 --state KOR --birth 1985-03-02 --gate entry --valid-for 24h --out pass.svg",
)
@click.option("--key", "key_file", type=click.Path(path_type=Path), required=True, help="The private key, PEM.")
@click.option("--journey", required=True, help="The journey's identifier.")
@click.option("--agreement", "agreement_name", required=True, help="A file, or a text that ships: china-korea@5.")
@click.option("--route", required=True)
@click.option("--passport", required=True, help="The passport's number. The pass holds a salted hash of it.")
@click.option("--state", required=True, help="The passport's issuing state, three letters.")
@click.option("--birth", required=True, help="The date of birth, as 1985-03-02.")
@click.option("--gate", "gates", type=click.Choice(GATES), multiple=True, required=True, help="What it opens; may be repeated.")
@click.option("--valid-for", type=Lifetime(), default="24h", show_default=True, help="Hours from now, at most 336h.")
@click.option("--party", default="KR", show_default=True, help="The issuing party.")
@click.option("--at", type=instant, default=None, help="When it is issued and begins; the default is now.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the QR code as SVG.")
@json_option
def issue(
    *,
    key_file: Path,
    journey: str,
    agreement_name: str,
    route: str,
    passport: str,
    state: str,
    birth: str,
    gates: tuple[str, ...],
    valid_for: timedelta,
    party: str,
    at: datetime | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Issue a pass, and print the text of its QR code."""
    from fastchannel.certificates.keys import kid_of, spki_of
    from fastchannel.certificates.passes import issuing, printing
    from fastchannel.certificates.passes.claims import ID_BYTES, Fields
    from fastchannel.certificates.passes.holder import SALT_BYTES, Holder

    text = find_agreement(agreement_name)
    if route not in text.routes:
        raise click.BadParameter(f"{route}: {text.id} has the routes {', '.join(text.routes)}", param_hint="--route")
    private = _private_key(key_file)
    begins = (at or now()).astimezone(UTC).replace(microsecond=0)
    fields = Fields(
        id=secrets.token_bytes(ID_BYTES),
        issuer=party,
        agreement=text.id,
        route=route,
        digest=text.digest,
        journey=journey,
        gates=tuple(dict.fromkeys(gates)),
        issued=begins,
        not_before=begins,
        expires=begins + valid_for,
    )
    written = issuing.issue(
        fields,
        Holder(document=passport, state=state, birth=birth),
        key_id=kid_of(spki_of(private.public_key())),
        sign=issuing.signer(private),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    if out is not None:
        _write(out, printing.svg(written).encode())
    if as_json:
        emit_json(
            {
                "id": fields.id.hex(),
                "text": written,
                "expires": fields.expires,
                "agreement_digest": fields.digest,
                "qr_version": printing.version_of(written),
            }
        )
    else:
        click.echo(written)
        message(f"{fields.id.hex()}")


@command(
    passes,
    "verify",
    "fastchannel pass verify pass.txt --trust trust.json --gate entry --agreement china-korea@5",
    "fastchannel pass verify - --trust trust.json --passport M12345678 --state KOR --birth 1985-03-02 --revoked revoked.json",
    exits={
        0: "valid, and for what was asked",
        REFUSED: "refused",
        CANNOT_TELL: "cannot tell: no fresh trust list, unreadable file",
    },
)
@click.argument("source", metavar="TEXT|FILE|-")
@click.option("--trust", "trust_file", type=click.Path(path_type=Path), required=True, help="The trust list.")
@click.option("--at", type=instant, default=None, help="As of this instant; the default is now.")
@click.option("--passport", help="Compare with this passport: its number, with --state and --birth.")
@click.option("--state", help="The passport's issuing state.")
@click.option("--birth", help="The date of birth, as 1985-03-02.")
@click.option("--gate", type=click.Choice(GATES), help="Whether it opens this gate.")
@click.option("--agreement", "agreement_name", help="Whether it was issued under this text: china-korea@5, or its digest.")
@click.option("--revoked", "revoked_file", type=click.Path(path_type=Path), help="The list of revoked passes.")
@language_option
@json_option
def verify(
    *,
    source: str,
    trust_file: Path,
    at: datetime | None,
    passport: str | None,
    state: str | None,
    birth: str | None,
    gate: str | None,
    agreement_name: str | None,
    revoked_file: Path | None,
    language: str,
    as_json: bool,
) -> int:
    """Verify a pass without a network: signature, times, revocation, and whether it is for what is asked."""
    from fastchannel.certificates.passes.checking import check
    from fastchannel.certificates.trust.store import TrustStore

    revoked = [] if revoked_file is None else [_read_revoked(revoked_file)]
    trust = TrustStore([_read_trust(trust_file)], revocations=revoked)
    found = check(
        _read_text(source),
        trust,
        at or now(),
        holder=_holder(passport, state, birth),
        gate=gate,
        digest=None if agreement_name is None else _digest(agreement_name),
    )
    return _tell(found, language, as_json=as_json)


@command(passes, "revoke", "fastchannel pass revoke 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --list revoked.json")
@click.argument("identifier", metavar="ID")
@click.option("--list", "list_file", type=click.Path(path_type=Path), required=True, help="The list; made where there is none.")
@click.option("--at", type=instant, default=None, help="When it is revoked; the default is now.")
@json_option
def revoke_command(*, identifier: str, list_file: Path, at: datetime | None, as_json: bool) -> None:
    """Put a pass on the list of those revoked. Nothing is ever taken off it."""
    from fastchannel.certificates.passes.revoking import RevokedPasses, encode_revoked, revoke

    before = _read_revoked(list_file) if list_file.exists() else RevokedPasses()
    after = revoke(before, identifier, at or now())
    if after is not before:
        _write(list_file, encode_revoked(after))
    if as_json:
        emit_json({"id": identifier.strip().lower(), "revision": after.revision, "added": after is not before})
    else:
        message(f"{list_file}: revision {after.revision}, {len(after.passes)} revoked")


def _tell(found: Pass | Refusal | Mismatch, language: str, *, as_json: bool) -> int:
    from fastchannel.certificates.passes.checking import Mismatch
    from fastchannel.certificates.passes.printing import NOT_FOR_THIS, words
    from fastchannel.certificates.refusal import Refusal

    if isinstance(found, Refusal):
        code = CANNOT_TELL if found.unanswered else REFUSED
        line = f"{found.code}: {found.where}: {found.found}"
        answer = {"valid": False, **msgspec.to_builtins(found)}
    elif isinstance(found, Mismatch):
        code, line = REFUSED, translate(NOT_FOR_THIS[found.detail], language)
        answer = {"valid": False, "code": found.code, **msgspec.to_builtins(found)}
    else:
        code = 0
        rows = "\n".join(f"{label}: {value}" for label, value in words(found, language, UTC))
        line = f"{translate(N_('The pass is valid.'), language)}\n{rows}"
        shown = {name: getattr(found, name) for name in found.__struct_fields__ if name not in {"salt", "holder", "more"}}
        answer = {"valid": True, **msgspec.to_builtins(shown)}
    if as_json:
        emit_json(answer)
    else:
        click.echo(line)
    return code


def _holder(passport: str | None, state: str | None, birth: str | None) -> Holder | None:
    from fastchannel.certificates.passes.holder import Holder, canonical

    if passport is None and state is None and birth is None:
        return None
    if not passport or not state or not birth:
        raise click.UsageError("--passport, --state and --birth go together")
    found = Holder(document=passport, state=state, birth=birth)
    canonical(found)  # before the pass is read: what was typed wrong here is no fault of the pass
    return found


def _digest(name: str) -> str:
    return name if name.startswith("sha256:") else find_agreement(name).digest


def _read_text(source: str) -> str:
    from fastchannel.certificates.passes.issuing import PREFIX

    if source.startswith(PREFIX):
        return source
    raw = sys.stdin.buffer.read(MOST_FILE_BYTES) if source == "-" else _read(Path(source))
    return raw.decode("utf-8", "replace")


def _read_trust(path: Path) -> TrustList:
    from fastchannel.certificates.trust.files import decode_trust_list

    return decode_trust_list(_read(path), str(path))


def _read_revoked(path: Path) -> RevokedPasses:
    from fastchannel.certificates.passes.revoking import decode_revoked

    return decode_revoked(_read(path))


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PassError(f"{path}: no private key in PEM without a password") from error
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise PassError(f"{path}: found another kind of key, expected P-256: fastchannel pass key makes one")
    return found


def _read(path: Path) -> bytes:
    return read_file(path, PassError, MOST_FILE_BYTES)


def _write(path: Path, data: bytes) -> None:
    write_file(path, data, PassError)
