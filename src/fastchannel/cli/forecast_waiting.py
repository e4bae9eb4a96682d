"""What a person sees while a forecast is worked out: a bar, and a word when kernels are compiled first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Protocol

from fastchannel.cli.console import message, progress
from fastchannel.terms.language import N_, translate

PATIENCE_SECONDS = 2.0


class Step(Protocol):
    """To be called with how much is done and of how much, and what is being done where that changes."""

    def __call__(self, done: int, total: int, what: str | None = None, /) -> None: ...


@contextmanager
def waiting(what: str, language: str) -> Iterator[Step]:
    """A bar on stderr, and the function that moves it."""
    compiling = Timer(PATIENCE_SECONDS, _say_compiling, (language,))
    compiling.daemon = True
    compiling.start()
    with progress() as bar:
        shown = bar.add_task(what, total=None)

        def step(done: int, total: int, what: str | None = None, /) -> None:
            if done > 0:
                compiling.cancel()
            bar.update(shown, completed=done, total=total, description=what)

        try:
            yield step
        finally:
            compiling.cancel()


def _say_compiling(language: str) -> None:
    if _compiles():
        message(translate(N_("Compiling the forecast's kernels, once on this machine …"), language))


def _compiles() -> bool:
    """Whether a kernel was looked for among those kept from earlier runs, and not found."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("fastchannel.forecast.")]
    found = (getattr(entry, "stats", None) for module in modules for entry in list(vars(module).values()))
    return any(sum(getattr(stats, "cache_misses", {}).values()) > 0 for stats in found if stats is not None)
