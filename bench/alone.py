"""What one decision costs, without the batch around it: decoded already, from bytes, with its answer, and side by side."""

from __future__ import annotations

import cProfile
import gc
import pstats
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import msgspec

from bench.journeys import AT, write
from fastchannel.cli.batch import Task, decide_block, decide_traveller
from fastchannel.cli.blocks import Source
from fastchannel.cli.texts import find_versions
from fastchannel.cli.travellers import Traveller
from fastchannel.decide.decide import decide
from fastchannel.decide.standing import encode
from fastchannel.terms.events import Event, decode_many

ROUNDS = 5
DECIDED = "decide, events decoded before"
PARSED = "decode and decide"
BLOCK = "all that a worker does: read, decode, decide, encode"
DECODED = "limit: msgspec decodes the same bytes into events"
ENCODED = "limit: msgspec encodes the same answers"
COMPARED = "limit: sort by time and compare each event's time once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Journeys a second and core by what is done with them, and where the time goes."""

    rates: dict[str, float]
    profile: list[str]

    @property
    def decoding(self) -> float:
        """The rate of the limit that decisions are compared with."""
        return self.rates[DECODED]


def alone(agreement: str, some: list[list[Event]]) -> Alone:
    """Measure in this process."""
    texts = find_versions(agreement)
    lines = [msgspec.json.encode(journey) for journey in some]
    travellers = [Traveller(line=number, journey="", raw=line) for number, line in enumerate(lines, 1)]
    standings = [decide(texts, journey, AT) for journey in some]
    task = Task(agreement=agreement, at=AT, known=None, language="en", kind="jsonl")
    with tempfile.TemporaryDirectory() as folder:
        source = Source(write(Path(folder), "lines.jsonl", some, len(some)))

        def working() -> None:
            for block in source:
                decide_block(texts, task, block)

        works: dict[str, Callable[[], object]] = {
            DECIDED: lambda: [decide(texts, journey, AT).verdict for journey in some],
            PARSED: lambda: [decide_traveller(texts, traveller, AT).verdict for traveller in travellers],
            BLOCK: working,
            DECODED: lambda: [len(decode_many(line)) for line in lines],
            ENCODED: lambda: [len(encode(standing)) for standing in standings],
            COMPARED: lambda: [_compare(journey) for journey in some],
        }
        gc.freeze()  # as the batch's processes do
        return Alone(rates=best_rates(works, len(some)), profile=profile(working, len(some)))


def _compare(journey: list[Event]) -> int:
    return sum(event.at <= AT for event in sorted(journey, key=lambda event: event.at))


def best_rates(works: dict[str, Callable[[], object]], count: int) -> dict[str, float]:
    """Journeys a second of one core for each work, of the best of ROUNDS.

    Counted in the process's own time on a core, so that what else the machine does is not counted; the works take turns, so
    that its traces in the caches fall on all alike.
    """
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            started = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - started)
    return {name: count / seconds for name, seconds in best.items()}


def profile(work: Callable[[], object], count: int, *, top: int = 14) -> list[str]:
    """Shares of the functions that take most of the time of their own, and calls for each journey."""
    found = cProfile.Profile()
    found.runcall(work)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(pstats.Stats(found))["stats"]
    whole = sum(own for _, _, own, _, _ in stats.values())
    ranked = sorted(stats.items(), key=lambda item: item[1][2], reverse=True)
    return [
        f"{own / whole:>8.1%} {calls / count:>8.1f} calls a journey  {name} ({Path(file).name})"
        for (file, _, name), (_, calls, own, _, _) in ranked[:top]
    ]


def side_by_side(agreement: str, some: list[list[Event]], processes: int) -> float:
    """Journeys a second and core when so many processes decode and decide at once.

    Two cores are often two threads of one; then each is slower while the other works, and no program can help it.
    """
    lines = [msgspec.json.encode(journey) for journey in some]
    context = get_context("spawn")
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_wait_for, initargs=(barrier,)) as pool:
        spent = list(pool.map(_decide_all, [agreement] * processes, [lines] * processes))
    return len(lines) * processes / sum(spent)


_barrier: Barrier | None = None


def _wait_for(barrier: Barrier) -> None:
    global _barrier  # noqa: PLW0603 — a pool gives its processes nothing else to keep things in
    _barrier = barrier


def _decide_all(agreement: str, lines: list[bytes]) -> float:
    texts = find_versions(agreement)
    travellers = [Traveller(line=number, journey="", raw=line) for number, line in enumerate(lines, 1)]
    gc.freeze()
    assert _barrier is not None
    _barrier.wait(timeout=60)
    started = time.process_time()
    for _ in range(ROUNDS):  # all count: the best might be one in which the others had ended
        for traveller in travellers:
            decide_traveller(texts, traveller, AT)
    return (time.process_time() - started) / ROUNDS
