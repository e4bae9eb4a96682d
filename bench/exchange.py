"""How many notices a second two nodes carry, and what a core takes of them, beside what the cryptography takes alone.

Run it with ``make bench`` or ``python -m bench.exchange``; ``--json`` is for a machine, ``--quick`` is short, ``--full``
carries a backlog of 700,000 too. First the core alone: what a receiver computes between the bytes that came and the
transaction that it would write (the message decoded, headers read, bodies opened, the root computed, the checkpoint checked
and cosigned). Then the whole way (`exchange_line`): two databases, letters, mutual TLS.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from cryptography.hazmat.primitives import hpke

from bench import exchange_line
from bench.timing import Machine, Rate, Work, rates
from fastchannel.exchange import messages as m
from fastchannel.exchange.leaves import Header
from fastchannel.exchange.machine import Keys, State, lanes, step
from fastchannel.exchange.merkle import Frontier, Tree, leaf_hash
from fastchannel.exchange.notes import Checkpoint, Note, sign
from fastchannel.exchange.sealing import Entry, reader_id, seal, unseal
from tests.exchange.parties import AT, BULK, CORRIDOR, draft, reading, roster, signing, stream

NOTICES = 1_000
LIMIT = "HPKE opening"
READERS = {"CN": reading("CN").public_key(), "KR": reading("KR").public_key()}


def opener() -> Callable[[Entry, Header], bytes]:
    """What opens bodies for CN."""
    key = reading("CN")
    held = {reader_id(key.public_key()): key}
    return lambda entry, header: unseal(entry, header, held)


def works(count: int) -> dict[str, Work]:
    """What is measured; each opens or hashes ``count`` notices a call."""
    drafts = [draft(number) for number in range(count)]
    entries = [seal(one, BULK, number, READERS, stream(f"b{number}")) for number, one in enumerate(drafts)]
    tree = Tree(leaf_hash(one.leaf) for one in entries)
    keys = Keys(signing("CN"), signing("CN", "cosign"), opener())
    sending, mirrors = lanes("CN", CORRIDOR, ["KR"])
    empty = State(party="CN", roster=roster(), sending=sending, mirrors=mirrors, session=b"0" * 16)

    def batch(start: int, end: int) -> bytes:
        point = Checkpoint(BULK, end, tree.root(end))
        return m.encode(m.Batch(BULK, start, tuple(entries[start:end]), Note(point, (sign(point, "KR", signing("KR")),)).raw))

    def mirrored(batches: list[bytes]) -> None:
        state = empty
        for raw in batches:
            state, effects = step(state, m.Received("KR", m.decode(raw)), AT, keys)
            assert isinstance(effects[0], m.Save)
            state, effects = step(state, m.Saved(BULK), AT, keys)
            assert isinstance(effects[1], m.Send)
        assert state.mirrors[BULK].frontier.size == count

    def portions(size: int) -> list[bytes]:
        return [batch(start, min(start + size, count)) for start in range(0, count, size)]

    suite, private = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM), reading("CN")
    wrapped = [suite.encrypt(b"k" * 32, private.public_key(), info=b"i") for _ in range(count)]

    def opened() -> None:
        for one in wrapped:
            suite.decrypt(one, private, info=b"i")

    def sealed() -> None:
        for number, one in enumerate(drafts):
            seal(one, BULK, number, READERS, partial(bytes.__mul__, b"r"))

    leaves = [leaf_hash(one.leaf) for one in entries]
    return {
        LIMIT: Work(call=opened, done=count),
        "mirrored, batches of 1,000": Work(call=partial(mirrored, portions(1_000)), done=count),
        "mirrored, batches of 100": Work(call=partial(mirrored, portions(100)), done=count),
        "mirrored, one by one": Work(call=partial(mirrored, portions(1)), done=count),
        "sealed for two readers": Work(call=sealed, done=count),
        "added to the tree": Work(call=lambda: Frontier().extended(leaves), done=count),
    }


def shown(found: dict[str, Rate]) -> str:
    """The table."""
    limit = found[LIMIT].median
    lines = [f"{'notices a second and core':<32}{'median':>10}{'range':>20}{'of HPKE opening':>17}"]
    for name, rate in found.items():
        lines.append(f"{name:<32}{rate.median:>10,.0f}{f'{rate.least:,.0f}-{rate.most:,.0f}':>20}{rate.median / limit:>17.0%}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true", help="with a backlog of 700,000 notices")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = rates(works(NOTICES), rounds=3 if asked.quick else 15)
    limits, carried = exchange_line.run(quick=asked.quick, full=asked.full)
    if asked.json:
        core, line = ({name: asdict(one) for name, one in part.items()} for part in (found, carried))
        print(json.dumps({"core": core, "limits": asdict(limits), "line": line}))
    else:
        print(f"{Machine.here()}\n{shown(found)}\n\n{exchange_line.shown(limits, carried)}")


if __name__ == "__main__":
    main()
