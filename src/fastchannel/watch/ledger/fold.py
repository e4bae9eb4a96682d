"""The ledger as known at an instant: a pure fold of its records, whatever their order and however often each comes.

An entry stands from the instant at which every party concerned has signed the same classification of the same digest. What
stood counts until a correction, or another classification of it, stands in its place: no party alone can take back what all
signed. Whoever differs stays visible with its view.

Clocks differ, so a statement may be dated before its entry, and a correction before what it corrects. Nothing stands before the
entry and all that it corrects are there: else what stands from a day would turn up only later, and change what was first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from graphlib import TopologicalSorter
from itertools import groupby

from fastchannel.watch.ledger.records import Classification, Entry, Record, RecordError, Statement, digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """At ``since`` the entry was there with all it corrects, and all parties concerned had signed the same classification."""

    since: datetime
    classification: Classification


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One entry with what was said about it. ``signers`` must sign; ``views`` are their latest statements, by party.

    ``lacks`` are the digests of what it corrects, itself or by what it corrects, that are not there yet: who must sign those,
    and so this, is not known, and it cannot stand.
    """

    digest: str
    entry: Entry
    signers: frozenset[str]
    lacks: tuple[str, ...]
    statements: tuple[Statement, ...]
    views: Mapping[str, Statement]
    agreements: tuple[Agreed, ...]  # as they came about, the latest last

    @property
    def now_agreed(self) -> bool:
        return self.all_signed and len({view.classification for view in self.views.values()}) == 1

    @property
    def all_signed(self) -> bool:
        return not self.lacks and self.views.keys() == self.signers

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The parties known to have to sign that have not."""
        return tuple(sorted(self.signers - self.views.keys()))


class State(StrEnum):
    STANDS = "stands"
    DISPUTED = "disputed"  # the parties' views differ, or there are several records of it that none corrects
    AWAITS = "awaits"  # somebody has not signed, or what it corrects is not there
    MOVED = "moved"  # corrected into another case, and that stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case: all its versions by when they were recorded, and which of them count.

    ``heads`` are corrected by no other; ``standing`` are those that were agreed while nothing that corrects them has been.
    ``first`` is the version that was agreed first, as it was then.
    """

    case: str
    state: State
    versions: tuple[Version, ...]
    heads: tuple[Version, ...]
    standing: tuple[Version, ...]
    first: tuple[Version, Agreed] | None
    became: tuple[str, ...]  # other cases that correct it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known at ``at``, by case. ``missing`` are digests that records name and nobody has sent yet."""

    at: datetime
    lines: tuple[Line, ...]
    missing: tuple[str, ...]

    def line(self, case: str) -> Line | None:
        return next((line for line in self.lines if line.case == case), None)

    def of(self, state: State) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.state is state)


def fold_ledger(records: Iterable[Record], at: datetime) -> Ledger:
    """The ledger as known at ``at``: of what was recorded until then.

    Of the same records each line's ``first``, once there, is the same at every later instant. A record that comes to hand later
    than it is dated can change it.

    Records are verified by whoever received them. Raises RecordError where ``at`` has no offset.
    """
    if at.tzinfo is None:
        raise RecordError(f"as known at {at.isoformat()}: expected a time with its offset")
    known = {digest_of(record): record for record in records if record.recorded <= at}
    entries = {digest: record for digest, record in sorted(known.items()) if isinstance(record, Entry)}
    said: dict[str, list[tuple[datetime, str, Statement]]] = defaultdict(list)
    for digest, record in known.items():
        if isinstance(record, Statement):
            said[record.entry].append((record.recorded, digest, record))
    ordered = _oldest_first(entries)
    made: dict[str, Version] = {}
    there: dict[str, datetime] = {}  # since when, with all that it corrects
    for digest in ordered:
        statements = [one for _, _, one in sorted(said[digest], key=lambda found: found[:2])]
        before = [corrected for corrected in entries[digest].corrects if corrected in entries]
        there[digest] = max([entries[digest].recorded, *(there[one] for one in before)])
        made[digest] = _version(digest, entries[digest], [made[one] for one in before], statements, there[digest])
    versions = {digest: made[digest] for digest in entries}
    named = {corrected for entry in entries.values() for corrected in entry.corrects} | said.keys()
    return Ledger(at=at, lines=_lines(versions, ordered), missing=tuple(sorted(named - entries.keys())))


def _oldest_first(entries: Mapping[str, Entry]) -> list[str]:
    """Each entry after those that it corrects; by digest there can be no circle."""
    graph = {digest: [one for one in entry.corrects if one in entries] for digest, entry in entries.items()}
    return list(TopologicalSorter(graph).static_order())


def _version(digest: str, entry: Entry, corrected: Sequence[Version], said: Sequence[Statement], there: datetime) -> Version:
    signers = frozenset(entry.parties).union(*(one.signers for one in corrected))
    lacks = set(entry.corrects).difference(one.digest for one in corrected).union(*(one.lacks for one in corrected))
    views: dict[str, Statement] = {}
    agreements: list[Agreed] = []
    # All that was signed at one instant counts at once: what stood must not hang on the order of equal times. What was signed
    # before the entry was there counts when it is.
    for since, together in groupby((one for one in said if one.party in signers), key=lambda one: max(one.recorded, there)):
        views |= {one.party: one for one in together}
        found = {view.classification for view in views.values()}
        if not lacks and views.keys() == signers and len(found) == 1:
            (classification,) = found
            if not agreements or agreements[-1].classification != classification:
                agreements.append(Agreed(since=since, classification=classification))
    return Version(
        digest=digest,
        entry=entry,
        signers=signers,
        lacks=tuple(sorted(lacks)),
        statements=tuple(said),
        views=dict(sorted(views.items())),
        agreements=tuple(agreements),
    )


def _lines(versions: Mapping[str, Version], ordered: Sequence[str]) -> tuple[Line, ...]:
    by: dict[str, list[str]] = defaultdict(list)  # who corrects a digest
    for digest, version in versions.items():
        for corrected in version.entry.corrects:
            by[corrected].append(digest)
    replaced: dict[str, bool] = {}  # something that corrects it stood
    for digest in reversed(ordered):
        replaced[digest] = any(versions[one].agreements or replaced[one] for one in by[digest])
    cases: dict[str, list[Version]] = defaultdict(list)
    for version in sorted(versions.values(), key=lambda one: (one.entry.recorded, one.digest)):
        cases[version.entry.case].append(version)
    return tuple(_line(case, own, by, replaced, versions) for case, own in sorted(cases.items()))


def _line(
    case: str,
    own: Sequence[Version],
    by: Mapping[str, Sequence[str]],
    replaced: Mapping[str, bool],
    versions: Mapping[str, Version],
) -> Line:
    heads = tuple(one for one in own if not by.get(one.digest))
    standing = tuple(one for one in own if one.agreements and not replaced[one.digest])
    firsts = [(one.agreements[0].since, one.digest, one) for one in own if one.agreements]
    first = min(firsts, key=lambda found: found[:2])[2] if firsts else None
    became = {versions[one].entry.case for version in own for one in by.get(version.digest, ())} - {case}
    return Line(
        case=case,
        state=_state(heads, standing),
        versions=tuple(own),
        heads=heads,
        standing=standing,
        first=(first, first.agreements[0]) if first else None,
        became=tuple(sorted(became)),
    )


def _state(heads: Sequence[Version], standing: Sequence[Version]) -> State:
    if not heads:
        return State.AWAITS if standing else State.MOVED
    if len(heads) > 1:
        return State.DISPUTED
    (head,) = heads
    if head.now_agreed and list(standing) == [head]:
        return State.STANDS
    return State.DISPUTED if head.all_signed and not head.now_agreed else State.AWAITS
