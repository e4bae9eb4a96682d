"""Compilation of the forecast's kernels: machine code from Python functions of arrays and numbers, kept between runs.

What is kept lies in a folder of the user's that is named after the kernels' own source: Numba itself only looks at the file
of the outermost kernel, so that after an upgrade it would run, or fail to read, code made from an earlier one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core import config

Kernel = TypeVar("Kernel", bound=Callable[..., object])


@cache
def kept_in() -> Path:
    """The folder of the compiled kernels: one for each state of their source, of Python and of Numba."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        written = source.read_bytes()
        if b"compiled import" in written or b"NamedTuple" in written:  # a module with kernels, or with what they take
            digest.update(written)
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "fastchannel" / f"kernels-{digest.hexdigest()[:16]}"


def _keep() -> None:
    """Numba reads the setting when a function is decorated. A folder that cannot be written makes it compile at each start."""
    try:
        kept_in().mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    vars(config)["CACHE_DIR"] = str(kept_in())


def compiled(function: Kernel) -> Kernel:
    """The function in machine code, with arithmetic exactly as written; other threads run meanwhile."""
    _keep()
    return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def compiled_sum(function: Kernel) -> Kernel:
    """The same for sums: the compiler may choose the order of additions, one order for each program and processor."""
    _keep()
    settings = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
    return cast("Kernel", settings(function))
