"""The scenario that the forecast is measured on: a border with quarantine, three tests and a watch for symptoms.

All measurements of a run take their people and itineraries from here. Delta's profile reads infectiousness and tests against
the time since infection; that of the ancestral virus reads infectiousness against the onset of symptoms, so that the fast
quadrature must also sum over incubation periods.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fastchannel.forecast.grid.grid import Prepared, prepare
from fastchannel.forecast.individuals.shared_travellers import Policy, Sample
from fastchannel.forecast.infection.course import Assay
from fastchannel.forecast.infection.distributions import Growing
from fastchannel.forecast.infection.draws import sample
from fastchannel.forecast.infection.pathogens import Pathogen, shipped_profile
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Outbreak, Problem, Stratum

SINCE_INFECTION = "sars-cov-2-delta"
SINCE_ONSET = "sars-cov-2-ancestral"
ASSAYS = ("naat", "antigen")
FLIGHT_DAYS = 0.5
GROWTH_PER_DAY = 0.05
IN_QUARANTINE = 0.1  # contact towards the community, as a share of that at large
OUTBREAK = Outbreak(reproduction_number=1.5, dispersion=0.3)


def stratum_of(pathogen: Pathogen) -> Stratum:
    """Travellers from a growing epidemic whose infection is not over at departure."""
    exposure = Growing(-pathogen.active_days, 0.0, GROWTH_PER_DAY)
    return Stratum(name="travellers", weight=1.0, exposure=exposure, course=pathogen.course, active_at=0.0)


def assays_of(pathogen: Pathogen, *, correlated: bool = True) -> tuple[Assay, ...]:
    """The tests of the itineraries, correlated within a person as the profile has them or not at all."""
    found = tuple(pathogen.assays[name] for name in ASSAYS)
    return found if correlated else tuple(replace(assay, correlation=0.0) for assay in found)


def journey(
    *, before_days: float = 2.0, quarantine_days: float = 7.0, last_test: float = 0.8, watched: bool = True
) -> Itinerary:
    """A NAAT ``before_days`` before departure, an antigen test on arrival, a NAAT at a share ``last_test`` of quarantine."""
    release = FLIGHT_DAYS + quarantine_days
    last = FLIGHT_DAYS + last_test * quarantine_days
    watch = Watch(id="watch", start=FLIGHT_DAYS, end=release, compliance=0.5, delay=0.5)
    return Itinerary(
        stays=(
            Stay(id="home", start=-1_000.0, region="origin"),
            Stay(id="flight", start=0.0, region="transit", contact=0.5, baseline=0.0, inside=0.1),
            Stay(id="hotel", start=FLIGHT_DAYS, region="quarantine", contact=IN_QUARANTINE, inside=0.05, workers=0.05),
            Stay(id="free", start=release, region="community"),
        ),
        screens=(
            Screen(id="before", assay=0, sampled=-before_days, effect=0.0, reach=0.9),
            Screen(id="arrival", assay=1, sampled=FLIGHT_DAYS, effect=FLIGHT_DAYS + 0.02, reach=0.95),
            Screen(id="last", assay=0, sampled=last, effect=min(last + 1.0, release), reach=0.95),
        ),
        watches=(watch,) if watched else (),
        release=release,
        completion=release,
    )


def problem(profile: str, *, correlated: bool = True, watched: bool = True) -> Problem:
    """People of a profile on one itinerary of three tests."""
    pathogen = shipped_profile(profile).at()
    return Problem(
        strata=(stratum_of(pathogen),),
        assays=assays_of(pathogen, correlated=correlated),
        itinerary=journey(watched=watched),
        outbreak=OUTBREAK,
    )


def itineraries(count: int, *, watched: bool = True, seed: int = 20_200_501) -> list[Itinerary]:
    """So many different itineraries, the same for the same seed."""
    drawn = np.random.default_rng(seed).random((count, 3)).tolist()
    return [
        journey(before_days=0.5 + 2.5 * a, quarantine_days=1.0 + 13.0 * b, last_test=c, watched=watched) for a, b, c in drawn
    ]


def policies(count: int, seed: int = 20_200_501) -> list[Policy]:
    """So many policies of two tests, which act at the end of quarantine: what policies on shared travellers can be."""
    naat, antigen = (assay.sensitivity.curve for assay in assays_of(shipped_profile(SINCE_INFECTION).at()))
    assert naat is not None
    assert antigen is not None
    return [
        Policy(
            samples=(
                Sample(sensitivity=antigen, sampled=FLIGHT_DAYS, reach=0.95),
                Sample(sensitivity=naat, sampled=FLIGHT_DAYS + float(b) * (1.0 + 13.0 * float(a)), reach=0.95),
            ),
            arrival=FLIGHT_DAYS,
            release=FLIGHT_DAYS + 1.0 + 13.0 * float(a),
            contact=IN_QUARANTINE,
        )
        for a, b in np.random.default_rng(seed).random((count, 2))
    ]


def draws(count: int, profile: str = SINCE_INFECTION, seed: int = 1) -> list[Prepared]:
    """The people at draws of everything that their profile does not know exactly."""
    text = shipped_profile(profile)
    pathogens = [text.at(draw) for draw in sample(text.unknowns, count, seed)]
    return [prepare((stratum_of(pathogen),), assays_of(pathogen), OUTBREAK) for pathogen in pathogens]
