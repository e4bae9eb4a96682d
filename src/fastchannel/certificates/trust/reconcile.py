"""What one party trusts and the other does not."""

from __future__ import annotations

from msgspec import Struct

from fastchannel.certificates.keys import TrustedAuthority, TrustedKey
from fastchannel.certificates.trust.store import TrustList


class Reconciliation(Struct, frozen=True, kw_only=True):
    """Keys that both lists hold alike, that only one holds, and that both hold with another use, validity or country.

    Authorities are the same, or each is only one party's.
    """

    both: tuple[TrustedKey, ...]
    only_ours: tuple[TrustedKey, ...]
    only_theirs: tuple[TrustedKey, ...]
    differing: tuple[tuple[TrustedKey, TrustedKey], ...]
    authorities_only_ours: tuple[TrustedAuthority, ...] = ()
    authorities_only_theirs: tuple[TrustedAuthority, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the parties trust the same keys for the same, and the same authorities."""
        return not (
            self.only_ours or self.only_theirs or self.differing or self.authorities_only_ours or self.authorities_only_theirs
        )


def reconcile(ours: TrustList, theirs: TrustList) -> Reconciliation:
    """Compare two lists, key by key: a key is its identifier and its public key together."""
    mine = {(key.kid, key.spki): key for key in ours.keys}
    other = {(key.kid, key.spki): key for key in theirs.keys}
    vouching, vouched = set(ours.vouching), set(theirs.vouching)
    shared = [name for name in mine if name in other]
    return Reconciliation(
        both=tuple(mine[name] for name in shared if _alike(mine[name], other[name])),
        only_ours=tuple(key for name, key in mine.items() if name not in other),
        only_theirs=tuple(key for name, key in other.items() if name not in mine),
        differing=tuple((mine[name], other[name]) for name in shared if not _alike(mine[name], other[name])),
        authorities_only_ours=tuple(one for one in ours.vouching if one not in vouched),
        authorities_only_theirs=tuple(one for one in theirs.vouching if one not in vouching),
    )


def _alike(first: TrustedKey, second: TrustedKey) -> bool:
    def means(key: TrustedKey) -> tuple[object, ...]:
        return key.country, key.issuer, key.uses, key.not_before, key.not_after

    return means(first) == means(second)
