"""Profiles of pathogens: what is known of an infection, every figure with its source and interval.

A profile is a text in ``library/pathogens``, or one that the user writes. `Profile.at` gives the pathogen at one draw of its
unknowns; with no draw, at the figures' own values.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Curve, Moved, normalised
from fastchannel.forecast.infection.draws import Chooser, Draw
from fastchannel.forecast.reading.curve_text import CURVE_KEYS, LEAST_SIZE, read_curve, read_duration, within
from fastchannel.forecast.reading.texts import BESIDE, Figure, Part, Text
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Assay as Kind
from fastchannel.terms.language import LANGUAGES

SINCE = ("infection", "onset")
_FIGURES = ("reproduction_number", "dispersion", "asymptomatic", "latent_days", "generation_interval", "over_days")
_PREFIX = "pathogen."


class PathogenError(FastChannelError):
    """There is no profile of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Immunity:
    """What immunity does to a traveller who has it: shares by which it lowers each, from 0 to 1."""

    kind: str
    against_infection: float
    against_symptoms: float
    against_transmission: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathogen:
    """One draw of a profile. ``turnaround_days`` is from sample to result, by kind of test."""

    course: Course
    assays: dict[str, Assay]
    turnaround_days: dict[str, float]
    reproduction_number: float
    dispersion: float
    generation_days: float  # the mean of the published generation interval
    immunity: Immunity | None

    @property
    def implied_generation_days(self) -> float:
        """The mean generation interval that incubation and infectiousness add up to, for a symptomatic person."""
        response = self.course.infectiousness
        if response.curve is None:
            return math.nan
        low, high = response.curve.support
        times = np.unique(np.concatenate((np.linspace(low, high, 20_001), response.curve.kinks)))
        weights = response.curve.values(times)
        incubation = sum(stage.duration.mean for stage in self.course.stages[: response.marker])
        return incubation + float(np.trapezoid(times * weights, times) / np.trapezoid(weights, times))

    @property
    def active_days(self) -> float:
        """An infection age by which nearly every infection is over."""
        course = self.course
        incubation = sum(
            float(stage.duration.quantile(np.array([0.9999]))[0]) for stage in course.stages[: course.infectiousness.marker]
        )
        return incubation + course.spans[2]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile as it was written, checked. ``name`` is what agreements call the pathogen; ``unknowns`` can be drawn."""

    id: str
    name: str
    title: dict[str, str]
    note: str
    digest: str
    written: str
    unknowns: tuple[str, ...]

    def at(self, draw: Draw | None = None) -> Pathogen:
        """The pathogen at one draw of its unknowns; without one, at the figures' own values."""
        text = Text.read(self.written, name=self.id)
        text.choose = Chooser(draw or {}, _PREFIX)
        found = _pathogen(text.whole)
        text.finish()
        return found


def load_profile(written: str | bytes, *, name: str = "<profile>") -> Profile:
    """Read a profile. Raises TextError with every mistake."""
    text = Text.read(written, name=name)
    chooser = Chooser(prefix=_PREFIX)
    text.choose = chooser
    head = text.whole.needed("pathogen", "what the profile is called")
    head.only(("id", "title", "name", "note"))
    title = head.needed("title", "its title by language")
    title.only([*(language.partition("-")[0] for language in LANGUAGES), *LANGUAGES])
    pathogen = _pathogen(text.whole)
    identifier, pathogen_name, note = head.words("id"), head.words("name"), head.words("note", "")
    titles = {key: title.words(key) for key in title.raw}
    if not text.found:
        _check_generation(text.whole, pathogen, chooser.met.get(f"{_PREFIX}infectiousness.generation_interval"))
    text.finish()
    return Profile(
        id=identifier,
        name=pathogen_name,
        title=titles,
        note=note,
        digest="sha256:" + hashlib.sha256(text.written.encode()).hexdigest(),
        written=text.written,
        unknowns=tuple(chooser.met),
    )


@cache
def shipped_profiles() -> dict[str, Profile]:
    """The profiles that come with the package, by identifier."""
    folder = files("fastchannel") / "library" / "pathogens"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    profiles = [load_profile(entry.read_bytes(), name=f"pathogens/{entry.name}") for entry in entries]
    return {profile.id: profile for profile in profiles}


def shipped_profile(identifier: str) -> Profile:
    """One of them. Raises PathogenError."""
    found = shipped_profiles().get(identifier)
    if found is None:
        raise PathogenError(f'there is no profile "{identifier}"; there are {", ".join(shipped_profiles())}')
    return found


def _pathogen(whole: Part) -> Pathogen:
    whole.only(("pathogen", "incubation", "symptoms", "infectiousness", "test", "immunity"))
    incubation_part = whole.needed("incubation", "the time from infection to onset")
    beside = {key: value for key, value in incubation_part.raw.items() if key not in BESIDE}
    incubation = read_duration(Part(whole.text, beside, incubation_part.place))
    symptoms = whole.needed("symptoms", "who shows symptoms and how long")
    symptoms.only(("asymptomatic", "days"))
    infectiousness = whole.needed("infectiousness", "when an infected person infects others")
    infectiousness.only(("since", *CURVE_KEYS, *_FIGURES, *BESIDE))
    reproduction_number = infectiousness.number("reproduction_number", above=0.0)
    curve = normalised(_curve(infectiousness))
    marker = SINCE.index(infectiousness.choice("since", SINCE))
    for key in ("latent_days", "over_days"):
        if key in infectiousness:
            infectiousness.number(key, above=0.0)
    course = Course(
        stages=(Stage(name="incubation", duration=incubation),),
        onset=1,
        symptomatic=1.0 - symptoms.number("asymptomatic", low=0.0, high=1.0),
        symptoms_days=symptoms.number("days", above=0.0),
        infectiousness=Response(marker=marker, curve=Moved(curve, factor=reproduction_number)),
        asymptomatic_factor=infectiousness.number("asymptomatic", low=0.0),
    )
    assays, turnaround = _tests(whole, course.infectiousness)
    return Pathogen(
        course=course,
        assays=assays,
        turnaround_days=turnaround,
        reproduction_number=reproduction_number,
        dispersion=infectiousness.number("dispersion", above=0.0),
        generation_days=infectiousness.number("generation_interval", above=0.0),
        immunity=_immunity(whole),
    )


def _curve(part: Part) -> Curve:
    """The curve of a table that has other keys beside it."""
    curve = read_curve(Part(part.text, {key: part.raw[key] for key in CURVE_KEYS if key in part.raw}, part.place))
    within(part, curve, 0.0, math.inf, "infectiousness")
    if not curve.total >= LEAST_SIZE:
        part.wrong(None, "a curve that is somewhere above nought")
        return read_curve(Part(part.text, {"uniform": [0.0, 10.0]}, part.place))
    return curve


def _tests(whole: Part, infectiousness: Response) -> tuple[dict[str, Assay], dict[str, float]]:
    assays: dict[str, Assay] = {}
    turnaround: dict[str, float] = {}
    kinds = tuple(kind.value for kind in Kind)
    tests = whole.needed("test", "how tests work in infected people")
    tests.only(kinds)
    for name, part in tests.named():
        if name not in kinds:
            continue
        known = ("since", "specificity", "turnaround_days", "correlation", *BESIDE)
        part.only((*known, *CURVE_KEYS))
        keys = {key: value for key, value in part.raw.items() if key in CURVE_KEYS}
        marker = SINCE.index(part.choice("since", SINCE))
        level = infectiousness.curve if marker == infectiousness.marker else None
        named = {"infectiousness": level} if level is not None else {}
        curve = read_curve(Part(part.text, keys, part.place), named, (0.0, 1.0))
        within(part, curve, 0.0, 1.0, "a sensitivity")
        assays[name] = Assay(
            name=name,
            sensitivity=Response(marker=marker, curve=curve),
            correlation=part.number("correlation", 0.0, low=0.0, high=0.99),
            specificity=part.number("specificity", low=0.0, high=1.0),
        )
        turnaround[name] = part.number("turnaround_days", low=0.0, high=30.0)
    return assays, turnaround


def _immunity(whole: Part) -> Immunity | None:
    part = whole.part("immunity")
    if part is None:
        return None
    part.only(("kind", "against_infection", "against_symptoms", "against_transmission", *BESIDE))
    return Immunity(
        kind=part.words("kind"),
        against_infection=part.number("against_infection", low=0.0, high=1.0),
        against_symptoms=part.number("against_symptoms", low=0.0, high=1.0),
        against_transmission=part.number("against_transmission", low=0.0, high=1.0),
    )


def _check_generation(whole: Part, pathogen: Pathogen, published: Figure | None) -> None:
    """Incubation and infectiousness must add up to the generation interval that was published."""
    implied = pathogen.implied_generation_days
    if published is not None and not published.low <= implied <= published.high:
        whole.text.wrong(
            ("infectiousness", "generation_interval"),
            f"{published.low:g} to {published.high:g} days, while incubation and infectiousness give {implied:.2f}",
            "figures that agree with each other",
        )
