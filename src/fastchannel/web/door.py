"""The door of the exchange: an application that takes letters and does nothing else, served by mutual TLS.

Nobody gets here whose certificate does not stand in the list of keys, and still nobody is trusted: sizes and times are
bounded, the body is read while no thread waits for it, and no header says who speaks. There are no sessions, pages, hosts or
proxies here.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

from fastchannel.exchange.letters import MOST_BYTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastchannel.node.settings")
django.setup()

from fastchannel.web.letters import Answer, answered_apart, refused_unread, too_large  # noqa: E402 — models need the set-up

PATH = "/exchange/"
BODY_SECONDS = 20.0  # for a whole letter to arrive
THREADS = 4
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_threads = ThreadPoolExecutor(THREADS)


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """ASGI, for HTTP alone."""
    if scope["type"] != "http":
        return
    answer = await _answer(scope, receive)
    headers = [(b"content-type", answer.kind.encode()), (b"content-length", str(len(answer.said)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    if answer.status not in (200, 202):
        headers.append((b"connection", b"close"))  # what was not read of the body is not taken for the next request
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.said})


async def _answer(scope: Mapping[str, Any], receive: Receive) -> Answer:
    if scope["path"] != PATH:
        return Answer(status=404, said=b"letters are taken at /exchange/\n")
    if scope["method"] != "POST":
        return Answer(status=405, said=b"letters are posted\n")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    refused = refused_unread(headers)
    if refused is not None:
        return refused
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await _body(receive)
    except TimeoutError:
        return Answer(status=408, said=f"a letter arrives within {BODY_SECONDS:.0f} s\n".encode())
    if raw is None:
        return too_large()
    return await asyncio.get_running_loop().run_in_executor(_threads, answered_apart, raw)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than a letter may be, whatever was announced."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(found)
