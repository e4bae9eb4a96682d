"""Which certificates an agreement takes as evidence at a gate, in words that a device can apply without the agreement.

A window of the agreement counts from the departure; a device counts from the instant of the scan, and knows no departure. So
what a device takes is for an officer to weigh: it never opens a gate by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.provisions import Case, Gate, LaboratoryTest, Paper, Provision, Provisions
from fastchannel.casework.certificates import DOCUMENTS, PATHOGENS
from fastchannel.casework.gate_bundle import Accept, GateRule
from fastchannel.casework.gate_expected import BOARDING, ENTRY
from fastchannel.certificates.evidence import Recovered, Vaccinated
from fastchannel.terms.moments import Anchor, Moment, Window

LONGEST_FLIGHT = timedelta(hours=24)  # from departure to the gate of entry
_DEPARTURE = (Anchor.DEPARTURE, Anchor.BOARDING)
_HOUR = timedelta(hours=1)
_PAPERS = {DOCUMENTS[Vaccinated]: "vaccination", DOCUMENTS[Recovered]: "recovery"}


def digests(held: Iterable[Versions]) -> tuple[str, ...]:
    """The texts under which a pass counts: every version that is held, for a journey may go on under an earlier one."""
    return tuple(sorted(text.digest for versions in held for text in versions))


def rules_of(text: Agreement, *, party: str, place: str, gates: Iterable[str], on: date) -> tuple[GateRule, ...]:
    """For each route of the text that has one of these gates at this party: what counts there on that date."""
    found = []
    for gate in gates:
        for route in text.routes.values():
            here = route.origin_party if gate == BOARDING else route.destination_party
            if here != party:
                continue
            provisions = _provisions(text, route.id, place, gate, on)
            accepts = _accepts(provisions, gate, text.text.agreement.pathogen)
            found.append(
                GateRule(
                    agreement=text.id, version=text.version, route=route.id, gate=gate, digest=text.digest, accepts=accepts
                )
            )
    return tuple(found)


def _provisions(text: Agreement, route: str, place: str, gate: str, on: date) -> Provisions:
    """Of a traveller about whom nothing else is known: exceptions for some purpose or region are the officer's to know."""
    held = text.routes[route]
    case = Case(
        route=route,
        purpose="",
        companion=None,
        origin=place if gate == BOARDING else held.origin_party,
        destination=place if gate == ENTRY else held.destination_party,
        arrival_place=place if gate == ENTRY else held.destination_party,
    )
    return text.provisions(case, on)


def _accepts(provisions: Provisions, gate: str, pathogen: str) -> tuple[Accept, ...]:
    asked = [one for one in provisions.measures if isinstance(one, Gate) and one.at == gate]
    names = {name for one in asked for name in (*one.requires, *(name for names in one.either for name in names))}
    agents = tuple(sorted(code for code, name in PATHOGENS.items() if name == pathogen))
    found = [_accept(one, gate, agents) for one in provisions.measures if one.id in names]
    return tuple(dict.fromkeys(one for one in found if one is not None)) if agents else ()


def _accept(measure: Provision, gate: str, agents: tuple[str, ...]) -> Accept | None:
    match measure:
        case LaboratoryTest():
            least, most = bounds_of(measure.sampled, gate)
            return Accept(
                kind="test",
                agents=agents,
                assay=measure.assay.value,
                finding=measure.require.value,
                laboratories=tuple(sorted(measure.laboratories)),
                least_hours=least,
                most_hours=most,
            )
        case Paper() if measure.document in _PAPERS:
            least, most = bounds_of(measure.issued, gate)
            return Accept(kind=_PAPERS[measure.document], agents=agents, least_hours=least, most_hours=most)
    return None


def bounds_of(windows: tuple[Window, ...], gate: str) -> tuple[float | None, float | None]:
    """At least and at most how many hours before the scan, by the widest of the windows; None is no bound."""
    if not windows:
        return None, None
    starts = [_before_departure(window.start) for window in windows]
    ends = [_before_departure(window.end) for window in windows]
    flight = LONGEST_FLIGHT if gate == ENTRY else timedelta()
    most = None if None in starts else max(one for one in starts if one is not None) + flight
    least = None if None in ends else min(one for one in ends if one is not None)
    return (least / _HOUR if least else None), (most / _HOUR if most is not None else None)


def _before_departure(moment: Moment) -> timedelta | None:
    """How long before the departure; None where it hangs on something else, or comes after."""
    if moment.anchor not in _DEPARTURE:
        return None
    if moment.span is None:
        return timedelta()
    return moment.span.elapsed if moment.sign < 0 else None
