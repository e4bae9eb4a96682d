"""How many imports to expect, how likely it is that there is none, and that one starts an outbreak.

An import is an infected traveller who is released undetected while the infection is not over. Travellers come in parties of m;
where one member is infected a companion is too with probability c, and what becomes of one is taken to become of the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """``size`` people travel together; ``infected`` is the probability that a companion of an infected person is infected."""

    size: float = 1.0
    infected: float = 0.0

    @property
    def cluster(self) -> float:
        """Infected people in a party that has one."""
        return 1.0 + (self.size - 1.0) * self.infected


def none_probability(per_traveller: float, travellers: float, parties: Parties) -> float:
    """The probability of exactly no import among so many travellers, each an import with the given probability.

    Of t travellers in parties of m, each party is free of imports with probability 1 − m r / (1 + (m − 1) c): one minus its
    expected imports over how many there are when there is one. With m = 1 this is (1 − r)^t.
    """
    share = min(parties.size * per_traveller / parties.cluster, 1.0)
    if share >= 1.0:
        return 0.0 if travellers > 0.0 else 1.0
    return math.exp(travellers / parties.size * math.log1p(-share))


def outbreak_probability(seeding_per_traveller: float, travellers: float, parties: Parties) -> float:
    """The probability that at least one traveller starts an outbreak, with the same clusters: 1 − (1 − m s / c')^(t / m)."""
    return 1.0 - none_probability(seeding_per_traveller, travellers, parties)


def at_least(count: int, mean: float, parties: Parties) -> float:
    """The probability of at least ``count`` positives where ``mean`` are expected: clusters come as a Poisson process.

    Clusters have the size of `Parties.cluster`, whole or the next whole number as the mean demands.
    """
    if count <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    small = math.floor(parties.cluster)
    large_share = parties.cluster - small
    clusters = mean / parties.cluster
    # Panjer's recursion for a compound Poisson sum with sizes `small` and `small + 1`.
    probability = [math.exp(-clusters)]
    for n in range(1, count):
        total = small * (1.0 - large_share) * (probability[n - small] if n >= small else 0.0)
        total += (small + 1) * large_share * (probability[n - small - 1] if n > small else 0.0)
        probability.append(clusters / n * total)
    return max(1.0 - math.fsum(probability), 0.0)
