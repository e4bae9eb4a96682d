"""Promises that cannot be kept: an agreement whose stated import budget its own measures do not meet.

The benefit of every doubt is the agreement's. A promise is broken only if, on some route, no profile of the pathogen that
ships and no draw of what is unknown keeps imports within the budget, at an incidence that the caller states; else at
`REFERENCE_PER_MILLION`: 10 new infections per million people and day, reported or not. That is a quiet epidemic (about 500 in
a week in a country of seven million): an agreement that cannot keep its budget then cannot keep it when it matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.mistakes import Found, Mistake
from fastchannel.agreement.toml import parsed, placed
from fastchannel.forecast.design.run import Setting
from fastchannel.forecast.design.space import most_common_case
from fastchannel.forecast.infection.draws import Draw, sample
from fastchannel.forecast.infection.pathogens import Profile, shipped_profiles
from fastchannel.forecast.measures import ReadingError
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.situation import Incidence, Situation

REFERENCE_PER_MILLION = 10.0
DRAWS, SEED = 4, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise that cannot be kept: on ``route`` at least ``least_per_million`` are imported, as ``profile`` has it.

    ``warning`` says where in the text the promise stands, what was found and what was expected.
    """

    budget_per_million: float
    route: str
    least_per_million: float
    profile: str
    incidence_per_million: float
    warning: Mistake


def broken_promise(
    agreement: Agreement,
    *,
    incidence_per_million: float = REFERENCE_PER_MILLION,
    on: date | None = None,
    name: str = "<text>",
) -> Promise | None:
    """The agreement's promise where its measures break it, on the route where they do most; else None.

    ``incidence_per_million`` is in new infections per million people and day; ``name`` says in messages which text it was.
    """
    budget = agreement.text.agreement.budget
    if budget is None:
        return None
    profiles = [one for one in shipped_profiles().values() if one.name == agreement.text.agreement.pathogen]
    situation = Situation(incidence={"": Incidence(per_day=incidence_per_million / 1e6)})
    broken: list[tuple[float, str, str]] = []
    for route in agreement.routes:
        least = _least(agreement, route, profiles, situation, on or agreement.in_force, budget.imports_per_million)
        if least is not None:
            broken.append((*least, route))
    if not broken:
        return None
    most, profile, route = max(broken)
    found = Found(
        ("agreement", "budget", "imports_per_million"),
        f"a budget of {budget.imports_per_million:g}, while the measures of the route {route} let through {most:.3g} or more",
        f"one that they can meet at {incidence_per_million:g} new infections per million people and day, or more measures",
        "The most favourable profile, practice and draw were taken: fastchannel forecast design looks for measures that do.",
    )
    warning = placed([found], agreement.written, parsed(agreement.written, name), name)[0]
    return Promise(
        budget_per_million=budget.imports_per_million,
        route=route,
        least_per_million=most,
        profile=profile,
        incidence_per_million=incidence_per_million,
        warning=warning,
    )


def _least(
    agreement: Agreement, route: str, profiles: list[Profile], situation: Situation, on: date, budget: float
) -> tuple[float, str] | None:
    """The least imports per million of any profile and draw, and whose; None where some keep the budget, or no profile fits."""
    least: tuple[float, str] | None = None
    practice = default_practice()
    for profile in profiles:
        setting = Setting(
            agreement=agreement,
            route=route,
            case=most_common_case(agreement, route, on),
            on=on,
            profile=profile,
            practice=practice,
            situation=situation,
        )
        draws: list[Draw] = [{}, *sample((*profile.unknowns, *practice.unknowns), DRAWS, SEED)]
        try:
            for draw in draws:  # one by one: the first that keeps the budget settles it
                reached = float(setting.reached([setting.candidate(())], [draw])[0, 0])
                if reached <= budget:
                    return None
                least = min(least or (reached, profile.id), (reached, profile.id))
        except ReadingError:  # it knows no such test: nothing can be said by this profile
            continue
    return least
