"""Two or three nodes with a fake clock, network and disk: every fault that a seed draws, and what must hold after each.

``python -m tests.exchange.simulation --seeds 100000`` is the long run; ``--seed 17`` plays one seed and prints what happened.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass, field
from datetime import timedelta

from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import LeafError, SealError
from fastchannel.exchange.leaves import Header, commitment, read_header
from fastchannel.exchange.machine import BEHIND, FORK, Keys, Progress, State, lanes, may_append, step
from fastchannel.exchange.merkle import Frontier, leaf_hash
from fastchannel.exchange.notes import read
from fastchannel.exchange.sealing import Entry, Sealed
from tests.exchange.parties import AT, CORRIDOR, DIGEST, roster, signing

PARTIES = ("CN", "KR", "SG")
STEPS = 120
CALM = 4_000  # steps without faults, after which everything must have arrived
MOST_DRIFT = timedelta(days=7)


class BrokenError(AssertionError):
    """Something that must always hold does not."""


@dataclass
class Disk:
    """What survives a crash: lanes of ours, lanes of others with their checkpoints, and what waits to be appended."""

    ours: dict[str, list[Entry]] = field(default_factory=dict)
    theirs: dict[str, list[Entry]] = field(default_factory=dict)
    notes: dict[str, dict[int, bytes]] = field(default_factory=dict)  # of theirs: by size
    acked: dict[str, dict[str, int]] = field(default_factory=dict)  # of ours: the largest size that each peer cosigned
    signed: dict[str, int] = field(default_factory=dict)  # of ours: the largest size of a checkpoint
    waiting: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> Disk:
        """A backup."""
        return Disk(
            {lane: list(one) for lane, one in self.ours.items()},
            {lane: list(one) for lane, one in self.theirs.items()},
            {lane: dict(one) for lane, one in self.notes.items()},
            {lane: dict(one) for lane, one in self.acked.items()},
            dict(self.signed),
            {lane: list(one) for lane, one in self.waiting.items()},
        )


def unseal(entry: Entry, header: Header) -> bytes:
    """Bodies here are not encrypted, which would only take time; what the header commits to is checked all the same."""
    if entry.sealed is None or entry.sealed.keys or commitment(b"salt", entry.sealed.data) != header.body_commit:
        raise SealError(f"entry {header.seq}: another body")
    return entry.sealed.data


def frontier(entries: list[Entry], size: int | None = None) -> Frontier:
    return Frontier().extended(leaf_hash(one.leaf) for one in entries[: len(entries) if size is None else size])


def names_of(entries: list[Entry], lane: str) -> list[str]:
    return [read_header(one.leaf, lane=lane, seq=at).id for at, one in enumerate(entries)]


class Node:
    """One party: its disk, and the process that a crash ends."""

    def __init__(self, party: str, world: World) -> None:
        self.party, self.world = party, world
        self.keys = Keys(signing(party), signing(party, "cosign"), unseal)
        self.disk = Disk()
        self.drift = timedelta()
        self.restored = False  # an old backup was put back since the last time everything was calm
        self.start()

    def start(self) -> None:
        """Read the disk, and begin."""
        sending, mirrors = lanes(self.party, CORRIDOR, [one for one in self.world.parties if one != self.party])
        state = State(
            party=self.party,
            roster=self.world.roster,
            sending=sending,
            mirrors=mirrors,
            session=self.world.chance.randbytes(16),
        )
        for lane, one in sending.items():
            held = self.disk.ours.setdefault(lane, [])
            self.disk.waiting.setdefault(lane, [])
            acked = self.disk.acked.get(lane, {})
            peers = {peer: Progress(acked=frontier(held, min(acked.get(peer, 0), len(held)))) for peer in one.peers}
            sending[lane] = type(one)(lane=lane, frontier=frontier(held), peers=peers, signed=self.disk.signed.get(lane, 0))
        for lane, mirror in mirrors.items():
            held = self.disk.theirs.setdefault(lane, [])
            note = self.disk.notes.setdefault(lane, {}).get(len(held), b"")
            mirrors[lane] = type(mirror)(lane=lane, peer=mirror.peer, frontier=frontier(held), note=note)
        self.state = state
        self.tell(m.Started())

    def tell(self, given: m.Input) -> None:
        """One input, then its effects in order; a crash may come before any of them."""
        self.state, effects = step(self.state, given, self.world.now + self.drift, self.keys)
        for effect in effects:
            if self.world.crash_now(self):
                return
            self.do(effect)

    def do(self, effect: m.Effect) -> None:
        match effect:
            case m.Send(peer=peer, message=message):
                self.world.send(self.party, peer, message)
            case m.Load(lane=lane, peer=peer, start=start):
                found = tuple(self.disk.ours[lane][start : start + self.world.most])
                self.tell(m.Loaded(lane, peer, start, found))
            case m.Give(lane=lane, peer=peer, start=start):
                end = min(size for size in self.disk.notes[lane] if size > start)
                self.tell(m.Given(lane, peer, start, tuple(self.disk.theirs[lane][start:end]), self.disk.notes[lane][end]))
            case m.Save():
                self.save(effect)
            case m.Keep(lane=lane, note=raw):
                note = read(raw)
                self.world.signed(lane, note.checkpoint.size, note.checkpoint.root)
                self.disk.signed[lane] = max(self.disk.signed.get(lane, 0), note.checkpoint.size)
                acked = self.disk.acked.setdefault(lane, {})
                for party in {one.name for one in note.signatures} - {self.party}:
                    acked[party] = max(acked.get(party, 0), note.checkpoint.size)
            case m.Recall(lane=lane, peer=peer, note=raw, fresh=fresh):
                size = read(raw).checkpoint.size
                held = self.disk.ours.get(lane, self.disk.theirs.get(lane, []))
                self.tell(m.Recalled(lane, peer, raw, fresh, frontier(held, size) if size <= len(held) else None))
            case m.Rewind(lane=lane, size=size):
                off = self.disk.ours[lane][size:]
                self.disk.waiting[lane] += [read_header(one.leaf, lane=lane, seq=at).id for at, one in enumerate(off, size)]
                del self.disk.ours[lane][size:]
            case m.Alarm(kind=kind, lane=lane, said=said):
                self.world.alarms.append((self.party, kind, lane, said))

    def save(self, save: m.Save) -> None:
        """All of it or nothing, and only where the lane still ends where it was thought to."""
        ours = save.lane in self.disk.ours
        held = self.disk.ours[save.lane] if ours else self.disk.theirs[save.lane]
        if self.world.disk_fails() or len(held) != save.start:
            self.tell(m.NotSaved(save.lane, "no space left"))
            return
        held.extend(save.entries)
        if not ours:
            self.disk.notes[save.lane][len(held)] = save.note
        if not self.world.crash_now(self):
            self.tell(m.Saved(save.lane))

    def append(self, lane: str, name: str) -> None:
        """The state change, the leaf and the head are one transaction; a lane that is stopped keeps what is to come waiting."""
        self.disk.waiting[lane].append(name)
        self.drain(lane)

    def drain(self, lane: str) -> None:
        """Append what waits, each once: what came back from the mirror is there already."""
        if not may_append(self.state, lane) or not self.disk.waiting[lane]:
            return
        held = self.disk.ours[lane]
        there = set(names_of(held, lane))
        for name in self.disk.waiting[lane]:
            if name not in there:
                there.add(name)
                body = name.encode()
                header = Header(
                    lane=lane, seq=len(held), id=name, type="resulted", schema=1, at=AT, agreement=DIGEST,
                    body_commit=commitment(b"salt", body),
                )  # fmt: skip
                held.append(Entry(header.bytes, Sealed(body, ())))
        self.disk.waiting[lane] = []
        if not self.world.crash_now(self):
            self.tell(m.Appended(lane, frontier(held)))


class World:
    """Both nodes, the network between them, and the faults of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.parties = PARTIES[: self.chance.choice([2, 2, 3])]
        self.roster = roster(*self.parties)
        self.now = AT
        self.calm = False
        self.wire: list[tuple[str, str, bytes]] = []
        self.alarms: list[tuple[str, str, str, str]] = []
        self.signatures: dict[tuple[str, int], bytes] = {}
        self.names: dict[str, list[str]] = {}
        self.lost: set[str] = set()
        self.cut: set[tuple[str, str]] = set()
        self.most = self.chance.choice([1, 3, 1_000])
        self.faults = {name: self.chance.random() * 0.2 for name in ("lose", "double", "flip", "crash", "disk")}
        self.crashed: set[str] = set()
        self.nodes: dict[str, Node] = {}
        self.backups: dict[str, Disk] = {}
        self.old = self.chance.choice(
            [*self.parties, "", "", "", ""]
        )  # who puts old backups back: never both, which loses what both lost
        for party in self.parties:
            self.nodes[party] = Node(party, self)
        self.restart()

    def likely(self, fault: str) -> bool:
        return not self.calm and self.chance.random() < self.faults[fault]

    def crash_now(self, node: Node) -> bool:
        """Whether the process is gone, or goes now."""
        if node.party not in self.crashed and self.nodes and self.likely("crash") and self.chance.random() < 0.3:
            self.crashed.add(node.party)
        return node.party in self.crashed

    def disk_fails(self) -> bool:
        return self.likely("disk")

    def restart(self) -> None:
        """Whoever crashed begins anew, perhaps from an old backup."""
        while self.crashed:
            party = self.crashed.pop()
            node = self.nodes[party]
            if not self.calm and party in self.backups and self.chance.random() < 0.3:
                self.put_back(node, self.backups.pop(party))
            node.start()

    def put_back(self, node: Node, backup: Disk) -> None:
        """An old backup. What nobody had acknowledged since is lost with the disk, and that alone.

        What was under way is over, and its checkpoints with it: on a real node the key that signed them stops counting at the
        size that the peer has, so that none can turn up later.
        """
        for lane, held in node.disk.ours.items():
            for peer in node.state.sending[lane].peers:
                there = self.nodes[peer].disk.theirs[lane]
                self.lost.update([*set(names_of(held, lane)).difference(names_of(there, lane)), *node.disk.waiting[lane]])
                size = len(there)
                self.signatures = {key: root for key, root in self.signatures.items() if key[0] != lane or key[1] <= size}
        for names in backup.waiting.values():
            self.lost.difference_update(names)
        node.disk = backup.copy()
        node.restored = True
        self.wire = [one for one in self.wire if one[0] != node.party]

    def send(self, sender: str, receiver: str, message: m.Message) -> None:
        if isinstance(message, m.Batch):
            note = read(message.note)
            self.signed(message.lane, note.checkpoint.size, note.checkpoint.root)
        if (sender, receiver) in self.cut or self.likely("lose"):
            return
        self.wire += [(sender, receiver, m.encode(message))] * (2 if self.likely("double") else 1)

    def signed(self, lane: str, size: int, root: bytes) -> None:
        """Never two signed heads of one size."""
        if self.signatures.setdefault((lane, size), root) != root:
            raise BrokenError(f"{lane}: two checkpoints of {size} entries were signed")

    def deliver(self) -> None:
        """Any message that is under way: none waits for those before it."""
        if not self.wire:
            return
        sender, receiver, raw = self.wire.pop(0 if self.calm else self.chance.randrange(len(self.wire)))
        if self.likely("flip"):
            flipped = bytearray(raw)
            flipped[self.chance.randrange(len(flipped))] ^= 1 << self.chance.randrange(8)
            raw = bytes(flipped)
        try:
            message = m.decode(raw)
        except LeafError:
            return
        self.nodes[receiver].tell(m.Received(sender, message))

    def act(self) -> None:
        """One thing happens."""
        node = self.nodes[self.chance.choice(self.parties)]
        match self.chance.randrange(12):
            case 0 | 1 | 2:
                lane = self.chance.choice(list(node.state.sending))
                for _ in range(self.chance.choice([1, 1, 5])):
                    names = self.names.setdefault(lane, [])
                    names.append(f"{node.party.lower()}-{len(names)}-{lane.rpartition('/')[2]}")
                    node.append(lane, names[-1])
                    if node.party in self.crashed:
                        break
            case 3:
                self.now += timedelta(seconds=self.chance.choice([1, 30, 900, 86_400]))
                self.tick()
            case 4:
                other = self.chance.choice([one for one in self.parties if one != node.party])
                self.cut ^= {(node.party, other)}
            case 5:
                node.drift = timedelta(seconds=self.chance.uniform(-1, 1) * MOST_DRIFT.total_seconds())
            case 6 if self.old == node.party:
                self.backups.setdefault(node.party, node.disk.copy())
            case _:
                self.deliver()

    def tick(self) -> None:
        for node in self.nodes.values():
            node.tell(m.Tick())
            for lane, sending in list(node.state.sending.items()):
                if node.party in self.crashed:
                    break
                if sending.stopped == BEHIND:
                    node.tell(m.Restore(lane))
                else:
                    node.drain(lane)

    def check(self) -> None:
        """What holds at every moment."""
        for node in self.nodes.values():
            for lane, sending in node.state.sending.items():
                for peer, progress in sending.peers.items():
                    other = self.nodes[peer]
                    if not other.restored and progress.acked.size > len(other.disk.theirs[lane]):
                        raise BrokenError(
                            f"{lane}: {progress.acked.size} acknowledged, {len(other.disk.theirs[lane])} on {peer}'s disk"
                        )
                    theirs, ours = other.disk.theirs[lane], node.disk.ours[lane]
                    shared = min(len(theirs), len(ours))
                    mirrored = not node.restored and theirs[:shared] != ours[:shared]
                    if mirrored or (not node.restored and len(theirs) > len(ours)):
                        raise BrokenError(f"{lane}: the mirror is no prefix")
            stopped = [one.stopped for one in node.state.sending.values()] + [
                one.stopped for one in node.state.mirrors.values()
            ]
            if FORK in stopped:
                raise BrokenError(f"{node.party}: a fork where nobody forked")

    def settle(self) -> None:
        """No more faults: everything arrives, once, and the lag is zero."""
        self.calm, self.cut = True, set()
        for node in self.nodes.values():
            node.drift = timedelta()
        for _ in range(CALM):
            self.restart()
            if not self.wire:
                if self.quiet():
                    break
                self.now += timedelta(seconds=30)
                self.tick()
            self.deliver()
        for node in self.nodes.values():
            node.restored = False
        self.check()
        for lane, names in self.names.items():
            owner = self.nodes[lane.split("/")[1]]
            found = names_of(owner.disk.ours[lane], lane)
            missing = set(names) - set(found) - self.lost
            if len(set(found)) != len(found) or not set(found) <= set(names) or missing:
                raise BrokenError(f"{lane}: appended {names}, found {found}, lost with a disk {sorted(self.lost)}")
            for peer, progress in owner.state.sending[lane].peers.items():
                if self.nodes[peer].disk.theirs[lane] != owner.disk.ours[lane] or progress.acked.size != len(found):
                    raise BrokenError(
                        f"{lane}: {progress.acked.size} of {len(found)} acknowledged in the end; {self.alarms[-3:]}"
                    )

    def quiet(self) -> bool:
        return all(
            not node.disk.waiting[lane]
            and not sending.stopped
            and all(one.known and one.acked.size == len(node.disk.ours[lane]) for one in sending.peers.values())
            for node in self.nodes.values()
            for lane, sending in node.state.sending.items()
        )


def run(seed: int, steps: int = STEPS) -> World:
    """Play one seed. Raises BrokenError."""
    world = World(seed)
    for _ in range(steps):
        world.act()
        world.restart()
        world.check()
    world.settle()
    return world


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    asked = parser.parse_args()
    for seed in [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds):
        try:
            world = run(seed)
        except Exception as error:
            sys.stderr.write(f"seed {seed}: {type(error).__name__}: {error}\n")
            if asked.seed is not None:
                raise
            return 1
        if asked.seed is not None:
            sys.stdout.writelines(f"{one}\n" for one in world.alarms)
    sys.stdout.write("every invariant held\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
