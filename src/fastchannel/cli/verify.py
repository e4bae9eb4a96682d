"""``fastchannel verify``: texts, pictures and PDFs of certificates against trust lists, with no network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from fastchannel.cli import clock
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

if TYPE_CHECKING:
    from fastchannel.certificates.evidence import Evidence
    from fastchannel.certificates.refusal import Refusal
    from fastchannel.certificates.trust.store import TrustStore

VALID, REFUSED, CANNOT_TELL = 0, 1, 2
_WORDS = {VALID: N_("valid"), REFUSED: N_("refused"), CANNOT_TELL: N_("cannot tell")}


class InputError(FastChannelError):
    """A file cannot be read from the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One certificate of one file. ``claims`` is what it says where nobody could vouch for it."""

    file: str
    found: Evidence | Refusal
    claims: Evidence | None = None

    @property
    def code(self) -> int:
        """The exit code that it asks for."""
        from fastchannel.certificates.evidence import Evidence

        if isinstance(self.found, Evidence):
            return VALID
        return CANNOT_TELL if self.found.unanswered else REFUSED


def add_to(root: click.Group) -> None:
    """Add the command."""
    command(
        root,
        "verify",
        "fastchannel verify --trust trust-cn.json certificate.png",
        "fastchannel verify --trust trust-cn.json --at 2021-07-01T12:00:00+08:00 --json - < certificate.txt",
        exits={
            VALID: "every certificate is valid",
            REFUSED: "a certificate is refused",
            CANNOT_TELL: "cannot tell: no fresh trust list, an unknown format, a file that cannot be read",
        },
    )(verify_command)


@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--trust", "lists", metavar="FILE", multiple=True, help="A trust list as `fastchannel trust import` writes it.")
@click.option(
    "--revoked", metavar="PARTY FILE KEY", nargs=3, multiple=True,
    help="A party's signed list of revoked certificates (`fastchannel trust revoke`), and its public key, PEM.",
)  # fmt: skip
@click.option("--at", type=instant, help="The instant to judge at, with its offset; the default is now.")
@click.option(
    "--domain", type=click.Choice(["production", "test"]), default="production", show_default=True, help="Which keys count."
)
@click.option("--strict", is_flag=True, help="Tolerate no deviation from the format's specification.")
@language_option
@json_option
def verify_command(
    *,
    files: tuple[str, ...],
    lists: tuple[str, ...],
    revoked: tuple[tuple[str, str, str], ...],
    at: datetime | None,
    domain: str,
    strict: bool,
    language: str,
    as_json: bool,
) -> int:
    """Verify certificates: texts, pictures (PNG, JPEG, WebP, GIF) and PDFs; - reads standard input.

    What a file is is told by its first bytes. Without a trust list nothing is verified: what a certificate claims is shown,
    marked as unverified. Of several certificates each has a line, and the worst decides the exit code: refused before
    cannot tell before valid.
    """
    from fastchannel.certificates.tolerances import LENIENT, STRICTLY
    from fastchannel.certificates.verify import verify

    store = _store(lists, revoked, domain)
    when = at or clock.now()
    tolerances = STRICTLY if strict else LENIENT
    checked = [one for name in files for one in _check(name, lambda text: verify(text, store, when, tolerances=tolerances))]
    if as_json:
        emit_json([_fields(one, language) for one in checked])
    elif len(checked) == 1:
        _page(checked[0], language)
    else:
        for one in checked:
            click.echo(_line(one, language))
    return worst(one.code for one in checked)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several certificates: one that is refused is worse than one that cannot be told."""
    return max(codes, key=(VALID, CANNOT_TELL, REFUSED).index, default=CANNOT_TELL)


def _store(names: Iterable[str], revoked: Iterable[tuple[str, str, str]], domain: str) -> TrustStore:
    from fastchannel.certificates.keys import Domain
    from fastchannel.certificates.trust.files import decode_trust_list
    from fastchannel.certificates.trust.store import TrustStore
    from fastchannel.cli.trust import read_revocations

    return TrustStore(
        [decode_trust_list(_read(name), name) for name in names],
        domain=Domain(domain),
        revocations=[read_revocations(name, pin, party, domain) for party, name, pin in revoked],
    )


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror or error}") from error


def _check(name: str, judge: Callable[[str], Evidence | Refusal]) -> list[Checked]:
    from fastchannel.certificates.claims import claimed
    from fastchannel.certificates.refusal import Code, Refusal, RefusedError
    from fastchannel.node.pictures import texts_of_file

    try:
        texts = texts_of_file(_read(name))
    except RefusedError as error:
        return [Checked(file=name, found=error.refusal)]
    except InputError as error:  # one file of many: the others are still answered
        return [Checked(file=name, found=Refusal(code=Code.UNSUPPORTED, where="file", found=str(error), detail="no-file"))]
    found = [(text, judge(text)) for text in texts]
    return [
        Checked(file=name, found=one, claims=claimed(text, one) if isinstance(one, Refusal) else None) for text, one in found
    ]


def _word(checked: Checked, language: str) -> str:
    return translate(_WORDS[checked.code], language)


def _line(checked: Checked, language: str) -> str:
    from fastchannel.certificates import words
    from fastchannel.certificates.evidence import Evidence

    head = f"{checked.file}: {_word(checked, language)}"
    if isinstance(checked.found, Evidence):
        events = "; ".join(words.event_words(event, language) for event in checked.found.events)
        return f"{head}: {words.name_words(checked.found)}: {events}"
    return f"{head}: {checked.found.code}: {words.say(checked.found, language)}"


def _page(checked: Checked, language: str) -> None:
    from fastchannel.certificates import words
    from fastchannel.certificates.evidence import Evidence

    click.echo(f"{checked.file}: {_word(checked, language)}")
    if isinstance(checked.found, Evidence):
        _rows(words.rows(checked.found, language))
        return
    refusal = checked.found
    click.echo(f"  {words.say(refusal, language)}")
    code = f"{refusal.code} ({refusal.detail})" if refusal.detail else refusal.code.value
    told = [
        (N_("Code"), code),
        (N_("Part of the certificate"), refusal.where),
        (N_("Found"), refusal.found),
        (N_("Required"), refusal.expected),
        (N_("Format"), words.format_words(refusal.format, language)),
    ]
    _rows([(translate(label, language), text) for label, text in told if text])
    if checked.claims is not None:
        click.echo(translate(N_("Unverified. The certificate claims:"), language))
        _rows(words.rows(checked.claims, language), mark=translate(N_("unverified"), language))


def _rows(rows: list[tuple[str, str]], mark: str = "") -> None:
    for label, text in rows:
        click.echo(f"  {label}: {text}{f' [{mark}]' if mark else ''}")


def _fields(checked: Checked, language: str) -> dict[str, object]:
    from fastchannel.certificates import words
    from fastchannel.certificates.evidence import Evidence

    fields: dict[str, object] = {"file": checked.file, "outcome": _WORDS[checked.code]}
    refusal = checked.found
    if isinstance(refusal, Evidence):
        return fields | {"evidence": _plain(refusal)}
    fields |= {"refusal": msgspec.to_builtins(refusal), "text": words.say(refusal, language)}
    return fields | ({"unverified": _plain(checked.claims)} if checked.claims is not None else {})


def _plain(evidence: Evidence) -> object:
    """As JSON has it, without the payload: its shape is each format's own, and its keys may be numbers."""
    fields = msgspec.structs.asdict(evidence)
    del fields["payload"]
    return msgspec.to_builtins(fields)
