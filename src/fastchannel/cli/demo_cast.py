"""The cast of the demonstration at one node: its own party's people. What happens on the other side, that side's node tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastchannel.cli.drill import SPONSORS
from fastchannel.terms.events import Role

LANGUAGE_OF = {"CN": "zh-Hans", "KR": "ko"}
OFFICERS = (
    Role.REVIEWER, Role.MISSION, Role.CHECKPOINT, Role.SITE, Role.MONITOR, Role.SECRETARIAT,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One account."""

    username: str
    role: Role
    party: str
    organisation: str = ""

    @property
    def language(self) -> str:
        """The language of the party's pages."""
        return LANGUAGE_OF.get(self.party, "en")


def cast(party: str) -> Iterator[Part]:
    """Every account that the drill acts through, named as the node's set-up names them."""
    for role in OFFICERS:
        yield Part(username=f"{party.lower()}-{role}", role=role, party=party)
    for number, organisation in enumerate(SPONSORS[party]):
        username = f"{party.lower()}-sponsor" if number == 0 else organisation
        yield Part(username=username, role=Role.SPONSOR, party=party, organisation=organisation)
