"""Where each field of a zone stands: ICAO Doc 9303, part 4 (TD3), 5 (TD1), 6 (TD2) and 7 (visas)."""

from __future__ import annotations

from msgspec import Struct

Place = tuple[int, int, int]  # line, start and end, from 0


class Layout(Struct, frozen=True, kw_only=True):
    """One format. ``optional`` is its optional data, ``composite`` what the last digit is over, and ``last`` its place."""

    name: str
    lines: int
    width: int
    visa: bool
    names: Place
    number: Place
    nationality: Place
    birth: Place
    sex: Place
    expires: Place
    optional: tuple[Place, ...]
    composite: tuple[Place, ...] = ()
    last: Place | None = None
    long_number: bool = False  # a number of more than nine characters goes on in the optional data
    personal_check: bool = False  # the optional data has a digit of its own


TD1 = Layout(
    name="TD1", lines=3, width=30, visa=False, names=(2, 0, 30), number=(0, 5, 14), nationality=(1, 15, 18), birth=(1, 0, 6),
    sex=(1, 7, 8), expires=(1, 8, 14), optional=((0, 15, 30), (1, 18, 29)),
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), last=(1, 29, 30), long_number=True,
)  # fmt: skip


def _two_lines(name: str, width: int, optional: Place, *, visa: bool = False, cards: bool = False) -> Layout:
    """A format of two lines: they differ in width, and in what stands behind the date of expiry."""
    return Layout(
        name=name, lines=2, width=width, visa=visa, names=(0, 5, width), number=(1, 0, 9), nationality=(1, 10, 13),
        birth=(1, 13, 19), sex=(1, 20, 21), expires=(1, 21, 27), optional=(optional,),
        composite=() if visa else ((1, 0, 10), (1, 13, 20), (1, 21, width - 1)), last=None if visa else (1, width - 1, width),
        long_number=cards, personal_check=not (visa or cards),
    )  # fmt: skip


TD2 = _two_lines("TD2", 36, (1, 28, 35), cards=True)
TD3 = _two_lines("TD3", 44, (1, 28, 42))
MRV_A = _two_lines("MRV-A", 44, (1, 28, 44), visa=True)
MRV_B = _two_lines("MRV-B", 36, (1, 28, 36), visa=True)
LAYOUTS = {one.name: one for one in (TD1, TD2, TD3, MRV_A, MRV_B)}
