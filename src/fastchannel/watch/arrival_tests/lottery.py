"""A lottery that anybody can repeat: one draw for each traveller, from a seed that is published.

Before arrivals are known the seed's digest is published (`commitment`), after the day the seed itself: nobody can choose a seed
that suits them, and everybody can work out every draw with a tool that computes SHA-256.
"""

from __future__ import annotations

import hashlib
from datetime import date


def draw(seed: str, day: date, purpose: str, traveller: str) -> float:
    """A number in [0, 1): the first 53 bits of the SHA-256 of seed, ISO date, purpose and pseudonym, one to a line (UTF-8)."""
    digest = hashlib.sha256(f"{seed}\n{day.isoformat()}\n{purpose}\n{traveller}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / float(1 << 53)


def commitment(seed: str) -> str:
    """The SHA-256 of the seed in hexadecimal, to be published before the day."""
    return hashlib.sha256(seed.encode()).hexdigest()
