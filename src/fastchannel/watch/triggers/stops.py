"""All stops so far, found by their subject; those that are over are out of the way of the days that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from fastchannel.watch.triggers.figures import DAY
from fastchannel.watch.triggers.states import Stop
from fastchannel.watch.triggers.subject import Subject

Key = tuple[Subject, str, date]  # of the trigger or override, and the day of the announcement


@dataclass(slots=True)
class Stops:
    """Stops by key. `live` gives those that have an effect on a day, or had it the day before."""

    every: dict[Key, Stop] = field(default_factory=dict)
    _of: dict[Subject, dict[Key, None]] = field(default_factory=lambda: defaultdict(dict))
    _live: dict[Subject, dict[Key, None]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, key: Key, stop: Stop) -> None:
        """Add a stop, or set it anew."""
        self.every[key] = stop
        self._of[stop.subject][key] = None
        self._live[stop.subject][key] = None

    def prune(self, on: date) -> None:
        """Let go of what was over before the day before."""
        for keys in self._live.values():
            for key in [key for key in keys if (last := self.every[key].last) is not None and last < on - DAY]:
                del keys[key]

    def live(self, subject: Subject | None = None) -> list[tuple[Key, Stop]]:
        """Those of one subject, or of all, that are not over since the day before."""
        chosen = self._live.values() if subject is None else [self._live.get(subject, {})]
        return [(key, self.every[key]) for keys in chosen for key in keys]

    def of(self, subject: Subject) -> Iterator[Stop]:
        """Every stop of a subject, also those that are over."""
        return (self.every[key] for key in self._of.get(subject, ()))
