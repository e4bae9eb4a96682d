"""What is reported: figures by day, place, origin and where cases were detected."""

from __future__ import annotations

from enum import StrEnum

from fastchannel.watch.errors import WatchError


class ReportError(WatchError):
    """Reports that cannot be held together, or a question that they cannot be asked."""


class Figure(StrEnum):
    """Counts of a day, and one level. The names of an agreement's metrics are among them."""

    CASES = "cases"  # confirmed in the population
    LOCAL_CASES = "local_cases"
    IMPORTED_CASES = "imported_cases"
    LINKED_CASES = "linked_cases"  # local, with a known source
    UNLINKED_CASES = "unlinked_cases"  # local, with none
    TESTS = "tests"
    DEATHS = "deaths"
    RECOVERED = "recovered"
    CHANNEL_IMPORTS = "channel_imports"
    POSITIVES = "positives"
    SILENT = "silent"
    TRAVEL_CONTROLS = "travel_controls"  # a level from 0 (none) to 4 (border closed): OxCGRT's C8


LEVELS = frozenset({Figure.TRAVEL_CONTROLS})  # those that count nothing


class Detected(StrEnum):
    """Where cases were detected."""

    POINT_OF_ENTRY = "point_of_entry"
    QUARANTINE = "quarantine"
    COMMUNITY = "community"


class Kind(StrEnum):
    """Whether a count is of its day or of all days up to it."""

    DAILY = "daily"
    CUMULATIVE = "cumulative"


def figure_of(name: str) -> Figure:
    """The figure of that name. Raises ReportError."""
    try:
        return Figure(name)
    except ValueError:
        raise ReportError(f'"{name[:40]}" is no figure; expected one of {", ".join(Figure)}') from None
