"""What is recorded here and may be seen there is in the lane by the same transaction, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import transaction

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.exchange import plain
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.roster import Use
from fastchannel.exchange.sealing import Entry, Sealed, reader_id, unseal
from fastchannel.node.exchange_files import private_key
from fastchannel.node.models import Event, LaneEntry
from fastchannel.node.places import Places
from fastchannel.terms.events import Assay, Finding, Role
from tests.exchange.parties import CORRIDOR
from tests.node.test_lanes import db_node
from tests.node.test_link import at_home
from tests.web import scene as stage

__all__ = ["at_home", "db_node"]
pytestmark = pytest.mark.django_db(transaction=True)
BULK, URGENT = f"{CORRIDOR}/CN/KR/bulk", f"{CORRIDOR}/CN/KR/urgent"


def said(lane: str, folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What the lane says, opened by this node's own archive key."""
    key: Any = private_key(Places(folder), Use.READ)
    held = {reader_id(key.public_key()): key}
    found = []
    for row in LaneEntry.objects.filter(lane=lane).order_by("seq"):
        entry = Entry(bytes(row.leaf), msgspec.msgpack.decode(bytes(row.sealed or b""), type=Sealed))
        header = read_header(entry.leaf, lane=lane, seq=row.seq)
        found.append((header.type, plain.decode(unseal(entry, header, held), "body")))
    return found


def test_an_application_and_its_review_are_told_to_the_other_party(
    at_home: Any, desk: Any, hand_clock: Any, tmp_path: Path
) -> None:
    hand_clock.instant = stage.APPLIED
    journey = stage.apply(desk, 1)
    stage.approve(desk, journey)
    told = said(BULK, tmp_path)
    assert [kind for kind, _ in told] == ["applied", "sponsored", "reviewed"]
    assert {body["journey"] for _, body in told} == {journey}
    assert [body["id"] for _, body in told] == list(Event.objects.order_by("seq").values_list("id", flat=True))
    whole = str(told)
    assert "LEE JUNHO" not in whole
    assert "M12345671" not in whole
    assert "scene-" not in whole  # who recorded it


def test_a_positive_does_not_wait_behind_the_rest(at_home: Any, desk: Any, hand_clock: Any, tmp_path: Path) -> None:
    hand_clock.instant = stage.APPLIED
    journey = stage.apply(desk, 1)
    stage.approve(desk, journey)
    laboratory = stage.actor(Role.LABORATORY)
    sampled: dict[str, Any] = {"sample": "S-1", "assay": Assay.NAAT, "laboratory": stage.LABORATORY}
    stage.done(health.sample(desk, laboratory, journey, key="s", **sampled))
    stage.done(health.result(desk, laboratory, journey, finding=Finding.DETECTED, key="r", **sampled))
    assert [kind for kind, _ in said(URGENT, tmp_path)] == ["resulted"]
    stage.done(health.confirm(desk, Actor(id="m", role=Role.MONITOR, party="CN"), journey, key="c"))
    assert [kind for kind, _ in said(URGENT, tmp_path)] == ["resulted", "confirmed"]
    assert "sampled" in {kind for kind, _ in said(BULK, tmp_path)}


def test_what_another_party_recorded_is_not_told_back_to_it(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = stage.APPLIED
    journey = stage.apply(desk, 1)
    before = LaneEntry.objects.count()
    stage.done(health.confirm(desk, Actor(id="k", role=Role.MONITOR, party="KR"), journey, key="c"))
    assert LaneEntry.objects.count() == before


def test_a_write_that_fails_tells_nobody(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = stage.APPLIED

    def fails() -> None:
        with transaction.atomic():
            stage.apply(desk, 1)
            raise RuntimeError("something else went wrong")

    with pytest.raises(RuntimeError):
        fails()
    assert (LaneEntry.objects.count(), Event.objects.count()) == (0, 0)


def test_a_node_that_works_alone_has_no_lanes(settings: Any, tmp_path: Path, desk: Any, hand_clock: Any) -> None:
    settings.NODE_DIRECTORY = tmp_path
    hand_clock.instant = stage.APPLIED
    stage.apply(desk, 1)
    assert LaneEntry.objects.count() == 0
