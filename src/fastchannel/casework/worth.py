"""What the statements of a batch are worth: from the table and the shortage that the node holds, or from claims alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastchannel.casework.needs import Statement
from fastchannel.casework.plans import Plan, Wish, window
from fastchannel.supply.chain.sites import Network, Post, Site
from fastchannel.supply.chain.table import Table
from fastchannel.supply.places.claims import Audit, DiscountRule, factors
from fastchannel.supply.value.in_turn import Valuation, in_turn
from fastchannel.supply.value.marginals import Marginal
from fastchannel.supply.value.value import Application, Worth

RULE = DiscountRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The table of a node with the marginals of the shortage now, and the sites that it knows."""

    table: Table
    network: Network
    marginals: Mapping[str, Marginal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """A statement's worth by arrival day. ``worth`` is None where no table knows its industry: its claim counts as it is.

    ``direct`` is what the plain ranking counts; ``factor`` the discount of the sponsor's claims, in ``values`` already.
    """

    wish: Wish
    values: tuple[float, ...]
    direct: float
    worth: Worth | None
    admitted: Mapping[str, int]
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What earlier batches brought: people let in by site and skill, and audited claims, the oldest first."""

    admitted: Mapping[str, Mapping[str, int]]
    audits: tuple[Audit, ...]


NOTHING_BEFORE = Before(admitted={}, audits=())


def valued(wishes: Sequence[Wish], plan: Plan, chain: Chain | None, before: Before = NOTHING_BEFORE) -> tuple[Valued, ...]:
    """Each statement of the batch, those for other days left out, teams for one site one after another."""
    asking = [one for one in wishes if window(one, plan) is not None]
    by_chain = {} if chain is None else _of_chain(asking, plan, chain, before)
    discounts = factors(before.audits, RULE)
    found = []
    for wish in asking:
        factor = discounts.get(wish.sponsor, 1.0)
        turn = by_chain.get(wish.id)
        if turn is None:
            by_day = _claimed(wish.statement, plan.first_day, plan.days)
            found.append(
                Valued(wish=wish, values=_times(by_day, factor), direct=by_day[0], worth=None, admitted={}, factor=factor)
            )
        else:
            worth, admitted, values = turn
            found.append(
                Valued(
                    wish=wish,
                    values=_times(values, factor),
                    direct=worth.direct,
                    worth=worth,
                    admitted=admitted,
                    factor=factor,
                )
            )
    return tuple(found)


def _times(values: Sequence[float], factor: float) -> tuple[float, ...]:
    return tuple(value * factor for value in values)


def _claimed(said: Statement, first_day: date, days: int) -> tuple[float, ...]:
    urgency = said.urgency(first_day)
    return tuple(said.claimed_per_day * urgency.days_at_stake(float(day)) for day in range(days))


def _of_chain(
    asking: Sequence[Wish], plan: Plan, chain: Chain, before: Before
) -> dict[str, tuple[Worth, Mapping[str, int], tuple[float, ...]]]:
    known = chain.table.places()
    fit = [one for one in asking if one.statement.industry in known and _posts_fit(one.statement, chain.network)]
    valuation = Valuation(
        table=chain.table,
        network=_with_stated(chain, fit),
        marginals=chain.marginals,
        admitted=before.admitted,
    )
    teams = [_team(one, plan) for one in fit]
    turns = in_turn(teams, valuation, plan.days)
    return {one.id: (turn.worth, turn.admitted, turn.values) for one, turn in zip(fit, turns, strict=True)}


def _posts_fit(said: Statement, network: Network) -> bool:
    """A known site must have posts for the team; one that nobody registered has those that are stated."""
    skills = {post.skill for post in network.posts_of(said.site)}
    return said.site not in network.sites or not skills or set(said.team) <= skills


def _with_stated(chain: Chain, asking: Sequence[Wish]) -> Network:
    """The network with the sites that statements name and no register knows: the whole industry bounds their claims.

    Teams that name the same one need its posts together, so that naming a line twice does not start it twice.
    """
    network, known = chain.network, chain.table.places()
    sites, needed = dict(network.sites), dict[str, Counter[str]]()
    for one in asking:
        said = one.statement
        industry = chain.table.industries[known[said.industry]]
        if said.site not in sites:
            sites[said.site] = Site(
                name=said.site, firm=one.sponsor, industry=industry, product="", place=said.region, share=1.0
            )
        if not network.posts_of(said.site):
            needed.setdefault(said.site, Counter()).update(said.team)
    posts = [
        Post(site=site, skill=skill, shift="", needed=people, present=0)
        for site, skills in needed.items()
        for skill, people in skills.items()
    ]
    return replace(network, sites=sites, posts=(*network.posts, *posts))


def _team(wish: Wish, plan: Plan) -> Application:
    said = wish.statement
    return Application(
        identifier=wish.id,
        site=said.site,
        team=said.team,
        claimed_per_day=said.claimed_per_day,
        room_nights=said.rooms or said.people,
        urgency=said.urgency(plan.first_day),
    )
