"""How many notices a second a node makes part of its record, from the sealed entry in its lane to the journey's row.

Run it with ``python -m bench.exchange_applied``. A node is made in a directory of its own; Korea's part of a drill's journeys
is laid into its mirrors as a link would, and then applied: opened, judged by the table of permissions, decided, written.
``decide`` alone over the same journeys is the limit beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from fastchannel.agreement.shipped import shipped
from fastchannel.cli.drill import scripts
from fastchannel.exchange.bodies import body_of
from fastchannel.exchange.leaves import Kind, Lane, read_header
from fastchannel.exchange.roster import Party, Roster, Use, sign_roster
from fastchannel.exchange.sealing import Draft, Entry, seal
from fastchannel.node.exchange_files import make_keys, private_key
from fastchannel.node.places import Places
from fastchannel.terms.events import Event, kind_of
from tests.exchange.parties import CORRIDOR, party, reading, stream

TRAVELLERS, QUICK = 600, 60
TEXTS = shipped()["china-korea"]


def told(travellers: int) -> list[Event]:
    """Korea's events of a drill, in the order in which they were recorded."""
    drill = islice(scripts(TEXTS, seed=7, first=date(2020, 5, 11), days=200, start=1), travellers * 2)
    chosen = [one for one in drill if one.case.route == "cn-kr"]  # those that Korea's sponsors apply for
    events = [event for one in chosen for event in one.events if event.party == "KR"]
    return sorted(events, key=lambda event: event.recorded)


def entries(events: list[Event], lane: str, readers: dict[str, X25519PublicKey]) -> Iterator[Entry]:
    """Sealed for China, as they stand in the lane."""
    text, random = TEXTS.newest, stream("bench")
    visible = [event for event in events if text.visible(kind_of(event), "CN")]
    for place, event in enumerate(visible):
        body = body_of(text, event, "CN")
        yield seal(Draft(id=event.id, at=event.recorded, agreement=text.digest, body=body), lane, place, readers, random)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = measured(Path(place) / "cn", QUICK if chosen.quick else TRAVELLERS)
    if chosen.json:
        print(json.dumps(found))
        return
    print(f"{found['notices']:,} notices of {found['journeys']:,} journeys")
    per_core = found["applied_per_cpu_second"]
    print(f"applied     {found['applied_per_second']:8,.0f} a second; {per_core:,.0f} a second of its own CPU time")
    print(f"decide only {found['decided_per_second']:8,.0f} journeys a second ({found['share']:.0%} of the time is deciding)")


def measured(directory: Path, travellers: int) -> dict[str, float]:
    """Make the node, fill its mirror, apply."""
    made_node = [sys.executable, "-m", "fastchannel", "node", "init", str(directory), "--party", "CN", "--json"]
    subprocess.run(made_node, check=True, stdout=subprocess.DEVNULL)
    places = Places(directory)
    own = Party(code="CN", roots=party("CN").roots, keys=make_keys(places))
    roster = Roster(corridor=CORRIDOR, version=1, threshold=2, parties=(own, party("KR")))
    places.roster.parent.mkdir()
    places.roster.write_bytes(msgspec.json.encode(sign_roster(roster, [])))
    from fastchannel.node import shell

    shell.use(directory)
    from fastchannel.node.database import Server, running

    with running(Server(places)):
        return _applied(places, travellers)


def _applied(places: Places, travellers: int) -> dict[str, float]:
    from fastchannel.node import models
    from fastchannel.node.applying import apply_arrived
    from fastchannel.node.desk import office
    from fastchannel.node.link import link

    linked = link()
    assert linked is not None
    for row in models.AgreementText.objects.all():
        models.PeerText.objects.create(
            party="KR", agreement=row.agreement, version=row.version, digest=row.digest, text="", at=office().clock.now()
        )
    key = private_key(places, Use.READ)
    assert isinstance(key, X25519PrivateKey)
    lane = Lane(CORRIDOR, "KR", Kind.BULK, "CN").origin
    made = list(entries(told(travellers), lane, {"CN": key.public_key(), "KR": reading("KR").public_key()}))
    models.LaneEntry.objects.bulk_create(
        models.LaneEntry(
            lane_id=lane,
            seq=place,
            entry=read_header(one.leaf, lane=lane, seq=place).id,
            leaf=one.leaf,
            sealed=msgspec.msgpack.encode(one.sealed),
        )
        for place, one in enumerate(made)
    )
    models.Lane.objects.filter(origin=lane).update(size=len(made))
    started, cpu = time.perf_counter(), time.process_time()
    count = apply_arrived(linked, office().clock.now())
    took, worked = time.perf_counter() - started, time.process_time() - cpu
    journeys = list(models.Journey.objects.values_list("id", flat=True))
    folded = [office().journal.events(journey) for journey in journeys]
    now = office().clock.now()
    started = time.perf_counter()
    for events in folded:
        office().decide(events, now)
    decided = time.perf_counter() - started
    assert count == len(made)
    assert not models.LaneHeld.objects.filter(settled=None).exists(), list(models.LaneHeld.objects.values("fault", "said")[:3])
    return {
        "notices": count,
        "journeys": len(journeys),
        "applied_per_second": count / took,
        "applied_per_cpu_second": count / worked,
        "decided_per_second": len(journeys) / decided,
        "share": decided / took,
    }


if __name__ == "__main__":
    main()
