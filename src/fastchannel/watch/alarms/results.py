"""Results of travellers' tests with what the forecast gave for each, every version kept, and all of it as known on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fastchannel.watch.errors import WatchError


class Step(StrEnum):
    """Where on the journey a sample was taken."""

    BEFORE_DEPARTURE = "before_departure"
    ON_ARRIVAL = "on_arrival"
    IN_QUARANTINE = "in_quarantine"
    IN_FOLLOW_UP = "in_follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A probability of a positive, or a number of positives: the forecast's value and the ends of its interval.

    What happens anywhere within the interval is no evidence against the forecast. Raises WatchError if the ends are not around
    the value, or if they are negative.
    """

    low: float
    value: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.value <= self.high < float("inf"):
            raise WatchError(
                f"expected positives: found low {self.low}, value {self.value}, high {self.high}; "
                "0 ≤ low ≤ value ≤ high was expected; give the forecast's interval, or its value three times where it has none"
            )

    def __add__(self, other: Expected) -> Expected:
        """Both together. Their errors are taken to be shared, so that ends add up as values do."""
        return Expected(low=self.low + other.low, value=self.value + other.value, high=self.high + other.high)


NOTHING_EXPECTED = Expected(low=0.0, value=0.0, high=0.0)


def expected_positivity(prevalence: Expected, sensitivity: float, specificity: float) -> Expected:
    """The probability of a positive where a reported prevalence is tested: prevalence × sensitivity + the false positives.

    Give the prevalence among travellers who are tested, after earlier steps took their share. Raises WatchError where a share
    is not within 0 and 1, or where a test finds the infected less often than the others.
    """
    if not (prevalence.high <= 1.0 and 0.0 <= 1.0 - specificity <= sensitivity <= 1.0):
        raise WatchError(
            f"expected positivity: found a prevalence up to {prevalence.high}, sensitivity {sensitivity}, specificity "
            f"{specificity}; shares within 0 and 1 and 1 − specificity ≤ sensitivity were expected; check the test's figures"
        )
    low, value, high = (
        share * sensitivity + (1.0 - share) * (1.0 - specificity)
        for share in (prevalence.low, prevalence.value, prevalence.high)
    )
    return Expected(low=low, value=value, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One version of one sample's record. The first is recorded when the sample is registered, often with no result yet.

    ``recorded`` is the day on which this version was known here. ``positive`` is None while the result is not known.
    ``expected`` is the forecast's probability for this sample given what was known when it was registered: that of the first
    version counts, since a forecast that has seen the result is none. ``certified_by`` is the laboratory or issuer of the
    certificate that the traveller came with, ``laboratory`` that which made this test. ``cluster`` is the same for samples
    whose results hang together (a party, a flight) and that are registered on one day; empty where there are none. A
    ``withdrawn`` record counts no longer. ``forecast`` names what ``expected`` is from: the digest of the agreement and of the
    forecast's inputs.
    """

    id: str
    recorded: date
    step: Step
    expected: Expected
    positive: bool | None = None
    laboratory: str = ""
    certified_by: str = ""
    carrier: str = ""
    region: str = ""
    sponsor: str = ""
    cluster: str = ""
    withdrawn: bool = False
    forecast: str = ""

    def __post_init__(self) -> None:
        if self.expected.high > 1.0:
            raise WatchError(
                f"sample {self.id}: found an expected probability up to {self.expected.high}; at most 1 was expected; "
                "give the forecast for one sample, not for a group"
            )

    @property
    def certifier(self) -> str:
        """Who stands for the traveller's state before departure: the certificate's issuer, or who tests for it."""
        return self.certified_by or (self.laboratory if self.step is Step.BEFORE_DEPARTURE else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample as known on a day: its last version, the day on which it was registered and the forecast of that day."""

    result: Result
    registered: date
    expected: Expected
    forecast: str


def as_known(results: Iterable[Result], day: date) -> tuple[Sample, ...]:
    """Each sample that was known on ``day``, in the order of registration and then of id; withdrawn ones are left out.

    Of versions recorded on one day the later in ``results`` counts.
    """
    first: dict[str, Result] = {}
    last: dict[str, Result] = {}
    for result in results:
        if result.recorded > day:
            continue
        if result.id not in first or result.recorded < first[result.id].recorded:
            first[result.id] = result
        if result.id not in last or result.recorded >= last[result.id].recorded:
            last[result.id] = result
    samples = (
        Sample(result=last[id_], registered=one.recorded, expected=one.expected, forecast=one.forecast)
        for id_, one in first.items()
        if not last[id_].withdrawn
    )
    return tuple(sorted(samples, key=lambda sample: (sample.registered, sample.result.id)))
