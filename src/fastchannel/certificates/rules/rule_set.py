"""What a rule set says of one person's certificates: of each by itself, and of all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from fastchannel.certificates.rules.applicable import Arrival, Payload, applicable, beyond, issuer_of, kinds_of
from fastchannel.certificates.rules.expression import Expression, parse
from fastchannel.certificates.rules.judge import Judged, Outcome, judge
from fastchannel.certificates.rules.rule import ACCEPTANCE, COMBINED, INVALIDATION, Rule


class Ruled(Struct, frozen=True, kw_only=True):
    """What one rule says of one certificate, or of all together where ``certificate`` is None."""

    rule: str
    certificate: int | None
    judged: Judged
    country: str = ""
    version: str = ""
    type: str = ACCEPTANCE


class Decision(Struct, frozen=True, kw_only=True):
    """What a rule set says of a person's certificates. ``accepted`` is the one that suffices, where one does."""

    outcome: Outcome
    ruled: tuple[Ruled, ...]
    accepted: int | None = None


@dataclass(frozen=True, slots=True)
class _Alone:
    """What a party's own rules come to for one certificate; ``valid`` is what its issuer's rules of invalidation come to."""

    ruled: tuple[Ruled, ...]
    outcome: Outcome
    valid: Outcome


def decide_together(
    rules: Sequence[Rule], certificates: Sequence[Payload], at: datetime, *, arrival: Arrival | None = None,
    value_sets: Mapping[str, Any] | None = None, external: Mapping[str, Any] | None = None,
) -> Decision:  # fmt: skip
    """One decision on all of a person's certificates.

    A party's own rules each look at one certificate, and one that meets them all suffices: those of acceptance of the country
    of arrival, and those of invalidation of the country that issued it. Rules of our engine look at all certificates together,
    so that two doses from two countries, or a dose and a test, can be asked for; all must be met, and a certificate that its
    issuer withdraws counts for nothing. Without any rule of acceptance that applies nothing is accepted. Raises RuleError for
    a rule that is not CertLogic.
    """
    where = arrival or Arrival()
    clock = at.isoformat(timespec="milliseconds")
    outside = {"validationClock": clock, "valueSets": dict(value_sets or {}), **_places(where), **(external or {})}
    single = [rule for rule in rules if rule.engine != COMBINED]
    several = [rule for rule in rules if rule.engine == COMBINED]
    alone = [_alone(single, payload, at, where, outside, number) for number, payload in enumerate(certificates)]
    kept = [payload for payload, one in zip(certificates, alone, strict=True) if one.valid is not Outcome.NOT_MET]
    merged = combine(kept)
    together = _each(applicable(several, kinds_of(merged), at, arrival=where), merged, outside, None)
    parts = []
    if any(rule.type != INVALIDATION for rule in single):
        parts.append(max((one.outcome for one in alone), key=_RANK.index, default=Outcome.CANNOT_TELL))
    if together:
        sure = min((one.valid for one in alone if one.valid is not Outcome.NOT_MET), key=_RANK.index, default=Outcome.MET)
        parts.append(min(_overall(together), sure, key=_RANK.index))
    return Decision(
        outcome=min(parts, key=_RANK.index, default=Outcome.CANNOT_TELL),
        ruled=(*(found for one in alone for found in one.ruled), *together),
        accepted=next((number for number, one in enumerate(alone) if one.outcome is Outcome.MET), None),
    )


def _alone(
    rules: Sequence[Rule], payload: Payload, at: datetime, arrival: Arrival, external: Mapping[str, Any], number: int
) -> _Alone:
    issuer = issuer_of(payload)
    outside = {**external, **({"issuerCountryCode": issuer} if issuer else {})}
    chosen = applicable(rules, kinds_of(payload), at, arrival=arrival, issuer=issuer)
    accepting = _each([rule for rule in chosen if rule.type != INVALIDATION], payload, outside, number)
    withdrawing = _each([rule for rule in chosen if rule.type == INVALIDATION], payload, outside, number)
    valid = _overall(withdrawing) if withdrawing else Outcome.MET
    if not issuer and any(rule.type == INVALIDATION and rule.country for rule in rules):
        valid = min(valid, Outcome.CANNOT_TELL, key=_RANK.index)  # whose rules those would be is not known
    return _Alone((*accepting, *withdrawing), min(_overall(accepting), valid, key=_RANK.index), valid)


def _places(arrival: Arrival) -> dict[str, str]:
    found = {"countryCode": arrival.country, "region": arrival.region}
    return {name: place for name, place in found.items() if place}


def combine(certificates: Iterable[Payload]) -> dict[str, Any]:
    """One payload of all events, by date; an event that two certificates carry under one identifier counts once.

    Of who the person is only what all agree on is kept: a rule that needs the rest cannot tell.
    """
    certificates = list(certificates)
    merged: dict[str, Any] = {}
    for key, date in (("v", "dt"), ("t", "sc"), ("r", "fr")):
        events: dict[str, dict[str, Any]] = {}
        for number, payload in enumerate(certificates):
            found = payload.get(key)
            for index, one in enumerate(found if isinstance(found, list) else ()):
                if isinstance(one, dict):
                    events.setdefault(str(one.get("ci") or f"{number}.{index}"), one)
        merged[key] = sorted(events.values(), key=lambda one: str(one.get(date, "")))
    for name in ("nam", "dob", "ver"):
        said = [payload[name] for payload in certificates if name in payload]
        if said and all(one == said[0] for one in said):
            merged[name] = said[0]
    return merged


_RANK = (Outcome.NOT_MET, Outcome.CANNOT_TELL, Outcome.MET)


def _each(rules: Iterable[Rule], payload: Payload, external: Mapping[str, Any], number: int | None) -> list[Ruled]:
    data = {"payload": payload, "external": external}
    return [
        Ruled(
            rule=one.identifier,
            country=one.country,
            version=one.version,
            type=one.type,
            certificate=number,
            judged=beyond(one, payload) or judge(_parsed(one), data),
        )
        for one in rules
    ]


def _overall(found: Sequence[Ruled]) -> Outcome:
    """Met where every rule is met; where none applies we cannot tell, for nobody asked for anything."""
    return min((one.judged.outcome for one in found), key=_RANK.index, default=Outcome.CANNOT_TELL)


def _parsed(rule: Rule) -> Expression:
    return _cached(msgspec.json.encode(rule.logic))


@lru_cache(maxsize=1024)
def _cached(raw: bytes) -> Expression:
    return parse(msgspec.json.decode(raw))
