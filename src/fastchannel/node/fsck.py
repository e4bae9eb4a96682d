"""Reads every lane on this node's disk anew and says where it is not what its signatures say.

It changes nothing. What a lane's row claims is reckoned again from the leaves: their number, order and form, the frontier, each
checkpoint that was kept with its signatures, and each body that is still there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from fastchannel.exchange.errors import ExchangeError
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.merkle import Frontier, leaf_hash
from fastchannel.exchange.notes import read
from fastchannel.exchange.roster import Use
from fastchannel.exchange.sealing import unseal
from fastchannel.node import models
from fastchannel.node.lanes import entry_of
from fastchannel.node.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not what it must be: where in a lane, and what was found and expected."""

    lane: str
    seq: int | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One lane as it was read. ``bodies`` were opened; ``erased`` are those whose time is over."""

    lane: str
    entries: int
    checkpoints: int
    bodies: int
    erased: int
    damages: tuple[Damage, ...]


def check_lane(link: Link, lane: str) -> Checked:
    """Read one lane."""
    row = models.Lane.objects.get(origin=lane)
    notes = {note.size: bytes(note.note) for note in models.LaneNote.objects.filter(lane=lane)}
    damages: list[Damage] = []
    roots: dict[int, bytes] = {0: Frontier().root}
    frontier, opened, erased, place = Frontier(), 0, 0, 0
    entries = models.LaneEntry.objects.filter(lane=lane).order_by("seq").values_list("seq", "entry", "leaf", "sealed")
    for place, (seq, name, leaf, sealed) in enumerate(entries.iterator(), start=1):
        found = "" if seq == place - 1 else f"found entry {seq}, expected {place - 1}"
        try:
            entry = entry_of(leaf, sealed)
            header = read_header(entry.leaf, lane=lane, seq=seq)
            if header.id != name:
                found = f"its row says {name}, its leaf {header.id}"
            if entry.sealed is None:
                erased += 1
            else:
                unseal(entry, header, link.reading)
                opened += 1
        except (ExchangeError, msgspec.DecodeError) as error:
            found = str(error)[:300]
        if found:
            damages.append(Damage(lane=lane, seq=seq, said=found))
        frontier = frontier.extended([leaf_hash(bytes(leaf))])
        if place in notes:
            roots[place] = frontier.root
    if (frontier.size, b"".join(frontier.peaks)) != (row.size, bytes(row.peaks)):
        damages.append(Damage(lane=lane, seq=None, said=f"its row says {row.size} entries; {place} lead to another frontier"))
    damages += _notes(link, row, notes, roots)
    return Checked(lane=lane, entries=place, checkpoints=len(notes), bodies=opened, erased=erased, damages=tuple(damages))


def check_all(link: Link) -> Iterator[Checked]:
    """Read every lane, ours first."""
    for lane in models.Lane.objects.order_by("peer", "origin").values_list("origin", flat=True):
        yield check_lane(link, lane)


def _notes(link: Link, row: models.Lane, notes: dict[int, bytes], roots: dict[int, bytes]) -> Iterator[Damage]:
    """Checkpoints that are not of these leaves, or not signed as they say."""
    owner = row.peer or link.lanes.party
    for size, raw in sorted(notes.items()):
        try:
            note = read(raw)
            link.lanes.roster.check_note(note, owner, Use.SIGN)
        except ExchangeError as error:
            yield Damage(lane=row.origin, seq=None, said=f"checkpoint of {size}: {str(error)[:250]}")
            continue
        if size not in roots:
            yield Damage(lane=row.origin, seq=None, said=f"checkpoint of {size}: so many entries are not here")
        elif (note.checkpoint.origin, note.checkpoint.root) != (row.origin, roots[size]):
            yield Damage(lane=row.origin, seq=None, said=f"checkpoint of {size}: the entries lead to another root")
