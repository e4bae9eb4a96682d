"""Our own CSV file of daily figures: one row for each figure.

==============  ========================================================================================================
``published``   the day on which it was published (2020-05-31); a later publication of the same day replaces it
``day``         the day that it is about
``place``       a country of ISO 3166-1 (KR) or a region of ISO 3166-2 (KR-11)
``figure``      one of `fastchannel.watch.reports.figures.Figure`: cases, local_cases, imported_cases, unlinked_cases …
``origin``      where imported cases came from: a country or region as above, or empty for all
``detected``    where they were detected: point_of_entry, quarantine, community, or empty for all
``count``       a whole number
``source``      who published it, in words or as an address; may be empty
``kind``        may be missing: daily (also when empty), or cumulative where the count is of all days up to it
==============  ========================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from fastchannel.watch.reports.dates import DateForm
from fastchannel.watch.reports.figures import Detected, Figure, Kind
from fastchannel.watch.reports.gathering import Cell, Gathering, Meaning
from fastchannel.watch.reports.headed import Headed
from fastchannel.watch.reports.names import iso_place
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import Effect, Fault
from fastchannel.watch.reports.tables import day_in

COLUMNS = ("published", "day", "place", "figure", "origin", "detected", "count", "source")
KIND = "kind"


def read_reports(raw: bytes, *, file: str, encoding: str = "utf-8") -> Reading:
    """Read a file in our schema. ``file`` is its name in remarks."""
    gathering = Gathering(file)
    headed = Headed(raw, encoding, gathering, COLUMNS)
    for name in headed.names:
        if name not in {*COLUMNS, KIND}:
            gathering.remarks.add(1, name, Fault.UNKNOWN_COLUMN, Effect.NOTED, name, columns=", ".join((*COLUMNS, KIND)))
    for row in headed.rows():
        fields = {name: row.fields[at] for name, at in headed.at.items()}
        _take(row.number, fields, gathering)
    return gathering.finish()


def _take(number: int, fields: dict[str, str], gathering: Gathering) -> None:
    published = day_in(fields["published"], DateForm.ISO, number, "published", gathering)
    day = day_in(fields["day"], DateForm.ISO, number, "day", gathering) if published else None
    if published is None or day is None:
        return
    located = iso_place(fields["place"])
    if located is None or (fields["origin"] and iso_place(fields["origin"]) is None):
        column = "place" if located is None else "origin"
        gathering.reject(number, column, Fault.PLACE, fields[column])
        return
    for column, words in (("figure", list(Figure)), ("detected", ["", *Detected]), (KIND, ["", *Kind])):
        if fields.get(column, "") not in words:
            gathering.reject(number, column, Fault.WORD, fields[column], words=_listed(words))
            return
    if not fields["count"]:
        gathering.reject(number, "count", Fault.EMPTY, "nothing")
        return
    meaning = Meaning(
        figure=Figure(fields["figure"]),
        kind=Kind(fields.get(KIND) or Kind.DAILY),
        origin=fields["origin"],
        detected=fields["detected"],
    )
    cell = Cell("count", day, meaning, (fields["count"],))
    gathering.take(number, (day, meaning), located[0], "", [cell], published=published, source=fields["source"])


def _listed(words: Iterable[str]) -> str:
    return ", ".join(word for word in words if word)
