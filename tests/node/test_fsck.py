"""A lane on disk that is not what its signatures say is found, each fault where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fastchannel.node import fsck
from fastchannel.node.models import Lane, LaneEntry, LaneNote
from fastchannel.terms import events as ev
from tests.casework.test_peers import application, made
from tests.node.test_applying import BULK, Told, told
from tests.node.test_lanes import db_node, pair

__all__ = ["db_node", "pair", "told"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def whole(told: Told) -> Told:
    for number in range(4):
        told.events(BULK, made(ev.Confirmed, f"x{number}") if number else application())
    told.apply()
    return told


def found(told: Told) -> list[tuple[int | None, str]]:
    return [(one.seq, one.said) for one in fsck.check_lane(told.link, BULK).damages]


def test_a_lane_that_is_whole_is_read_and_counted(whole: Told) -> None:
    for one in fsck.check_all(whole.link):
        assert one.damages == ()
    read = fsck.check_lane(whole.link, BULK)
    assert (read.entries, read.bodies, read.erased, read.checkpoints) == (4, 4, 0, 4)


def flip(raw: Any, at: int = -1) -> bytes:
    changed = bytearray(bytes(raw))
    changed[at] ^= 1
    return bytes(changed)


def leaf(told: Told) -> None:
    row = LaneEntry.objects.get(lane=BULK, seq=2)
    LaneEntry.objects.filter(id=row.id).update(leaf=bytes(row.leaf).replace(b'"x2"', b'"y2"'))


def body(told: Told) -> None:
    row = LaneEntry.objects.get(lane=BULK, seq=2)
    LaneEntry.objects.filter(id=row.id).update(sealed=flip(row.sealed, 40))


def gap(told: Told) -> None:
    LaneEntry.objects.filter(lane=BULK, seq=2).delete()


def size(told: Told) -> None:
    Lane.objects.filter(origin=BULK).update(size=3)


def checkpoint(told: Told) -> None:
    row = LaneNote.objects.get(lane=BULK, size=3)
    LaneNote.objects.filter(id=row.id).update(note=bytes(LaneNote.objects.get(lane=BULK, size=4).note))


def signature(told: Told) -> None:
    row = LaneNote.objects.get(lane=BULK, size=3)
    text = bytearray(bytes(row.note))
    place = text.index(b"KR ") + 8
    text[place] = ord("B") if text[place] == ord("A") else ord("A")
    LaneNote.objects.filter(id=row.id).update(note=bytes(text))


@pytest.mark.parametrize(
    ("fault", "where", "words"),
    [
        (leaf, 2, "entry 2"),
        (body, 2, "entry 2"),
        (gap, 3, "expected 2"),
        (size, None, "its row says 3 entries"),
        (checkpoint, None, "checkpoint of 3"),
        (signature, None, "checkpoint of 3"),
    ],
)
def test_each_fault_is_found_where_it_is(whole: Told, fault: Callable[[Told], None], where: int | None, words: str) -> None:
    assert found(whole) == []
    fault(whole)
    damages = found(whole)
    assert any(seq == where and words in said for seq, said in damages), damages
