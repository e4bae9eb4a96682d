"""Daily case reports that this node holds: the files of its directory ``reports``, read anew when they change.

Each is in our own form, which ``fastchannel watch epidemic --to-own`` writes from the published ones. A file is never replaced:
a later publication is a further file, so that any past day can be asked for as it was known.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fastchannel.node.places import Places
from fastchannel.watch.reports.figures import ReportError
from fastchannel.watch.reports.own import read_reports
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.vintages import Vintages

_log = logging.getLogger(__name__)
Seen = tuple[tuple[str, int, int], ...]  # name, nanoseconds of its last change, bytes


def reports() -> Vintages:
    """Everything that was published and is held here. A file that cannot be read is left out, and told in the log."""
    if not settings.NODE_DIRECTORY:
        return Vintages.of([])
    folder = Places(Path(settings.NODE_DIRECTORY)).reports
    found = []
    for path in sorted(folder.glob("*.csv")):
        state = path.stat()
        found.append((path.name, state.st_mtime_ns, state.st_size))
    return _read(folder, tuple(found))


@lru_cache(maxsize=2)
def _read(folder: Path, seen: Seen) -> Vintages:
    readings: list[Reading] = []
    for name, _, _ in seen:
        try:
            reading = read_reports((folder / name).read_bytes(), file=name)
            Vintages.of([*readings, reading])  # what contradicts the files before it is left out as a whole
        except (OSError, ReportError) as error:
            _log.warning("report unreadable", extra={"file": name, "error": str(error)[:200]})
            continue
        if reading.remarks:
            _log.info("report read with remarks", extra={"file": name, "remarks": len(reading.remarks)})
        readings.append(reading)
    return Vintages.of(readings)
