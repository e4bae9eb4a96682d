"""Proofs for a third person: that a party wrote an entry, that the other had it by when, and, if shown, what it said.

A proof is one file. It needs the parties' list of keys and nothing else: no node, no network, nobody's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from fastchannel.exchange.errors import ProofError
from fastchannel.exchange.leaves import Header, commitment, lane_of, read_header
from fastchannel.exchange.merkle import Tree, check_inclusion, leaf_hash
from fastchannel.exchange.notes import check, read
from fastchannel.exchange.roster import Roster, Use
from fastchannel.exchange.sealing import Entry

FORM = 1
MOST_BYTES = 1024 * 1024


class Shown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body with the salt of its commitment: whoever gives it away shows it."""

    salt: bytes
    body: bytes


class Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: an entry's leaf, its place, the way to the checkpoint, and the checkpoint with its signatures."""

    fastchannel_proof: int = FORM
    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: bytes
    shown: Shown | None = None


class Proven(Struct, frozen=True, kw_only=True):
    """What a proof shows: who wrote it, who had it and when they said so. ``body`` is None where it was not shown."""

    header: Header
    sender: str
    cosigned: dict[str, datetime]
    size: int
    body: bytes | None = None


def prove(entries: Sequence[Entry], index: int, note: bytes, *, shown: Shown | None = None) -> bytes:
    """The proof of an entry from its lane's entries and a checkpoint that was cosigned. Raises ProofError."""
    size = read(note).checkpoint.size
    if not 0 <= index < size <= len(entries):
        raise ProofError(f"entry {index}: expected one of the {size} that the checkpoint ends, and all of those here")
    tree = Tree(leaf_hash(one.leaf) for one in entries[:size])
    made = Proof(leaf=entries[index].leaf, index=index, path=tree.inclusion(index), note=note, shown=shown)
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def check_proof(raw: bytes, roster: Roster) -> Proven:
    """What the proof shows, by the parties' keys. Raises ExchangeError where it shows nothing."""
    if len(raw) > MOST_BYTES:
        raise ProofError(f"proof: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        proof = msgspec.json.decode(raw, type=Proof)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProofError(f"proof: {error}") from error
    if proof.fastchannel_proof != FORM:
        raise ProofError(f"proof: found form {proof.fastchannel_proof}, expected {FORM}")
    note = read(proof.note)
    point = note.checkpoint
    lane = lane_of(point.origin)
    header = read_header(proof.leaf, lane=point.origin, seq=proof.index)
    check_inclusion(leaf_hash(proof.leaf), proof.index, point.size, point.root, proof.path)
    roster.check_note(note, lane.sender, Use.SIGN)
    mirrors = [one.code for one in roster.parties if one.code != lane.sender and lane.audience in ("", one.code)]
    cosigned: dict[str, datetime] = {}
    for party in mirrors:
        if any(one.name == party for one in note.signatures):
            at = check(note, roster.check_note(note, party, Use.COSIGN))
            if at is not None:
                cosigned[party] = at
    body = None
    if proof.shown is not None:
        body = proof.shown.body
        if commitment(proof.shown.salt, body) != header.body_commit:
            raise ProofError("proof: the body that is shown is another than the entry commits to")
    return Proven(header=header, sender=lane.sender, cosigned=cosigned, size=point.size, body=body)
