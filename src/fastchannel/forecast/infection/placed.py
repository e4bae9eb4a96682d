"""Courses placed in time: where each person's markers fall, and what each response is worth for each person at a time.

Arrays run over people (or over the nodes of a quadrature, which are people with weights): shape (n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fastchannel.forecast.infection.course import Course, Response
from fastchannel.forecast.infection.distributions import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """People with their time of infection and their markers on the journey's clock: shapes (n) and (stages + 1, n)."""

    course: Course
    infected: Floats
    markers: Floats

    @classmethod
    def of(cls, course: Course, infected: Floats, durations: Floats) -> Placed:
        """From the time of infection (n) and the lengths of the stages (stages, n)."""
        ends = np.zeros((len(course.stages) + 1, infected.size))
        for i, stage in enumerate(course.stages):
            if stage.within and i > 0:
                ends[i + 1] = ends[i]
                ends[i] = np.maximum(ends[i] - durations[i], ends[i - 1])
            else:
                ends[i + 1] = ends[i] + durations[i]
        return cls(course=course, infected=infected, markers=infected + ends)

    @property
    def onset(self) -> Floats:
        """When symptoms begin in those who get them; never, where the course has none."""
        if self.course.onset is None:
            return np.full_like(self.infected, np.inf)
        return np.asarray(self.markers[self.course.onset])

    def values(self, response: Response, at: Floats | float) -> Floats:
        """The response's height at a time, one for all or one for each."""
        if response.curve is not None:
            return np.where(at >= self.infected, response.curve.values(at - self.markers[response.marker]), 0.0)
        found = np.zeros_like(self.infected)
        for height, begin, end in zip(response.by_stage, self.markers, self.markers[1:], strict=False):
            found = np.where((at >= begin) & (at < end), height, found)
        return found

    def integral(self, response: Response, until: Floats | float) -> Floats:
        """The integral of the response from infection to a time; what a curve has before the infection is cut off."""
        if response.curve is not None:
            marker = self.markers[response.marker]
            before = response.curve.integral(self.infected - marker)
            return np.maximum(response.curve.integral(until - marker) - before, 0.0)
        found = np.zeros_like(self.infected)
        for height, begin, end in zip(response.by_stage, self.markers, self.markers[1:], strict=False):
            found = found + height * np.clip(until - begin, 0.0, end - begin)
        return found

    @property
    def infectious(self) -> tuple[Floats, Floats]:
        """From when to when each is infectious (`Course.spans`; by stages: in the stages that have a height)."""
        response = self.course.infectiousness
        if response.curve is not None:
            first, last, _ = self.course.spans
            marker = self.markers[response.marker]
            return np.maximum(marker + first, self.infected), marker + last
        stages = _stages_with_height(response)
        return np.asarray(self.markers[stages[0]]), np.asarray(self.markers[stages[-1] + 1])

    @property
    def over(self) -> Floats:
        """When each infection is over."""
        response = self.course.infectiousness
        if response.curve is not None:
            return np.asarray(self.markers[response.marker] + self.course.spans[2])
        return np.asarray(self.markers[_stages_with_height(response)[-1] + 1])


def _stages_with_height(response: Response) -> list[int]:
    return [i for i, height in enumerate(response.by_stage) if height > 0.0] or [0]
