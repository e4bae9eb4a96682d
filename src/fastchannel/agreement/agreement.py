"""An agreement, and the versions of one agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastchannel.agreement.asked import LABORATORY_ROLES, fits
from fastchannel.agreement.mistakes import Mistake
from fastchannel.agreement.provisions import Case, Provisions
from fastchannel.agreement.resolve import conditions, resolve
from fastchannel.agreement.text import AgencyRole, AgreementText, Complete, Record, RouteText, Texts, Where
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.moments import Anchor
from fastchannel.terms.places import zone_of

MOST_CACHED = 4_096
MOST_CASES = 16_384
ENVELOPE = frozenset({"kind", "id", "journey", "at", "recorded", "role", "party"})  # goes with every visible event


class RouteError(FastChannelError):
    """A case names a route that the agreement does not have."""


class VersionError(FastChannelError):
    """A version of the agreement was asked for that is not held here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    id: str
    party: str
    name: Texts
    roles: frozenset[AgencyRole]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """``zone`` is the IANA name of its time zone."""

    code: str
    name: Texts
    zone: str
    agencies: tuple[Agency, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    id: str
    title: Texts
    origin_party: str
    destination_party: str
    text: RouteText


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement, checked. Two are equal when their digests are."""

    text: AgreementText = field(compare=False, repr=False)
    digest: str
    written: str = field(compare=False, repr=False)  # as it was written, comments and all
    warnings: tuple[Mistake, ...] = field(compare=False, repr=False, default=())
    parties: dict[str, Party] = field(init=False, compare=False, repr=False)
    routes: dict[str, Route] = field(init=False, compare=False, repr=False)
    _conditions: dict[str, tuple[Where, ...]] = field(init=False, compare=False, repr=False)
    _cases: dict[tuple[Case, date], Provisions] = field(init=False, compare=False, repr=False, default_factory=dict)
    _cache: dict[tuple[str, date, tuple[bool, ...]], Provisions] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )
    _zones: dict[str, ZoneInfo] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parties", _parties(self.text))
        object.__setattr__(self, "routes", _routes(self.text))
        object.__setattr__(self, "_conditions", {name: conditions(route) for name, route in self.text.route.items()})

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.text, self.digest, self.written, self.warnings)

    @property
    def id(self) -> str:
        return self.text.agreement.id

    @property
    def version(self) -> int:
        return self.text.agreement.version

    @property
    def title(self) -> Texts:
        return self.text.agreement.title

    @property
    def in_force(self) -> date:
        return self.text.agreement.in_force

    @property
    def adopted(self) -> date:
        """When the parties adopted this version; the day it enters into force where the text does not say."""
        return self.text.agreement.adopted or self.in_force

    @property
    def until(self) -> date | None:
        return self.text.agreement.until

    def provisions(self, case: Case, on: date) -> Provisions:
        """What holds for a case on a date, the local date of departure. Raises RouteError."""
        found = self._cases.get((case, on))
        if found is None:
            found = self._resolved(case, on)
            if len(self._cases) >= MOST_CASES:
                self._cases.clear()
            self._cases[case, on] = found
        return found

    def _resolved(self, case: Case, on: date) -> Provisions:
        """Cases that fit the same conditions share what holds for them, so that it is worked out once a date."""
        if case.route not in self.routes:
            has = ", ".join(self.routes)
            raise RouteError(f'{self.id} version {self.version} has no route "{case.route}"; it has {has}')
        key = (case.route, on, tuple(fits(where, case) for where in self._conditions[case.route]))
        found = self._cache.get(key)
        if found is None:
            found = resolve(self.text, self.digest, case, on)
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            self._cache[key] = found
        return found

    def zone(self, place: str) -> ZoneInfo:
        """The time zone of an ISO 3166-2 region or a country: as the text says, else as the country has it, else UTC."""
        found = self._zones.get(place)
        if found is None:
            found = ZoneInfo(self._zone_name(place))
            if len(self._zones) < MOST_CACHED:
                self._zones[place] = found
        return found

    def _zone_name(self, place: str) -> str:
        code = place.partition("-")[0]
        party = self.text.party.get(code)
        if party is None:
            return zone_of(place)
        return party.zones.get(place, party.zone)

    def agencies(self, role: AgencyRole | str | None = None, party: str | None = None) -> tuple[Agency, ...]:
        """The agencies, of one role or party where one is named."""
        return tuple(
            agency
            for held in self.parties.values()
            if party in (None, held.code)
            for agency in held.agencies
            if role is None or role in agency.roles
        )

    def laboratories(self, party: str | None = None) -> frozenset[str]:
        """The identifiers of designated laboratories and hospitals."""
        return frozenset(agency.id for agency in self.agencies(party=party) if LABORATORY_ROLES & agency.roles)

    def kept(self, record: Record) -> timedelta | None:
        """For how long after a journey's end a record of that kind is kept; None where the text does not say."""
        for entry in self.text.retention:
            if entry.what is record:
                span = entry.keep.span
                return timedelta() if span is None else entry.keep.sign * span.elapsed
        return None

    def visible(self, kind: str, to_party: str) -> frozenset[str]:
        """The fields of an event of that kind that a party sees; none where the text does not show it the event."""
        entries = [entry for entry in self.text.visibility if kind in entry.event and to_party in entry.to]
        return ENVELOPE.union(*(entry.fields for entry in entries)) if entries else frozenset()

    def notice_clock(self, kind: str, to_party: str) -> tuple[timedelta | None, timedelta | None]:
        """Within how long after it was sent somebody of that party reads such an event, and answers it; None is no bound."""
        entries = [entry for entry in self.text.visibility if kind in entry.event and to_party in entry.to]
        read = min((entry.read_within.elapsed for entry in entries if entry.read_within), default=None)
        return read, min((entry.answered_within.elapsed for entry in entries if entry.answered_within), default=None)


def _again(text: AgreementText, digest: str, written: str, warnings: tuple[Mistake, ...]) -> Agreement:
    return Agreement(text=text, digest=digest, written=written, warnings=warnings)


def _parties(text: AgreementText) -> dict[str, Party]:
    return {
        code: Party(
            code=code,
            name=party.name,
            zone=party.zone,
            agencies=tuple(
                Agency(id=agency.id, party=code, name=agency.name, roles=frozenset(agency.roles)) for agency in party.agency
            ),
        )
        for code, party in text.party.items()
    }


def _routes(text: AgreementText) -> dict[str, Route]:
    return {
        name: Route(id=name, title=route.title, origin_party=route.from_, destination_party=route.to, text=route)
        for name, route in text.route.items()
    }


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one agreement, in order."""

    texts: tuple[Agreement, ...]

    @classmethod
    def of(cls, *agreements: Agreement) -> Versions:
        """Gather versions of one agreement. Raises VersionError where there is none, two are of one number or ids differ."""
        ordered = sorted(agreements, key=lambda agreement: agreement.version)
        numbers = [agreement.version for agreement in ordered]
        if not ordered or len(set(numbers)) < len(numbers) or len({agreement.id for agreement in ordered}) > 1:
            found = ", ".join(f"{agreement.id} version {agreement.version}" for agreement in ordered) or "none"
            raise VersionError(f"expected versions of one agreement, each once; found {found}")
        return cls(tuple(ordered))

    @property
    def id(self) -> str:
        return self.texts[0].id

    @property
    def newest(self) -> Agreement:
        return self.texts[-1]

    def current(self, on: date) -> Agreement:
        """The version that an application names on a date: the newest adopted by then; before all of them, the first."""
        adopted = [agreement for agreement in self.texts if agreement.adopted <= on]
        return adopted[-1] if adopted else self.texts[0]

    def __iter__(self) -> Iterator[Agreement]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, version: object) -> bool:
        return any(agreement.version == version for agreement in self.texts)

    def __getitem__(self, version: int) -> Agreement:
        for agreement in self.texts:
            if agreement.version == version:
                return agreement
        held = ", ".join(str(agreement.version) for agreement in self.texts)
        raise VersionError(f"{self.id} has no version {version} here; it has {held}")

    def governing(self, at: datetime, applied: int, anchors: Mapping[Anchor, tuple[datetime, ZoneInfo]]) -> Agreement:
        """The version that governs a journey at an instant, given the version its application named.

        A later version governs once adopted, when the journey's moment that the version names (planned, or as it happened)
        falls on or after its first day; where it says that all switch, it governs everyone from that day. A moment that is
        not known yet has not come before ``at``. Dates are local to where the moment happens. Raises VersionError.
        """
        governing = self[applied]
        for version in self.texts:
            if version.version > applied and _governs(version, at, anchors):
                governing = version
        return governing


def _governs(version: Agreement, at: datetime, anchors: Mapping[Anchor, tuple[datetime, ZoneInfo]]) -> bool:
    rule = version.text.agreement.under_way
    departure = anchors.get(Anchor.DEPARTURE)
    zone = departure[1] if departure else version.zone(version.text.agreement.parties[0])
    if not isinstance(rule, Complete):
        return at.astimezone(zone).date() >= max(version.in_force, version.adopted)
    moment, zone = anchors.get(rule.complete.anchor, (at, zone))
    return at.astimezone(zone).date() >= version.adopted and moment.astimezone(zone).date() >= version.in_force
