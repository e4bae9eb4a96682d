"""The link with the other parties' nodes: letters go out over the `channel`, and their answers come back in the reply.

It is there where the node's directory has ``exchange/roster.json`` and its three keys; else the node works alone. What travels
is signed and sealed by itself, so that a courier's disk does as well as a line.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings

from fastchannel.agreement.agreement import Agreement
from fastchannel.exchange import letters
from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import ExchangeError, ProofError
from fastchannel.exchange.leaves import Kind, Lane, read_header
from fastchannel.exchange.machine import Keys
from fastchannel.exchange.machine import lanes as lanes_between
from fastchannel.exchange.notes import read as read_note
from fastchannel.exchange.proofs import Shown, prove
from fastchannel.exchange.roster import Use
from fastchannel.exchange.sealing import opened, reader_id, unseal
from fastchannel.node.channel import Connections, channel, files_of
from fastchannel.node.errors import NodeError
from fastchannel.node.exchange_files import private_key, read_roster
from fastchannel.node.lanes import Lanes, entries_of, note_after
from fastchannel.node.places import Places

MOST_SECONDS = 120.0  # for one answer, however slowly it comes
MOST_TURNS = 2_000  # to and fro with one peer at once: a backlog of two million entries
_log = logging.getLogger(__name__)
_connections = Connections()

Post = Callable[[str, bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """This node's lanes with where the others are to be reached: party → address, for those that we call."""

    lanes: Lanes
    signing: Ed25519PrivateKey
    reading: Mapping[bytes, X25519PrivateKey]
    peers: Mapping[str, str]

    def lane(self, kind: Kind, peer: str = "") -> str:
        """The name of our lane of that kind to a peer; of the common one where none is named."""
        return Lane(self.lanes.roster.corridor, self.lanes.party, kind, peer).origin

    def others(self, text: Agreement) -> list[str]:
        """The other parties of an agreement whose nodes this one is linked with."""
        return sorted(self.lanes.roster.roots().keys() & text.parties.keys() - {self.lanes.party})

    def answer(self, raw: bytes, now: datetime) -> bytes:
        """Take a letter, and write the one that answers it. Raises LetterError: nothing was taken."""
        sender, said = self._taken(raw, now)
        return self._letter(sender, said)

    def exchange(self, now: datetime, post: Post) -> dict[str, str]:
        """Offer each peer what it lacks, and go on while it answers; by party, why one could not be reached."""
        return self._offer(self.lanes.tick(now), now, post)

    def restore(self, lane: str, now: datetime, post: Post) -> dict[str, str]:
        """Take a lane that is behind from the mirrors; by party, why one could not be reached."""
        return self._offer(self.lanes.handle(m.Restore(lane), lane, now), now, post)

    def export(self, peer: str, now: datetime) -> list[bytes]:
        """Letters for a peer that a courier carries: what it lacks, and questions. Raises NodeError where it is no peer."""
        if peer not in self.lanes.roster.roots() or peer == self.lanes.party:
            raise NodeError(f"{peer}: found no such party in the list of keys")
        return list(self._letters(peer, _to(peer, self.lanes.tick(now))))

    def take(self, arrived: Iterable[bytes], now: datetime) -> tuple[int, list[bytes]]:
        """Take a courier's letters; how many, and those that answer them. Raises ExchangeError at the first that is none."""
        count, answers = 0, list[bytes]()
        for raw in arrived:
            answers += self._letters(*self._taken(raw, now))
            count += 1
        return count, answers

    def prove(self, lane: str, seq: int, *, shown: bool) -> bytes:
        """The proof of an entry, with its body where asked. Raises ExchangeError."""
        note = note_after(lane, seq)
        if not note:
            raise ProofError(f"{lane}: found no checkpoint behind entry {seq}: nobody signed for it yet")
        entries = entries_of(lane, read_note(note).checkpoint.size)
        body = None
        if shown:
            header = read_header(entries[seq].leaf, lane=lane, seq=seq)
            salt, raw = opened(entries[seq], header, self.reading)
            body = Shown(salt=salt, body=raw)
        return prove(entries, seq, note, shown=body)

    def _taken(self, raw: bytes, now: datetime) -> tuple[str, list[m.Message]]:
        """Who wrote a letter, and what there is to say to it."""
        sender, messages = letters.read(raw, self.lanes.roster, self.lanes.party)
        return sender, _to(sender, [one for message in messages for one in self.lanes.receive(sender, message, now)])

    def _offer(self, sent: Sequence[m.Send], now: datetime, post: Post) -> dict[str, str]:
        return {
            peer: trouble
            for peer, address in self.peers.items()
            if (trouble := self._with(peer, address, _to(peer, sent), now, post))
        }

    def _with(self, peer: str, address: str, messages: list[m.Message], now: datetime, post: Post) -> str:
        try:
            for _ in range(MOST_TURNS):
                if not messages:
                    return ""
                said: list[m.Send] = []
                for letter in self._letters(peer, messages):
                    sender, answers = letters.read(post(address, letter), self.lanes.roster, self.lanes.party)
                    if sender != peer:
                        raise letters.LetterError(f"{address}: found an answer of {sender}, expected one of {peer}")
                    said += [one for answer in answers for one in self.lanes.receive(peer, answer, now)]
                messages = _to(peer, said)
        except (httpx.HTTPError, ExchangeError, NodeError) as error:
            _log.warning("peer not reached", extra={"peer": peer, "error": type(error).__name__})
            return str(error)[:300] or type(error).__name__
        return ""

    def _letters(self, receiver: str, messages: list[m.Message]) -> Iterator[bytes]:
        return (self._letter(receiver, portion) for portion in letters.portions(messages))

    def _letter(self, receiver: str, messages: list[m.Message]) -> bytes:
        return letters.write(self.lanes.roster.corridor, self.lanes.party, receiver, messages, self.signing)


def _to(peer: str, sent: Sequence[m.Send]) -> list[m.Message]:
    return [one.message for one in sent if one.peer == peer]


def post(address: str, raw: bytes) -> bytes:
    """Send a letter to an address and return the answer. Raises httpx.HTTPError, NodeError."""
    end = time.monotonic() + MOST_SECONDS
    headers = {"Content-Type": "application/octet-stream", "Accept-Encoding": "identity"}
    with _client(address).stream("POST", address, content=raw, headers=headers) as answer:
        answer.raise_for_status()
        found = bytearray()
        for part in answer.iter_raw():  # never unpacked: a few bytes could become very many
            found += part
            if len(found) > letters.MOST_BYTES:
                raise httpx.HTTPError(f"{address}: an answer of more than {letters.MOST_BYTES} bytes")
            if time.monotonic() > end:
                raise httpx.HTTPError(f"{address}: no whole answer within {MOST_SECONDS:.0f} s")
        return bytes(found)


def _client(address: str) -> httpx.Client:
    """Whoever answers there is held against the peer's certificates, as the list of keys and the settings are now."""
    config = settings.CONFIG
    if settings.NODE_DIRECTORY is None or not address.startswith("https://"):
        return _connections.client(address, None, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    places = Places(settings.NODE_DIRECTORY)
    state = [(path, path.stat().st_mtime_ns) for path in (places.roster, *files_of(config, places)) if path.exists()]
    peer = next((party for party, known in config.peers.items() if known == address), "")
    return _connections.client(address, state, lambda: channel(config, places, read_roster(places.roster)).context(peer))


def link() -> Link | None:
    """The node's link, or None where it has none. Raises NodeError where what it needs cannot be read."""
    if not settings.NODE_DIRECTORY:
        return None
    places = Places(Path(settings.NODE_DIRECTORY))
    if not places.roster.exists():
        return None
    state = places.roster.stat()
    return _linked(places, settings.CONFIG.party, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)
def _linked(places: Places, party: str, seen: tuple[int, int]) -> Link:
    roster = read_roster(places.roster)
    held = {use: private_key(places, use) for use in Use}
    own, cosigning, signing = held[Use.READ], held[Use.COSIGN], held[Use.SIGN]
    if not (
        isinstance(own, X25519PrivateKey)
        and isinstance(cosigning, Ed25519PrivateKey)
        and isinstance(signing, Ed25519PrivateKey)
    ):
        raise NodeError(f"{places.exchange_keys}: found keys of another kind; fastchannel exchange key makes them")
    readers = {
        one.code: X25519PublicKey.from_public_bytes(bytes.fromhex(keys[-1].raw))
        for one in roster.parties
        if (keys := roster.keys(one.code, Use.READ))
    }
    opening = {reader_id(own.public_key()): own}
    lanes = Lanes(
        party=party,
        roster=roster,
        keys=Keys(signing, cosigning, lambda entry, header: unseal(entry, header, opening)),
        readers=readers,
    )
    lanes.ensure(*lanes_between(party, roster.corridor, [one.code for one in roster.parties if one.code != party]))
    return Link(lanes=lanes, signing=signing, reading=opening, peers=settings.CONFIG.peers)
