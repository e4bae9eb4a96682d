"""What part of a site's standstill a team ends: the first technician more than the second, and the scarcest skill decides.

The stated rule. Of m people that a skill needs over all shifts, k bring back (1 − qᵏ) / (1 − qᵐ) of the output, with q = ½ by
default: each next one half of what the one before brought, all of it when nobody is missing, nothing beyond. A site that needs
several skills runs as far as the one that it lacks most. No source measures q; it is a judgement, and an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from fastchannel.supply.chain.sites import Post
from fastchannel.supply.errors import SupplyError

KEPT_BY_THE_NEXT = 0.5


def share_running(present: int, needed: int, *, kept: float = KEPT_BY_THE_NEXT) -> float:
    """The part of output that ``present`` of ``needed`` people keep running: concave, from 0 with nobody to 1 with all.

    Raises SupplyError for a rule outside 0 < q < 1 or a need of nobody.
    """
    if not 0.0 < kept < 1.0:
        raise SupplyError(f"what the next one brings of the one before: found {kept}, expected a share between 0 and 1")
    if needed < 1 or present < 0:
        raise SupplyError(f"found {present} of {needed} people, expected 0 or more of 1 or more")
    return (1.0 - kept ** min(present, needed)) / (1.0 - kept**needed)


def share_brought(
    posts: Sequence[Post], team: Mapping[str, int], admitted: Mapping[str, int], *, kept: float = KEPT_BY_THE_NEXT
) -> float:
    """The part of a site's output that a team brings back, after those already ``admitted`` for it (people by skill).

    Posts of one skill are added up over shifts. Raises SupplyError where the site has no post for anybody in the team.
    """
    needed: Counter[str] = Counter()
    present: Counter[str] = Counter(admitted)
    for one in posts:
        needed[one.skill] += one.needed
        present[one.skill] += one.present
    unknown = sorted(skill for skill, people in team.items() if people > 0 and skill not in needed)
    if unknown:
        raise SupplyError(f"the site has no post for {', '.join(unknown)}; expected {', '.join(sorted(needed)) or 'posts'}")
    before = min((share_running(present[skill], people, kept=kept) for skill, people in needed.items()), default=0.0)
    together = present + Counter(team)
    after = min((share_running(together[skill], people, kept=kept) for skill, people in needed.items()), default=0.0)
    return after - before
