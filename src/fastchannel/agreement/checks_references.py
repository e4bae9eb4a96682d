"""References: what measures name (other measures, agencies, roles, purposes) is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastchannel.agreement.asked import BEFORE_DEPARTURE, LABORATORY_ROLES, ROLES
from fastchannel.agreement.mistakes import Path
from fastchannel.agreement.report import Report
from fastchannel.agreement.text import (
    AgencyRole,
    DocumentText,
    GateText,
    LaboratoryTestText,
    MonitorText,
    QuotaText,
    RouteText,
    StayText,
    Varying,
    Where,
    Windows,
)

_NAMES: Mapping[type, tuple[str, ...]] = {GateText: ("requires", "either"), StayText: ("ends",)}
_NO_AGENCY = frozenset({AgencyRole.SPONSOR, AgencyRole.CARRIER})  # roles that no agency need have


def written_table(report: Report, key: str) -> Mapping[str, object]:
    """What the text wrote, so that what was dropped for another mistake is still known by name."""
    table = report.raw.get(key)
    return table if isinstance(table, dict) else {}


def needs_role(report: Report, path: Path, role: AgencyRole, party: str | None = None) -> None:
    """Somebody must have the role."""
    parties = [entry for code, entry in report.text.party.items() if party in (None, code)]
    held = {found for entry in parties for item in entry.agency for found in item.roles}
    if role not in held and role not in _NO_AGENCY:
        where = f"of {party} " if party else ""
        report.wrong(path, f'the role "{role}", which no agency {where}has', f"a role that an agency {where}has", _offer(held))


def _offer(held: set[AgencyRole]) -> str:
    return f"These have one: {', '.join(sorted(held))}." if held else "Give an agency that role."


def _agency_ids(report: Report) -> set[str]:
    found: set[str] = set()
    for party in written_table(report, "party").values():
        agencies = party.get("agency") if isinstance(party, dict) else None
        found |= {
            item["id"]
            for item in (agencies if isinstance(agencies, list) else ())
            if isinstance(item, dict) and isinstance(item.get("id"), str)
        }
    return found


def check_references(report: Report, name: str, route: RouteText) -> None:
    """Everything that the measures of a route refer to."""
    kinds = _written_kinds(report, name)
    purposes = {word for dated in route.purposes.values for word in dated.is_}
    companions = {word for dated in route.companions.values for word in dated.is_}
    for measure in route.measure:
        for where in (measure.for_, *(item.where for item in measure.except_)):
            _where(report, where, purposes, companions)
        if isinstance(measure, QuotaText):
            for purpose in measure.shares:
                if purpose not in purposes:
                    report.unknown(report.path(measure, "shares", purpose), purpose, "one of the route's purposes", purposes)
        elif type(measure) in _LOOK:
            _LOOK[type(measure)](report, route, measure, kinds)
    _needed(report, route)


def _needed(report: Report, route: RouteText) -> None:
    """A test, document or monitoring that no gate asks for holds nobody back: a warning, for it may be meant so."""
    named: set[str] = set()
    for measure in route.measure:
        names = _NAMES.get(type(measure), ())
        named |= {identifier for name in names for _, identifier in every(report, measure, name)}
    for measure in route.measure:
        if isinstance(measure, LaboratoryTestText | DocumentText | MonitorText) and measure.id not in named:
            path = report.path(measure, "id")
            report.warn(
                path, f'"{measure.id}", which no gate requires', "a gate that requires it", "It would hold nobody back."
            )


def _gate(report: Report, route: RouteText, measure: GateText, kinds: Mapping[str, str]) -> None:
    required = {identifier for identifier, kind in kinds.items() if kind != "gate"}
    for path, identifier in (*every(report, measure, "requires"), *every(report, measure, "either")):
        if identifier not in required:
            report.unknown(path, identifier, "a measure of this route that is no gate", required)


def _stay(report: Report, route: RouteText, measure: StayText, kinds: Mapping[str, str]) -> None:
    tests = {identifier for identifier, kind in kinds.items() if kind == "test"}
    for path, identifier in every(report, measure, "ends"):
        if identifier not in tests:
            report.unknown(path, identifier, "a test of this route", tests)
    if measure.named_by:
        needs_role(report, report.path(measure, "named_by"), measure.named_by)


def _document(report: Report, route: RouteText, measure: DocumentText, kinds: Mapping[str, str]) -> None:
    agencies = _agency_ids(report)
    for path, issuer in every(report, measure, "issued_by"):
        if issuer in ROLES:
            needs_role(report, path, AgencyRole(issuer))
        elif issuer != "any" and issuer not in agencies:
            report.unknown(path, issuer, "an agency, a role or any", {*agencies, *ROLES})


def _written_kinds(report: Report, route: str) -> dict[str, str]:
    table = written_table(report, "route").get(route)
    measures = table.get("measure") if isinstance(table, dict) else None
    return {
        item["id"]: str(item.get("kind"))
        for item in (measures if isinstance(measures, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }


def every(report: Report, measure: object, name: str) -> list[tuple[Path, str]]:
    """Every name in a field of a measure and of its exceptions, with its path."""
    found: list[tuple[Path, str]] = []
    varying: Varying[tuple[object, ...]] = getattr(measure, name)
    for dated in varying.values:
        base = report.path(dated, "is") if id(dated) in report.reader.paths else report.path(measure, name)
        found += _flat(base, dated.is_)
    for item in getattr(measure, "except_", ()):
        found += _flat(report.path(item, name), item.changes.get(name, ()))
    return found


def _flat(path: Path, names: object) -> list[tuple[Path, str]]:
    if isinstance(names, str):
        return [(path, names)]
    found: list[tuple[Path, str]] = []
    if isinstance(names, tuple):
        for index, item in enumerate(names):
            found += _flat((*path, index), item)
    return found


def _where(report: Report, where: Where | None, purposes: set[str], companions: set[str]) -> None:
    if where is None:
        return
    for index, word in enumerate(where.purpose):
        if word not in purposes:
            report.unknown(report.path(where, "purpose", index), word, "one of the route's purposes", purposes)
    for index, word in enumerate(where.companion):
        if word not in companions | {"none"}:
            report.unknown(report.path(where, "companion", index), word, "one of the route's companions or none", companions)
    if not any(getattr(where, name) for name in Where.__dataclass_fields__):
        keys = ", ".join(Where.__dataclass_fields__)
        report.wrong(report.path(where), "a condition that names nobody", f"at least one of {keys}")


def _test(report: Report, route: RouteText, measure: LaboratoryTestText, kinds: Mapping[str, str]) -> None:
    sampled: list[Windows] = [dated.is_ for dated in measure.sampled.values]
    before = all(window.end.anchor in BEFORE_DEPARTURE for windows in sampled for window in windows.any_of)
    party = route.from_ if before else route.to
    roles = {role for item in report.text.party[party].agency for role in item.roles} if party in report.text.party else set()
    for path, name in every(report, measure, "laboratory"):
        if name == "designated":
            if not LABORATORY_ROLES & roles:
                expected = f"an agency of {party} with the role designated-laboratory or designated-hospital"
                report.wrong(path, f'"designated", and {party} has designated nobody', expected)
        elif name != "any" and name not in _agency_ids(report):
            report.unknown(path, name, "designated, any or an agency", {"designated", "any", *_agency_ids(report)})


_LOOK: dict[type, Callable[[Report, RouteText, Any, Mapping[str, str]], None]] = {
    DocumentText: _document,
    GateText: _gate,
    LaboratoryTestText: _test,
    StayText: _stay,
}
