"""The peer of the exchange's benchmark: an application that takes one signed notice a call, keeps it and signs a receipt.

It does for one notice what a plain design does, with the same cryptography, HTTPS and PostgreSQL, and no framework in between.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.sealing import Entry, reader_id, unseal
from tests.exchange.parties import BULK, reading, signing

SIGNATURE_BYTES = 64
SENDER, RECEIVER = "KR", "CN"
_entry: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)
_connections: list[psycopg.Connection[Any]] = []
_held = {reader_id(reading(RECEIVER).public_key()): reading(RECEIVER)}


def signed(raw: bytes, key: Ed25519PrivateKey) -> bytes:
    """The bytes behind their signature."""
    return key.sign(raw) + raw


def checked(raw: bytes, key: Ed25519PublicKey) -> bytes:
    """What was signed. Raises InvalidSignature."""
    key.verify(raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:])
    return raw[SIGNATURE_BYTES:]


def taken(raw: bytes) -> bytes:
    """Check, open and keep a notice; the receipt, once it is committed."""
    notice = checked(raw, signing(SENDER).public_key())
    entry = _entry.decode(notice)
    header = read_header(entry.leaf, lane=BULK, seq=msgspec.json.decode(entry.leaf)["seq"])
    body = unseal(entry, header, _held)
    if not _connections:
        _connections.append(psycopg.connect(os.environ["NAIVE_DSN"]))
    with _connections[0].transaction():
        _connections[0].execute(
            "INSERT INTO naive (id, notice, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [header.id, notice, body]
        )
    return signed(header.id.encode(), signing(RECEIVER))


async def application(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """ASGI."""
    raw, more = b"", True
    while more:
        message = await receive()
        raw, more = raw + message.get("body", b""), bool(message.get("more_body"))
    answer = taken(raw)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(answer)).encode())]})
    await send({"type": "http.response.body", "body": answer})
