"""``fastchannel decide``: one journey, or a file of travellers."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from fastchannel.cli.batch import Rejection, Tally, Task, decide_traveller, run_batch, verdict_counts
from fastchannel.cli.blocks import Source, format_of
from fastchannel.cli.clock import now
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message, page, progress
from fastchannel.cli.standing_page import print_standing, step_titles
from fastchannel.cli.texts import find_versions
from fastchannel.cli.travellers import Traveller, TravellersError
from fastchannel.cli.verdicts import Sink
from fastchannel.decide.standing import Verdict
from fastchannel.decide.words import VERDICTS
from fastchannel.terms.language import N_, translate

FAILED_ON = 3  # the verdict is one of those that --fail-on names
REJECTED = 1

_HEADINGS = {"verdict": N_("Verdict"), "travellers": N_("Travellers")}


def add_to(root: click.Group) -> None:
    """Add the command."""
    command(
        root,
        "decide",
        "fastchannel decide --agreement china-korea --at 2020-05-20T09:00:00+09:00 journey.json",
        "fastchannel decide --agreement china-korea --batch travellers.csv --out verdicts.csv",
        "fastchannel decide --agreement china-korea --fail-on hold journey.jsonl && echo may go on",
        exits={
            0: "answered, whatever the verdict",
            REJECTED: "a batch is done and some travellers were rejected: see the list",
            FAILED_ON: "answered, and the verdict (of anyone, in a batch) is as bad as --fail-on says",
        },
    )(decide)


@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--agreement", required=True, metavar="A", help="File or identifier, for example china-korea.")
@click.option("--at", type=instant, help="Decide as of this instant; the default is now.")
@click.option("--known", type=instant, help="Use only what was recorded by then; the default is --at.")
@click.option("--batch", type=click.Path(path_type=Path), help="Travellers as CSV, Parquet or JSON Lines.")
@click.option("--out", type=click.Path(path_type=Path), help="Where a batch's verdicts go: CSV, Parquet or JSON Lines.")
@click.option("--rejected", type=click.Path(path_type=Path), help="Where the rejected go; the default is OUT.rejected.csv.")
@click.option("--workers", type=click.IntRange(1), help="Processes; the default is one for each core.")
@click.option("--fail-on", type=click.Choice(["refuse", "hold"]), help="Exit with 3 on this verdict or a worse one.")
@language_option
@json_option
def decide(
    *,
    file: Path | None,
    agreement: str,
    at: datetime | None,
    known: datetime | None,
    batch: Path | None,
    out: Path | None,
    rejected: Path | None,
    workers: int | None,
    fail_on: str | None,
    language: str,
    as_json: bool,
) -> int:
    at = at or now()
    if batch is not None:
        if out is None or file is not None:
            raise click.UsageError("--batch IN needs --out OUT, and no FILE")
        if known is not None and known > at:
            raise click.UsageError("--known lies after --at")
        task = Task(agreement=agreement, at=at, known=known, language=language, kind=format_of(out))
        find_versions(agreement)  # a mistake in the text is said once, before any process starts
        tally = _with_bar(task, batch, out, rejected or out.with_name(out.name + ".rejected.csv"), workers)
        _print_tally(tally, language, as_json)
        if fail_on and any(tally.verdicts[verdict] for verdict in _as_bad_as(fail_on)):
            return FAILED_ON
        return REJECTED if tally.rejected else 0
    if file is None:
        raise click.UsageError("give a FILE with one journey, or --batch IN --out OUT")
    texts = find_versions(agreement)
    standing = decide_traveller(texts, _one_journey(file), at, known)
    if as_json:
        emit_json(standing)
    else:
        print_standing(page(), standing, language, step_titles(texts, standing, language))
    return FAILED_ON if fail_on and standing.verdict in _as_bad_as(fail_on) else 0


decide.__doc__ = """Decide where travellers stand, and why.

FILE holds one journey: a JSON array of events, or an event a line; - is stdin. A batch has one journey a line (JSON Lines:
an array of events) or a table: one row for a traveller (columns journey and events, a JSON array), or one row for an event
(columns journey, id, kind, at, recorded and the event's fields; itinerary.departure names a field inside a field; the rows
of a journey stand together).
"""


def _as_bad_as(least: str) -> tuple[Verdict, ...]:
    return (Verdict.REFUSE,) if least == "refuse" else (Verdict.HOLD, Verdict.REFUSE)


def _one_journey(file: Path) -> Traveller:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise TravellersError(f"{file}: cannot be read: {error.strerror or error}") from error
    lines = [line for line in raw.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}") for line in lines):
        raw = b"[" + b",".join(lines) + b"]"  # an event a line
    elif len(lines) == 1 and lines[0].lstrip().startswith(b"{") and b'"events"' not in lines[0]:
        raw = b"[" + lines[0] + b"]"
    return Traveller(line=1, journey="", raw=raw)


def _with_bar(task: Task, batch: Path, out: Path, rejected: Path, workers: int | None) -> Tally:
    source = Source(batch)
    with progress() as bar:
        shown = bar.add_task(batch.name, total=source.size)
        return run_batch(
            task,
            source,
            Sink(out),
            rejected=rejected,
            workers=workers,
            on_progress=lambda done, size: bar.update(shown, completed=done, total=size),
        )


def _print_tally(tally: Tally, language: str, as_json: bool) -> None:
    counts = verdict_counts(tally)
    if as_json:
        emit_json({
            "read": tally.read, "decided": tally.decided, "rejected": tally.rejected, "balances": tally.balances,
            "verdicts": counts, "first_rejections": tally.first_rejections,
        })  # fmt: skip
        return
    table = Table(translate(_HEADINGS["verdict"], language), translate(_HEADINGS["travellers"], language))
    for verdict, count in counts.items():
        table.add_row(translate(VERDICTS[Verdict(verdict)], language), str(count))
    page().print(table)
    message(
        translate(
            N_("{read} read = {decided} decided + {rejected} rejected"),
            language,
            read=tally.read,
            decided=tally.decided,
            rejected=tally.rejected,
        )
    )
    for one in tally.first_rejections:
        message(_rejection_words(one, language))


def _rejection_words(one: Rejection, language: str) -> str:
    return translate(
        N_("line {line}: {journey}: {reason}"), language, line=one.line, journey=one.journey or "?", reason=one.reason
    )
