"""A batch of places with statements of two sponsors, for the tests of the pages of supply and for pictures of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from fastchannel.casework.actor import Actor
from fastchannel.casework.plans import Plan
from fastchannel.terms.events import Role
from tests.casework.batches import ARRIVALS, PLAN, statement
from tests.web import scene as stage

OTHER = "Daehan Marine"
TEAMS = (
    (stage.ORGANISATIONS[Role.SPONSOR], "Suzhou evaporation line", {"evaporation engineer": 3}, 4.0, ()),
    (OTHER, "Dalian yard, hull 2188", {"welder": 2, "rigger": 1}, 3.0, ()),
    (OTHER, "Nantong engine shop", {"engine fitter": 3}, 2.0, ("small-firm",)),
    (stage.ORGANISATIONS[Role.SPONSOR], "Suzhou module line", {"technician": 1}, 1.0, ()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A batch and its statements, in the order of TEAMS."""

    batch: str
    needs: tuple[str, ...]


def sponsor(organisation: str) -> Actor:
    """A sponsor with no account."""
    return Actor(id=f"of {organisation}", role=Role.SPONSOR, party="CN", organisation=organisation)


def secretariat() -> Actor:
    """The joint secretariat, with no account."""
    return Actor(id="secretariat", role=Role.SECRETARIAT, party="CN")


def state(number: int, **changes: Any) -> str:
    """One of the statements."""
    from fastchannel.node import needs

    organisation, site, team, claimed, classes = TEAMS[number]
    said = statement(**{"site": site, "team": team, "claimed_per_day": claimed, "classes": classes, **changes})
    made = needs.state(sponsor(organisation), said, key=f"need-{number}")
    return str(made.id)  # type: ignore[union-attr]


def play(desk: Any, clock: Any, plan: Plan = PLAN, *, solve: bool = True) -> Played:
    """Four statements and the batch of their days; the forecast's figures are given, so that nothing waits for it."""
    from fastchannel.node import allocations
    from fastchannel.node.models import Batch

    found = tuple(state(number) for number in range(len(TEAMS)))
    made = allocations.plan(secretariat(), plan, key="batch")
    assert isinstance(made, Batch)
    Batch.objects.filter(id=made.id).update(arrivals=msgspec.json.encode(ARRIVALS))
    if solve:
        assert allocations.solve(made.id)
    return Played(batch=made.id, needs=found)


def load_table(marginals: Any = None) -> None:
    """The three industries with their sites, at a shortage of the first."""
    from fastchannel.node import chains
    from fastchannel.supply.value.marginals import marginals as of
    from tests.supply.chain.small_tables import three
    from tests.supply.value.small_chain import POSTS, SITES, shortage, small_economy

    found = marginals or of(small_economy(), shortage(left=0.5))
    chains.keep(
        three(), np.array([30.0, 14.0, 7.0]), found, sites=SITES, posts=POSTS, names={"A": "Steel", "B": "Ships", "C": "Care"}
    )


def form(**changes: Any) -> dict[str, str]:
    """A statement as its form sends it."""
    sent = {
        "site": "Suzhou line 9", "region": "CN-JS", "city": "Suzhou", "stops": "The line stands still.", "cause": "stopped",
        "stock_days": "", "months_served": "", "claimed_per_day": "2.5", "until": "2020-06-20", "team": "welder 2\nrigger 1",
        "earliest": "2020-05-25", "latest": "2020-05-27", "rooms": "", "key": "k1",
    }  # fmt: skip
    return {**sent, **changes}


def plan_form(**changes: Any) -> dict[str, str]:
    """A batch as its form sends it."""
    sent = {
        "first_day": "2020-05-25", "last_day": "2020-05-27", "risk": "0.1", "incidence": "0.2", "key": "b1",
        "flights-0-id": "CK101", "flights-0-day": "2020-05-25", "flights-0-seats": "4",
        "flights-1-id": "CK103", "flights-1-day": "2020-05-26", "flights-1-seats": "4",
        "houses-0-id": "North hotel", "houses-0-rooms": "6", "houses-0-laboratory": "City laboratory",
        "houses-0-nights": "2020-05-26: 5", "laboratories-0-id": "City laboratory", "laboratories-0-tests": "6",
        "reserves-0-of": "class small-firm", "reserves-0-places": "1",
    }  # fmt: skip
    for name, rows in (("flights", 4), ("houses", 3), ("laboratories", 2), ("reserves", 3)):
        sent |= {f"{name}-TOTAL_FORMS": str(rows), f"{name}-INITIAL_FORMS": "0"}
    return {**sent, **changes}


def needs_again(scene: Played) -> dict[str, float]:
    """Both sponsors state needs for the next batch: by what their claims count there."""
    from fastchannel.node import allocations, needs

    for organisation in (stage.ORGANISATIONS[Role.SPONSOR], OTHER):
        needs.state(sponsor(organisation), statement(site=f"next of {organisation}"), key="again")
    made = allocations.plan(secretariat(), PLAN, key="next batch")
    return {one.wish.sponsor: one.factor for one in allocations.asked_of(made).valued}  # type: ignore[arg-type]


def state_again(need: str, **changes: Any) -> None:
    """Change a statement."""
    from fastchannel.node import needs
    from fastchannel.node.models import Need

    row = Need.objects.get(id=need)
    said = msgspec.structs.replace(needs.statement_of(row), **changes)
    needs.state(sponsor(row.sponsor), said, key=f"again {need}", need=need)
