"""Who acts: a person or a machine in one role."""

from __future__ import annotations

from dataclasses import dataclass

from fastchannel.terms.events import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody in a role. The identifier is opaque: it is written into events, so it is never a name."""

    id: str
    role: Role
    party: str
    agency: str = ""
    jurisdiction: frozenset[str] = frozenset()  # ISO 3166-2 regions; empty means the whole party
    organisation: str = ""  # the sponsor's, laboratory's or carrier's identifier
    journey: str = ""  # the one journey that a traveller's signed link opens
    opened: frozenset[str] = frozenset()  # journeys that break-glass opens to be read, for now

    def covers(self, place: str) -> bool:
        """Whether the place lies in the actor's jurisdiction."""
        return any(
            place == region or place.startswith(f"{region}-") for region in (self.jurisdiction or frozenset({self.party}))
        )


def system(party: str) -> Actor:
    """The node itself, acting by a rule of the agreement."""
    return Actor(id="system", role=Role.SYSTEM, party=party)
