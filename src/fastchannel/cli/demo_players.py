"""Who plays which step at a node: the demonstration's accounts and keys as casework's actors. Needs a node's settings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastchannel.casework.actor import Actor
from fastchannel.cli.demo_cast import Part, cast
from fastchannel.node import keys
from fastchannel.node.models import Account, ApiKey
from fastchannel.terms.events import Event, Resulted, Role, Sampled


@dataclass(frozen=True, slots=True, kw_only=True)
class Players:
    """The actors by what the drill's scripts name them by."""

    officers: dict[tuple[str, str], Actor]  # by role and party
    organisations: dict[tuple[str, str], Actor]  # by role and organisation; a key that a script needs is made
    made: dict[str, str]  # accounts that were made now, with their passwords

    @classmethod
    def of(cls, party: str) -> Players:
        """The node's accounts and keys; those of the cast that are missing are made."""
        accounts = {account.username: account for account in Account.objects.all()}
        made = {part.username: secrets.token_urlsafe(9) for part in cast(party) if part.username not in accounts}
        for part in cast(party):
            if part.username in made:
                accounts[part.username] = _account(part, made[part.username])
        actors = [account.actor for account in accounts.values()]
        by_key = [key.actor for key in ApiKey.objects.filter(revoked=None)]
        by_organisation = [*(actor for actor in actors if actor.organisation), *by_key]
        return cls(
            officers={(actor.role, actor.party): actor for actor in actors if not actor.organisation},
            organisations={(actor.role, actor.organisation): actor for actor in by_organisation},
            made=made,
        )

    def actor(self, event: Event, journey: str) -> Actor:
        """Who does what the script says."""
        if event.role is Role.TRAVELLER:
            return Actor(id=f"traveller-{journey}", role=Role.TRAVELLER, party=event.party, journey=journey)
        if event.role is Role.CARRIER:
            return self._by_key(Role.CARRIER, f"{event.party.lower()}-carrier-1", event.party)
        if isinstance(event, Sampled | Resulted):
            return self._by_key(Role.LABORATORY, event.laboratory, event.party)
        if event.role is Role.SPONSOR:
            return self.organisations[Role.SPONSOR, event.by]
        return self.officers[event.role, event.party]

    def _by_key(self, role: Role, organisation: str, party: str) -> Actor:
        if (role, organisation) not in self.organisations:
            key, _ = keys.issue(name=organisation, role=role, party=party, organisation=organisation)
            self.organisations[role, organisation] = key.actor
        return self.organisations[role, organisation]


def _account(part: Part, password: str) -> Account:
    return Account.objects.create(
        username=part.username, password=password, role=part.role.value, party=part.party, organisation=part.organisation,
        language=part.language,
    )  # fmt: skip
