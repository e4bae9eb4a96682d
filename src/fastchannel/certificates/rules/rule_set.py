"""Rule sets as parties publish them: which rules apply to a certificate at a time, and what several certificates come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.rules.expression import Expression, parse
from fastchannel.certificates.rules.judge import Judged, Outcome, judge

MOST_BYTES = 8 * 1024 * 1024
COMBINED = "FASTCHANNEL"  # an engine of our own: the same language, over all of a person's certificates together
KINDS = {"v": "Vaccination", "t": "Test", "r": "Recovery"}
Payload = Mapping[str, Any]


class Description(Struct, frozen=True):
    """A rule in words, in one language."""

    lang: str = ""
    desc: str = ""


class Rule(Struct, frozen=True, kw_only=True, rename="pascal"):
    """One rule, in the form in which EU members exchange them: met where its logic is true.

    ``type`` is Acceptance, of the country of arrival, or Invalidation, of the country that issued the certificate. Both must be
    met: an invalidation rule, too, says ``false`` of the certificates that it withdraws.
    """

    identifier: str
    logic: Any
    country: str = ""
    type: str = "Acceptance"
    version: str = "1.0.0"
    engine: str = "CERTLOGIC"
    certificate_type: str = "General"
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    description: tuple[Description, ...] = ()
    affected_fields: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """The version, to sort by."""
        return tuple(int(part) if part.isdecimal() and len(part) < 9 else 0 for part in self.version.split("."))

    def words(self, language: str) -> str:
        """What it asks, in that language, else in English, else in any."""
        by = {one.lang: one.desc for one in self.description}
        return by.get(language.split("-", maxsplit=1)[0]) or by.get("en") or next(iter(by.values()), self.identifier)


class Ruled(Struct, frozen=True, kw_only=True):
    """What one rule says of one certificate, or of all together where ``certificate`` is None."""

    rule: str
    certificate: int | None
    judged: Judged


class Decision(Struct, frozen=True, kw_only=True):
    """What a rule set says of a person's certificates. ``accepted`` is the one that suffices, where one does."""

    outcome: Outcome
    ruled: tuple[Ruled, ...]
    accepted: int | None = None


def read_rules(raw: bytes, name: str = "rules") -> tuple[Rule, ...]:
    """Rules from JSON: one, a list of them, or one a line, each alone or under the key ``rule``. Raises CertificateError."""
    if len(raw) > MOST_BYTES:
        raise CertificateError(f"{name}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        found = msgspec.json.decode(raw)
        written = found if isinstance(found, list) else [found]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            written = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise CertificateError(f"{name}: {error}, expected a rule, a list of rules, or one a line") from error
    if not written:
        raise CertificateError(f"{name}: found no rule")
    return tuple(_rule(one, f"{name}: rule {number}") for number, one in enumerate(written, 1))


def _rule(raw: object, where: str) -> Rule:
    if isinstance(raw, dict) and "rule" in raw:
        raw = raw["rule"]
    try:
        return msgspec.convert(raw, Rule, strict=False)
    except msgspec.ValidationError as error:
        raise CertificateError(f"{where}: {error}") from error


def applicable(rules: Iterable[Rule], kinds: Iterable[str], at: datetime) -> list[Rule]:
    """Those in force at ``at`` for a certificate of these kinds; of each the newest version alone."""
    newest: dict[tuple[str, str], Rule] = {}
    wanted = {"General", *kinds}
    for rule in rules:
        begun = rule.valid_from is None or rule.valid_from <= at
        if not begun or (rule.valid_to is not None and at > rule.valid_to) or rule.certificate_type not in wanted:
            continue
        held = newest.get((rule.country, rule.identifier))
        if held is None or rule.order > held.order:
            newest[rule.country, rule.identifier] = rule
    return list(newest.values())


def decide_together(
    rules: Sequence[Rule], certificates: Sequence[Payload], at: datetime, *, value_sets: Mapping[str, Any] | None = None,
    external: Mapping[str, Any] | None = None,
) -> Decision:  # fmt: skip
    """One decision on all of a person's certificates.

    A party's own rules each look at one certificate, and one that meets them all suffices. Rules of our engine look at all
    certificates together, so that two doses from two countries, or a dose and a test, can be asked for; all must be met.
    Without any rule that applies nothing is accepted. Raises RuleError for a rule that is not CertLogic.
    """
    clock = at.isoformat(timespec="milliseconds")
    outside = {"validationClock": clock, "valueSets": dict(value_sets or {}), **(external or {})}
    ruled: list[Ruled] = []
    alone: list[Outcome] = []
    single = [rule for rule in rules if rule.engine != COMBINED]
    for number, payload in enumerate(certificates):
        found = _each(applicable(single, kinds_of(payload), at), payload, outside, number)
        ruled += found
        alone.append(_overall(found))
    merged = combine(certificates)
    together = _each(
        applicable([rule for rule in rules if rule.engine == COMBINED], kinds_of(merged), at), merged, outside, None
    )
    ruled += together
    best = max(alone, key=_RANK.index, default=None) if single else None
    parts = [one for one in (best, _overall(together) if together else None) if one is not None]
    outcome = min(parts, key=_RANK.index) if parts else Outcome.CANNOT_TELL
    accepted = alone.index(Outcome.MET) if single and Outcome.MET in alone else None
    return Decision(outcome=outcome, ruled=tuple(ruled), accepted=accepted)


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


def kinds_of(payload: Payload) -> list[str]:
    """The kinds of event in a payload, as rules name them."""
    return [kind for key, kind in KINDS.items() if payload.get(key)]


_RANK = (Outcome.NOT_MET, Outcome.CANNOT_TELL, Outcome.MET)


def _each(rules: Iterable[Rule], payload: Payload, external: Mapping[str, Any], number: int | None) -> list[Ruled]:
    data = {"payload": payload, "external": external}
    return [Ruled(rule=one.identifier, certificate=number, judged=judge(_parsed(one), data)) for one in rules]


def _overall(found: Sequence[Ruled]) -> Outcome:
    """Met where every rule is met; where none applies we cannot tell, for nobody asked for anything."""
    return min((one.judged.outcome for one in found), key=_RANK.index, default=Outcome.CANNOT_TELL)


def _parsed(rule: Rule) -> Expression:
    return _cached(msgspec.json.encode(rule.logic))


@lru_cache(maxsize=1024)
def _cached(raw: bytes) -> Expression:
    return parse(msgspec.json.decode(raw))
