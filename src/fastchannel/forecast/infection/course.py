"""The course of one person's infection: stages that each last for some days, and what shows at which time.

A person is infected, passes through the stages in order, and reaches a **marker** where a stage begins: marker 0 is the
infection itself, marker i the end of stage i − 1. Infectiousness and sensitivities are read against the time since a marker,
or are a value for each stage. The lengths of the stages are drawn once for each person; all that depends on them goes
together, which is what a fixed incubation period gets wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fastchannel.forecast.infection.curves import Curve, spent
from fastchannel.forecast.infection.distributions import Distribution

FIRST_SHARE, LAST_SHARE, OVER_SHARE = 0.01, 0.99, 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the infection: ``duration`` in days is never negative.

    A stage that is ``within`` is the last part of the stage before it, and never longer: of an incubation period of x days
    and a pre-symptomatic period of p days within it, max(x − p, 0) come first and min(x, p) after.
    """

    name: str
    duration: Distribution
    within: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What shows of an infection: either ``curve`` against days since ``marker``, or ``by_stage``, a height for each stage.

    Nothing shows before the infection: what a curve that is read against onset has there is cut off.
    """

    marker: int = 0
    curve: Curve | None = None
    by_stage: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assay:
    """A kind of test as it works in infected people.

    ``correlation`` is the tetrachoric correlation of two tests of one infected person: each person has a standard normal
    effect z, and a test whose sensitivity at that age is s is positive with probability Φ((Φ⁻¹(s) + z √c) / √(1 − c)), whose
    mean over people is s again. All kinds of test share z.
    """

    name: str
    sensitivity: Response
    correlation: float = 0.0
    specificity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The infection of one kind of people by one pathogen.

    ``symptomatic`` is the share that ever shows symptoms; they begin at marker ``onset`` and last ``symptoms_days``. The
    ``infectiousness`` response is in secondary cases per day: it adds up to the reproduction number without control, for an
    asymptomatic person times ``asymptomatic_factor``.
    """

    stages: tuple[Stage, ...]
    onset: int | None
    symptomatic: float
    symptoms_days: float
    infectiousness: Response
    asymptomatic_factor: float = 1.0
    spans: tuple[float, float, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", _spans(self.infectiousness))


def _spans(response: Response) -> tuple[float, float, float]:
    """Days since the marker between which a person counts as infectious, and after which the infection counts as over.

    By convention from 1 % to 99 % of the transmission potential, and until 99.9 % of it is spent. By stages: nought, as the
    stages themselves tell (see `Placed`).
    """
    if response.curve is None:
        return 0.0, 0.0, 0.0
    return spent(response.curve, FIRST_SHARE), spent(response.curve, LAST_SHARE), spent(response.curve, OVER_SHARE)
