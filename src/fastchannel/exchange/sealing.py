"""Bodies sealed for who may read them: a key of its own for each, wrapped for the recipient and for the sender's archive.

The cipher is AES-256-GCM with the header as associated data; the wrapping is HPKE (RFC 9180) with X25519. Where the salt and
the key are destroyed, nothing that is left says what the body was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from fastchannel.exchange.bodies import Body
from fastchannel.exchange.errors import SealError
from fastchannel.exchange.leaves import Header, commitment, lane_of
from fastchannel.exchange.merkle import leaf_hash

SALT_BYTES = KEY_BYTES = 32
READER_BYTES = 8
MOST_READERS = 8
MOST_BODY_BYTES = 256 * 1024
_NONCE = bytes(12)  # a key seals one body, so that the nonce need not tell bodies apart
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_INFO = b"fastchannel body key v1\x00"

Random = Callable[[int], bytes]


class Wrapped(Struct, frozen=True):
    """The body's key for one reader."""

    reader: bytes
    data: bytes


class Sealed(Struct, frozen=True):
    """A body as it travels and as it is kept."""

    data: bytes
    keys: tuple[Wrapped, ...]


class Entry(Struct, frozen=True):
    """An entry of a lane: the leaf's exact bytes, and its body. None: the body was erased."""

    leaf: bytes
    sealed: Sealed | None

    @property
    def weight(self) -> int:
        """Its bytes, for the bound on what is sent at once."""
        return len(self.leaf) + (len(self.sealed.data) + sum(len(one.data) for one in self.sealed.keys) if self.sealed else 0)


class Draft(Struct, frozen=True, kw_only=True):
    """What is to be sent, before it has a place in its lane."""

    id: str
    at: datetime
    agreement: str
    body: Body
    refs: tuple[str, ...] = ()
    seen: dict[str, int] = {}


def reader_id(key: X25519PublicKey) -> bytes:
    """What names a reader's key beside what is wrapped for it."""
    return sha256(key.public_bytes_raw()).digest()[:READER_BYTES]


def seal(draft: Draft, lane: str, seq: int, readers: Mapping[str, X25519PublicKey], random: Random) -> Entry:
    """The draft as entry ``seq`` of the lane, for those readers alone: a key of each party, the sender's being its archive's.

    Raises SealError where the body is too large, or was not made for one of them.
    """
    body, sender = draft.body, lane_of(lane).sender
    if len(body.raw) > MOST_BODY_BYTES:
        raise SealError(f"body: found {len(body.raw)} bytes, expected at most {MOST_BODY_BYTES}")
    others = set(readers) - {sender}
    if not others or not others <= body.to:
        found, expected = ", ".join(sorted(others)) or "nobody", ", ".join(sorted(body.to))
        raise SealError(f"readers: found {found}; the body was made for {expected}")
    salt, key = random(SALT_BYTES), random(KEY_BYTES)
    leaf = Header(
        lane=lane,
        seq=seq,
        id=draft.id,
        type=body.type,
        schema=body.schema,
        at=draft.at,
        agreement=draft.agreement,
        refs=draft.refs,
        seen=draft.seen,
        body_commit=commitment(salt, body.raw),
    ).bytes
    info = _info(leaf)
    keys = tuple(Wrapped(reader_id(one), _SUITE.encrypt(key, one, info=info)) for one in readers.values())
    if len(keys) > MOST_READERS:
        raise SealError(f"readers: found {len(keys)}, expected at most {MOST_READERS}")
    return Entry(leaf, Sealed(AESGCM(key).encrypt(_NONCE, salt + body.raw, leaf), keys))


def unseal(entry: Entry, header: Header, keys: Mapping[bytes, X25519PrivateKey]) -> bytes:
    """The body, by one of our keys. Raises SealError where it is not for us, or not what the header commits to."""
    return opened(entry, header, keys)[1]


def opened(entry: Entry, header: Header, keys: Mapping[bytes, X25519PrivateKey]) -> tuple[bytes, bytes]:
    """The salt and the body: with the salt, whoever is given the body can check it. Raises SealError as `unseal` does."""
    sealed = entry.sealed
    if sealed is None:
        raise SealError(f"entry {header.seq}: its body was erased")
    wrapped = next((one for one in sealed.keys if one.reader in keys), None)
    if wrapped is None:
        raise SealError(f"entry {header.seq}: sealed for others")
    try:
        key = _SUITE.decrypt(wrapped.data, keys[wrapped.reader], info=_info(entry.leaf))
        text = AESGCM(key).decrypt(_NONCE, sealed.data, entry.leaf)
    except (InvalidTag, ValueError) as error:
        raise SealError(
            f"entry {header.seq}: the body cannot be opened: it was changed, or sealed for another header"
        ) from error
    salt, body = text[:SALT_BYTES], text[SALT_BYTES:]
    if commitment(salt, body) != header.body_commit:
        raise SealError(f"entry {header.seq}: the body is another than its header commits to")
    return salt, body


def _info(leaf: bytes) -> bytes:
    return _INFO + leaf_hash(leaf)
