"""A third person with the parties' keys and one file knows who said what, and that the other had it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.exchange import courier, letters
from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import ExchangeError, LeafError, ProofError
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.merkle import Tree, leaf_hash
from fastchannel.exchange.notes import Checkpoint, Note, cosign, sign
from fastchannel.exchange.proofs import Proof, Shown, check_proof, prove
from fastchannel.exchange.sealing import opened, reader_id, seal
from tests.exchange.parties import AT, BULK, CORRIDOR, draft, reading, roster, signing, stream

READERS = {"CN": reading("CN").public_key(), "KR": reading("KR").public_key()}
ENTRIES = [seal(draft(number), BULK, number, READERS, stream(f"e{number}")) for number in range(11)]
ROSTER = roster()


def note(size: int, *signers: str) -> bytes:
    point = Checkpoint(BULK, size, Tree(leaf_hash(one.leaf) for one in ENTRIES).root(size))
    made = {"KR": sign(point, "KR", signing("KR")), "CN": cosign(point, "CN", signing("CN", "cosign"), AT)}
    return Note(point, tuple(made[one] for one in signers)).raw


BOTH = note(9, "KR", "CN")


def shown(index: int) -> Shown:
    key = reading("KR")
    header = read_header(ENTRIES[index].leaf, lane=BULK, seq=index)
    salt, body = opened(ENTRIES[index], header, {reader_id(key.public_key()): key})
    return Shown(salt=salt, body=body)


@pytest.mark.parametrize("index", range(9))
def test_a_proof_says_who_wrote_it_and_who_had_it_when(index: int) -> None:
    found = check_proof(prove(ENTRIES, index, BOTH), ROSTER)
    assert (found.sender, found.cosigned, found.size, found.header.id) == ("KR", {"CN": AT}, 9, f"kr-{index}")
    assert found.body is None


def test_the_body_can_be_shown_and_no_other_can() -> None:
    assert check_proof(prove(ENTRIES, 4, BOTH, shown=shown(4)), ROSTER).body == draft(4).body.raw
    for wrong in (shown(5), Shown(salt=shown(4).salt, body=b"{}")):
        with pytest.raises(ProofError, match="commits"):
            check_proof(prove(ENTRIES, 4, BOTH, shown=wrong), ROSTER)


def test_without_the_others_cosignature_it_shows_only_who_wrote_it() -> None:
    assert check_proof(prove(ENTRIES, 4, note(9, "KR")), ROSTER).cosigned == {}
    with pytest.raises(ExchangeError, match="KR"):
        check_proof(prove(ENTRIES, 4, note(9, "CN")), ROSTER)


def test_a_cosignature_that_is_wrong_is_no_proof() -> None:
    late = Note(Checkpoint(BULK, 9, Tree(leaf_hash(one.leaf) for one in ENTRIES).root(9)), ())
    forged = cosign(late.checkpoint, "CN", signing("SG", "cosign"), AT + timedelta(days=1))
    real = Note(late.checkpoint, (sign(late.checkpoint, "KR", signing("KR")), forged))
    with pytest.raises(ExchangeError):
        check_proof(prove(ENTRIES, 4, real.raw), ROSTER)


@given(st.data())
def test_no_part_of_a_proof_can_be_changed(data: st.DataObject) -> None:
    proof = msgspec.json.decode(prove(ENTRIES, 4, BOTH, shown=shown(4)), type=Proof)
    changes: dict[str, Any] = {
        "index": st.integers(-2, 12).filter(lambda one: one != 4),
        "leaf": st.sampled_from([one.leaf for one in ENTRIES if one is not ENTRIES[4]]),
        "path": st.sampled_from([proof.path[:-1], proof.path[::-1], (*proof.path, proof.path[0]), ()]),
        "note": st.sampled_from([note(8, "KR", "CN"), note(11, "KR", "CN"), BOTH[:-1]]),
        "fastchannel_proof": st.just(2),
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    forged = msgspec.structs.replace(proof, **{name: data.draw(changes[name])})
    with pytest.raises(ExchangeError):
        check_proof(msgspec.json.encode(forged), ROSTER)


@given(st.binary(max_size=200))
def test_whatever_file_comes_raises_nothing_but_our_error(raw: bytes) -> None:
    for one in (raw, b"{" + raw, courier.MARK + raw):
        with pytest.raises(ExchangeError):
            check_proof(one, ROSTER)
        try:
            list(courier.read(one))
        except LeafError:
            continue


@pytest.mark.parametrize("index", [-1, 9, 11])
def test_what_the_checkpoint_does_not_end_cannot_be_proved(index: int) -> None:
    with pytest.raises(ProofError):
        prove(ENTRIES, index, BOTH)


def test_a_courier_carries_letters_as_they_are() -> None:
    carried = [
        letters.write(CORRIDOR, "KR", "CN", [m.Batch(BULK, 0, tuple(ENTRIES[:9]), note(9, "KR"))], signing("KR")),
        letters.write(CORRIDOR, "KR", "CN", [m.Ask(BULK, b"n")], signing("KR")),
    ]
    whole = b"".join(courier.write(carried))
    assert list(courier.read(whole)) == carried
    arriving = courier.read(whole[:-1])
    assert next(arriving) == carried[0]
    with pytest.raises(LeafError, match="letter 2"):
        next(arriving)
    with pytest.raises(LeafError, match="too large"):
        list(courier.read(courier.MARK + b"\xff\xff\xff\xff"))
