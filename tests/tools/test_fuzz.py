"""The fuzzer's targets read their seeds, and damaged ones, without a fault: it starts from what is good."""

from __future__ import annotations

import random

import pytest

from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.passes.claims import Pass
from tools.fuzz import Target, targets

TARGETS = targets()
TRUSTED = {"text", "deflated", "claims", "text of cards and seals", "card", "card, deflated", "seal", "divoc", "divoc, zipped"}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_seeds_of_every_target_raise_nothing(target: Target) -> None:
    chance = random.Random(target.name)
    for seed in target.seeds:
        for _ in range(60):
            data = bytearray(seed)
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(data))
                match chance.randrange(3):
                    case 0:
                        data[place] = chance.randrange(256)
                    case 1:
                        del data[place : place + chance.randint(1, 9)]
                    case _:
                        data[place:place] = data[max(0, place - 9) : place]
                if not data:
                    break
            target.read(bytes(data))


@pytest.mark.parametrize("target", [one for one in TARGETS if one.name in TRUSTED], ids=lambda target: target.name)
def test_the_first_seed_of_each_format_is_evidence(target: Target) -> None:
    assert isinstance(target.read(target.seeds[0]), Evidence)


@pytest.mark.parametrize("name", ["pass", "pass, signed"])
def test_the_seed_of_a_pass_is_one(name: str) -> None:
    (target,) = (one for one in TARGETS if one.name == name)
    assert isinstance(target.read(target.seeds[0]), Pass)


def test_the_other_targets_read_their_seeds_too() -> None:
    found = {one.name: one.read(one.seeds[0]) for one in TARGETS}
    assert all(
        found[name] is not None for name in ("cose", "zone", "names", "keys", "trust list", "revocations", "logic", "rules")
    )
