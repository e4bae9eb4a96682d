"""The times that a case is written in, made into instants.

==============================  ====================================================================
``2020-05-18 21:00 Seoul``      that clock time in that zone; seconds may follow
``departure - 71 h``            so long before; ``departure - 72 h 1 s`` adds up its parts
``departure day - 3, 09:00``    09:00 on the third date before the local date of departure
``arrival day, 09:00``          09:00 on the local date of arrival
``swab + 6 h``                  so long after the event of that name in the same story
==============================  ====================================================================

``departure`` and ``arrival`` are what the story says, whatever happens in the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONES = {
    name.rsplit("/", maxsplit=1)[-1]: ZoneInfo(name)
    for name in (
        "Asia/Seoul",
        "Asia/Shanghai",
        "Asia/Singapore",
        "Pacific/Auckland",
        "Pacific/Honolulu",
        "Pacific/Kiritimati",
        "UTC",
    )
}
UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}

_ZONE = rf"(?: (?P<zone>{'|'.join(ZONES)}))?"
_CLOCK = r"(?P<clock>\d\d:\d\d(?::\d\d)?)"
_PART = rf"(\d+) ?({'|'.join(UNITS)})\b"
_SHIFTED = re.compile(rf"(?P<anchor>[a-z][\w-]*)(?: (?P<sign>[+-])(?P<offset>(?: {_PART})+))?{_ZONE}")
_ON_A_DAY = re.compile(rf"(?P<day>\d{{4}}-\d\d-\d\d|(?:departure|arrival) day(?: [+-] \d+)?),? {_CLOCK}{_ZONE}")
_DAY = re.compile(r"(?P<anchor>departure|arrival) day(?: (?P<sign>[+-]) (?P<days>\d+))?")


class WritingError(ValueError):
    """A case or a story is written wrongly; the reader adds where."""


@dataclass(slots=True)
class Calendar:
    """The times of one case: when it departs and arrives, and the time of each of its named events as written."""

    written: dict[str, str] = field(default_factory=dict)
    resolving: set[str] = field(default_factory=set)

    def instant(self, text: str) -> datetime:
        """The instant that a text names, in the zone of its place."""
        return self._at(text)[0]

    def _at(self, text: str) -> tuple[datetime, ZoneInfo]:
        if found := _ON_A_DAY.fullmatch(text):
            day = self.day(found["day"])
            zone = ZONES[found["zone"]] if found["zone"] else self._zone(found["day"], text)
            return datetime.combine(day, time.fromisoformat(found["clock"]), tzinfo=zone), zone
        if not (found := _SHIFTED.fullmatch(text)):
            raise WritingError(f'"{text}" is no time; expected for example "departure - 71 h" or "2020-05-18 21:00 Seoul"')
        anchored, zone = self._anchor(found["anchor"], text)
        if found["zone"]:
            zone = ZONES[found["zone"]]
        seconds = sum(int(amount) * UNITS[unit] for amount, unit in re.findall(_PART, found["offset"] or ""))
        shift = timedelta(seconds=-seconds if found["sign"] == "-" else seconds)
        return (anchored.astimezone(UTC) + shift).astimezone(zone), zone

    def _zone(self, day: str, text: str) -> ZoneInfo:
        found = _DAY.fullmatch(day)
        if not found:
            raise WritingError(f'"{text}" needs the name of a zone, one of {", ".join(ZONES)}')
        return self._anchor(found["anchor"], text)[1]

    def _anchor(self, name: str, text: str) -> tuple[datetime, ZoneInfo]:
        if name not in self.written:
            raise WritingError(f'"{text}": nothing in the story is called "{name}"')
        if name in self.resolving:
            raise WritingError(f'"{text}": the time of "{name}" depends on itself')
        self.resolving.add(name)
        try:
            return self._at(self.written[name])
        finally:
            self.resolving.discard(name)

    def day(self, text: str) -> date:
        """The date that a text names."""
        if found := _DAY.fullmatch(text):
            anchored, zone = self._anchor(found["anchor"], text)
            days = int(found["days"] or 0)
            return anchored.astimezone(zone).date() + timedelta(days=-days if found["sign"] == "-" else days)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WritingError(f'"{text}" is no date; expected for example "departure day - 3" or "2020-05-18"') from None

    def days(self, text: str) -> list[date]:
        """The dates of ``A`` or ``A .. B``, both included."""
        first, *last = (self.day(part) for part in text.split(" .. "))
        return [first + timedelta(days=number) for number in range(((last or [first])[0] - first).days + 1)]
