"""The secretariat's allocation of one batch: who has a place, why, what is left, and what each further unit would be worth.

Overrides are promises to the allocation, so that everything else is planned around them; each has a reason and a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec
import numpy as np

from fastchannel.casework.arrivals import Arrival
from fastchannel.casework.plans import Plan, application
from fastchannel.casework.worth import Valued
from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.baselines import by_output, in_turn
from fastchannel.supply.places.compiled import Floats
from fastchannel.supply.places.conflict import Conflict
from fastchannel.supply.places.exact import use_matrix
from fastchannel.supply.places.explain import Explanation, Weighed, explain, explain_all, worth_of_one_more
from fastchannel.supply.places.problem import Problem, lay_out
from fastchannel.supply.places.quick import by_prices
from fastchannel.supply.value.ranking import AS_GOOD

AT_ONCE_PEOPLE = 60  # up to so many a batch is solved exactly while one waits
RESOLVED_PEOPLE = 150  # up to so many each team is solved again with and without its place
MOST_RESOLVED_LIMITS = 12


class Kind(StrEnum):
    """What somebody decided beyond the ranking."""

    PLACE = "place"
    NO_PLACE = "no place"
    RELEASE = "release"  # an earlier one no longer holds


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided what of whom, why and when. ``day`` counts from the batch's first."""

    need: str
    kind: Kind
    reason: str
    by: str
    at: datetime
    flight: str = ""
    place: str = ""
    day: int = 0


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A place."""

    flight: str
    place: str
    day: int


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a team's best option takes of one limit, and the price of a unit."""

    limit: str
    takes: float
    price: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One team. ``value`` and ``profit`` are of its place, else of its best option; None where it has no option at all.

    ``rise_least`` and ``rise_most`` say by how much its value must rise for a place (or may fall with one), solved again.
    """

    need: str
    rank: int
    plain_rank: int
    value: float
    direct_per_room_night: float
    given: Given | None
    override: Kind | None = None
    profit: float | None = None
    taken: tuple[Taken, ...] = ()
    rise_least: float | None = None
    rise_most: float | None = None
    factor: float = 1.0


class Scarce(msgspec.Struct, frozen=True, kw_only=True):
    """One limit: ``kind`` is seats, rooms, tests, risk or floor; ``number`` its day or week. ``price`` is of one more unit.

    Floors pay for being kept: their price is nought or below. ``least`` and ``most`` are what one more unit changes, solved
    again. Risk is −log(1 − chance), and its unit a tenth of a percentage point of the chance.
    """

    kind: str
    of: str
    number: int
    has: float
    used: float
    price: float
    least: float | None = None
    most: float | None = None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """By how much one limit would have to give way; None where it alone cannot help."""

    limit: str
    by: float | None


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """Limits that cannot be kept together, and the least relaxations."""

    limits: tuple[str, ...]
    ways: tuple[Way, ...]
    short: tuple[Way, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the board shows. ``method`` says how it was found; ``free`` is the bound without any override.

    ``drawn`` says that equals were drawn by lot: only such an answer may be published. ``resolved`` says that each team was
    solved again with and without its place.
    """

    method: Literal["exact", "prices", "none"]
    value: float
    bound: float
    people: int
    placed: int
    lines: tuple[Line, ...]
    limits: tuple[Scarce, ...]
    plain: float
    plain_missed: int
    free: float
    stuck: Stuck | None = None
    drawn: bool = False
    resolved: bool = False

    def of(self, need: str) -> Line | None:
        """One team's line."""
        return next((line for line in self.lines if line.need == need), None)

    @property
    def gap(self) -> float:
        """By which share of the bound the value may be below the best."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0.0 else 0.0

    @property
    def plain_share(self) -> float:
        """What the plain ranking reaches, as a share of this allocation."""
        return self.plain / self.value if self.value > 0.0 else 1.0

    @property
    def plain_as_good(self) -> bool:
        """Whether ranking by direct output is good enough here."""
        return self.plain_share >= AS_GOOD and self.plain_missed == 0


def in_force(overrides: Sequence[Override]) -> dict[str, Override]:
    """Of each team the last override, unless it was released."""
    last = {one.need: one for one in overrides}
    return {need: one for need, one in last.items() if one.kind is not Kind.RELEASE}


def teams(asked: Sequence[Valued], plan: Plan, known: Sequence[Arrival]) -> list[Application]:
    """The batch as `supply` allocates it."""
    made = (application(one.wish, plan, known, one.values) for one in asked)
    return [one for one in made if one is not None]


def options(one: Application, plan: Plan) -> list[Given]:
    """The places that a team could have if nobody else were there."""
    problem = lay_out([one], plan.capacity, plan.budget)
    found = (problem.grant(0, option) for option in range(problem.value.size))
    return [Given(flight=each.flight, place=each.place, day=each.day) for each in found]


def decide(
    asked: Sequence[Valued],
    plan: Plan,
    known: Sequence[Arrival],
    overrides: Sequence[Override],
    *,
    seed: str,
    exact: bool,
) -> Answer:
    """Allocate the batch around the overrides. Not ``exact``: by prices, at once, where the batch is not a small one."""
    everyone = teams(asked, plan, known)
    held = in_force(overrides)
    asking = [one for one in everyone if one.id not in held or held[one.id].kind is not Kind.NO_PLACE]
    ids = {one.id for one in asking}
    promises = [
        Grant(application=one.need, flight=one.flight, place=one.place, day=one.day)
        for one in held.values()
        if one.kind is Kind.PLACE and one.need in ids
    ]
    people = sum(one.size for one in everyone)
    found, drawn = _found(asking, plan, promises, seed=seed, exact=exact or people <= AT_ONCE_PEOPLE)
    nights = {one.id: one.rooms_taken * one.nights for one in everyone}
    plain = _plain_ranks(asked, nights)
    if isinstance(found, Conflict):
        return _stuck(found, asked, plain, nights, people)
    free = found
    if held:
        other, _ = _found(everyone, plan, [], seed=seed, exact=False)
        free = other if isinstance(other, Allocation) else found
    resolve = drawn and found.method == "exact" and people <= (RESOLVED_PEOPLE if exact else AT_ONCE_PEOPLE)
    lines = _lines(asked, everyone, found, held, plain, nights, resolve)
    direct = {one.wish.id: one.direct for one in asked}
    reached, missed = in_turn(lay_out(everyone, plan.capacity, plan.budget), by_output(direct))
    return Answer(
        method=found.method,
        value=found.value,
        bound=found.bound,
        people=people,
        placed=sum(one.size for one in everyone if any(each.application == one.id for each in found.grants)),
        lines=lines,
        limits=_limits(everyone, plan, found, resolve=resolve),
        plain=reached,
        plain_missed=missed,
        free=max(free.bound, found.bound),
        drawn=drawn,
        resolved=resolve,
    )


def _found(
    asking: Sequence[Application], plan: Plan, promises: Sequence[Grant], *, seed: str, exact: bool
) -> tuple[Allocation | Conflict, bool]:
    """The allocation or the conflict, and whether equals were drawn by lot."""
    quick = None if exact else by_prices(asking, plan.capacity, plan.budget, seed=seed, promises=promises)
    if quick is not None:
        return quick, False
    return allocate(asking, plan.capacity, plan.budget, seed=seed, promises=promises), True


def _plain_ranks(asked: Sequence[Valued], nights: Mapping[str, int]) -> dict[str, int]:
    order = sorted(asked, key=lambda one: (-one.direct / nights[one.wish.id], one.wish.id))
    return {one.wish.id: place for place, one in enumerate(order, start=1)}


def _lines(
    asked: Sequence[Valued],
    everyone: Sequence[Application],
    found: Allocation,
    held: Mapping[str, Override],
    plain: Mapping[str, int],
    nights: Mapping[str, int],
    resolve: bool,
) -> tuple[Line, ...]:
    why = {one.application: one for one in explain_all(found)}
    grants = {one.application: one for one in found.grants}
    known = {one.id: one for one in everyone}
    unranked = len(why) + 1
    lines = []
    for one in asked:
        name, direct = one.wish.id, one.direct / nights[one.wish.id]
        grant, told = grants.get(name), why.get(name)
        given = None if grant is None else Given(flight=grant.flight, place=grant.place, day=grant.day)
        again = explain(found, name).resolved if resolve and told is not None and told.options else None
        option = _option(told)
        lines.append(
            Line(
                need=name,
                rank=unranked if told is None else told.rank,
                plain_rank=plain[name],
                value=known[name].value_on(grant.day) if grant is not None else option.value if option else 0.0,
                direct_per_room_night=direct,
                given=given,
                override=held[name].kind if name in held else None,
                profit=option.profit if option else None,
                taken=tuple(Taken(limit=c.limit, takes=c.takes, price=c.price) for c in option.charges) if option else (),
                rise_least=again.least if again else None,
                rise_most=again.most if again else None,
                factor=one.factor,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.rank, line.plain_rank)))


def _option(told: Explanation | None) -> Weighed | None:
    if told is None or not told.options:
        return None
    return next((one for one in told.options if one.grant == told.granted), told.options[0])


def _limits(everyone: Sequence[Application], plan: Plan, found: Allocation, *, resolve: bool) -> tuple[Scarce, ...]:
    whole = lay_out(everyone, plan.capacity, plan.budget)
    used = _used(whole, found)
    priced = np.flatnonzero(found.prices > 1e-12)
    again = set(priced[np.argsort(-found.prices[priced], kind="stable")][:MOST_RESOLVED_LIMITS].tolist()) if resolve else set()
    plain = replace(found, method="prices")
    made = []
    for row in range(whole.shape.rows):
        kind, of, number = parts(whole.limit_name(row))
        worth = worth_of_one_more(found if row in again else plain, row)
        made.append(
            Scarce(
                kind=kind, of=of, number=number, has=float(whole.limits[row]), used=float(used[row]),
                price=worth.price, least=worth.least, most=worth.most,
            )
        )  # fmt: skip
    return tuple(made)


def _used(whole: Problem, found: Allocation) -> Floats:
    grants = {one.application: one for one in found.grants}
    taken = np.zeros(whole.value.size)
    for team, one in enumerate(whole.applications):
        if one.id in grants:
            taken[whole.option_of(team, grants[one.id])] = 1.0
    return np.asarray(use_matrix(whole) @ taken)


def parts(limit: str) -> tuple[str, str, int]:
    """A limit's kind, what it is of, and its day or week: of ``rooms North hotel day 3`` and its like."""
    kind, _, rest = limit.partition(" ")
    word = " week " if kind == "risk" else " day "
    of, found, number = rest.rpartition(word)
    return (kind, of, int(number)) if found and number.isdigit() else (kind, rest, 0)


def _stuck(
    found: Conflict, asked: Sequence[Valued], plain: Mapping[str, int], nights: Mapping[str, int], people: int
) -> Answer:
    lines = [
        Line(
            need=one.wish.id,
            rank=plain[one.wish.id],
            plain_rank=plain[one.wish.id],
            value=max(one.values),
            direct_per_room_night=one.direct / nights[one.wish.id],
            given=None,
            factor=one.factor,
        )
        for one in asked
    ]
    return Answer(
        method="none",
        value=0.0,
        bound=0.0,
        people=people,
        placed=0,
        lines=tuple(sorted(lines, key=lambda line: line.rank)),
        limits=(),
        plain=0.0,
        plain_missed=0,
        free=0.0,
        stuck=Stuck(
            limits=found.limits,
            ways=tuple(Way(limit=one.limit, by=one.by) for one in found.relaxations),
            short=tuple(Way(limit=one.limit, by=one.by) for one in found.floors_short),
        ),
    )


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a sponsor reads of its own team once places are published, and of the batch as a whole."""

    line: Line
    method: str
    gap: float
    seed: str
    teams: int
    people: int
    placed: int
    plain_as_good: bool
    first_day: date
    reason: str = ""  # of an override


def outcomes(answer: Answer, plan: Plan, overrides: Sequence[Override], seed: str) -> dict[str, Outcome]:
    """The outcome of each team of the batch."""
    held = in_force(overrides)
    return {
        line.need: Outcome(
            line=line,
            method=answer.method,
            gap=answer.gap,
            seed=seed,
            teams=len(answer.lines),
            people=answer.people,
            placed=answer.placed,
            plain_as_good=answer.plain_as_good,
            first_day=plan.first_day,
            reason=held[line.need].reason if line.need in held else "",
        )
        for line in answer.lines
    }
