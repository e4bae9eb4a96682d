"""Checkpoints of lanes as signed notes: what a lane was at a size, in text that people can read and others' tools can check.

The forms are those of C2SP: signed-note, tlog-checkpoint and tlog-cosignature. A lane's owner signs the checkpoint; whoever
mirrors the lane cosigns it, with the time at which it had everything up to that size on its own disks.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from fastchannel.exchange.errors import NoteError
from fastchannel.exchange.merkle import HASH_BYTES

MOST_BYTES = 16 * 1024
MOST_SIGNATURES = 64
ED25519, COSIGNATURE = 0x01, 0x04  # C2SP signed-note: kinds of signature
_KEY_ID_BYTES, _SIGNATURE_BYTES, _TIME_BYTES = 4, 64, 8
_MOST_SIZE = 2**53
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z
_NAME = re.compile(r"[!-*,-~]{1,200}", re.ASCII)  # no spaces and no plus
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_DASH = "— "


class Checkpoint(Struct, frozen=True):
    """What a lane was when it had ``size`` entries."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> bytes:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


class Signature(Struct, frozen=True):
    """One line under a note: by whom it says it is, and its bytes behind the key's identifier."""

    name: str
    key_id: bytes
    data: bytes

    @property
    def line(self) -> str:
        """As it stands in the note."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"


class Note(Struct, frozen=True):
    """A checkpoint with the signatures under it: nothing of it is verified yet."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    @property
    def raw(self) -> bytes:
        """The note's bytes."""
        return self.checkpoint.body + b"\n" + "".join(one.line for one in self.signatures).encode()

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """With these too, each key's once: the newest stays."""
        found = {(one.name, one.key_id): one for one in (*self.signatures, *more)}
        return Note(self.checkpoint, tuple(found.values()))


class PublicKey(Struct, frozen=True):
    """A party's key by its name. ``kind`` says whether it signs its own lanes or cosigns those of others."""

    name: str
    raw: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """What names it under a note."""
        return key_id(self.name, self.kind, self.raw)


def key_id(name: str, kind: int, raw: bytes) -> bytes:
    """The first four bytes of a hash over name, kind and key."""
    return sha256(name.encode() + b"\n" + bytes((kind,)) + raw).digest()[:_KEY_ID_BYTES]


def public_key(name: str, private: Ed25519PrivateKey, *, kind: int = ED25519) -> PublicKey:
    """The public half under that name. Raises NoteError where that can be nobody's name."""
    if _NAME.fullmatch(name) is None:
        raise NoteError(f"name: found {name[:40]!r}, expected up to 200 letters, digits and signs without space or plus")
    return PublicKey(name, private.public_key().public_bytes_raw(), kind)


def sign(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey) -> Signature:
    """The owner's signature. The same checkpoint always has the same one."""
    return Signature(name, public_key(name, private).key_id, private.sign(checkpoint.body))


def cosign(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey, at: datetime) -> Signature:
    """The mirror's: it had all entries up to that size at that time. ``at`` is an instant with an offset."""
    seconds = int(at.timestamp())
    signed = private.sign(_cosigned(checkpoint, seconds))
    key = public_key(name, private, kind=COSIGNATURE)
    return Signature(name, key.key_id, seconds.to_bytes(_TIME_BYTES, "big") + signed)


def check(note: Note, key: PublicKey) -> datetime | None:
    """The time of a cosignature, None for the owner's signature. Raises NoteError where the key did not sign the note."""
    found = next((one for one in note.signatures if (one.name, one.key_id) == (key.name, key.key_id)), None)
    if found is None:
        raise NoteError(f"{note.checkpoint.origin} at {note.checkpoint.size}: found no signature of {key.name}")
    data, message = found.data, note.checkpoint.body
    at = None
    if key.kind == COSIGNATURE:
        seconds, data = int.from_bytes(data[:_TIME_BYTES], "big"), data[_TIME_BYTES:]
        if not 0 < seconds <= _LAST:
            raise NoteError(f"cosignature of {key.name}: found the time {seconds}, expected seconds since 1970")
        at, message = datetime.fromtimestamp(seconds, UTC), _cosigned(note.checkpoint, seconds)
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(data, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteError(f"{note.checkpoint.origin} at {note.checkpoint.size}: the signature of {key.name} is wrong") from error
    return at


def cosigned_at(signature: Signature) -> datetime | None:
    """The time under a cosignature, None under an owner's signature. It says so itself: `check` says whether it is true."""
    if len(signature.data) != _TIME_BYTES + _SIGNATURE_BYTES:
        return None
    seconds = int.from_bytes(signature.data[:_TIME_BYTES], "big")
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= _LAST else None


def read(raw: bytes) -> Note:
    """A note of these bytes, in the one form in which it is written. Raises NoteError."""
    if len(raw) > MOST_BYTES:
        raise NoteError(f"note: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("note: found bytes that are no text") from error
    body, separator, below = text.partition("\n\n")
    if not separator or not below.endswith("\n"):
        raise NoteError("note: found no empty line with signatures under it")
    lines = below[:-1].split("\n")
    if not 0 < len(lines) <= MOST_SIGNATURES:
        raise NoteError(f"note: found {len(lines)} signatures, expected 1 to {MOST_SIGNATURES}")
    note = Note(_checkpoint(body + "\n"), tuple(_signature(line) for line in lines))
    if note.raw != raw:
        raise NoteError("note: found another form than the one that is written here")
    return note


def _checkpoint(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteError(f"checkpoint: found {len(lines) - 1} lines, expected origin, size and root")
    origin, size, root = lines[:3]
    if _NAME.fullmatch(origin) is None:
        raise NoteError("checkpoint: found no origin")
    if _SIZE.fullmatch(size) is None or int(size) > _MOST_SIZE:
        raise NoteError(f"checkpoint: found the size {size[:20]}, expected a whole number")
    found = _base64(root, "root")
    if len(found) != HASH_BYTES:
        raise NoteError(f"checkpoint: found a root of {len(found)} bytes, expected {HASH_BYTES}")
    return Checkpoint(origin, int(size), found)


def _signature(line: str) -> Signature:
    name, separator, written = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or _NAME.fullmatch(name) is None:
        raise NoteError("note: found a line that is no signature")
    data = _base64(written, "signature")
    if len(data) not in {_KEY_ID_BYTES + _SIGNATURE_BYTES, _KEY_ID_BYTES + _TIME_BYTES + _SIGNATURE_BYTES}:
        raise NoteError(f"signature of {name}: found {len(data)} bytes")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _base64(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{where}: found no base64") from error


def _cosigned(checkpoint: Checkpoint, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + checkpoint.body
