"""Compilation of the forecast's kernels: machine code from Python functions of arrays and numbers, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """The function in machine code, with arithmetic exactly as written; other threads run meanwhile."""
    return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def compiled_sum(function: Kernel) -> Kernel:
    """The same for sums: the compiler may choose the order of additions, one order for each program and processor."""
    settings = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
    return cast("Kernel", settings(function))
