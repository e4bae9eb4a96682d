"""Cases that belong together: of one genome cluster, or linked by contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """``genomes`` are the genome clusters in it, ``links`` the contacts that join it, ``contradicted`` those between genomes.

    Two genomes in one cluster are joined by cases that were not sequenced.
    """

    cases: tuple[str, ...]
    genomes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    contradicted: tuple[tuple[str, str], ...]


def clusters(genomes: Mapping[str, str], links: Iterable[tuple[str, str]] = ()) -> tuple[Cluster, ...]:
    """The clusters of cases, those of one case too, by their first case.

    ``genomes`` gives each case its genome cluster, empty where it is not sequenced; ``links`` are contacts between cases. A
    contact between cases of two genomes joins nothing: the genomes say that neither infected the other, and it is shown as
    contradicted.
    """
    pairs = sorted({(min(pair), max(pair)) for pair in links if pair[0] != pair[1]})
    known = set(genomes) | {case for pair in pairs for case in pair}
    root = {case: case for case in known}

    def find(case: str) -> str:
        while root[case] != case:
            root[case] = root[root[case]]
            case = root[case]
        return case

    def genome(case: str) -> str:
        return genomes.get(case, "")

    first: dict[str, str] = {}
    for case in sorted(known):
        if genome(case):
            root[find(case)] = find(first.setdefault(genome(case), case))
    against = [pair for pair in pairs if genome(pair[0]) and genome(pair[1]) and genome(pair[0]) != genome(pair[1])]
    for one, other in pairs:
        if (one, other) not in against:
            root[find(one)] = find(other)
    members: dict[str, list[str]] = defaultdict(list)
    for case in sorted(known):
        members[find(case)].append(case)
    found = [
        Cluster(
            cases=tuple(cases),
            genomes=tuple(sorted({genome(case) for case in cases} - {""})),
            links=tuple(pair for pair in pairs if pair not in against and pair[0] in cases),
            contradicted=tuple(pair for pair in against if pair[0] in cases or pair[1] in cases),
        )
        for cases in members.values()
    ]
    return tuple(sorted(found, key=lambda cluster: cluster.cases))
