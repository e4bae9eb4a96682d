"""An authenticator app of the tests' own: RFC 6238 with 30 seconds, six digits and SHA-1."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time


def code(secret: str, *, steps: int = 0, now: float | None = None) -> str:
    """What the app shows now, or so many steps later."""
    counter = int((time.time() if now is None else now) // 30) + steps
    mac = hmac.new(base64.b32decode(secret.replace(" ", "")), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"
