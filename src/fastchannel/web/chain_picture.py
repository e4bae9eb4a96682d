"""The chain as a drawing: industries on an ellipse by region, sized by output, with the strongest links between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from fastchannel.supply.chain.links import Sale
from fastchannel.supply.chain.table import Table

WIDTH, HEIGHT = 960.0, 680.0
MIDDLE = (WIDTH / 2, HEIGHT / 2)
RADII = (360.0, 232.0)
LARGEST, SMALLEST = 27.0, 6.0  # radii of the industries
WIDEST, NARROWEST = 9.0, 1.0  # of links
LABEL = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An industry: its row, centre, radius, tone (high, middle or none), label and where that stands."""

    place: int
    x: float
    y: float
    radius: float
    tone: str
    label: str
    label_x: float
    label_y: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A link as a path."""

    path: str
    width: float
    chosen: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: float
    height: float
    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]


def picture(
    table: Table,
    places: list[int],
    sales: list[Sale],
    tones: Mapping[int, str],
    titles: Mapping[int, str],
    link_titles: list[str],
    chosen: int,
) -> Picture:
    """Draw these industries and links."""
    most = max(float(table.output[place]) for place in places)
    nodes, at = [], {}
    for number, place in enumerate(places):
        angle = 2.0 * math.pi * number / len(places) - math.pi / 2.0
        x, y = MIDDLE[0] + RADII[0] * math.cos(angle), MIDDLE[1] + RADII[1] * math.sin(angle)
        radius = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(float(table.output[place]) / most)
        at[place] = (x, y)
        reach = radius + LABEL
        nodes.append(
            Node(
                place=place,
                x=x,
                y=y,
                radius=radius,
                tone=tones.get(place, ""),
                label=str(table.industries[place]),
                label_x=min(max(x + reach * 1.6 * math.cos(angle), 40.0), WIDTH - 40.0),
                label_y=y + reach * math.sin(angle) + 4.0,
                title=titles[place],
            )
        )
    widest = max((one.amount for one in sales), default=1.0)
    arcs = []
    for one, title in zip(sales, link_titles, strict=True):
        (x1, y1), (x2, y2) = at[one.seller], at[one.buyer]
        bend_x, bend_y = (x1 + x2) / 2 * 0.45 + MIDDLE[0] * 0.55, (y1 + y2) / 2 * 0.45 + MIDDLE[1] * 0.55
        arcs.append(
            Arc(
                path=f"M{x1:.1f},{y1:.1f} Q{bend_x:.1f},{bend_y:.1f} {x2:.1f},{y2:.1f}",
                width=NARROWEST + (WIDEST - NARROWEST) * math.sqrt(one.amount / widest),
                chosen=chosen in (one.seller, one.buyer),
                title=title,
            )
        )
    return Picture(width=WIDTH, height=HEIGHT, nodes=tuple(nodes), arcs=tuple(arcs))
