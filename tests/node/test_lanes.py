"""A node's lanes in its database against a peer in memory: delivered once, through crashes, lost answers and old backups."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from fastchannel.exchange import messages as m
from fastchannel.exchange import plain
from fastchannel.exchange.bodies import body_of
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.machine import BEHIND, PATIENCE, Keys, lanes
from fastchannel.exchange.notes import Checkpoint, Note, read, sign
from fastchannel.exchange.proofs import check_proof, prove
from fastchannel.exchange.roster import Roster
from fastchannel.exchange.sealing import Entry, reader_id, seal, unseal
from fastchannel.node.lanes import Lanes
from tests.exchange.parties import AGREEMENT, AT, CORRIDOR, draft, reading, result, roster, signing, stream
from tests.exchange.simulation import Node, frontier, names_of

OURS, THEIRS = f"{CORRIDOR}/CN/KR/bulk", f"{CORRIDOR}/KR/CN/bulk"
READERS = {"CN": reading("CN").public_key(), "KR": reading("KR").public_key()}
pytestmark = pytest.mark.django_db(transaction=True)


def keys(party: str) -> Keys:
    held = {reader_id(READERS[party]): reading(party)}
    return Keys(signing(party), signing(party, "cosign"), lambda entry, header: unseal(entry, header, held))


@dataclass
class Wire:
    """What the peer in memory asks of its world: a clock, no faults, and somewhere to send."""

    now: datetime = AT
    most: int = 1_000
    parties: tuple[str, ...] = ("CN", "KR")
    roster: Roster = field(default_factory=roster)
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    alarms: list[Any] = field(default_factory=list)
    sent: list[m.Message] = field(default_factory=list)

    def crash_now(self, node: Node) -> bool:
        return False

    def disk_fails(self) -> bool:
        return False

    def signed(self, lane: str, size: int, root: bytes) -> None:
        pass

    def send(self, sender: str, receiver: str, message: m.Message) -> None:
        self.sent.append(m.decode(m.encode(message)))


class Pair:
    """CN's node over the database, and KR's in memory."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.peer = Node("KR", self.wire)  # type: ignore[arg-type]
        self.peer.keys = keys("KR")
        self.node = node()
        self.lose = False

    def carry(self, sent: list[m.Send]) -> None:
        """Everything goes to and fro until nobody has more to say."""
        going = [one.message for one in sent]
        while going or self.wire.sent:
            for message in going:
                self.peer.tell(m.Received("CN", m.decode(m.encode(message))))
            coming, self.wire.sent = self.wire.sent, []
            if self.lose:
                return
            going = [one.message for message in coming for one in self.node.receive("KR", message, self.wire.now)]

    def start(self) -> None:
        self.carry(self.node.start(self.wire.now))
        self.peer.start()
        self.carry([])

    def tick(self, **span: float) -> None:
        self.wire.now += timedelta(**span)
        self.carry(self.node.tick(self.wire.now))
        self.peer.tell(m.Tick())
        self.carry([])

    def theirs(self) -> list[str]:
        return names_of(self.peer.disk.theirs[OURS], OURS)

    def write(self, count: int) -> None:
        """KR appends to its lane."""
        held = self.peer.disk.ours[THEIRS]
        for number in range(len(held), len(held) + count):
            held.append(seal(draft(number), THEIRS, number, READERS, stream(f"w{number}")))
        self.peer.tell(m.Appended(THEIRS, frontier(held)))
        self.carry([])


def node() -> Lanes:
    made = Lanes(party="CN", roster=roster(), keys=keys("CN"), readers=READERS)
    made.ensure(*lanes("CN", CORRIDOR, ["KR"]))
    return made


def ours(number: int) -> Any:
    """A draft of CN's for KR."""
    return draft(number, id=f"cn-{number}", body=body_of(AGREEMENT, result(number), "KR"))


@pytest.fixture
def pair(db_node: None) -> Pair:
    made = Pair()
    made.start()
    return made


@pytest.fixture
def db_node(desk: Any) -> None:
    """A database with nothing in it."""


def rows(lane: str) -> list[Any]:
    from fastchannel.node.models import LaneEntry

    return list(LaneEntry.objects.filter(lane=lane).order_by("seq"))


def test_what_is_appended_is_on_both_disks_once_it_is_acknowledged(pair: Pair) -> None:
    assert pair.node.append(OURS, [ours(number) for number in range(5)]) == list(range(5))
    pair.tick(seconds=1)
    assert pair.theirs() == [f"cn-{number}" for number in range(5)]
    assert [bytes(one.leaf) for one in rows(OURS)] == [one.leaf for one in pair.peer.disk.theirs[OURS]]


def test_the_cosigned_checkpoint_proves_it_to_a_third_person(pair: Pair) -> None:
    from fastchannel.node.models import LaneNote

    pair.node.append(OURS, [ours(number) for number in range(5)])
    pair.tick(seconds=1)
    note = bytes(LaneNote.objects.get(lane=OURS, size=5).note)
    entries = [Entry(bytes(one.leaf), None) for one in rows(OURS)]
    found = check_proof(prove(entries, 3, note), roster())
    assert (found.sender, list(found.cosigned), found.header.id) == ("CN", ["KR"], "cn-3")


def test_the_state_and_its_notice_are_one_transaction(pair: Pair) -> None:
    def fails() -> None:
        with transaction.atomic():
            pair.node.append(OURS, [ours(0)])
            raise RuntimeError("the state's change failed")

    with pytest.raises(RuntimeError):
        fails()
    pair.tick(seconds=1)
    assert (rows(OURS), pair.theirs()) == ([], [])
    pair.node.append(OURS, [ours(1)])
    pair.tick(seconds=1)
    assert pair.theirs() == ["cn-1"]


def test_what_a_peer_sends_is_mirrored_and_opened(pair: Pair) -> None:
    pair.write(3)
    assert [one.entry for one in rows(THEIRS)] == ["kr-0", "kr-1", "kr-2"]
    entry = Entry(bytes(rows(THEIRS)[1].leaf), pair.peer.disk.ours[THEIRS][1].sealed)
    header = read_header(entry.leaf, lane=THEIRS, seq=1)
    assert plain.decode(keys("CN").unseal(entry, header), "body")["id"] == "kr-1"
    assert pair.peer.state.sending[THEIRS].peers["CN"].acked.size == 3


def test_a_lost_answer_doubles_nothing(pair: Pair) -> None:
    pair.node.append(OURS, [ours(0)])
    pair.lose = True
    pair.carry(pair.node.tick(AT))
    assert pair.theirs() == ["cn-0"]
    pair.lose = False
    pair.tick(seconds=PATIENCE.total_seconds())
    pair.node.append(OURS, [ours(1)])
    pair.tick(seconds=1)
    assert pair.theirs() == ["cn-0", "cn-1"]


def test_another_process_goes_on_where_the_first_one_ended(pair: Pair) -> None:
    pair.node.append(OURS, [ours(0)])
    pair.lose = True
    pair.carry(pair.node.tick(AT))  # sent, and the process ends before the answer
    pair.lose = False
    pair.node = node()
    pair.start()
    pair.tick(seconds=1)
    assert pair.theirs() == ["cn-0"]
    assert pair.peer.state.mirrors[OURS].frontier.size == 1


def test_a_disk_that_fails_vouches_for_nothing_and_gets_it_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from fastchannel.node import lanes as shell

    def full(*args: Any) -> None:
        raise OperationalError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shell, "_insert", full)
        pair.write(2)
    assert rows(THEIRS) == []
    assert pair.peer.state.sending[THEIRS].peers["CN"].acked.size == 0
    pair.tick(seconds=PATIENCE.total_seconds())
    assert [one.entry for one in rows(THEIRS)] == ["kr-0", "kr-1"]


def test_two_processes_that_take_batches_of_one_lane_lose_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has written and not answered yet when the other writes more: the lane is as long as its entries."""
    from fastchannel.node.models import Lane

    log = [seal(draft(number), THEIRS, number, READERS, stream(f"t{number}")) for number in range(4)]

    def batch(start: int, end: int) -> m.Batch:
        point = Checkpoint(THEIRS, end, frontier(log, end).root)
        return m.Batch(THEIRS, start, tuple(log[start:end]), Note(point, (sign(point, "KR", signing("KR")),)).raw)

    original, taken = Lanes._held, []

    @contextmanager
    def held(self: Lanes, origin: str) -> Iterator[Any]:
        taken.append(origin)
        if len(taken) == 2:  # the first has committed, and is about to vouch for it
            node().receive("KR", batch(2, 4), AT)
        with original(self, origin) as row:
            yield row

    monkeypatch.setattr(Lanes, "_held", held)
    assert pair.node.receive("KR", batch(0, 2), AT) == []
    assert (Lane.objects.get(origin=THEIRS).size, len(rows(THEIRS))) == (4, 4)
    assert read(bytes(Lane.objects.get(origin=THEIRS).note)).checkpoint.size == 4


def test_an_old_backup_waits_is_restored_from_the_mirror_and_forks_nothing(pair: Pair) -> None:
    from fastchannel.node.models import Lane, LaneAlarm, LaneEntry, LaneNote, LaneWaiting

    pair.node.append(OURS, [ours(0), ours(1)])
    pair.tick(seconds=1)
    backup = list(Lane.objects.values())
    pair.node.append(OURS, [ours(2), ours(3)])
    pair.tick(seconds=1)
    LaneEntry.objects.filter(lane=OURS, seq__gte=2).delete()
    LaneNote.objects.filter(lane=OURS, size__gt=2).delete()
    for fields in backup:
        Lane.objects.filter(origin=fields["origin"]).update(**fields)
    pair.node = node()
    pair.node.append(OURS, [ours(7)])  # before anybody was asked
    pair.start()
    assert Lane.objects.get(origin=OURS).stopped == BEHIND
    assert LaneAlarm.objects.filter(kind=BEHIND).count() == 1
    pair.node.append(OURS, [ours(8)])
    assert [one.entry for one in LaneWaiting.objects.order_by("id")] == ["cn-8"]
    pair.carry(pair.node.handle(m.Restore(OURS), OURS, pair.wire.now))
    pair.tick(seconds=1)
    assert Lane.objects.get(origin=OURS).stopped == ""
    assert sorted(pair.theirs()) == ["cn-0", "cn-1", "cn-2", "cn-3", "cn-7", "cn-8"]
    assert pair.theirs()[:4] == ["cn-0", "cn-1", "cn-2", "cn-3"]
    assert LaneWaiting.objects.count() == 0


def test_large_backlogs_go_in_portions(pair: Pair) -> None:
    pair.node.append(OURS, [ours(number) for number in range(1_203)])
    pair.tick(seconds=1)
    assert len(pair.theirs()) == 1_203
    assert sorted(pair.peer.disk.notes[OURS]) == [1_000, 1_203]


def test_whatever_a_peer_sends_leaves_the_lanes_as_they_are(pair: Pair) -> None:
    from fastchannel.node.models import Lane

    pair.write(1)
    for lane in (THEIRS, OURS, "x", "y" * 5_000):
        for message in (
            m.Batch(lane, 0, (Entry(b"{}", None),), b"x"),
            m.Head(lane, b"x", b"x"),
            m.Ask(lane, b"x"),
            m.Fetch(lane, 9),
        ):
            pair.node.receive("KR", message, AT)
            assert pair.node.receive("SG", message, AT) == []
    assert [one.entry for one in rows(THEIRS)] == ["kr-0"]
    assert read(bytes(Lane.objects.get(origin=THEIRS).note)).checkpoint.size == 1
