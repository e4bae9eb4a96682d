"""Whose keys count: the parties of a corridor with their keys, as a list that the parties' offline keys sign by a threshold.

A list is followed by version + 1 only, signed by enough of the old offline keys and enough of the new. When a key counts is
said by the size of a lane, never by a clock: after a compromise nothing that it signs beyond that size is anybody's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from fastchannel.exchange import plain
from fastchannel.exchange.errors import ExchangeError, NoteError
from fastchannel.exchange.notes import COSIGNATURE, ED25519, Note, PublicKey, check
from fastchannel.exchange.pins import MOST_BYTES as MOST_BYTES_OF_PIN
from fastchannel.exchange.pins import MOST_PINS, Pin, pin_of

MOST_BYTES = 256 * 1024
_SIGNED = b"fastchannel roster v1\n"
PartyCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Certificate = Annotated[bytes, Meta(max_length=MOST_BYTES_OF_PIN)]
Raw = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class RosterError(ExchangeError):
    """A list of the parties' keys is not one, or does not follow the one that is held."""


class Use(StrEnum):
    """What a key is for: each use has its own keys."""

    SIGN = "sign"  # checkpoints of the party's own lanes
    COSIGN = "cosign"  # checkpoints of lanes that it mirrors
    READ = "read"  # opens bodies: X25519


class Key(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key of a party. ``since`` and ``until`` bound it by lane, in sizes of checkpoints, both included."""

    use: Use
    raw: Raw
    since: dict[str, int] = {}
    until: dict[str, int] = {}

    def counts(self, lane: str, size: int) -> bool:
        """Whether it counts for a checkpoint of that size."""
        return self.since.get(lane, 0) <= size and (lane not in self.until or size <= self.until[lane])


class Party(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One party: the keys of its offline root and those of its node, and the certificates (DER) that its line shows.

    Certificates may leave the list, as keys may not: nothing that lasts is signed by them.
    """

    code: PartyCode
    roots: tuple[Raw, ...]
    keys: tuple[Key, ...]
    certificates: Annotated[tuple[Certificate, ...], Meta(max_length=MOST_PINS)] = ()


class Roster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list. ``threshold`` is how many parties must sign its successor, each with one of its offline keys."""

    corridor: str
    version: Annotated[int, Meta(ge=1)]
    threshold: Annotated[int, Meta(ge=1)]
    parties: tuple[Party, ...]

    @property
    def bytes(self) -> bytes:
        """What is signed, behind a mark of its own."""
        return plain.encode(self)

    def keys(self, party: str, use: Use) -> tuple[Key, ...]:
        """The party's keys for a use."""
        return next((tuple(key for key in one.keys if key.use is use) for one in self.parties if one.code == party), ())

    def certificates(self, party: str) -> tuple[Certificate, ...]:
        """The certificates (DER) of the party's line."""
        return next((one.certificates for one in self.parties if one.code == party), ())

    def pins(self) -> tuple[Pin, ...]:
        """What every certificate in the list says. Raises PinError."""
        return tuple(pin_of(one.code, raw) for one in self.parties for raw in one.certificates)

    def roots(self) -> Mapping[str, frozenset[str]]:
        """The offline keys by party."""
        return {one.code: frozenset(one.roots) for one in self.parties}

    def check_note(self, note: Note, party: str, use: Use) -> PublicKey:
        """The key of that party that signed, or cosigned, the note and counts at its size. Raises NoteError."""
        lane, size = note.checkpoint.origin, note.checkpoint.size
        kind = COSIGNATURE if use is Use.COSIGN else ED25519
        for key in self.keys(party, use):
            if key.counts(lane, size):
                public = PublicKey(party, bytes.fromhex(key.raw), kind)
                if any(one.key_id == public.key_id for one in note.signatures):
                    check(note, public)
                    return public
        raise NoteError(f"{lane} at {size}: found no signature by a key of {party} that counts at this size")


class SignedRoster(Struct, frozen=True, forbid_unknown_fields=True):
    """The list's bytes with the signatures of offline keys, each under its key in hexadecimal."""

    roster: bytes
    signatures: dict[str, bytes]


def sign_roster(roster: Roster, keys: Iterable[Ed25519PrivateKey]) -> SignedRoster:
    """Signed by those offline keys."""
    raw = roster.bytes
    signed = {key.public_key().public_bytes_raw().hex(): key.sign(_SIGNED + raw) for key in keys}
    return SignedRoster(raw, signed)


def first_roster(signed: SignedRoster) -> Roster:
    """The first list of a corridor, which every party's offline key must have signed: trust begins here. Raises RosterError."""
    roster = _read(signed)
    if roster.version != 1:
        raise RosterError(f"roster: found version {roster.version}, expected 1 for the first")
    _signed_by(signed, roster.roots(), len(roster.parties))
    return roster


def follow(held: Roster, signed: SignedRoster) -> Roster:
    """The successor of the list that is held. Raises RosterError.

    No key ever leaves the list, since what it signed must still verify; its bound may become tighter and never wider: what was
    revoked stays revoked.
    """
    roster = _read(signed)
    if roster.corridor != held.corridor or roster.version != held.version + 1:
        raise RosterError(
            f"roster: found version {roster.version} of {roster.corridor}, expected {held.version + 1} of {held.corridor}"
        )
    _signed_by(signed, held.roots(), held.threshold)
    _signed_by(signed, roster.roots(), roster.threshold)
    after = {(party.code, key.use, key.raw): key for party in roster.parties for key in party.keys}
    for party in held.parties:
        for old in party.keys:
            key = after.get((party.code, old.use, old.raw))
            if key is None or any(key.until.get(lane, size + 1) > size for lane, size in old.until.items()):
                raise RosterError(f"roster: a key of {party.code} left the list, or would count again where it was revoked")
    return roster


def _read(signed: SignedRoster) -> Roster:
    roster = plain.decode_as(signed.roster, Roster, "roster", most=MOST_BYTES)
    codes = [party.code for party in roster.parties]
    if len(set(codes)) != len(codes) or len(codes) < 2 or not 1 <= roster.threshold <= len(codes):
        raise RosterError(f"roster: found the parties {', '.join(codes)} and the threshold {roster.threshold}")
    pins = roster.pins()
    owners: dict[str, str] = {}
    for party in roster.parties:
        shown = (pin.fingerprint for pin in pins if pin.party == party.code)
        for raw in (*party.roots, *(key.raw for key in party.keys), *shown):
            if owners.setdefault(raw, party.code) != party.code:
                raise RosterError(f"roster: found one key or certificate with {owners[raw]} and {party.code}")
    return roster


def _signed_by(signed: SignedRoster, roots: Mapping[str, frozenset[str]], least: int) -> None:
    parties = {code for code, keys in roots.items() if any(_holds(signed, raw) for raw in keys if raw in signed.signatures)}
    if len(parties) < least:
        raise RosterError(f"roster: found signatures of {', '.join(sorted(parties)) or 'nobody'}, expected {least} parties")


def _holds(signed: SignedRoster, raw: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw)).verify(signed.signatures[raw], _SIGNED + signed.roster)
    except (InvalidSignature, ValueError):
        return False
    return True
