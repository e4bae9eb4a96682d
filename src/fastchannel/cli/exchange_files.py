"""The files that the commands of ``fastchannel exchange`` read and write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from fastchannel.cli.files import read_file, write_file
from fastchannel.terms.errors import FastChannelError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fastchannel.exchange.roster import Roster, SignedRoster

MOST_FILE_BYTES = 4 * 1024 * 1024
FILE = click.Path(path_type=Path, dir_okay=False)


class ExchangeFileError(FastChannelError):
    """A file that the command needs cannot be read or written, or the node has no link."""


def roster_in(signed: SignedRoster, file: Path) -> Roster:
    """The list of keys in its signatures. Raises ExchangeFileError."""
    from fastchannel.exchange.roster import Roster

    try:
        return msgspec.json.decode(signed.roster, type=Roster)
    except msgspec.DecodeError as error:
        raise ExchangeFileError(f"{file}: {error}; expected a list of keys") from error


def root_key(path: Path) -> Ed25519PrivateKey:
    """A party's offline key. Raises ExchangeFileError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(read(path), password=None)
    except (ValueError, TypeError) as error:
        raise ExchangeFileError(f"{path}: no private key in PEM without a password") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise ExchangeFileError(f"{path}: found another kind of key, expected Ed25519: fastchannel exchange root makes one")
    return found


def decoded(path: Path, kind: Any) -> Any:
    """What a JSON file says, as a typed value. Raises ExchangeFileError."""
    try:
        return msgspec.json.decode(read(path), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExchangeFileError(f"{path}: {error}") from error


def read(path: Path, most: int = MOST_FILE_BYTES) -> bytes:
    """A file's bytes. Raises ExchangeFileError."""
    return read_file(path, ExchangeFileError, most)


def write(path: Path, value: object) -> None:
    """A value as a JSON file that people can read."""
    put(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def put(path: Path, raw: bytes) -> None:
    """Bytes, whole or not at all. Raises ExchangeFileError."""
    write_file(path, raw, ExchangeFileError)
