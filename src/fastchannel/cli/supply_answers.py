"""What the commands of ``fastchannel supply`` answer: plain values for JSON, and lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click
import numpy as np

from fastchannel.cli.batch import available_cores
from fastchannel.cli.supply_options import Asked
from fastchannel.cli.supply_spread import spread
from fastchannel.cli.supply_tables import economy_of, named, read_table, repaired
from fastchannel.supply.chain.closed_forms import extraction, multipliers
from fastchannel.supply.chain.economy import Economy
from fastchannel.supply.chain.faults import check
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.public_weights import read_weights, shipped_weights, weights_of
from fastchannel.supply.chain.reading_capacity import read_capacity
from fastchannel.supply.chain.reading_sites import read_sites
from fastchannel.supply.chain.table import Floats
from fastchannel.supply.chain.words import change_words, fault_words
from fastchannel.supply.value.in_turn import Turn, Valuation, in_turn
from fastchannel.supply.value.marginals import Marginal, Shortage, marginals_spread
from fastchannel.supply.value.ranking import Comparison, compare, rank_agreement
from fastchannel.supply.value.reading_admitted import read_admitted
from fastchannel.supply.value.reading_applications import read_applications
from fastchannel.supply.value.value import Worth
from fastchannel.supply.value.words import comparison_words, worth_words
from fastchannel.terms.language import N_, translate

WEEK = 7
PARTS_A_WORKER = 4  # that none waits long for the slowest
LOST = N_("{industry}: loses {lost} of {normal} ({share})")
ALL_LOST = N_("All industries lose {lost} of {normal} ({share}); by week: {weeks}")
EXTRACTED = N_("Without {industry} all industries lose {table} against the table, {solution} against its balanced solution")
MULTIPLIER = N_("{industry}: multiplier {multiplier}")
CRITICAL = N_("{industry}: {worth} for each unit of its output ({amplification} without weights; multiplier {multiplier})")
AGREEMENT = N_("Rank agreement of the amplification at this shortage with the multiplier: {agreement}")
WORTH = N_("{place}. {identifier}: {value} for each room-night; plain ranking: place {plain}")

Answer = tuple[dict[str, Any], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the options of ``criticality`` ask, files by their names."""

    capacity: str
    days: int
    first_day: int
    last_day: int
    weights: str | None
    classification: str | None
    sites: str | None
    links: str | None
    posts: str | None
    applications: str | None
    admitted: str | None
    arrival_days: int
    room_nights: int
    workers: int | None
    engine: str


def chain_answer(asked: Asked, *, capacity: str | None, days: int, extract: str | None, top: int, language: str) -> Answer:
    """Faults, repairs, multipliers, and what a shortage takes. Raises FastChannelError."""
    mended = repaired(read_table(asked), asked)
    faults = check(mended.table, tolerance=asked.tolerance)
    found: dict[str, Any] = {"faults": [asdict(one) for one in faults], "changes": [asdict(one) for one in mended.changes]}
    lines = [change_words(one, language) for one in mended.changes] + [fault_words(one, language) for one in faults]
    strength = multipliers(mended.table)
    names = [str(one) for one in mended.table.industries]
    found["multipliers"] = dict(zip(names, strength.tolist(), strict=True))
    lines += [
        translate(MULTIPLIER, language, industry=names[n], multiplier=f"{strength[n]:.4f}") for n in _first(strength, top)
    ]
    if extract:
        gone = extraction(mended.table, extract)
        found["extraction"] = asdict(gone)
        figures = {"table": f"{gone.against_table:,.0f}", "solution": f"{gone.against_solution:,.0f}"}
        lines.append(translate(EXTRACTED, language, industry=extract, **figures))
    if capacity:
        economy = economy_of(mended.table, asked)
        short = read_capacity(*named(capacity), mended.table, days)
        found["run"], said = _run(economy, short, top, language)
        lines += said
    return found, lines


def criticality_answer(asked: Asked, question: Question, *, top: int, language: str) -> Answer:
    """Industries and applications by what they are worth. Raises FastChannelError."""
    economy, found = worked_out(
        asked,
        capacity=question.capacity,
        days=question.days,
        first_day=question.first_day,
        last_day=question.last_day,
        weights=question.weights,
        classification=question.classification,
        workers=question.workers,
        engine=question.engine,
    )
    shown, lines = _industries(economy, found, top, language)
    if question.applications:
        if not question.sites:
            raise click.UsageError("--applications needs --sites: where the people would work")
        network = read_sites(
            economy.table,
            sites=named(question.sites),
            links=named(question.links) if question.links else None,
            posts=named(question.posts) if question.posts else None,
        )
        valuation = Valuation(
            table=economy.table,
            network=network,
            marginals={one.industry: one for one in found},
            admitted=read_admitted(*named(question.admitted)) if question.admitted else {},
        )
        turns = in_turn(read_applications(*named(question.applications)), valuation, question.arrival_days)
        worths = [one.worth for one in turns]
        ranking = compare(worths, question.room_nights)
        shown |= {"applications": [_turn(one) for one in turns], "ranking": _ranking(ranking)}
        lines += _applications(worths, ranking, language)
    return shown, lines


def worked_out(
    asked: Asked,
    *,
    capacity: str,
    days: int,
    weights: str | None,
    classification: str | None,
    workers: int | None,
    engine: str,
    first_day: int = 0,
    last_day: int | None = None,
) -> tuple[Economy, tuple[Marginal, ...]]:
    """The economy of a table and every industry's marginal at a shortage. Raises FastChannelError."""
    economy = economy_of(repaired(read_table(asked), asked).table, asked)
    groups = read_weights(*named(weights)) if weights else shipped_weights()
    shortage = Shortage(
        capacity=read_capacity(*named(capacity), economy.table, days),
        weights=weights_of(groups, economy.table, classification) if classification else np.ones(economy.count),
        first_day=first_day,
        last_day=days - 1 if last_day is None else last_day,
    )
    cores = workers or available_cores()
    return economy, marginals_spread(economy, shortage, spread(engine, cores), parts=cores * PARTS_A_WORKER)


def _run(economy: Economy, capacity: Floats, top: int, language: str) -> tuple[dict[str, Any], list[str]]:
    course = propagate(economy, capacity, behaviour=Behaviour(labour_follows=True))
    normal = economy.output * len(capacity)
    lost = normal - course.output.sum(axis=0)
    by_day = economy.output.sum() - course.output.sum(axis=1)
    weeks = [float(by_day[start : start + WEEK].sum()) for start in range(0, len(by_day), WEEK)]
    names = [str(one) for one in economy.table.industries]
    found = {"lost": dict(zip(names, lost.tolist(), strict=True)), "lost_by_week": weeks, "normal": float(normal.sum())}
    lines = [translate(LOST, language, industry=names[n], **_of(lost[n], normal[n])) for n in _first(lost, top)]
    said = ", ".join(f"{one:,.0f}" for one in weeks)
    return found, [*lines, translate(ALL_LOST, language, weeks=said, **_of(float(lost.sum()), float(normal.sum())))]


def _industries(economy: Economy, found: Sequence[Marginal], top: int, language: str) -> tuple[dict[str, Any], list[str]]:
    strength = multipliers(economy.table)
    amplified, worth = (np.array([getattr(one, name) for one in found]) for name in ("amplification", "worth"))
    agreement = rank_agreement(amplified, strength)
    rows = [asdict(one) | {"multiplier": float(known)} for one, known in zip(found, strength, strict=True)]
    lines = [
        translate(
            CRITICAL,
            language,
            industry=found[n].industry,
            worth=f"{worth[n]:.2f}",
            amplification=f"{amplified[n]:.2f}",
            multiplier=f"{strength[n]:.2f}",
        )
        for n in _first(worth, top)
    ]
    said = "–" if agreement is None else f"{agreement:.2f}"
    return {"industries": rows, "agreement": agreement}, [*lines, translate(AGREEMENT, language, agreement=said)]


def _applications(worths: Sequence[Worth], ranking: Comparison, language: str) -> list[str]:
    by_name = {one.identifier: one for one in worths}
    plain = {name: place for place, name in enumerate(ranking.by_direct_output, start=1)}
    lines = []
    for place, name in enumerate(ranking.by_value, start=1):
        one = by_name[name]
        figures = {"value": f"{one.per_room_night:,.4g}", "plain": plain[name]}
        lines.append(translate(WORTH, language, place=place, identifier=name, **figures))
        lines.append(f"    {worth_words(one, language)}")
    return [*lines, comparison_words(ranking, language)]


def _turn(turn: Turn) -> dict[str, Any]:
    return asdict(turn.worth) | {"admitted": dict(turn.admitted), "values": list(turn.values)}


def _ranking(ranking: Comparison) -> dict[str, Any]:
    return asdict(ranking) | {"gained": ranking.gained, "as_good": ranking.as_good}


def _first(figures: Floats, top: int) -> list[int]:
    return [int(one) for one in np.argsort(-figures, kind="stable")[:top]]


def _of(part: float, whole: float) -> dict[str, str]:
    return {"lost": f"{part:,.0f}", "normal": f"{whole:,.0f}", "share": f"{part / whole:.2%}"}
