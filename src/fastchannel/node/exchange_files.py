"""What the exchange has in a node's directory: the node's private keys, and the list of the parties' keys."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from fastchannel.exchange.roster import Key, Roster, SignedRoster, Use
from fastchannel.node.errors import NodeError
from fastchannel.node.init import secret
from fastchannel.node.places import Places


def read_roster(path: Path) -> Roster:
    """The list of keys in a file that was accepted. Raises NodeError."""
    try:
        signed = msgspec.json.decode(path.read_bytes(), type=SignedRoster)
        return msgspec.json.decode(signed.roster, type=Roster)
    except (OSError, msgspec.DecodeError) as error:
        raise NodeError(f"{path}: found no list of the parties' keys: {error}") from error


def make_keys(places: Places) -> tuple[Key, ...]:
    """New keys of the node, one a use, readable by their owner alone; their public halves. Raises NodeError."""
    places.exchange_keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for use in Use:
        path = places.exchange_keys / f"{use}.pem"
        key = X25519PrivateKey.generate() if use is Use.READ else Ed25519PrivateKey.generate()
        try:
            secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().rstrip("\n"))
        except FileExistsError as error:
            raise NodeError(f"{path}: exists already; a key is never written over") from error
        made.append(Key(use=use, raw=key.public_key().public_bytes_raw().hex()))
    return tuple(made)


def private_key(places: Places, use: Use) -> Ed25519PrivateKey | X25519PrivateKey:
    """One of the node's keys. Raises NodeError."""
    path = places.exchange_keys / f"{use}.pem"
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise NodeError(f"{path}: found no private key: fastchannel exchange key makes it") from error
    expected = X25519PrivateKey if use is Use.READ else Ed25519PrivateKey
    if not isinstance(found, expected):
        raise NodeError(f"{path}: found another kind of key, expected {expected.__name__}")
    return found
