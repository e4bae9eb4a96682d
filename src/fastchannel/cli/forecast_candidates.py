"""What a sweep goes over: the ways to write a route, and the travellers at each draw of the pathogen's figures."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.design.amendment_words import plain_amendment
from fastchannel.forecast.design.amendments import Amendment
from fastchannel.forecast.design.run import Setting
from fastchannel.forecast.design.space import default_space
from fastchannel.forecast.forecast import incidence_of
from fastchannel.forecast.grid import grid
from fastchannel.forecast.infection.draws import sample
from fastchannel.forecast.infection.pathogens import Profile
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.measures import RouteReading
from fastchannel.forecast.practice import PracticeText
from fastchannel.forecast.problem import Outbreak
from fastchannel.forecast.situation import Situation, infected_travellers
from fastchannel.terms.events import Assay


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """``amendments`` and ``itineraries`` by position, ``people`` by draw: the first has the figures' own values."""

    amendments: tuple[tuple[Amendment, ...], ...]
    itineraries: tuple[Itinerary, ...]
    people: tuple[grid.Prepared, ...]


def candidates_of(
    agreement: Agreement,
    profile: Profile,
    practice_text: PracticeText,
    situation: Situation,
    *,
    route: str,
    on: date,
    draws: int,
    seed: int,
) -> Candidates:
    """Every way of the default choices. Raises DesignError, ReadingError, SituationError."""
    pathogen, practice = profile.at(), practice_text.at()
    assays = frozenset(Assay(name) for name in pathogen.assays if name in tuple(Assay))
    space = default_space(agreement, assays, on=on, route=route).routes[0]
    setting = Setting(
        agreement=agreement,
        route=route,
        case=space.case,
        on=on,
        profile=profile,
        practice=practice_text,
        situation=situation,
    )
    ways = [setting.candidate(amendments) for amendments in space.candidates(agreement.provisions(space.case, on))]
    names = tuple(pathogen.assays)
    people = []
    for draw in [{}, *(sample(profile.unknowns, draws - 1, seed) if draws > 1 else ())]:
        drawn = profile.at(draw)
        outbreak = Outbreak(reproduction_number=practice.community_reproduction_number, dispersion=drawn.dispersion)
        strata = infected_travellers(incidence_of(situation, agreement, route), situation.immune, drawn, practice)
        people.append(grid.prepare(strata, tuple(drawn.assays[name] for name in names), outbreak))
    return Candidates(
        amendments=tuple(way.amendments for way in ways),
        itineraries=tuple(_with_assays(reading, names) for reading in setting.readings(ways, pathogen, practice)),
        people=tuple(people),
    )


def _with_assays(reading: RouteReading, names: tuple[str, ...]) -> Itinerary:
    """The itinerary with its screens counting in all of the pathogen's assays."""
    itinerary = reading.itinerary
    screens = tuple(replace(one, assay=names.index(reading.assays[one.assay])) for one in itinerary.screens)
    return replace(itinerary, screens=screens)


def write_candidates(found: Candidates, folder: Path) -> None:
    """Which amendments the itinerary at each position has."""
    plain = [[plain_amendment(amendment) for amendment in amendments] for amendments in found.amendments]
    (folder / "candidates.json").write_text(json.dumps(plain, ensure_ascii=False) + "\n", encoding="utf-8")
