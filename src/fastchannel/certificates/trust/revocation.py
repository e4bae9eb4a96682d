"""What issuers took back, as an exact list or a compact filter, signed by the party that passes it on.

Keyed on country, key and the identifier that the issuer assigned: whoever holds an ECDSA signature can make a second valid one
of it, so a list of signatures would miss that. Identifiers are hashed with the list's own salt: two lists share no hash.

A filter keeps n hashes, each uniform below n * 2**bits, sorted: their lower parts side by side and their upper parts in unary,
bits + 2 bits an entry. A listed identifier is always found; one that is not is found with a probability of at most 2**-bits.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from msgspec import Struct

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.files import check_age
from fastchannel.certificates.trust.signing import Pinned, SigningKey, belongs, open_statement, seal_statement
from fastchannel.certificates.trust.store import SKEW

REVOCATIONS = "fastchannel revocations"
EXACT = 0
FILTER_BITS = 32  # one in 4 294 967 296: a gate that checks a million a day meets a false hit once in twelve years
HASH_BYTES = 16
LEAST_SALT_BYTES = 16
MOST_ENTRIES = 4_000_000
_WIDTHS = {8: "B", 16: "H", 32: "I"}


class CertificateName(Struct, frozen=True, kw_only=True):
    """What names one certificate: its issuer's country and key, and the identifier that the issuer assigned to it."""

    country: str
    kid: bytes
    identifier: str


class RevocationList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Revocations as one party passes them on. ``bits`` is EXACT, or the width of a filter's fingerprints.

    ``countries`` are the issuers that it speaks for; empty means all. ``hashes`` are the list's, or a filter's lower parts.
    """

    party: str
    version: int
    issued: datetime
    salt: bytes
    entries: int
    hashes: bytes
    upper: bytes = b""
    bits: int = EXACT
    countries: tuple[str, ...] = ()
    domain: Domain = Domain.PRODUCTION
    max_age_hours: int = 24

    @property
    def good_until(self) -> datetime:
        """The last instant at which it may be used."""
        return self.issued + timedelta(hours=self.max_age_hours)

    @property
    def false_positive_rate(self) -> float:
        """The greatest probability that a certificate which is not listed is refused."""
        return 0.0 if self.bits == EXACT else 2.0**-self.bits


def list_revocations(
    names: Iterable[CertificateName],
    *,
    party: str,
    version: int,
    issued: datetime,
    salt: bytes,
    bits: int = EXACT,
    countries: tuple[str, ...] = (),
    domain: Domain = Domain.PRODUCTION,
    max_age_hours: int = 24,
) -> RevocationList:
    """The list of those certificates; ``salt`` is random, and another for each list. Raises CertificateError.

    It raises where a name has no identifier, or is of a country that the list does not speak for.
    """
    hashes: set[bytes] = set()
    for name in names:
        if not name.identifier:
            raise CertificateError("revocations: found a certificate without an identifier; revoke its key instead")
        if countries and name.country not in countries:
            raise CertificateError(f"revocations: found {name.country}, expected one of {', '.join(countries)}")
        hashes.add(identity_hash(salt, name))
    lower, upper = (b"".join(sorted(hashes)), b"") if bits == EXACT else _packed(hashes, bits)
    found = RevocationList(
        party=party, version=version, issued=issued, salt=salt, entries=len(hashes), hashes=lower, upper=upper, bits=bits,
        countries=countries, domain=domain, max_age_hours=max_age_hours,
    )  # fmt: skip
    HeldRevocations(found)
    return found


def seal_revocations(listed: RevocationList, key: SigningKey) -> bytes:
    """The list as its party signs it."""
    return seal_statement(REVOCATIONS, listed, key)


def open_revocations(raw: bytes, pinned: Pinned, *, held: RevocationList | None = None) -> RevocationList:
    """The list that the pinned party signed. Raises CertificateError, also where it is older than the one held."""
    found = open_statement(raw, REVOCATIONS, RevocationList, pinned)
    belongs(REVOCATIONS, found.party, found.domain, pinned)
    if held is not None and (found.version < held.version or (found.version == held.version and found != held)):
        raise CertificateError(f"{REVOCATIONS}: found version {found.version}, expected one after {held.version}")
    HeldRevocations(found)
    return found


class HeldRevocations:
    """A list ready for look-up, for `TrustStore`. Fails closed: past its age, its issuers' certificates cannot be told."""

    __slots__ = ("_lower", "_starts", "listed")

    def __init__(self, listed: RevocationList) -> None:
        """Raises CertificateError where the list is not what it says."""
        if listed.version < 1 or len(listed.salt) < LEAST_SALT_BYTES or not 0 <= listed.entries <= MOST_ENTRIES:
            raise CertificateError(
                f"{REVOCATIONS}: found version {listed.version}, {len(listed.salt)} bytes of salt, {listed.entries} entries; "
                f"expected 1 or more, {LEAST_SALT_BYTES} or more, at most {MOST_ENTRIES}"
            )
        check_age(REVOCATIONS, listed.issued, listed.max_age_hours)
        self.listed = listed
        self._lower: frozenset[bytes] | array[int]
        self._lower, self._starts = _exact(listed) if listed.bits == EXACT else _unpacked(listed)

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where it is listed, REVOCATION_STALE where the list is too old to tell, None otherwise.

        A certificate without an identifier is never listed: its issuer can only withdraw the key.
        """
        listed = self.listed
        if listed.countries and country not in listed.countries:
            return None
        if not listed.issued - SKEW <= at <= listed.good_until:
            return Refusal(
                code=Code.REVOCATION_STALE,
                where="revocations",
                found=at.isoformat(timespec="minutes"),
                expected=f"{listed.party}: {listed.issued.isoformat()} .. {listed.good_until.isoformat()}",
            )
        if not identifier or not self.holds(CertificateName(country=country, kid=kid, identifier=identifier)):
            return None
        detail = "list" if listed.bits == EXACT else "filter"
        return Refusal(code=Code.REVOKED, where="identifier", found=identifier[:80], expected=listed.party, detail=detail)

    def holds(self, name: CertificateName) -> bool:
        """Whether it is listed; from a filter, wrong for one in 2**bits of those that are not."""
        if not self.listed.entries:
            return False
        hashed = identity_hash(self.listed.salt, name)
        if isinstance(self._lower, frozenset):
            return hashed in self._lower
        bucket, low = divmod(spread(hashed, self.listed.entries, self.listed.bits), 1 << self.listed.bits)
        end = self._starts[bucket + 1]
        at = bisect_left(self._lower, low, self._starts[bucket], end)
        return at < end and self._lower[at] == low

    def values(self) -> tuple[int, list[int]]:
        """The list as whole numbers below entries * 2**bits, ascending, and those bits; an exact list with FILTER_BITS."""
        entries, bits = self.listed.entries, self.listed.bits
        if isinstance(self._lower, frozenset):
            return FILTER_BITS, sorted(spread(hashed, entries, FILTER_BITS) for hashed in self._lower)
        edges = enumerate(pairwise(self._starts))
        return bits, [bucket << bits | low for bucket, (start, end) in edges for low in self._lower[start:end]]


def identity_hash(salt: bytes, name: CertificateName) -> bytes:
    """HASH_BYTES of parts that cannot run into each other: each with its length before it."""
    parts = (salt, name.country.encode(), name.kid, name.identifier.encode("utf-8", "surrogatepass"))
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()[:HASH_BYTES]


def spread(hashed: bytes, entries: int, bits: int) -> int:
    """The hash as a whole number, uniform below entries * 2**bits."""
    return int.from_bytes(hashed, "big") * (entries << bits) >> 8 * HASH_BYTES


def _packed(hashes: set[bytes], bits: int) -> tuple[bytes, bytes]:
    if bits not in _WIDTHS:
        raise CertificateError(f"{REVOCATIONS}: found {bits} bits, expected one of {', '.join(map(str, _WIDTHS))}")
    values = sorted(spread(one, len(hashes), bits) for one in hashes)
    counts = [0] * len(hashes)
    for value in values:
        counts[value >> bits] += 1
    unary = "".join("1" * count + "0" for count in counts)
    size = -(-len(unary) // 8)
    upper = int(unary.ljust(8 * size, "0"), 2).to_bytes(size, "big") if unary else b""
    return _big_endian(array(_WIDTHS[bits], [value & ((1 << bits) - 1) for value in values])).tobytes(), upper


def _big_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _exact(listed: RevocationList) -> tuple[frozenset[bytes], array[int]]:
    raw = listed.hashes
    hashes = frozenset(raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES))
    if len(raw) != listed.entries * HASH_BYTES or len(hashes) != listed.entries or listed.upper:
        raise CertificateError(f"{REVOCATIONS}: found {len(raw)} bytes of hashes, expected {listed.entries} different ones")
    return hashes, array("I")


def _unpacked(listed: RevocationList) -> tuple[array[int], array[int]]:
    """The lower parts, and where in them each upper part begins."""
    entries, code = listed.entries, _WIDTHS.get(listed.bits)
    size = -(-2 * entries // 8)
    if code is None or len(listed.hashes) * 8 != entries * listed.bits or len(listed.upper) != size:
        raise CertificateError(
            f"{REVOCATIONS}: found {len(listed.hashes)} and {len(listed.upper)} bytes, expected a filter of {entries} entries"
        )
    lower = array(code)
    lower.frombytes(listed.hashes)
    unary = format(int.from_bytes(listed.upper, "big"), f"0{8 * size}b") if size else ""
    runs = unary[: 2 * entries].split("0")
    if unary[: 2 * entries].count("1") != entries or runs[-1] or "1" in unary[2 * entries :]:
        raise CertificateError(f"{REVOCATIONS}: found upper parts of other entries than {entries}")
    lower = _big_endian(lower)
    starts = array("I", accumulate((len(run) for run in runs[:-1]), initial=0))
    for first, last in pairwise(starts):
        if last - first > 1 and any(lower[at] > lower[at + 1] for at in range(first, last - 1)):
            raise CertificateError(f"{REVOCATIONS}: found lower parts out of order")
    return lower, starts
