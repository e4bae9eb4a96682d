"""A letter of another party's node as it arrives over HTTP: what is refused unread, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections

from fastchannel.exchange.letters import MOST_BYTES, LetterError
from fastchannel.node.desk import office
from fastchannel.node.jobs import enqueue_apply
from fastchannel.node.lanes import unread
from fastchannel.node.link import link

MOST_UNREAD = 2_000_000  # entries on disk and not read: then peers wait, and what they have to say stays with them
RETRY_SECONDS = 30
TEXT, LETTER = "text/plain; charset=utf-8", "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status of HTTP, and what is said."""

    status: int
    said: bytes
    kind: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()


def refused_unread(headers: Mapping[str, str]) -> Answer | None:
    """Why a body is not worth reading, by what is announced of it; ``headers`` by their names in small letters."""
    encoding, length = headers.get("content-encoding", "identity"), headers.get("content-length", "")
    if encoding.lower() != "identity":
        return Answer(status=415, said=b"a letter is sent as it is, and not compressed\n")
    if not (length.isascii() and length.isdecimal()):
        return Answer(status=411, said=b"a letter announces its length\n")
    if int(length[:20]) > MOST_BYTES:
        return too_large()
    return None


def too_large() -> Answer:
    """The body has more bytes than a letter may have."""
    return Answer(status=413, said=f"a letter has at most {MOST_BYTES} bytes\n".encode())


def answered(raw: bytes) -> Answer:
    """Take a letter and answer it: 200, or 202 where what came is on disk and not all read yet.

    404 where this node works alone, 400 where the letter is none, 429 where too much is unread here, 503 where nothing can be
    written. What is not taken stays with whoever sent it.
    """
    try:
        found = link()
        if found is None:
            return Answer(status=404, said=b"this node works alone\n")
        if unread() > MOST_UNREAD:
            enqueue_apply()
            said = f"more than {MOST_UNREAD} entries wait to be read here\n".encode()
            return Answer(status=429, said=said, headers=(("Retry-After", str(RETRY_SECONDS)),))
        answer = found.answer(raw, office().clock.now())
        reading = unread() > 0
        if reading:
            enqueue_apply()
        return Answer(status=202 if reading else 200, said=answer, kind=LETTER)
    except LetterError as error:
        return Answer(status=400, said=f"{error}\n".encode())
    except DatabaseError:
        return Answer(status=503, said=b"this node cannot write now: send it again\n")


def answered_apart(raw: bytes) -> Answer:
    """The same in a thread of its own, outside of Django's requests, which otherwise look after the connections."""
    close_old_connections()
    try:
        return answered(raw)
    finally:
        close_old_connections()
