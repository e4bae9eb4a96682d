"""The lottery among equals: the same on every machine for a published seed, and nobody's choice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from fastchannel.supply.places.application import Application, Grant


def ticket(seed: str, application_id: str) -> bytes:
    """SHA-256 of the seed, a line feed and the id, all in UTF-8: the lower in byte order, the earlier."""
    return hashlib.sha256(f"{seed}\n{application_id}".encode()).digest()


def drawn(applications: Iterable[Application], seed: str) -> list[Application]:
    """The applications in the order of their tickets, so that no answer depends on the order of a file."""
    return sorted(applications, key=lambda one: ticket(seed, one.id))


def alike(one: Application) -> tuple[object, ...]:
    """What decides about an application. Two with the same are equals, whoever sponsors them and whenever they applied."""
    return (
        one.size, one.values, one.nights, one.p_import, one.direction, one.region, one.first_day, one.rooms_taken,
        tuple(sorted(one.places)), tuple(sorted(one.flights)), tuple(sorted(one.tests)), tuple(sorted(one.classes)),
    )  # fmt: skip


def settle(
    applications: Sequence[Application],
    grants: Mapping[str, Grant],
    held: Callable[[str], bool],
) -> dict[str, Grant]:
    """The grants of equals handed out again by lottery: ``applications`` in the order drawn, the best grant to the first.

    Whatever a search preferred among equals does not matter then. No limit and no total changes, since equals take the same.
    ``held`` says whose grant is a promise, which stays.
    """
    groups: dict[tuple[object, ...], list[Application]] = defaultdict(list)
    for one in applications:
        if not held(one.id):
            groups[alike(one)].append(one)
    settled = dict(grants)
    for members in groups.values():
        won = [grants[one.id] for one in members if one.id in grants]
        if not won or len(members) == 1:
            continue
        won.sort(key=lambda grant: (-members[0].value_on(grant.day), grant.day, grant.flight, grant.place))
        for one in members:
            settled.pop(one.id, None)
        for one, grant in zip(members, won, strict=False):
            settled[one.id] = Grant(application=one.id, flight=grant.flight, place=grant.place, day=grant.day)
    return settled
