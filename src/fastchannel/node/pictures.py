"""Reads what travellers bring, PDFs in a process of their own: two kilobytes of nested forms can ask for hours of drawing.

``python -m fastchannel.node.pictures`` is that process: it takes the PDF on standard input and answers in JSON.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import msgspec

from fastchannel.certificates.pictures import MOST_BYTES, is_pdf, texts_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError

SECONDS = 8  # of one core; an ordinary page takes a tenth of one
_PATIENCE_SECONDS = 20  # on a machine that is busy with other things
_MOST_MEMORY_BYTES = 2 * 1024**3
_ANSWER: msgspec.json.Decoder[tuple[str, ...] | Refusal] = msgspec.json.Decoder(tuple[str, ...] | Refusal)


def texts_of_file(raw: bytes) -> tuple[str, ...]:
    """What `texts_of` says, in bounded time for a PDF too. Raises RefusedError, which says that we cannot tell."""
    if not is_pdf(raw) or len(raw) > MOST_BYTES:
        return texts_of(raw)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "fastchannel.node.pictures"],
            input=raw, capture_output=True, timeout=_PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        answer = _ANSWER.decode(done.stdout)
    except (subprocess.TimeoutExpired, OSError, msgspec.DecodeError) as error:
        found = f"no end of drawing within {SECONDS} seconds"
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="PDF", found=found, detail="pdf")) from error
    if isinstance(answer, Refusal):
        raise RefusedError(answer)
    return answer


def _answer() -> None:
    """The other side: it gives itself little, and the kernel ends it where it wants more."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a traveller's paper stays out of a crash's memory dump
    answer: tuple[str, ...] | Refusal
    try:
        answer = texts_of(sys.stdin.buffer.read())
    except RefusedError as error:
        answer = error.refusal
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    _answer()
