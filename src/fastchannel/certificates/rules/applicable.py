"""Which rules of a set apply to a certificate: whose they are, of what kind, in force when, and in which version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from fastchannel.certificates.refusal import shortened
from fastchannel.certificates.rules.judge import Judged, Outcome
from fastchannel.certificates.rules.rule import CERTLOGIC, COMBINED, GENERAL, INVALIDATION, KINDS, Rule, order_of
from fastchannel.certificates.rules.tracing import Step

VERSION = "1.3.3"  # of CertLogic, as it is evaluated here
ENGINE, SCHEMA = "engine", "schema"  # the one step of a rule that we cannot evaluate
Payload = Mapping[str, Any]


class Arrival(Struct, frozen=True, kw_only=True):
    """Where the traveller arrives. Without a country every country's rules of acceptance apply."""

    country: str = ""
    region: str = ""


def applicable(
    rules: Iterable[Rule], kinds: Iterable[str], at: datetime, *, arrival: Arrival | None = None, issuer: str = ""
) -> list[Rule]:
    """The rules for a certificate with events of these kinds, issued by ``issuer`` (a country), as of ``at``.

    Rules of acceptance are those of the country of arrival, and of its region where one is named: as the EU's own engines
    choose, a region's set stands instead of the one without a region. Rules of invalidation are those of the country that
    issued the certificate, wherever it is shown. Both are in force from ValidFrom up to and including ValidTo, and for General
    or one of the certificate's kinds. Of the versions of one rule that then remain the highest alone applies. A rule that names
    neither country nor region applies to everybody.
    """
    arrival = arrival or Arrival()
    wanted = {GENERAL, *kinds}
    newest: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        if rule.certificate_type not in wanted or not in_force(rule, at) or not _asked_by(rule, arrival, issuer):
            continue
        held = newest.get((rule.country, rule.identifier))
        if held is None or rule.order > held.order:
            newest[rule.country, rule.identifier] = rule
    return list(newest.values())


def in_force(rule: Rule, at: datetime) -> bool:
    """Whether ``at`` lies within the rule's validity; both ends belong to it."""
    return (rule.valid_from is None or rule.valid_from <= at) and (rule.valid_to is None or at <= rule.valid_to)


def kinds_of(payload: Payload) -> list[str]:
    """The kinds of event in a payload, as rules name them."""
    return [kind for key, kind in KINDS.items() if payload.get(key)]


def issuer_of(payload: Payload) -> str:
    """The country that issued it: ``iss`` where the payload has it beside its events, else ``co`` of its first event."""
    found = payload.get("iss")
    for key in KINDS:
        events = payload.get(key)
        if not found and isinstance(events, list) and events and isinstance(events[0], dict):
            found = events[0].get("co")
    return found if isinstance(found, str) else ""


def beyond(rule: Rule, payload: Payload | None = None) -> Judged | None:
    """That we cannot tell, where the rule is for an engine or a schema that is not the one here; else None.

    The engine may be no later than ours. A certificate that says its schema's version must have the rule's major one, and be no
    earlier.
    """
    if rule.engine != COMBINED and (rule.engine != CERTLOGIC or order_of(rule.engine_version) > order_of(VERSION)):
        return _not_here(ENGINE, f"{rule.engine} {rule.engine_version}".strip(), f"{CERTLOGIC} {VERSION}")
    found = payload.get("ver") if payload is not None else None
    if not isinstance(found, str) or not rule.schema_version:
        return None
    asked, here = order_of(rule.schema_version), order_of(found)
    return None if asked[0] == here[0] and asked <= here else _not_here(SCHEMA, rule.schema_version, shortened(found))


def _not_here(operator: str, needed: str, here: str) -> Judged:
    step = Step(operator=operator, fields=(needed,), found=(here,), held=None)
    return Judged(outcome=Outcome.CANNOT_TELL, trace=(step,), fault=f"the rule is for the {operator} {needed}, found {here}")


def _asked_by(rule: Rule, arrival: Arrival, issuer: str) -> bool:
    if rule.type == INVALIDATION:
        return not rule.country or _same(rule.country, issuer)
    if not rule.country and not rule.region:
        return True
    return _same(rule.region, arrival.region) and (not arrival.country or _same(rule.country, arrival.country))


def _same(first: str, second: str) -> bool:
    return first.strip().casefold() == second.strip().casefold()
