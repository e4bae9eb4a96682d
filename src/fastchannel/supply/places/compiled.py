"""Compilation of this room's kernels. Each calls only its own module's, so that what is kept of it is never another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., object])
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.int32]


def compiled(function: Kernel) -> Kernel:
    """The function in machine code, kept between runs; other threads run meanwhile."""
    return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def inlined(function: Kernel) -> Kernel:
    """The same, written into every kernel that calls it: to hand over a table of arrays costs more than these do."""
    return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")(function))
