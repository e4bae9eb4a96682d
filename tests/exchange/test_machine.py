"""What a peer may try, one attempt at a time: forks, rollbacks, replays across lanes, stolen keys, oversize."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.machine import ERASABLE, FORK, LAG, PATIENCE, Keys, State, lanes, may_append, step
from fastchannel.exchange.merkle import Frontier, Tree, leaf_hash
from fastchannel.exchange.notes import Checkpoint, Note, cosign, sign
from fastchannel.exchange.roster import Key, Use
from fastchannel.exchange.sealing import Entry, Sealed, reader_id, seal, unseal
from tests.exchange.parties import AT, BULK, CORRIDOR, URGENT, draft, party, reading, roster, signing, stream

READERS = {"CN": reading("CN").public_key(), "KR": reading("KR").public_key()}
ENTRIES = [seal(draft(number), BULK, number, READERS, stream(f"m{number}")) for number in range(6)]
OTHERS = [seal(draft(number + 50), BULK, number, READERS, stream(f"o{number}")) for number in range(6)]


def opener(key: X25519PrivateKey) -> Any:
    return lambda entry, header: unseal(entry, header, {reader_id(key.public_key()): key})


def keys(code: str) -> Keys:
    return Keys(signing(code), signing(code, "cosign"), opener(reading(code)))


def state(code: str, **changes: Any) -> State:
    sending, mirrors = lanes(code, CORRIDOR, ["KR" if code == "CN" else "CN"])
    return State(**{"party": code, "roster": roster(), "sending": sending, "mirrors": mirrors, "session": b"s" * 16, **changes})


def note(entries: list[Entry], size: int | None = None, *, by: str = "KR", lane: str = BULK, key: Any = None) -> bytes:
    size = len(entries) if size is None else size
    point = Checkpoint(lane, size, Tree(leaf_hash(one.leaf) for one in entries).root(size))
    return Note(point, (sign(point, by, key or signing(by)),)).raw


def batch(start: int, end: int, log: list[Entry] = ENTRIES, **changes: Any) -> m.Batch:
    """Entries of a log, with the checkpoint that KR signs for it."""
    fields = {"lane": BULK, "start": start, "entries": tuple(log[start:end]), "note": note(log, end), **changes}
    return m.Batch(**fields)


def told(at: State, message: m.Message, *, peer: str = "KR", now: datetime = AT, who: str = "CN") -> Any:
    return step(at, m.Received(peer, message), now, keys(who))


def mirrored(count: int, log: list[Entry] = ENTRIES) -> State:
    """CN with that many entries of KR's lane on disk."""
    found, effects = told(state("CN"), batch(0, count, log))
    assert isinstance(effects[0], m.Save)
    return step(found, m.Saved(BULK), AT, keys("CN"))[0]


def kinds(effects: tuple[m.Effect, ...]) -> list[str]:
    """Effects by name, what is sent by the message's, alarms by their kind."""
    said = [one.message if isinstance(one, m.Send) else one for one in effects]
    return [one.kind if isinstance(one, m.Alarm) else type(one).__name__ for one in said]


def test_an_entry_is_cosigned_once_it_is_on_disk_and_not_before() -> None:
    after, effects = told(state("CN"), batch(0, 3))
    assert kinds(effects) == ["Save"]
    save = effects[0]
    assert isinstance(save, m.Save)
    assert [len(one) > 0 for one in save.bodies] == [True] * 3
    assert after.mirrors[BULK].frontier.size == 0
    done, effects = step(after, m.Saved(BULK), AT, keys("CN"))
    assert kinds(effects) == ["Keep", "Head"]
    assert done.mirrors[BULK].frontier.size == 3


def test_what_the_disk_did_not_take_is_not_vouched_for_and_can_be_sent_again() -> None:
    after, _ = told(state("CN"), batch(0, 3))
    after, effects = step(after, m.NotSaved(BULK, "no space left"), AT, keys("CN"))
    assert kinds(effects) == ["not-saved"]
    assert kinds(told(after, batch(0, 3))[1]) == ["Save"]


def test_a_repeated_batch_is_answered_and_not_written_again() -> None:
    after = mirrored(3)
    assert kinds(told(after, batch(0, 3))[1]) == ["Recall", "Head"]
    again, effects = told(after, batch(1, 5))
    save = effects[0]
    assert isinstance(save, m.Save)
    assert (save.start, len(save.entries)) == (3, 2)
    assert again.mirrors[BULK].pending is not None


def test_a_gap_is_answered_with_what_is_there() -> None:
    assert kinds(told(mirrored(2), batch(4, 6))[1]) == ["Head"]


@pytest.mark.parametrize(
    "wrong",
    [
        batch(0, 3, OTHERS, note=note(ENTRIES, 3)),
        batch(0, 3, note=note(ENTRIES, 2)),
        batch(0, 3, note=note(ENTRIES, 3, by="CN")),
        batch(0, 3, note=note(ENTRIES, 3, lane=URGENT)),
        batch(0, 3, note=note(ENTRIES, 3, key=signing("SG"))),
        batch(0, 3, note=b""),
        batch(0, 3, entries=(), note=note(ENTRIES, 0)),
        batch(0, 3, entries=(ENTRIES[1], ENTRIES[0], ENTRIES[2]), note=note([ENTRIES[1], ENTRIES[0], ENTRIES[2]])),
        batch(0, 3, entries=(ENTRIES[0], Entry(ENTRIES[1].leaf, ENTRIES[2].sealed), ENTRIES[2])),
        batch(0, 3, entries=(ENTRIES[0], Entry(ENTRIES[1].leaf, None), ENTRIES[2])),
        batch(0, 3, entries=(ENTRIES[0], Entry(ENTRIES[1].leaf, Sealed(b"", ())), ENTRIES[2])),
        replace(batch(0, 3), start=-1),
    ],
)
def test_a_structural_fault_refuses_the_whole_batch_and_changes_nothing(wrong: m.Batch) -> None:
    before = state("CN")
    after, effects = told(before, wrong)
    assert kinds(effects) == ["Refused", "refused"]
    assert after.mirrors == before.mirrors


def test_an_entry_whose_body_was_erased_on_schedule_is_mirrored_with_an_alarm() -> None:
    """A mirror that lost its disk is not kept from going on; before any schedule could have erased it, it is refused."""
    log = [ENTRIES[0], Entry(ENTRIES[1].leaf, None), ENTRIES[2]]
    before = state("CN")
    after, effects = told(before, batch(0, 3, entries=tuple(log)), now=AT + ERASABLE)
    assert [type(one).__name__ for one in effects] == ["Alarm", "Save"]
    assert (effects[0].kind, effects[1].bodies[1]) == ("erased", b"")
    assert after.mirrors[BULK].pending is effects[1]
    same, refused = told(before, batch(0, 3, entries=tuple(log)), now=AT + ERASABLE - timedelta(seconds=1))
    assert same.mirrors == before.mirrors
    assert [one.kind for one in refused if isinstance(one, m.Alarm)] == ["refused"]


def test_more_than_a_thousand_entries_or_a_mebibyte_is_refused() -> None:
    heavy = Entry(ENTRIES[0].leaf, Sealed(b"0" * 600_000, ()))
    for entries in ((ENTRIES[0],) * 1_001, (heavy, heavy)):
        after, effects = told(state("CN"), m.Batch(BULK, 0, entries, note(ENTRIES, 2)))
        assert kinds(effects) == ["Refused", "refused"]
        assert after.mirrors[BULK].pending is None


@pytest.mark.parametrize("lane", ["china-korea/CN/SG/urgent", "other/KR/CN/bulk", "china-korea/SG/CN/bulk", "x" * 9_000, ""])
def test_a_lane_that_is_not_between_us_and_its_sender_is_refused(lane: str) -> None:
    before = state("CN")
    for message in (batch(0, 3, lane=lane), m.Fetch(lane, 0)):
        after, effects = told(before, message)
        assert after == before
        assert kinds(effects) == ["refused"]


def test_a_third_party_cannot_write_in_another_ones_lane() -> None:
    before = state("CN")
    after, effects = told(before, batch(0, 3), peer="SG")
    assert (after, kinds(effects)) == (before, ["refused"])


def test_an_entry_of_one_lane_is_not_taken_in_another() -> None:
    moved = m.Batch(URGENT, 0, tuple(ENTRIES[:2]), note(ENTRIES, 2, lane=URGENT))
    assert kinds(told(state("CN"), moved)[1]) == ["Refused", "refused"]


def test_two_checkpoints_of_one_size_stop_the_lane_and_are_told() -> None:
    after = mirrored(3)
    after, effects = told(after, batch(0, 3, OTHERS))
    recall = effects[0]
    assert isinstance(recall, m.Recall)
    frontier = Frontier().extended(leaf_hash(one.leaf) for one in ENTRIES[:3])
    stopped, effects = step(after, m.Recalled(BULK, "KR", recall.note, recall.fresh, frontier), AT, keys("CN"))
    assert kinds(effects) == ["fork"]
    assert stopped.mirrors[BULK].stopped == FORK
    assert kinds(told(stopped, batch(3, 6))[1]) == ["Refused", "refused"]


def test_a_history_that_was_rewritten_leads_to_no_checkpoint_and_is_never_cosigned() -> None:
    rewritten = [*OTHERS[:3], *ENTRIES[3:]]
    assert kinds(told(mirrored(3), batch(3, 6, rewritten))[1]) == ["Refused", "refused"]


def test_a_stolen_key_writes_nothing_beyond_the_size_at_which_it_was_revoked() -> None:
    bound = tuple(replace(one, until={BULK: 3}) if one.use is Use.SIGN else one for one in party("KR").keys)
    revoked = replace(roster(), parties=(party("CN"), replace(party("KR"), keys=bound)))
    after = replace(mirrored(3), roster=revoked)
    assert kinds(told(after, batch(3, 5))[1]) == ["Refused", "refused"]
    fresh = signing("KR", "new")
    new = (*bound, Key(use=Use.SIGN, raw=fresh.public_key().public_bytes_raw().hex(), since={BULK: 4}))
    after = replace(after, roster=replace(revoked, parties=(party("CN"), replace(party("KR"), keys=new))))
    assert kinds(told(after, batch(3, 5, note=note(ENTRIES, 5, key=fresh)))[1]) == ["Save"]


def test_a_body_sealed_for_a_swapped_key_is_not_vouched_for() -> None:
    swapped = [seal(draft(0), BULK, 0, {"CN": reading("SG").public_key()}, stream("swap"))]
    assert kinds(told(state("CN"), batch(0, 1, swapped))[1]) == ["Refused", "refused"]


# Our own lane, seen from KR.


def sending(count: int) -> State:
    frontier = Frontier().extended(leaf_hash(one.leaf) for one in ENTRIES[:count])
    return step(state("KR"), m.Appended(BULK, frontier), AT, keys("KR"))[0]


def answered(at: State, raw: bytes, now: datetime = AT) -> Any:
    """CN answers the question that was asked last."""
    return told(at, m.Head(BULK, raw, at.sending[BULK].peers["CN"].nonce), peer="CN", now=now, who="KR")


def started(count: int) -> State:
    return step(sending(count), m.Started(), AT, keys("KR"))[0]


def head(size: int, entries: list[Entry] = ENTRIES) -> bytes:
    point = Checkpoint(BULK, size, Tree(leaf_hash(one.leaf) for one in entries).root(size))
    return Note(point, (sign(point, "KR", signing("KR")), cosign(point, "CN", signing("CN", "cosign"), AT))).raw


def test_nothing_is_signed_before_the_peer_said_what_it_has() -> None:
    assert step(state("KR"), m.Appended(BULK, sending(3).sending[BULK].frontier), AT, keys("KR"))[1] == ()
    after, effects = answered(started(3), b"")
    assert kinds(effects) == ["Load"]
    _, effects = step(after, m.Loaded(BULK, "CN", 0, tuple(ENTRIES[:3])), AT, keys("KR"))
    assert kinds(effects) == ["Keep", "Batch"]


def test_an_acknowledgement_is_our_checkpoint_under_their_cosignature() -> None:
    after, _ = answered(started(3), b"")
    after, _ = step(after, m.Loaded(BULK, "CN", 0, tuple(ENTRIES[:3])), AT, keys("KR"))
    done, effects = told(after, m.Head(BULK, head(3)), peer="CN", who="KR")
    assert kinds(effects) == ["Keep"]
    assert done.sending[BULK].peers["CN"].acked.size == 3
    for wrong in (note(ENTRIES, 3), head(3, OTHERS)[:-2], b"x"):
        same, effects = told(after, m.Head(BULK, wrong), peer="CN", who="KR")
        assert kinds(effects) == ["refused"]
        assert same.sending[BULK].peers["CN"].acked.size == 0


def test_an_old_backup_does_not_fork_the_lane() -> None:
    after, effects = answered(started(3), head(5))
    assert kinds(effects) == ["behind"]
    assert not may_append(after, BULK)
    back, effects = step(after, m.Restore(BULK), AT, keys("KR"))
    assert kinds(effects) == ["Rewind", "Fetch"]
    back, effects = told(back, batch(0, 5), peer="CN", who="KR")
    assert kinds(effects) == ["Save"]
    whole, effects = step(back, m.Saved(BULK), AT, keys("KR"))
    assert kinds(effects) == ["Ask"]
    assert may_append(whole, BULK)
    assert whole.sending[BULK].frontier.root == Tree(leaf_hash(one.leaf) for one in ENTRIES).root(5)


def test_what_is_given_back_must_bear_our_own_signature() -> None:
    after = step(answered(started(3), head(5))[0], m.Restore(BULK), AT, keys("KR"))[0]
    forged = batch(0, 5, OTHERS, note=note(OTHERS, 5, key=signing("SG")))
    same, effects = told(after, forged, peer="CN", who="KR")
    assert kinds(effects) == ["refused"]
    assert same.sending[BULK].frontier.size == 0


def test_another_root_at_a_size_that_we_signed_is_a_fork() -> None:
    after, _ = answered(started(3), b"")
    after, _ = step(after, m.Loaded(BULK, "CN", 0, tuple(ENTRIES[:3])), AT, keys("KR"))
    stopped, effects = told(after, m.Head(BULK, head(3, OTHERS)), peer="CN", who="KR")
    assert kinds(effects) == ["fork"]
    assert not may_append(stopped, BULK)


def test_an_answer_to_another_question_says_nothing() -> None:
    before = started(3)
    stale = m.Head(BULK, b"", b"another")
    assert told(before, stale, peer="CN", who="KR") == (before, ())


def test_a_peer_that_does_not_answer_is_asked_again_and_people_are_told_of_the_lag_once() -> None:
    after, _ = answered(started(3), b"")
    after, _ = step(after, m.Loaded(BULK, "CN", 0, tuple(ENTRIES[:3])), AT, keys("KR"))
    after, effects = step(after, m.Tick(), AT + PATIENCE, keys("KR"))
    assert "Ask" in kinds(effects)
    after, effects = step(after, m.Tick(), AT + LAG, keys("KR"))
    assert kinds(effects).count("lag") == 1
    assert "lag" not in kinds(step(after, m.Tick(), AT + LAG + timedelta(hours=1), keys("KR"))[1])


def test_a_clock_that_was_set_back_does_not_stop_the_lane_for_years() -> None:
    after, _ = answered(started(3), b"")
    after, _ = step(after, m.Loaded(BULK, "CN", 0, tuple(ENTRIES[:3])), AT, keys("KR"))
    assert "Ask" in kinds(step(after, m.Tick(), AT - timedelta(days=7), keys("KR"))[1])


@given(st.binary(max_size=300), st.sampled_from([BULK, URGENT, "china-korea/CN/KR/bulk", "x"]), st.integers(-5, 9))
def test_whatever_a_peer_sends_raises_nothing(raw: bytes, lane: str, start: int) -> None:
    entry = Entry(raw, Sealed(raw, ()))
    sent: tuple[m.Message, ...] = (
        m.Batch(lane, start, (entry,), raw), m.Head(lane, raw, raw), m.Ask(lane, raw), m.Fetch(lane, start), m.Refused(lane, "")
    )  # fmt: skip
    for message in sent:
        for at, who in ((mirrored_once, "CN"), (started_once, "KR")):
            step(at, m.Received("KR" if who == "CN" else "CN", message), AT, keys(who))
    try:
        m.decode(raw)
    except LeafError:
        return


mirrored_once, started_once = mirrored(3), started(3)


def test_messages_travel_as_they_are_and_no_larger_than_they_may() -> None:
    for message in (batch(0, 3), m.Head(BULK, head(3), b"n"), m.Ask(BULK, b"n"), m.Fetch(BULK, 3), m.Refused(BULK, "why")):
        assert m.decode(m.encode(message)) == message
    with pytest.raises(LeafError, match="at most"):
        m.decode(b"0" * (m.MOST_MESSAGE_BYTES + 1))
