"""Reads applications from a CSV: ``identifier, site, team, claimed_per_day, room_nights, cause, from, until_day``.

``team`` is people by skill: ``welder:2 rigger:1``. ``cause`` is ``stopped``, ``will_stop`` or ``crew``; ``from`` is the day on
which the site will stop, or the months that the crew has served, and may be empty for ``stopped``.
"""

from __future__ import annotations

import csv
import io

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.urgency import Cause, Urgency, crew, stopped, will_stop
from fastchannel.supply.value.value import Application

COLUMNS = ("identifier", "site", "team", "claimed_per_day", "room_nights", "cause", "from", "until_day")


def read_applications(raw: bytes, where: str) -> tuple[Application, ...]:
    """The applications in the file's order. Raises SupplyError with the line of what it cannot be."""
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), skipinitialspace=True)
    except UnicodeDecodeError as error:
        raise SupplyError(f"{where}: byte {error.start} is not UTF-8; expected a text in UTF-8") from None
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SupplyError(f"{where}: column {missing[0]} is missing; expected {', '.join(COLUMNS)}")
    found: dict[str, Application] = {}
    for row in reader:
        line = f"{where}: line {reader.line_num}"
        cells = {name: (row[name] or "").strip() for name in COLUMNS}
        if not cells["identifier"] or cells["identifier"] in found:
            raise SupplyError(f"{line}: identifier {cells['identifier']!r} is empty or there twice; expected one of its own")
        try:
            found[cells["identifier"]] = _application(cells)
        except ValueError as error:
            raise SupplyError(f"{line}: {error}; expected numbers, and a team like welder:2 rigger:1") from None
        except SupplyError as error:
            raise SupplyError(f"{line}: {error}") from None
    return tuple(found.values())


def _application(cells: dict[str, str]) -> Application:
    members = [one.rpartition(":") for one in cells["team"].split()]
    return Application(
        identifier=cells["identifier"],
        site=cells["site"],
        team={skill: int(people) for skill, _, people in members},
        claimed_per_day=float(cells["claimed_per_day"]),
        room_nights=int(cells["room_nights"]),
        urgency=_urgency(cells),
    )


def _urgency(cells: dict[str, str]) -> Urgency:
    until = float(cells["until_day"])
    if cells["cause"] == Cause.STOPPED:
        return stopped(until)
    if cells["cause"] == Cause.WILL_STOP:
        return will_stop(float(cells["from"]), until)
    if cells["cause"] == Cause.CREW:
        return crew(float(cells["from"]), until)
    raise SupplyError(f"cause: found {cells['cause']!r}, expected {', '.join(Cause)}")
