"""What a verifier holds: trust lists with their keys, ready for look-up, and the revocation lists of their issuers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from fastchannel.certificates.keys import LEAST_RSA_BITS, Domain, TrustedAuthority, TrustedKey, Verifier
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, RefusedError

SKEW = timedelta(minutes=5)  # an issuer's clock may run ahead of ours by so much


class TrustList(Struct, frozen=True, kw_only=True):
    """The keys that one party trusts, as of ``issued``, and the authorities whose signers it trusts.

    It is stale once it is older than ``max_age_hours``.
    """

    party: str
    version: int
    issued: datetime
    keys: tuple[TrustedKey, ...]
    domain: Domain = Domain.PRODUCTION
    max_age_hours: int = 72
    authorities: tuple[TrustedAuthority, ...] | UnsetType = UNSET  # unset is not written: such a list keeps its digest

    @property
    def vouching(self) -> tuple[TrustedAuthority, ...]:
        """The authorities; empty where the list has none."""
        return () if self.authorities is UNSET else self.authorities

    @property
    def good_until(self) -> datetime:
        """The last instant at which it may be used."""
        return self.issued + timedelta(hours=self.max_age_hours)

    def fresh(self, at: datetime) -> bool:
        """Whether it may be used at that instant."""
        return self.issued - SKEW <= at <= self.good_until


def stale(trust: TrustList, at: datetime) -> RefusedError:
    """The refusal where a list would have vouched and may not be used at that instant."""
    window = f"{trust.party}: {trust.issued.isoformat()} .. {trust.good_until.isoformat()}"
    return RefusedError(
        Refusal(code=Code.TRUST_LIST_STALE, where="trust", found=at.isoformat(timespec="minutes"), expected=window)
    )


class Revocations(Protocol):
    """One issuer's revocations, as a list or as a compact filter. Keyed on identifiers that issuers assign."""

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where the identifier is listed, REVOCATION_STALE where the list is too old to tell, None otherwise."""
        ...


class TrustStore:
    """Look-up of keys by identifier. Built once, used by many threads; keys are parsed when first used."""

    __slots__ = ("_authorities", "_by_kid", "_verifiers", "_windows", "domain", "least_rsa_bits", "lists", "revocations")

    def __init__(
        self,
        lists: Iterable[TrustList],
        *,
        domain: Domain = Domain.PRODUCTION,
        revocations: Sequence[Revocations] = (),
        least_rsa_bits: int = LEAST_RSA_BITS,
    ) -> None:
        """Raises CertificateError where a list of another domain is among them: test keys never stand beside real ones.

        ``least_rsa_bits`` is the policy on weak keys: below it, a key is listed and vouches for nothing.
        """
        self.lists = tuple(lists)
        self.domain = domain
        self.revocations = tuple(revocations)
        self.least_rsa_bits = least_rsa_bits
        self._windows = {id(one): (one.issued - SKEW, one.good_until) for one in self.lists}
        self._by_kid: dict[bytes, list[tuple[TrustList, TrustedKey]]] = {}
        self._authorities: dict[str, list[tuple[TrustList, TrustedAuthority]]] = {}
        self._verifiers: dict[bytes, Verifier] = {}
        for one in self.lists:
            if one.domain is not domain:
                raise CertificateError(
                    f"trust list of {one.party}, version {one.version}: found the domain {one.domain}, expected {domain}"
                )
            for key in one.keys:
                self._by_kid.setdefault(key.kid, []).append((one, key))
            for authority in one.vouching:
                self._authorities.setdefault(authority.name, []).append((one, authority))

    def fresh(self, holder: TrustList, at: datetime) -> bool:
        """Whether one of the lists may be used at that instant."""
        first, last = self._windows[id(holder)]
        return first <= at <= last

    def candidates(self, kid: bytes) -> Sequence[tuple[TrustList, TrustedKey]]:
        """The keys under an identifier, each with the list that holds it. Identifiers are short: several may share one."""
        return self._by_kid.get(kid, ())

    def authorities(self, name: str) -> Sequence[tuple[TrustList, TrustedAuthority]]:
        """The authorities of a name, each with the list that holds it. A state that renews its key keeps the name."""
        return self._authorities.get(name, ())

    def verifier(self, key: TrustedKey) -> Verifier:
        """The key, parsed. Raises CertificateError where it is of no kind that we verify."""
        found = self._verifiers.get(key.spki)
        if found is None:
            found = self._verifiers[key.spki] = Verifier(key.spki, least_rsa_bits=self.least_rsa_bits)
        return found
