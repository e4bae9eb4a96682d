"""The plain ranking, direct output per room-night, beside the simulated one: how alike they are, and when that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from fastchannel.supply.chain.table import Floats
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.value import Worth

AS_GOOD = 0.99  # of the value that the simulated ranking gains


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two rankings of the same applications, best first, and what each gains when rooms go down the list.

    ``agreement`` is Spearman's rank correlation, from −1 to 1, and none where one of them ranks all alike. ``gained`` is the
    plain ranking's value as a share of the simulated ranking's; ``as_good`` where that is 99 % or more.
    """

    by_value: tuple[str, ...]
    by_direct_output: tuple[str, ...]
    agreement: float | None
    room_nights: int
    value: float
    value_of_plain: float

    @property
    def gained(self) -> float:
        """1 where nothing is to be gained at all."""
        return self.value_of_plain / self.value if self.value > 0 else 1.0

    @property
    def as_good(self) -> bool:
        """Whether the plain ranking is good enough here."""
        return self.gained >= AS_GOOD


def rank_agreement(one: Floats, other: Floats) -> float | None:
    """Spearman's rank correlation of two lists, ties at their mean rank; None where either has all alike, or fewer than two."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def compare(worths: Sequence[Worth], room_nights: int) -> Comparison:
    """Both rankings for ``room_nights``: each list is gone down, and who does not fit any more is passed over.

    Equal figures are ordered by identifier. Raises SupplyError where there is nobody to rank or an identifier comes twice.
    """
    if not worths or len({one.identifier for one in worths}) != len(worths):
        raise SupplyError(f"found {len(worths)} applications, expected one or more with an identifier of its own each")
    by_value = sorted(worths, key=lambda one: (-one.per_room_night, one.identifier))
    by_direct = sorted(worths, key=lambda one: (-one.direct_per_room_night, one.identifier))
    return Comparison(
        by_value=tuple(one.identifier for one in by_value),
        by_direct_output=tuple(one.identifier for one in by_direct),
        agreement=rank_agreement(
            np.array([one.per_room_night for one in worths]), np.array([one.direct_per_room_night for one in worths])
        ),
        room_nights=room_nights,
        value=_gain(by_value, room_nights),
        value_of_plain=_gain(by_direct, room_nights),
    )


def _gain(ranked: Sequence[Worth], room_nights: int) -> float:
    left, gained = room_nights, 0.0
    for one in ranked:
        if one.room_nights <= left:
            left -= one.room_nights
            gained += one.value
    return gained
