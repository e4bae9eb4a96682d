"""Records for the tests of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastchannel.watch.ledger.counting import By, Definition, Published, Travellers
from fastchannel.watch.ledger.records import Classification, Entry, Kind, Record, Statement, digest_of

START = datetime(2020, 5, 1, tzinfo=UTC)
CHANNEL = Classification(kind=Kind.CHANNEL, origin="KR")
OTHER = Classification(kind=Kind.OTHER_ROUTE, origin="KR")
LOCAL = Classification(kind=Kind.LOCAL)
UNKNOWN = Classification(kind=Kind.UNKNOWN)
NO_CASE = Classification(kind=Kind.NO_CASE)


def at(day: float) -> datetime:
    """So many days after 1 May 2020, 0 h UTC."""
    return START + timedelta(days=day)


def entry(case: str, day: float, **fields: Any) -> Entry:
    """A case found in Shanghai, recorded by China on a day and confirmed on it."""
    usual: dict[str, Any] = {"parties": ("CN", "KR"), "party": "CN", "officer": "officer-1", "place": "CN-SH"}
    return Entry(case=case, recorded=at(day), **({"confirmed": at(day).date()} | usual | fields))


def says(party: str, about: Entry, classification: Classification, day: float) -> Statement:
    return Statement(party=party, officer=f"{party}-1", recorded=at(day), entry=digest_of(about), classification=classification)


def both(about: Entry, classification: Classification, day: float) -> list[Record]:
    return [says(party, about, classification, day) for party in about.parties]


@dataclass(frozen=True)
class Period:
    since: date
    until: date


MAY = Period(date(2020, 5, 1), date(2020, 5, 31))


def defined(travellers: str = "all", by: str = "confirmation", published: str = "revised", **places: str) -> Definition:
    return Definition(travellers=Travellers(travellers), by=By(by), published=Published(published), **places)
