"""Runs parts of one calculation at the same time: in processes of this machine, or on a cluster of Ray or Dask."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from fastchannel.terms.errors import FastChannelError

Given = TypeVar("Given")
Made = TypeVar("Made")

ENGINES = ("processes", "ray", "dask")


class SpreadError(FastChannelError):
    """The parts could not be run."""


def spread(engine: str, workers: int) -> Callable[[Callable[[Given], Made], Iterable[Given]], Sequence[Made]]:
    """A map over parts, in order, with ``workers`` processes. Raises SpreadError where the engine is not installed."""
    if engine == "ray":
        return lambda function, parts: _by_ray(_module("ray"), workers, function, parts)
    if engine == "dask":
        return lambda function, parts: _by_dask(_module("dask.distributed"), workers, function, parts)
    if workers == 1:
        return lambda function, parts: [function(part) for part in parts]
    return lambda function, parts: _by_processes(workers, function, parts)


def _by_processes(workers: int, function: Callable[[Given], Made], parts: Iterable[Given]) -> list[Made]:
    # Started afresh rather than forked: numerical libraries have threads, and a fork would copy their locks.
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            return list(pool.map(function, parts))
    except BrokenProcessPool as error:
        raise SpreadError("one of the processes ended unexpectedly, perhaps for want of memory; try fewer --workers") from error


def _by_ray(ray: Any, workers: int, function: Callable[[Given], Made], parts: Iterable[Given]) -> list[Made]:
    started = not ray.is_initialized()
    if started:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    try:
        kept = ray.put(function)  # once for each machine, not once for each part
        task = ray.remote(_apply)
        return list(ray.get([task.remote(kept, part) for part in parts]))
    finally:
        if started:
            ray.shutdown()


def _apply(function: Callable[[Given], Made], part: Given) -> Made:
    return function(part)


def _by_dask(distributed: Any, workers: int, function: Callable[[Given], Made], parts: Iterable[Given]) -> list[Made]:
    with distributed.Client(n_workers=workers, threads_per_worker=1, dashboard_address=None) as client:
        return list(client.gather(client.map(function, list(parts))))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SpreadError(
            f"{name} is not installed: found no module of this name; expected it after "
            f"`pip install fastchannel[{name.partition('.')[0]}]`, or use --engine processes"
        ) from error
