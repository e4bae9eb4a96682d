"""Links the demonstration's nodes: keys, the list of them signed by both parties, and where each reaches the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fastchannel.exchange.roster import Party, Roster, sign_roster
from fastchannel.node.exchange_files import make_keys
from fastchannel.node.places import Places

CORRIDOR = "china-korea"


def linked(directories: Mapping[str, Path]) -> bool:
    """Whether each node has the list of the parties' keys."""
    return all(Places(directory).roster.exists() for directory in directories.values())


def link_nodes(directories: Mapping[str, Path]) -> None:
    """Make what every party's node needs to know the others. The offline keys of a demonstration are forgotten at once."""
    roots = {party: Ed25519PrivateKey.generate() for party in directories}
    entries = tuple(
        Party(
            code=party,
            roots=(roots[party].public_key().public_bytes_raw().hex(),),
            keys=make_keys(Places(directory)),
        )
        for party, directory in directories.items()
    )
    roster = Roster(corridor=CORRIDOR, version=1, threshold=len(entries), parties=entries)
    signed = msgspec.json.encode(sign_roster(roster, list(roots.values())))
    for directory in directories.values():
        place = Places(directory).roster
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(signed)


def peers_table(party: str, addresses: Mapping[str, str]) -> list[str]:
    """The lines of a node's settings that say where the others are."""
    others = {code: address for code, address in addresses.items() if code != party}
    return ["[peers]", *(f'{code} = "{address}/exchange/"' for code, address in others.items())]
