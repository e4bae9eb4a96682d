"""What the commands of ``watch`` are given: a text with triggers, data to replay, and other names for places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.conditions import Metric
from fastchannel.agreement.shipped import shipped_triggers
from fastchannel.cli.console import message
from fastchannel.cli.files import read_file
from fastchannel.cli.texts import TextError, find_agreement, is_shipped
from fastchannel.watch.errors import WatchError
from fastchannel.watch.triggers.figures import Known
from fastchannel.watch.triggers.replay_data import ReplayData, ReplayDataError
from fastchannel.watch.triggers.timeline import Timeline, timeline
from fastchannel.watch.triggers.views import Hindsight, Renamed

MOST_BYTES = 500_000_000
MOST_FAULTS_SHOWN = 50


class EpidemicFileError(WatchError):
    """A file of daily figures cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """From and until when, as known on which day, and which places of the data stand for which of the text."""

    first: date | None
    last: date | None
    as_known: date | None
    places: dict[str, str]
    as_happened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One text's triggers run on the data: ``seen`` is what they ran on, ``known`` the same without hindsight."""

    agreement: Agreement
    known: Known
    seen: Known
    timeline: Timeline


def find_triggers(name: str) -> Agreement:
    """A file, an agreement that ships, or a text that ships to replay triggers with. Raises TextError, AgreementError."""
    identifier, _, version = name.partition("@")
    versions = shipped_triggers().get(identifier) if is_shipped(name) else None
    if versions is None:
        found = find_agreement(name)
    elif not version:
        found = versions.newest
    else:
        numbered = {one.version: one for one in versions}
        if int(version) not in numbered:
            known = ", ".join(str(one) for one in numbered)
            raise TextError(f"{identifier} has no version {version}; there are {known}")
        found = numbered[int(version)]
    if not found.text.trigger:
        raise TextError(f"{name}: found no trigger; expected at least one table [[trigger]]")
    return found


def read_data(path: Path) -> ReplayData:
    """One CSV, or every one in a folder. Raises ReplayDataError."""
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise ReplayDataError(f"{path}: found no file that ends in .csv; expected at least one")
    data = ReplayData()
    for file in files:
        raw = read_file(file, ReplayDataError, MOST_BYTES)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ReplayDataError(f"{file}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
        data.add(text.splitlines(), str(file))
    return data


def report_faults(data: ReplayData) -> None:
    """Each row that was not taken, and how they balance, on stderr."""
    for fault in data.faults[:MOST_FAULTS_SHOWN]:
        message(str(fault))
    if len(data.faults) > MOST_FAULTS_SHOWN:
        message(f"and {len(data.faults) - MOST_FAULTS_SHOWN} more rows; --json lists all")
    if data.faults:
        message(f"{data.rows} rows: {data.accepted} taken, {len(data.faults)} not")


def replay_of(agreement: Agreement, data: ReplayData, asked: Asked) -> Replayed:
    """Run the triggers on the data. Raises WatchError where there is nothing to run them on."""
    period = data.period
    if period is None and (asked.first is None or asked.last is None):
        raise WatchError(
            "found nothing that is about a day; expected rows of figures, flights or forecasts, or --from and --until"
        )
    first, last = (asked.first or period[0], asked.last or period[1]) if period else (asked.first, asked.last)
    if first is None or last is None or first > last:
        raise WatchError(f"found no day from {first} to {last}; expected --from on or before --until")
    known: Known = Renamed(known=data, places=asked.places) if asked.places else data
    seen: Known = Hindsight(known=known, at=asked.as_known) if asked.as_known else known
    line = timeline(agreement.text, seen, first, last, overrides=data.overrides, as_happened=asked.as_happened)
    return Replayed(agreement=agreement, known=known, seen=seen, timeline=line)


def day_of(text: str) -> date:
    """A date, ``2020-05-01``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f'"{text}" is no date; expected for example 2020-05-01') from None


def places_of(pairs: Iterable[str]) -> dict[str, str]:
    """``AU=HK``: where the text says AU, the data's HK is read."""
    places = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not (ours and equals and theirs):
            raise click.BadParameter(f"\"{pair}\" is no pair; expected for example AU=HK: for the text's AU, the data's HK")
        places[ours] = theirs
    return places


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def event_of(data: ReplayData) -> str:
    """What rules are to keep away, where nobody says: an import by flight, or cases of unknown source. Raises WatchError."""
    if data.has_flights:
        return "positives(day) >= 1"
    if any(metric == Metric.UNLINKED_CASES for metric, _ in data.figures):
        return "mean(unlinked_cases, 7 d) > 5"
    raise WatchError("the data have neither flights nor unlinked_cases: say with --event what the rules are to keep away")
