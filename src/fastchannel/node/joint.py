"""What all parties of a corridor tell each other on their common lanes: the agreements that each holds, and its passes.

A text is in force between the parties once each of them has told the same digest. With the key that signs a party's passes, and
with what it revoked, every other node verifies them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.agreement.mistakes import AgreementError
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.passes.revoking import RevokedPasses, decode_revoked, encode_revoked
from fastchannel.certificates.refusal import CertificateError, Refusal
from fastchannel.certificates.trust.files import decode_trust_list, encode_trust_list
from fastchannel.certificates.trust.store import TrustList
from fastchannel.exchange import bodies
from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.leaves import Kind
from fastchannel.exchange.sealing import Draft
from fastchannel.node import models
from fastchannel.node.lanes import tell
from fastchannel.node.link import Link


def announce(link: Link, now: datetime) -> int:
    """Tell the other parties what they do not know of yet: texts that are held here, and our passes. How many entries."""
    parties = frozenset(one.code for one in link.lanes.roster.parties)
    lane = link.lane(Kind.COMMON)
    others = parties - {settings.CONFIG.party}
    names = {_name(digest): digest for digest in models.AgreementText.objects.values_list("digest", flat=True)}
    passes = _passes(others, now)
    told = models.LaneEntry.objects.filter(lane=lane, entry__in=[*names, passes.id]).values_list("entry", flat=True)
    there = set(told)
    fresh = list(_texts([digest for name, digest in names.items() if name not in there], parties, others, now))
    fresh += [passes] if passes.id not in there else []
    if fresh:
        link.lanes.append(lane, fresh)
    return len(fresh)


def _name(digest: str) -> str:
    return f"text-{digest.rpartition(':')[2]}"[:64]


def _texts(digests: Sequence[str], parties: frozenset[str], others: frozenset[str], now: datetime) -> Iterable[Draft]:
    """Every version that all of these are party to: what some of them agreed among themselves is not the others'."""
    for row in models.AgreementText.objects.filter(digest__in=digests).order_by("agreement", "version"):
        text = load(row.text, name=f"{row.agreement} {row.version}")
        if parties <= text.parties.keys():
            yield Draft(id=_name(text.digest), at=now, agreement=text.digest, body=bodies.agreement_body(text, others))


def _passes(others: frozenset[str], now: datetime) -> Draft:
    from fastchannel.node.passes import own_key, own_list, revoked_passes

    revoked = revoked_passes(now)
    name = f"passes-{own_key().kid.hex()}-{revoked.revision}"
    body = bodies.passes_body(encode_trust_list(own_list(now)), encode_revoked(revoked), others)
    return Draft(id=name, at=now, agreement="", body=body)


def take_agreement(sender: str, told: bodies.AgreementTold, now: datetime) -> None:
    """Keep which text a party holds. Raises LeafError where it is none, or another than its digest says."""
    try:
        text = load(told.text, name=f"agreement of {sender}")
    except AgreementError as error:
        raise LeafError(f"agreement: {str(error)[:300]}") from error
    if text.digest != told.digest:
        raise LeafError(f"agreement: its digest is {text.digest}, found {told.digest}")
    if sender not in text.parties:
        raise LeafError(f"agreement: it is between {', '.join(text.parties)}, not {sender}'s to tell")
    _, new = models.PeerText.objects.get_or_create(
        party=sender,
        digest=text.digest,
        defaults={"agreement": text.id, "version": text.version, "text": told.text, "at": now},
    )
    if new:  # it may be in force from now on: journeys are looked at again by the next sweep
        models.Journey.objects.filter(agreement=text.id, ended__isnull=True).update(wake=F("applied"))
    ours = models.AgreementText.objects.filter(agreement=text.id, version=text.version).values_list("digest", flat=True).first()
    if ours != text.digest:
        found = f"this node holds {ours}" if ours else "this node does not hold it"
        tell("text", f"{text.id} {text.version}", sender, f"{sender} holds {text.digest}; {found}", now)


def take_passes(sender: str, told: bodies.PassesTold, now: datetime) -> None:
    """Keep with what a party's passes are verified. Raises LeafError where it vouches for anything else."""
    try:
        trusted, revoked = decode_trust_list(told.trusted.encode()), decode_revoked(told.revoked.encode())
    except CertificateError as error:
        raise LeafError(f"passes: {error}") from error
    if trusted.party != sender or any(set(key.uses) != {Use.CROSSING} for key in trusted.keys):
        raise LeafError(
            f"passes: found the list of {trusted.party}; expected keys of {sender} that sign passes and nothing else"
        )
    defaults = {"trusted": told.trusted, "revoked": told.revoked, "revision": revoked.revision, "at": now}
    kept, made = models.PeerPasses.objects.get_or_create(party=sender, defaults=defaults)
    same_keys = made or _kids(decode_trust_list(kept.trusted.encode())) == _kids(trusted)
    if not made and not (same_keys and kept.revision > revoked.revision):  # an older one, held until now, undoes nothing
        models.PeerPasses.objects.filter(party=sender).update(**defaults)


@dataclass(frozen=True, slots=True)
class RevokedBy:
    """What one party revoked of its own passes: it takes nothing back that another signed."""

    kids: frozenset[bytes]
    revoked: RevokedPasses

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where the pass is of this party and on its list."""
        if kid not in self.kids:
            return None
        return self.revoked.refuses(country=country, kid=kid, identifier=identifier, at=at)


def peers_passes() -> list[tuple[TrustList, RevokedBy]]:
    """With what the other parties' passes are verified, as their nodes told it."""
    found = []
    for one in models.PeerPasses.objects.order_by("party"):
        trusted = decode_trust_list(one.trusted.encode())
        found.append((trusted, RevokedBy(_kids(trusted), decode_revoked(one.revoked.encode()))))
    return found


def _kids(trusted: TrustList) -> frozenset[bytes]:
    return frozenset(key.kid for key in trusted.keys)


def holders(text: Agreement) -> frozenset[str]:
    """The parties that told that they hold this very text; this node's own is one where it does."""
    told = models.PeerText.objects.filter(digest=text.digest).values_list("party", flat=True)
    own = models.AgreementText.objects.filter(digest=text.digest).exists()
    return frozenset(told) | (frozenset({settings.CONFIG.party}) if own else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class JointText:
    """A version of an agreement, and which party holds which text of it."""

    agreement: str
    version: int
    digests: dict[str, str]

    @property
    def joint(self) -> bool:
        """Whether all of them hold the same text."""
        return len(set(self.digests.values())) == 1 and all(self.digests.values())


def texts_of_all(link: Link) -> list[JointText]:
    """Every version that the corridor's parties hold or lack, the newest first; an empty digest is a party that told none."""
    parties = [one.code for one in link.lanes.roster.parties]
    told: dict[tuple[str, int], dict[str, str]] = {}
    for party, agreement, version, digest in models.PeerText.objects.values_list("party", "agreement", "version", "digest"):
        told.setdefault((agreement, version), {})[party] = digest
    own = models.AgreementText.objects.filter(agreement__in={agreement for agreement, _ in told})
    for agreement, version, digest in own.values_list("agreement", "version", "digest"):
        told.setdefault((agreement, version), {})[settings.CONFIG.party] = digest
    return [
        JointText(agreement=agreement, version=version, digests={party: found.get(party, "") for party in parties})
        for (agreement, version), found in sorted(told.items(), reverse=True)
    ]
