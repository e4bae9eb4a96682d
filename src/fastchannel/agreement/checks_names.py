"""Names: each is unique where it must be, and whatever refers to one finds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from fastchannel.agreement.checks_references import check_references, every, needs_role, written_table
from fastchannel.agreement.mistakes import Path
from fastchannel.agreement.report import Report
from fastchannel.agreement.text import (
    UNDER_WAY_ANCHORS,
    AgencyRole,
    Complete,
    RouteText,
    StayText,
)
from fastchannel.terms.events import KINDS

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARTY = re.compile(r"[A-Z]{2}")
_NO_AGENCY = frozenset({AgencyRole.SPONSOR, AgencyRole.CARRIER})  # roles that no agency need have
_BASE = frozenset({"id", "journey", "at", "recorded", "by", "role", "party", "evidence"})


def check_names(report: Report) -> None:
    """Identifiers, parties, agencies and roles, and what measures, triggers and visibility refer to."""
    _heading(report)
    _agencies(report)
    for name, route in report.text.route.items():
        _route(report, name, route)
        check_references(report, name, route)
    _triggers(report)
    _visibility(report)
    _words(report)


def _identifier(report: Report, path: Path, name: str) -> None:
    if not _ID.fullmatch(name) or len(name) > 64:
        report.wrong(path, f'"{name[:64]}"', "an identifier of small letters, digits and single hyphens")


def _unique(report: Report, items: Iterable[tuple[str, Path]], what: str) -> None:
    seen: dict[str, Path] = {}
    for name, path in items:
        _identifier(report, path, name)
        if name in seen:
            report.wrong(path, f'"{name}" a second time', f"each {what} once")
        seen[name] = path


def _heading(report: Report) -> None:
    heading, path = report.text.agreement, report.path(report.text.agreement)
    _identifier(report, (*path, "id"), heading.id)
    if heading.version < 1:
        report.wrong((*path, "version"), str(heading.version), "1 or more")
    if len(set(heading.parties)) < 2:
        report.wrong((*path, "parties"), f"{len(set(heading.parties))}", "at least two parties")
    tables = written_table(report, "party")
    for index, code in enumerate(heading.parties):
        if not _PARTY.fullmatch(code):
            report.wrong((*path, "parties", index), f'"{code}"', "an ISO 3166-1 code of two capital letters")
        elif code not in tables:
            report.unknown((*path, "parties", index), code, "a party that has a table [party.…]", tables)
    for code in tables:
        if code not in heading.parties:
            report.unknown(("party", code), code, "one of the agreement's parties", heading.parties)
    rule = heading.under_way
    if isinstance(rule, Complete) and (rule.complete.anchor not in UNDER_WAY_ANCHORS or rule.complete.span):
        report.wrong(report.path(rule, "complete"), f'"{rule.complete}"', f"one of {', '.join(UNDER_WAY_ANCHORS)}, alone")
    if not report.text.route and not written_table(report, "route"):
        report.wrong((), "no route", "at least one table [route.…]")


def _agencies(report: Report) -> None:
    agencies = [agency for party in report.text.party.values() for agency in party.agency]
    _unique(report, ((agency.id, report.path(agency, "id")) for agency in agencies), "agency")
    for party in report.text.party.values():
        _zone(report, report.path(party, "zone"), party.zone)
        for region, zone in party.zones.items():
            _zone(report, report.path(party, "zones", region), zone)


def _zone(report: Report, path: Path, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        report.wrong(path, f'"{zone[:64]}"', "an IANA time zone, for example Asia/Seoul")


def _route(report: Report, name: str, route: RouteText) -> None:
    _identifier(report, report.path(route), name)
    parties = report.text.agreement.parties
    for key, code in (("from", route.from_), ("to", route.to)):
        if code not in parties:
            report.unknown(report.path(route, key), code, "one of the agreement's parties", parties)
    if route.from_ == route.to:
        report.wrong(report.path(route, "to"), f'"{route.to}" at both ends', "two different parties")
    needs_role(report, report.path(route.application.review, "by"), route.application.review.by)
    if route.sponsor:
        needs_role(report, report.path(route.sponsor, "applies_to"), route.sponsor.applies_to)
        _unique(report, ((duty.id, report.path(duty, "id")) for duty in route.sponsor.duty), "duty")
    _unique(report, ((measure.id, report.path(measure, "id")) for measure in route.measure), "measure")


def _triggers(report: Report) -> None:
    _unique(report, ((trigger.id, report.path(trigger, "id")) for trigger in report.text.trigger), "trigger")
    routes = written_table(report, "route")
    for trigger in report.text.trigger:
        for index, name in enumerate(trigger.routes):
            if name not in routes:
                report.unknown(report.path(trigger, "routes", index), name, "a route of this agreement", routes)
        if trigger.when.on_last_day:
            report.wrong(report.path(trigger, "when"), '"on the last day"', "it only in resume: a suspension has a last day")


def _visibility(report: Report) -> None:
    for entry in report.text.visibility:
        for index, code in enumerate(entry.to):
            if code not in report.text.agreement.parties:
                report.unknown(report.path(entry, "to", index), code, "one of the parties", report.text.agreement.parties)
        fields: set[str] = set()
        for index, kind in enumerate(entry.event):
            if kind in KINDS:
                fields |= set(KINDS[kind].__struct_fields__)
            else:
                report.unknown(report.path(entry, "event", index), kind, "a kind of event", KINDS)
        for index, name in enumerate(entry.fields):
            if fields and name not in fields:
                what = f"a field of {', '.join(entry.event)}" if len(entry.event) < 4 else "a field of one of these events"
                report.unknown(report.path(entry, "fields", index), name, what, fields - _BASE)


def _words(report: Report) -> None:
    """The text's own terms want words in every language: a warning, for the terms can be shown as they are."""
    for route in report.text.route.values():
        used = [(report.path(route, "purposes"), word) for dated in route.purposes.values for word in dated.is_]
        used += [(report.path(route, "companions"), word) for dated in route.companions.values for word in dated.is_]
        for measure in route.measure:
            if isinstance(measure, StayText):
                used += every(report, measure, "allowed")
        for path, word in used:
            if word not in report.text.words:
                report.warn(path, f'"{word}" without words', "an entry in [words] that says it in en, zh and ko")
