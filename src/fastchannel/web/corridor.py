"""The corridor: how many travellers are at each station of a route, each number the address of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from fastchannel.decide.stages import Stage
from fastchannel.node.counting import Counts

LINE = (
    Stage.APPLIED, Stage.SPONSORED, Stage.APPROVED, Stage.TRAVELLING, Stage.ARRIVED, Stage.ISOLATED, Stage.FOLLOWED_UP,
    Stage.COMPLETED,
)  # fmt: skip
SIDINGS = (Stage.RETURNED, Stage.TREATED, Stage.REFUSED, Stage.WITHDRAWN)
BORDER = Stage.TRAVELLING  # where the line crosses it


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A stage of the line with its travellers."""

    stage: str
    count: int
    url: str
    border: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """One direction: its line, and the sidings to which a journey can leave it."""

    title: str
    line: tuple[Station, ...]
    sidings: tuple[Station, ...]
    under_way: int

    @property
    def busy(self) -> bool:
        """Whether anybody ever was on it."""
        return any(one.count for one in (*self.line, *self.sidings))


def corridors(counts: Counts, titles: Mapping[str, str]) -> list[Corridor]:
    """A corridor for each route that has travellers, or that an agreement in force has."""
    routes = sorted(counts.routes.keys() | titles.keys(), key=lambda route: titles.get(route, route))
    return [_corridor(route, titles.get(route, route), counts.routes.get(route, {})) for route in routes]


def _corridor(route: str, title: str, stages: Mapping[str, int]) -> Corridor:
    line = _stations(LINE, route, stages)
    over = {Stage.COMPLETED, Stage.REFUSED, Stage.WITHDRAWN}
    return Corridor(
        title=title,
        line=line,
        sidings=tuple(one for one in _stations(SIDINGS, route, stages) if one.count),
        under_way=sum(number for stage, number in stages.items() if stage not in over),
    )


def _stations(stages: Iterable[Stage], route: str, counts: Mapping[str, int]) -> tuple[Station, ...]:
    rows = reverse("web:journeys")
    return tuple(
        Station(
            stage=stage.value,
            count=counts.get(stage.value, 0),
            url=f"{rows}?{urlencode({'stage': stage.value, 'route': route})}",
            border=stage is BORDER,
        )
        for stage in stages
    )
