"""Decompression within a stated bound: 2.9 megabytes of zeros fit into one QR code."""

from __future__ import annotations

import zlib

from fastchannel.certificates.refusal import malformed

MOST_BYTES = 64 * 1024  # the largest real certificate that we know is under 8 KiB
ZLIB, RAW = zlib.MAX_WBITS, -zlib.MAX_WBITS


def inflate(data: bytes, *, form: int = ZLIB, most: int = MOST_BYTES) -> bytes:
    """The bytes. Raises RefusedError where the data is not whole, is followed by more, or is larger than ``most``."""
    found, rest = inflate_first(data, form=form, most=most)
    if rest:
        raise malformed("compression", "data followed by more", "one whole stream", detail="inflate")
    return found


def inflate_first(data: bytes, *, form: int = ZLIB, most: int = MOST_BYTES) -> tuple[bytes, bytes]:
    """The bytes, and what stands behind the stream. Raises RefusedError as `inflate` does."""
    engine = zlib.decompressobj(form)
    try:
        found = engine.decompress(data, most)
    except zlib.error as error:
        raise malformed("compression", error, "zlib data", detail="inflate") from None
    if engine.unconsumed_tail or (not engine.eof and len(found) >= most):
        raise malformed("compression", f"more than {most} bytes", f"at most {most} bytes", detail="too-large")
    if not engine.eof:
        raise malformed("compression", "data cut off", "one whole stream", detail="inflate")
    return found, engine.unused_data
