"""The public's weights: every one says where it comes from, and they can be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastchannel.supply.chain.public_weights import read_weights, shipped_weights, weights_of
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import three

OWN = """[[group]]
name = "food"
weight = 4
source = "ours"
why = "a test"
sectors = { letters = ["B"] }
"""


def test_health_medicine_food_energy_and_transport_have_a_weight_with_its_source_and_reason() -> None:
    groups = shipped_weights()
    assert {one.name for one in groups} == {"health", "medicine", "food", "energy", "transport"}
    assert all(one.weight > 1.0 and "2022/2557" in one.source and len(one.why) > 20 for one in groups)
    assert max(groups, key=lambda one: one.weight).name == "health"


def test_every_sector_of_wiod_that_has_a_weight_is_one(shared: Path) -> None:
    text = (shared / "data" / "supply" / "wiod35_industries.csv").read_text(encoding="utf-8")
    names = dict(line.split(",", 1) for line in text.splitlines()[1:])
    words = {
        "health": "Health",
        "medicine": "pharma",
        "food": "ood|gri",
        "energy": "petroleum|lectricity",
        "transport": "ransport",
    }
    for one in shipped_weights():
        for sector in one.sectors["wiod35"]:
            assert any(word in names[sector] for word in words[one.name].split("|")), (sector, names[sector])


def test_a_partys_own_weights_replace_those_shipped() -> None:
    assert weights_of(read_weights(OWN.encode(), "own.toml"), three(), "letters").tolist() == [1.0, 4.0, 1.0]


def test_a_classification_that_no_group_knows_is_refused() -> None:
    with pytest.raises(
        SupplyError, match="no group has sectors of the classification wiod36; expected one of 3, for example wiod"
    ):
        weights_of(shipped_weights(), three(), "wiod36")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('source = "ours"\n', "", r"own.toml: group 1: source: found None, expected a text"),
        ("weight = 4", "weight = -1", r"own.toml: group 1: weight: found -1, expected a number of 0 or more"),
        ("weight = 4", "weight = true", r"own.toml: group 1: weight: found True"),
        ('{ letters = ["B"] }', '["B"]', r"own.toml: group 1: sectors: found \['B'\], expected lists"),
        ("weight = 4", "weight = ", r"own.toml: is no TOML"),
    ],
)
def test_weights_that_say_too_little_are_refused(was: str, now: str, said: str) -> None:
    assert was in OWN
    with pytest.raises(SupplyError, match=said):
        read_weights(OWN.replace(was, now).encode(), "own.toml")


def test_a_sector_has_one_weight() -> None:
    with pytest.raises(SupplyError, match="sector B of letters is in food and in fuel; expected one"):
        read_weights((OWN + OWN.replace('"food"', '"fuel"')).encode(), "own.toml")
