"""Two thousand histories with every fault that a seed draws; and faults put in on purpose, which must be found."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from fastchannel.exchange import machine
from fastchannel.exchange import messages as m
from tests.exchange.simulation import BrokenError, Node, run

SEEDS, AT_ONCE = 2_000, 100


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_whatever_happens_nothing_acknowledged_is_lost_doubled_or_rewritten(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        try:
            run(seed)
        except BrokenError as error:
            pytest.fail(f"python -m tests.exchange.simulation --seed {seed}: {error}")


def test_a_seed_plays_the_same_history_twice() -> None:
    first, second = run(17), run(17)
    assert first.signatures == second.signatures
    assert first.alarms == second.alarms


def test_the_histories_meet_what_they_are_for() -> None:
    """Crashes, lost and doubled messages, failing disks and old backups do occur, or the runs above prove nothing."""
    kinds = {kind for seed in range(200) for _, kind, _, _ in run(seed).alarms}
    assert kinds == {"behind", "lag", "not-saved", "peer-behind", "refused"}


def fails(seeds: int = 150, *, first: int = 0) -> bool:
    for seed in range(first, seeds):
        try:
            run(seed)
        except BrokenError:
            return True
    return False


def test_cosigning_before_the_disk_has_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(self: Node, save: m.Save) -> None:
        self.tell(m.Saved(save.lane))  # vouched for, and only then written
        original(self, save)

    original = Node.save
    monkeypatch.setattr(Node, "save", early)
    assert fails()


def test_trusting_an_answer_of_last_week_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    original = machine._head

    def credulous(state: Any, sending: Any, peer: str, head: m.Head, now: Any) -> Any:
        return original(state, sending, peer, m.Head(head.lane, head.note, sending.peers[peer].nonce), now)

    monkeypatch.setattr(machine, "_head", credulous)
    assert fails(1_000, first=500)  # the first is 571


def test_signing_before_the_peer_said_what_it_has_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    original = machine.lanes

    def hasty(*args: Any) -> Any:
        sending, mirrors = original(*args)
        known = machine.Progress(known=True)
        return {lane: replace(one, peers=dict.fromkeys(one.peers, known)) for lane, one in sending.items()}, mirrors

    monkeypatch.setattr("tests.exchange.simulation.lanes", hasty)
    monkeypatch.setattr("tests.exchange.simulation.Progress", lambda **fields: machine.Progress(**fields, known=True))
    assert fails(400)
