"""``fastchannel verify``: texts, pictures and PDFs of certificates against trust lists, with no network."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from fastchannel.cli import clock
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

if TYPE_CHECKING:
    from fastchannel.certificates.binding.match import Match
    from fastchannel.certificates.evidence import Evidence
    from fastchannel.certificates.mrz.mrz import Mrz
    from fastchannel.certificates.refusal import Refusal
    from fastchannel.certificates.trust.revocation import HeldRevocations
    from fastchannel.certificates.trust.store import TrustList
    from fastchannel.cli.verify_batch import Asked

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
    match: Match | None = None  # with the passport's holder, where a passport was given

    @property
    def code(self) -> int:
        """The exit code that it asks for."""
        from fastchannel.certificates.evidence import Evidence

        if isinstance(self.found, Evidence):
            return CANNOT_TELL if self.match is not None and self.match.held else VALID
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
@click.option(
    "--trust", "trust_lists", metavar="FILE", multiple=True, help="A trust list as `fastchannel trust import` writes it."
)
@click.option(
    "--revoked", metavar="PARTY FILE KEY", nargs=3, multiple=True,
    help="A party's signed list of revoked certificates (`fastchannel trust revoke`), and its public key, PEM.",
)  # fmt: skip
@click.option("--at", type=instant, help="The instant to judge at, with its offset; the default is now.")
@click.option(
    "--domain", type=click.Choice(["production", "test"]), default="production", show_default=True, help="Which keys count."
)
@click.option("--mrz", help="The passport's machine readable zone: whether the certificate is its holder's. Doubt cannot tell.")
@click.option("--lines", is_flag=True, help="Each FILE has one certificate's text a line; writes a line of JSON for each.")
@click.option("--workers", type=click.IntRange(min=1), help="With --lines: how many processes; the default is one a core.")
@click.option("--strict", is_flag=True, help="Tolerate no deviation from the format's specification.")
@language_option
@json_option
def verify_command(
    *,
    files: tuple[str, ...],
    trust_lists: tuple[str, ...],
    revoked: tuple[tuple[str, str, str], ...],
    at: datetime | None,
    domain: str,
    mrz: str | None,
    lines: bool,
    workers: int | None,
    strict: bool,
    language: str,
    as_json: bool,
) -> int:
    """Verify certificates: texts, pictures (PNG, JPEG, WebP, GIF) and PDFs; - reads standard input.

    What a file is is told by its first bytes. Without a trust list nothing is verified: what a certificate claims is shown,
    marked as unverified. Of several certificates each has a line, and the worst decides the exit code: refused before
    cannot tell before valid. With --lines many are verified by every core, in the order in which they stand.
    """
    from fastchannel.certificates.keys import Domain
    from fastchannel.certificates.mrz.mrz import read_mrz
    from fastchannel.certificates.tolerances import LENIENT, STRICTLY
    from fastchannel.certificates.trust.store import TrustStore
    from fastchannel.certificates.verify import verify
    from fastchannel.cli.batch import available_cores
    from fastchannel.cli.verify_batch import Asked

    when = at or clock.now()
    tolerances = STRICTLY if strict else LENIENT
    if lines and mrz is not None:
        raise click.UsageError("--mrz is one person's passport, and --lines many people's certificates: give one of them.")
    if lines:
        asked = Asked(
            lists=_lists(trust_lists),
            revocations=_revocations(revoked, domain),
            at=when,
            domain=Domain(domain),
            tolerances=tolerances,
        )
        return _batch(files, asked, workers or available_cores())
    store = TrustStore(_lists(trust_lists), domain=Domain(domain), revocations=_revocations(revoked, domain))
    checked = [one for name in files for one in _check(name, lambda text: verify(text, store, when, tolerances=tolerances))]
    if mrz is not None:
        passport = read_mrz(mrz, when.date())
        checked = [_bound(one, passport) for one in checked]
    if as_json:
        emit_json([_fields(one, language) for one in checked])
    elif len(checked) == 1:
        _page(checked[0], language)
    else:
        for one in checked:
            click.echo(_line(one, language))
    return worst(one.code for one in checked)


def _bound(checked: Checked, passport: Mrz) -> Checked:
    """With the answer whose it is; a certificate that is not evidence is nobody's."""
    from fastchannel.certificates.binding.match import bind
    from fastchannel.certificates.evidence import Evidence

    if not isinstance(checked.found, Evidence):
        return checked
    return replace(checked, match=bind(checked.found.person, passport))


def worst(codes: Iterable[int]) -> int:
    """The exit code of several certificates: one that is refused is worse than one that cannot be told."""
    return max(codes, key=(VALID, CANNOT_TELL, REFUSED).index, default=CANNOT_TELL)


def _lists(names: Iterable[str]) -> tuple[TrustList, ...]:
    from fastchannel.certificates.trust.files import decode_trust_list

    return tuple(decode_trust_list(_read(name), name) for name in names)


def _revocations(revoked: Iterable[tuple[str, str, str]], domain: str) -> tuple[HeldRevocations, ...]:
    from fastchannel.cli.trust import read_revocations

    return tuple(read_revocations(name, pin, party, domain) for party, name, pin in revoked)


def _batch(files: Iterable[str], asked: Asked, workers: int) -> int:
    """Answers as lines of JSON to stdout, their number by kind to stderr: as many as there are lines."""
    from fastchannel.cli.verify_batch import verify_lines

    counts: Counter[str] = Counter()
    texts = (line for name in files for line in io.TextIOWrapper(io.BytesIO(_read(name)), encoding="utf-8", errors="replace"))
    for answers in verify_lines(texts, asked, workers=workers):
        click.echo(answers.raw, nl=False)
        counts.update(answers.counts)
    message(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "0 certificates")
    return worst(_code_of(kind) for kind in counts)


def _code_of(kind: str) -> int:
    from fastchannel.certificates.refusal import UNANSWERED

    if kind == "evidence":
        return VALID
    return CANNOT_TELL if kind in UNANSWERED else REFUSED


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
        whose = "".join(f": {text}" for text in _whose(checked, language)[:1])
        return f"{head}: {words.name_words(checked.found)}: {events}{whose}"
    return f"{head}: {checked.found.code}: {words.say(checked.found, language)}"


def _page(checked: Checked, language: str) -> None:
    from fastchannel.certificates import words
    from fastchannel.certificates.evidence import Evidence

    click.echo(f"{checked.file}: {_word(checked, language)}")
    if isinstance(checked.found, Evidence):
        _rows(words.rows(checked.found, language))
        for text in _whose(checked, language):
            click.echo(f"  {text}")
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


def _whose(checked: Checked, language: str) -> list[str]:
    """The verdict of the comparison with the passport, then each reason; nothing where no passport was given."""
    from fastchannel.certificates.binding.words import say, say_reason

    if checked.match is None:
        return []
    return [say(checked.match, language), *(say_reason(one, language) for one in checked.match.reasons)]


def _rows(rows: list[tuple[str, str]], mark: str = "") -> None:
    for label, text in rows:
        click.echo(f"  {label}: {text}{f' [{mark}]' if mark else ''}")


def _fields(checked: Checked, language: str) -> dict[str, object]:
    from fastchannel.certificates import words
    from fastchannel.certificates.evidence import Evidence

    fields: dict[str, object] = {"file": checked.file, "outcome": _WORDS[checked.code]}
    refusal = checked.found
    if isinstance(refusal, Evidence):
        fields |= {"evidence": _plain(refusal)}
        return fields if checked.match is None else fields | {"binding": msgspec.to_builtins(checked.match)}
    fields |= {"refusal": msgspec.to_builtins(refusal), "text": words.say(refusal, language)}
    return fields | ({"unverified": _plain(checked.claims)} if checked.claims is not None else {})


def _plain(evidence: Evidence) -> object:
    """As JSON has it, without the payload: its shape is each format's own, and its keys may be numbers."""
    fields = msgspec.structs.asdict(evidence)
    del fields["payload"]
    return msgspec.to_builtins(fields)
