"""What this node gives a checkpoint's device, and what its own page judges scans with."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec.structs import replace

from fastchannel.casework.applications import current
from fastchannel.casework.gate_bundle import (
    LASTS,
    PASS_ID_DIGITS,
    UNKNOWN_BIRTH,
    Bundle,
    Expected,
    RevokedOf,
    document_key,
    milliseconds,
    short_name,
)
from fastchannel.casework.gate_expected import BOARDING
from fastchannel.casework.gate_rules import digests, rules_of
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.revocation import HeldRevocations
from fastchannel.certificates.trust.spread import Spread, spread_of
from fastchannel.certificates.trust.store import Revocations, TrustList
from fastchannel.decide.stages import Stage
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.gate_spans import spans_for
from fastchannel.node.joint import peers_passes
from fastchannel.node.passes import own_list, revoked_passes
from fastchannel.node.trust import LostRevocations, trust_store

STEP = timedelta(minutes=10)  # bundles of one step have one time, so that nothing new is no new bundle
MOST_EXPECTED = 20_000
MOST_REVOKED = 40_000  # certificates, over all lists
BEFORE_BOARDING = timedelta(hours=12)  # a flight that is late by so much is still boarding
BEFORE_ENTRY = timedelta(hours=48)  # who left before that has arrived
_GONE = (Stage.WITHDRAWN.value, Stage.COMPLETED.value)
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a checkpoint stands, and the gates that are kept there."""

    place: str
    gates: tuple[str, ...]

    def journeys(self, now: datetime, until: datetime) -> dict[str, Q]:
        """For each gate, the journeys that may come to it."""
        found = {}
        for gate in self.gates:
            column = "origin" if gate == BOARDING else "arrival_place"
            here = Q(**{column: self.place}) | Q(**{f"{column}__startswith": f"{self.place}-"})
            since = now - (BEFORE_BOARDING if gate == BOARDING else BEFORE_ENTRY)
            found[gate] = here & Q(departure__gte=since, departure__lte=until) & ~Q(stage__in=_GONE)
        return found


def document_secret() -> bytes:
    """The key of passports in bundles. It changes with each device that is revoked: what one carried opens no later bundle."""
    generation = models.Device.objects.filter(revoked__isnull=False).count()
    return hmac.new(settings.SECRET_KEY.encode(), f"fastchannel gate {generation}".encode(), hashlib.sha256).digest()


def bundle_of(post: Post, now: datetime) -> Bundle:
    """The bundle for a post, as of the last whole STEP."""
    made = _step(now)
    key = document_secret()
    return replace(
        _frame(post, made, key),
        trust=_trust(made),
        revoked=_revoked_passes(made),
        revocations=_revocations(),
        expected=tuple(_expected(post, now, made, made + LASTS, key)),
    )


def bundle_here(post: Post, journeys: Sequence[str], now: datetime) -> Bundle:
    """As of now, with these travellers alone: what a scan at the node's own page is judged with, besides its own trust."""
    key = document_secret()
    until = now + timedelta(minutes=5)
    found = [
        one
        for gate, condition in post.journeys(now, now + LASTS).items()
        for one in _of_gate(models.Journey.objects.filter(condition, id__in=journeys), gate, now, now, until, key)
    ]
    return replace(_frame(post, now, key), valid_until=milliseconds(until), expected=tuple(found))


def _frame(post: Post, made: datetime, key: bytes) -> Bundle:
    held = tuple(office().texts.all().values())
    party = settings.CONFIG.party
    rules = (
        rule
        for versions in held
        for rule in rules_of(
            current(office(), versions.id, made),
            party=party,
            place=post.place,
            gates=post.gates,
            on=made.astimezone(versions.newest.zone(post.place)).date(),
        )
    )
    return Bundle(
        party=party,
        place=post.place,
        gates=post.gates,
        made_at=milliseconds(made),
        valid_until=milliseconds(made + LASTS),
        key=key,
        trust=(),
        digests=digests(held),
        rules=tuple(rules),
    )


def _step(now: datetime) -> datetime:
    whole = now.astimezone(UTC).replace(second=0, microsecond=0)
    return whole - timedelta(minutes=whole.minute % int(STEP.total_seconds() // 60))


def _trust(made: datetime) -> tuple[TrustList, ...]:
    """Keys alone: authorities vouch for seals that a device does not read."""
    lists = [own_list(made), *trust_store().lists, *(trusted for trusted, _ in peers_passes())]
    return tuple(
        TrustList(
            party=one.party, version=one.version, issued=one.issued, keys=one.keys, domain=one.domain,
            max_age_hours=one.max_age_hours,
        )
        for one in lists
    )  # fmt: skip


def _revoked_passes(made: datetime) -> tuple[RevokedOf, ...]:
    parties = {settings.CONFIG.party: revoked_passes(made)} | {trusted.party: told.revoked for trusted, told in peers_passes()}
    return tuple(
        RevokedOf(issuer=party, ids=tuple(sorted({one.id[:PASS_ID_DIGITS] for one in revoked.passes})))
        for party, revoked in sorted(parties.items())
        if revoked.passes
    )


def _revocations() -> tuple[Spread, ...]:
    """As many of the lists as there is room for; of the others is said that they cannot be told."""
    found, room = [], MOST_REVOKED
    for one in trust_store().revocations:
        carried = _spread(one, room)
        room -= carried.entries if carried.numbers is not None else 0
        found.append(carried)
    return tuple(found)


def _spread(one: Revocations, room: int) -> Spread:
    if isinstance(one, HeldRevocations):
        return spread_of(one, most=room)
    name = one.name if isinstance(one, LostRevocations) else type(one).__name__
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return Spread(party=name, issued=epoch, max_age_hours=1, salt=b"", entries=0, bits=0)


def _expected(post: Post, now: datetime, made: datetime, until: datetime, key: bytes) -> list[Expected]:
    found: list[Expected] = []
    for gate, condition in post.journeys(now, until).items():
        rows = models.Journey.objects.filter(condition)
        names = list(rows.order_by("departure", "id").values_list("id", flat=True)[: MOST_EXPECTED - len(found)])
        for start in range(0, len(names), _CHUNK):
            part = models.Journey.objects.filter(id__in=names[start : start + _CHUNK])
            found += _of_gate(part, gate, now, made, until, key)
    return found


def _of_gate(
    rows: QuerySet[models.Journey], gate: str, now: datetime, made: datetime, until: datetime, key: bytes
) -> Iterator[Expected]:
    """A chunk of travellers, in four queries."""
    found = list(rows.order_by("departure", "id").values_list("id", "departure", "revision"))
    names = [journey for journey, _, _ in found]
    people = {one.journey_id: one for one in models.Person.objects.filter(journey__in=names)}
    passes: dict[str, list[str]] = {}
    live = models.Pass.objects.filter(journey__in=names, revoked=None, expires__gt=now).order_by("id")
    for journey, identifier in live.values_list("journey_id", "id"):
        passes.setdefault(journey, []).append(identifier[:PASS_ID_DIGITS])
    spans = spans_for([(journey, revision) for journey, _, revision in found], gate, now, made, until)
    for journey, departure, _ in found:
        person = people.get(journey)
        yield Expected(
            ref=journey,
            doc=_document(key, person) if person is not None else "",
            passes=tuple(passes.get(journey, ())),
            name=short_name(person.name) if person is not None else "",
            gate=gate,
            due=milliseconds(departure),
            spans=spans[journey],
        )


def _document(key: bytes, person: models.Person) -> str:
    birth = person.birth_date.isoformat() if person.birth_date is not None else UNKNOWN_BIRTH
    try:
        return document_key(key, person.passport, birth)
    except CertificateError:  # what was typed in as a passport's number is none: found by name alone
        return ""
