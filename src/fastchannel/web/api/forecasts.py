"""Forecasts over the API: the figures of the page where an agreement is designed."""

from __future__ import annotations

import math
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema
from pydantic import Field

from fastchannel.casework.actor import Actor
from fastchannel.casework.forecasts import (
    Held,
    Outcome,
    Outlook,
    People,
    hold,
    people_of,
    usual_profile,
    usual_travellers,
)
from fastchannel.casework.permissions import Action, Subject, check
from fastchannel.casework.proposals import Proposal, proposal_of
from fastchannel.forecast.figures import UNITS
from fastchannel.forecast.infection.pathogens import shipped_profiles
from fastchannel.forecast.measures import ReadingError
from fastchannel.forecast.situation import SituationError
from fastchannel.terms.events import Assay
from fastchannel.web.api import schemas
from fastchannel.web.api.problems import denied, problem
from fastchannel.web.engine import engine
from fastchannel.web.views.forecasts import known_text

router = Router(tags=["forecast"])
ERRORS = frozenset({401, 403, 404, 422, 503})
RETRY_SECONDS = "5"
NONE = "none"


class ForecastIn(Schema):
    """What is not given is as the text has it; ``none`` stands for no test. Rates are per day, shares from 0 to 1."""

    group: Annotated[int, Field(ge=0, le=99)] = 0
    first_test: Annotated[str, Field(max_length=16)] | None = None
    first_test_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    arrival_tests: Annotated[str, Field(max_length=64)] | None = None
    isolation_days: Annotated[int, Field(ge=0, le=60)] | None = None
    further_test: Annotated[str, Field(max_length=16)] | None = None
    further_test_day: Annotated[int, Field(ge=1, le=60)] | None = None
    closed_loop_until_day: Annotated[int, Field(ge=0, le=90)] | None = None
    pathogen: Annotated[str, Field(max_length=64)] | None = None
    incidence_per_100_000: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] = 0.2
    growth_per_day: Annotated[float, Field(ge=-0.5, le=0.5, allow_inf_nan=False)] = 0.0
    immune: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    travellers_per_day: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None = None
    days: Annotated[int, Field(ge=1, le=3_660)] = 30


class FigureOut(Schema):
    name: str
    of: str
    unit: str
    value: float


class StepOut(Schema):
    measure: str
    clause: str
    assay: str
    start_days: float
    end_days: float
    after_release: bool
    found_per_million: float


class OutcomeOut(Schema):
    first_test: str
    first_test_hours: int
    arrival_tests: list[str]
    isolation_days: int
    further_test: str
    further_test_day: int
    closed_loop_until_day: int
    travellers_per_day: float
    onward_per_million: float
    figures: list[FigureOut]
    steps: list[StepOut]


class PointOut(Schema):
    isolation_days: int
    days_lost: float
    imports_per_million: float
    onward_per_million: float


class ForecastOut(Schema):
    """``text`` is null where the pathogen's profile lacks a test that the text asks for."""

    agreement: str
    version: int
    digest: str
    route: str
    pathogen: str
    pathogen_digest: str
    proposed: OutcomeOut
    text: OutcomeOut | None
    without_further_test: list[PointOut]
    with_further_test: list[PointOut]


@router.get(
    "/forecast/{agreement}/{version}/{route}",
    response={200: ForecastOut, ERRORS: schemas.ProblemOut},
    operation_id="forecast",
)
def forecast(
    request: HttpRequest,
    agreement: Path[schemas.Identifier],
    version: Annotated[int, Path(ge=0, le=1_000_000)],
    route: Path[schemas.Identifier],
    asked: Query[ForecastIn],
) -> Any:
    """What an agreement with other measures would let through and cost, against the text: central figures."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    denial = check(actor, Action.FORECAST, Subject())
    if denial is not None:
        return denied(denial)
    try:
        _versions, text = known_text(agreement, version, route)
    except Http404:
        return problem(404, "not-found", _("Nothing is here."))
    if not engine().ready:
        engine().start()
        answer = problem(503, "preparing", _("The forecast is being prepared."))
        answer.headers["Retry-After"] = RETRY_SECONDS
        return answer
    unknown = sorted(set(request.GET) - set(ForecastIn.model_fields))
    if unknown:
        expected = ", ".join(ForecastIn.model_fields)
        return problem(422, "invalid", _("There is no such field."), field=unknown[0], expected=expected)
    everyone = people_of(text, route)
    if asked.group >= len(everyone):
        expected = f"0 … {len(everyone) - 1}"
        return problem(422, "invalid", _("There is no such group."), field="group", expected=expected, found=str(asked.group))
    people = everyone[asked.group]
    profiles = shipped_profiles()
    profile = profiles.get(asked.pathogen) if asked.pathogen is not None else usual_profile(text)
    if profile is None:
        expected = ", ".join(profiles)
        found = asked.pathogen or ""
        return problem(422, "invalid", _("There is no such profile."), field="pathogen", expected=expected, found=found)
    outlook = Outlook(
        profile=profile,
        per_day=asked.incidence_per_100_000 / 1e5,
        growth_per_day=asked.growth_per_day,
        immune=asked.immune,
        travellers_per_day=(
            usual_travellers(people, profile) if asked.travellers_per_day is None else asked.travellers_per_day
        ),
        days=asked.days,
    )
    try:
        held = hold(people, _proposal(asked, people), outlook)
    except _UnknownTestError as error:
        return problem(
            422,
            "invalid",
            _("There is no such test."),
            field=error.field,
            expected=", ".join([NONE, *Assay]),
            found=error.found,
        )
    except (ReadingError, SituationError) as error:
        return problem(422, "not-forecast", str(error), field="pathogen")
    return {
        "agreement": text.id,
        "version": text.version,
        "digest": text.digest,
        "route": route,
        "pathogen": profile.id,
        "pathogen_digest": profile.digest,
        **_held(held),
    }


class _UnknownTestError(ValueError):
    def __init__(self, field: str, found: str) -> None:
        super().__init__(found)
        self.field, self.found = field, found


def _proposal(asked: ForecastIn, people: People) -> Proposal:
    text = proposal_of(people.provisions)
    names = {
        "first_test_hours": asked.first_test_hours,
        "isolation_days": asked.isolation_days,
        "further_test_day": asked.further_test_day,
        "closed_loop_until_day": asked.closed_loop_until_day,
    }
    numbers = {name: getattr(text, name) if value is None else value for name, value in names.items()}
    return Proposal(
        first_test=text.first_test if asked.first_test is None else _test("first_test", asked.first_test),
        further_test=text.further_test if asked.further_test is None else _test("further_test", asked.further_test),
        arrival_tests=text.arrival_tests if asked.arrival_tests is None else _tests("arrival_tests", asked.arrival_tests),
        **numbers,
    )


def _test(field: str, found: str) -> Assay | None:
    if found == NONE:
        return None
    try:
        return Assay(found)
    except ValueError as error:
        raise _UnknownTestError(field, found) from error


def _tests(field: str, found: str) -> tuple[Assay, ...]:
    """Kinds joined by a plus sign, or by the blank that an address makes of one."""
    tests = [_test(field, name) for name in found.replace(" ", "+").split("+")]
    return tuple(dict.fromkeys(test for test in tests if test is not None))


def _held(held: Held) -> dict[str, Any]:
    points = {"without_further_test": held.plain, "with_further_test": held.further}
    return {
        "proposed": _outcome(held.proposed),
        "text": None if held.text is None else _outcome(held.text),
        **{
            name: [{key: getattr(point, key) for key in PointOut.model_fields} for point in found]
            for name, found in points.items()
        },
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    proposal = outcome.proposal
    return {
        "first_test": proposal.first_test or NONE,
        "first_test_hours": proposal.first_test_hours,
        "arrival_tests": list(proposal.arrival_tests),
        "isolation_days": proposal.isolation_days,
        "further_test": proposal.further_test or NONE,
        "further_test_day": proposal.further_test_day,
        "closed_loop_until_day": proposal.closed_loop_until_day,
        "travellers_per_day": outcome.travellers_per_day,
        "onward_per_million": outcome.onward_per_million,
        "figures": [
            {"name": name.value, "of": of, "unit": UNITS[name], "value": value}
            for (name, of), value in outcome.figures.items()
            if math.isfinite(value)
        ],
        "steps": [
            {
                "measure": step.measure,
                "clause": step.clause,
                "assay": step.assay,
                "start_days": step.start,
                "end_days": step.end,
                "after_release": step.after_release,
                "found_per_million": step.found_per_million,
            }
            for step in outcome.steps
        ],
    }
