"""From the text of a scenario to problems: one for each case and draw (docs/how-to/write-a-scenario.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastchannel.agreement.mistakes import Found
from fastchannel.agreement.reading import nearest
from fastchannel.forecast.infection.course import Assay, Course
from fastchannel.forecast.infection.draws import Chooser, Draw
from fastchannel.forecast.infection.pathogens import Pathogen, PathogenError, shipped_profile, shipped_profiles
from fastchannel.forecast.problem import Outbreak, Problem
from fastchannel.forecast.quadrature.quadrature import TOLERANCE
from fastchannel.forecast.reading.course_text import NOTES, read_assays, read_course
from fastchannel.forecast.reading.texts import Part, Text
from fastchannel.forecast.scenario.arrivals_text import Group, read_arrivals
from fastchannel.forecast.scenario.cases import NAME, Case, case_text
from fastchannel.forecast.scenario.draws import Drawn
from fastchannel.forecast.scenario.itinerary_text import Way, named_steps, read_itinerary

ENGINES = ("quadrature", "individuals")
MOST_PEOPLE = 1_000_000_000
TABLES = (
    "scenario", "values", "vary", "course", "test", "arrivals", "itinerary", "workers", "outbreak", "draws", "report",
    "compare",
)  # fmt: skip
_PREFIX = "scenario."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The heading of a scenario: what it is called, where it is from, and how it is answered."""

    id: str
    title: str
    source: str
    doi: str
    note: str
    pathogen: str
    engine: str
    tolerance: float
    people: int
    seed: int


def read_settings(part: Part) -> Settings:
    part.only(("id", "title", "pathogen", "engine", "tolerance", "people", "seed", *NOTES))
    pathogen = part.words("pathogen", "")
    if pathogen and pathogen not in shipped_profiles():
        known = tuple(shipped_profiles())
        part.wrong("pathogen", f"one of {', '.join(known)}", nearest(pathogen, known))
    return Settings(
        id=part.words("id"),
        title=part.words("title", ""),
        source=part.words("source", ""),
        doi=part.words("doi", ""),
        note=part.words("note", ""),
        pathogen=pathogen,
        engine=part.choice("engine", ENGINES, "quadrature"),
        tolerance=part.number("tolerance", TOLERANCE, low=1e-10, high=0.1),
        people=int(part.number("people", 1_000_000.0, low=1.0, high=MOST_PEOPLE)),
        seed=int(part.number("seed", 1.0, low=0.0, high=2.0**53)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A case at one draw, ready for an engine."""

    problem: Problem
    groups: tuple[Group, ...]
    way: Way
    workers: Way | None
    quantities: dict[str, float]
    unknowns: tuple[str, ...]  # the figures with intervals that were read


@dataclass(frozen=True, slots=True)
class _Biology:
    course: Course
    assays: dict[str, Assay]


class CaseReader:
    """Reads the cases of one scenario; what is the same in many of them is read once."""

    def __init__(self, text: Text, settings: Settings) -> None:
        self.text, self.settings = text, settings
        self._kept: dict[tuple[str, tuple[tuple[str, float], ...]], _Biology] = {}

    def prepared(self, case: Case, drawn: Drawn) -> Prepared:
        """The problem of a case. Raises TextError."""
        chooser = Chooser(drawn.unknowns, _PREFIX)
        given = Text(self.text.raw, written=self.text.written, name=self.text.name, folder=self.text.folder, choose=chooser)
        text = case_text(given, case, drawn.values)
        whole = text.whole
        pathogen, profile_unknowns = self._pathogen(text, drawn.unknowns)
        biology = self._biology(whole, pathogen, remembered=not drawn.unknowns)
        names = tuple(biology.assays)
        groups = read_arrivals(whole, biology.course)
        way = read_itinerary(whole.needed("itinerary", "what the travellers pass through"), names, case)
        workers = whole.part("workers")
        problem = Problem(
            strata=tuple(group.stratum for group in groups),
            assays=tuple(biology.assays.values()),
            itinerary=way.itinerary,
            outbreak=_outbreak(whole.part("outbreak"), pathogen),
        )
        working = read_itinerary(workers, names, case) if workers else None
        if str(case):
            text.found = [_in_case(mistake, case) for mistake in text.found]
        text.finish()
        unknowns = (*profile_unknowns, *chooser.met)
        return Prepared(problem=problem, groups=groups, way=way, workers=working, quantities=text.values, unknowns=unknowns)

    def _pathogen(self, text: Text, draw: Draw) -> tuple[Pathogen | None, tuple[str, ...]]:
        if not self.settings.pathogen:
            return None, ()
        try:
            profile = shipped_profile(self.settings.pathogen)
        except PathogenError:
            text.wrong(("scenario", "pathogen"), f'"{self.settings.pathogen}"', "a profile that there is")
            return None, ()
        return profile.at(draw), profile.unknowns

    def _biology(self, whole: Part, pathogen: Pathogen | None, *, remembered: bool) -> _Biology:
        """The course and the tests. They are kept by their words and the quantities that these name."""
        words = repr([whole.raw.get(key) for key in ("course", "test")])
        named = {*NAME.findall(words), "draw"}
        key = words, tuple((name, value) for name, value in sorted(whole.text.values.items()) if name in named)
        if remembered and key in self._kept:
            return self._kept[key]
        before = len(whole.text.found)
        part = whole.part("course") if pathogen else whole.needed("course", "the course of the infection, or a pathogen above")
        course = read_course(part or Part(whole.text, {}, ("course",)), pathogen)
        assays = read_assays(whole.part("test") or Part(whole.text, {}, ("test",)), course, pathogen)
        found = _Biology(course, assays)
        if remembered and len(whole.text.found) == before:
            self._kept[key] = found
        return found


def _outbreak(part: Part | None, pathogen: Pathogen | None) -> Outbreak:
    """How an import grows: what the scenario says, else the pathogen's dispersion and no growth."""
    part = part or Part(Text({}), {}, ())
    part.only(("reproduction_number", "dispersion", *NOTES))
    return Outbreak(
        reproduction_number=part.number("reproduction_number", 1.0, above=0.0),
        dispersion=part.number("dispersion", pathogen.dispersion if pathogen else 1.0, above=0.0),
    )


def _in_case(mistake: Found, case: Case) -> Found:
    hint = f"{mistake.hint} In the case {case}." if mistake.hint else f"In the case {case}."
    return replace(mistake, hint=hint)


def check_steps(whole: Part, cases: list[Case]) -> None:
    """Options must name tests and watches that are written."""
    tests: set[str] = set()
    watches: set[str] = set()
    for key in ("itinerary", "workers"):
        if key in whole and (part := whole.part(key)):
            found = named_steps(part)
            tests |= set(found[0])
            watches |= set(found[1])
    for what, known, chosen in (
        ("tests", tests, {name for case in cases for name in case.tests or ()}),
        ("watches", watches, {name for case in cases for name in case.watches or ()}),
    ):
        for name in sorted(chosen - known):
            listed = ", ".join(sorted(known)) or "none"
            whole.text.wrong(("vary",), f'"{name}" among the {what}', f"one of {listed}", nearest(name, sorted(known)))
