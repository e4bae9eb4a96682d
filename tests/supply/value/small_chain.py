"""A small chain of sites over the three industries, with a shortage, that several tests value applications on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.chain.reading_sites import read_sites
from fastchannel.supply.chain.sites import Network
from fastchannel.supply.chain.table import Floats
from fastchannel.supply.value.marginals import Shortage
from fastchannel.supply.value.urgency import stopped
from fastchannel.supply.value.value import Application
from tests.supply.chain.small_tables import three

SITES = b"""site,firm,region,sector,product,place,share
mill,Steel One,R,A,plate,CN-SH,0.5
yard,Boats,R,B,hulls,KR-26,0.25
ward,Clinic,R,C,beds,KR-11,0.01
"""
POSTS = b"""site,skill,shift,needed,present
mill,smelter,day,1,0
yard,welder,day,2,0
yard,welder,night,1,0
yard,rigger,day,1,1
ward,nurse,day,4,2
"""


def small_economy() -> Economy:
    critical = np.array([[0, 2, 0], [0, 0, 2], [0, 0, 0]], dtype=np.int8)
    return prepare(three(), stock_days=np.array([30.0, 14.0, 7.0]), criticality=critical, production=Production.HALF_CRITICAL)


def small_network() -> Network:
    return read_sites(three(), sites=(SITES, "sites.csv"), posts=(POSTS, "posts.csv"))


def shortage(
    *, left: float = 1.0, industry: int = 0, days: int = 90, weights: Floats | None = None, **changes: Any
) -> Shortage:
    capacity = np.ones((days, 3))
    capacity[10:60, industry] = left
    made = Shortage(capacity=capacity, weights=np.ones(3) if weights is None else weights, first_day=10, last_day=59)
    return replace(made, **changes)


def team(identifier: str = "a", **changes: Any) -> Application:
    made = Application(
        identifier=identifier,
        site="yard",
        team={"welder": 1},
        claimed_per_day=0.1,
        room_nights=14,
        urgency=stopped(30.0),
    )
    return replace(made, **changes)
