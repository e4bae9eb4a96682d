"""Revocations as a checkpoint's device carries them: exact lists and filters alike become sorted whole numbers.

A listed certificate is always found; one that is not is found with a probability of at most 2**-bits.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta

from msgspec import Struct

from fastchannel.certificates.refusal import Code, Refusal
from fastchannel.certificates.trust.revocation import CertificateName, HeldRevocations, identity_hash, spread
from fastchannel.certificates.trust.store import SKEW

NUMBER_BYTES = 8  # entries * 2**bits stays under 2**54


class Spread(Struct, frozen=True, kw_only=True):
    """One party's list. ``numbers`` are NUMBER_BYTES each, ascending; None where the list could not be carried.

    ``countries`` are the issuers that it speaks for; empty means all.
    """

    party: str
    issued: datetime
    max_age_hours: int
    salt: bytes
    entries: int
    bits: int
    countries: tuple[str, ...] = ()
    numbers: bytes | None = None


def spread_of(held: HeldRevocations, *, most: int) -> Spread:
    """The list as it is carried; without its numbers where it has more than ``most`` entries."""
    listed = held.listed
    bits, numbers = held.values() if listed.entries <= most else (listed.bits, [])
    return Spread(
        party=listed.party,
        issued=listed.issued,
        max_age_hours=listed.max_age_hours,
        salt=listed.salt,
        entries=listed.entries,
        bits=bits,
        countries=listed.countries,
        numbers=b"".join(one.to_bytes(NUMBER_BYTES, "big") for one in numbers) if listed.entries <= most else None,
    )


class SpreadRevocations:
    """Such a list ready for look-up, for `TrustStore`. It fails closed as `HeldRevocations` does."""

    __slots__ = ("_numbers", "listed")

    def __init__(self, listed: Spread) -> None:
        """``listed`` comes from `spread_of`."""
        self.listed = listed
        raw = listed.numbers or b""
        self._numbers = [int.from_bytes(raw[start : start + NUMBER_BYTES], "big") for start in range(0, len(raw), NUMBER_BYTES)]

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where it is listed, REVOCATION_STALE where the list is too old or was not carried, None otherwise."""
        listed = self.listed
        if listed.countries and country not in listed.countries:
            return None
        last = listed.issued + timedelta(hours=listed.max_age_hours)
        if listed.numbers is None or not listed.issued - SKEW <= at <= last:
            return Refusal(code=Code.REVOCATION_STALE, where="revocations", found=at.isoformat(), expected=listed.party)
        if not identifier or not listed.entries:
            return None
        hashed = identity_hash(listed.salt, CertificateName(country=country, kid=kid, identifier=identifier))
        number = spread(hashed, listed.entries, listed.bits)
        place = bisect_left(self._numbers, number)
        if place == len(self._numbers) or self._numbers[place] != number:
            return None
        return Refusal(code=Code.REVOKED, where="identifier", found=identifier[:80], expected=listed.party)
