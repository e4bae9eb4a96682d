"""Decides on a file of travellers with every core, in memory that does not grow with the file."""

from __future__ import annotations

import csv
import gc
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Self

from fastchannel.agreement.agreement import Versions
from fastchannel.cli.blocks import Block, Source
from fastchannel.cli.texts import find_versions
from fastchannel.cli.travellers import Traveller, events_of
from fastchannel.cli.verdicts import Sink, encode_answers
from fastchannel.decide.decide import decide
from fastchannel.decide.standing import Standing, Verdict
from fastchannel.terms.errors import FastChannelError

FIRST = 10  # rejections that are told at once
WAITING = 3  # blocks in flight for each process: enough that none idles, few enough that memory stays flat
GARBAGE = 50_000  # objects made before garbage is looked for; a decision leaves none that needs to be looked for


class BatchError(FastChannelError):
    """The batch could not be finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is the same for the whole batch."""

    agreement: str
    at: datetime
    known: datetime | None
    language: str
    kind: str  # the output's format


@dataclass(frozen=True, slots=True)
class Rejection:
    """A traveller on whom we could not decide, and why."""

    line: int
    journey: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a process makes of one block."""

    raw: bytes
    read: int
    verdicts: Counter[str]
    rejected: list[Rejection]


@dataclass(slots=True)
class Tally:
    """The counts of a batch; they balance."""

    read: int = 0
    decided: int = 0
    rejected: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    first_rejections: list[Rejection] = field(default_factory=list)

    def add(self, answers: Answers) -> None:
        """Count what was made of one block."""
        self.read += answers.read
        self.decided += answers.verdicts.total()
        self.rejected += len(answers.rejected)
        self.verdicts.update(answers.verdicts)
        self.first_rejections += answers.rejected[: max(0, FIRST - len(self.first_rejections))]

    @property
    def balances(self) -> bool:
        """Whether everybody who was read is accounted for."""
        return self.read == self.decided + self.rejected and self.decided == self.verdicts.total()


def decide_traveller(texts: Versions, traveller: Traveller, at: datetime, known: datetime | None = None) -> Standing:
    """The one path that a single decision and a batch take. Raises FastChannelError where there is no answer."""
    events = events_of(traveller)
    if traveller.journey and events[0].journey != traveller.journey:
        raise FastChannelError(f"the events are of journey {events[0].journey}, expected {traveller.journey}")
    return decide(texts, events, at, known=known)


def decide_block(texts: Versions, task: Task, block: Block) -> Answers:
    """Decide on some travellers; one on whom we cannot decide is rejected, and the others are not touched by it."""
    read = 0
    verdicts: Counter[str] = Counter()
    rejected: list[Rejection] = []

    def answers() -> Iterator[tuple[int, Standing]]:
        nonlocal read
        for traveller in block.travellers():
            read += 1
            try:
                standing = decide_traveller(texts, traveller, task.at, task.known)
            except FastChannelError as error:
                rejected.append(Rejection(traveller.line, traveller.journey, str(error)))
            else:
                verdicts[standing.verdict.value] += 1
                yield traveller.line, standing

    raw = encode_answers(task.kind, answers(), task.language)  # each is encoded before the next is decided
    return Answers(raw, read, verdicts, rejected)


_in_process: tuple[Versions, Task] | None = None  # of a worker process, set once when it starts


def _start(task: Task) -> None:
    global _in_process  # noqa: PLW0603 — a pool gives its processes nothing else to keep things in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the pool
    os.environ["POLARS_MAX_THREADS"] = "1"  # there is a process for each core already
    _in_process = (find_versions(task.agreement), task)
    gc.freeze()  # the texts and the modules stay as long as the process: collections need not look at them again
    gc.set_threshold(GARBAGE)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that was killed cannot stop the pool, and a worker that waits for work would wait for ever.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(block: Block) -> Answers:
    assert _in_process is not None  # noqa: S101
    return decide_block(*_in_process, block)


def _answers(task: Task, source: Source, workers: int) -> Iterator[tuple[int, Answers]]:
    """How far into the source each block reaches, and its answers, in the order of the source."""
    if workers == 1:
        texts = find_versions(task.agreement)
        for block in source:
            yield block.end, decide_block(texts, task, block)
        return
    # Started afresh rather than forked: Parquet's reader has threads, and a fork would copy their locks.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(task,))
    waiting: deque[tuple[int, Future[Answers]]] = deque()
    try:
        for block in source:
            waiting.append((block.end, pool.submit(_work, block)))
            if len(waiting) >= workers * WAITING:
                end, future = waiting.popleft()
                yield end, future.result()
        for end, future in waiting:
            yield end, future.result()
    except BrokenProcessPool as error:
        raise BatchError(
            "one of the batch's processes ended unexpectedly, perhaps for want of memory; nothing was written"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def run_batch(
    task: Task,
    source: Source,
    sink: Sink,
    *,
    rejected: Path,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] = lambda done, size: None,
) -> Tally:
    """Decide on everybody in ``source``; answers go to ``sink`` in the order of the source, the rest to ``rejected``."""
    tally = Tally()
    with sink, Listing(rejected) as listing:
        for end, answers in _answers(task, source, workers or available_cores()):
            sink.write(answers.raw)
            listing.add(answers.rejected)
            tally.add(answers)
            on_progress(end, source.size)
        listing.finish(needed=tally.rejected > 0)
        sink.finish()  # last: answers under their name have the list of the rejected beside them
    return tally


class Listing:
    """The file that lists the rejected. It appears under its name only when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f".{path.name}.part")

    def __enter__(self) -> Self:
        self._write([("line", "journey", "reason")], "w")
        return self

    def add(self, rejected: Iterable[Rejection]) -> None:
        """List them."""
        self._write([(one.line, one.journey, one.reason) for one in rejected], "a")

    def _write(self, rows: Iterable[tuple[object, ...]], mode: str) -> None:
        with self._part.open(mode, encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def finish(self, *, needed: bool) -> None:
        """Give the file its name. A list of an earlier run beside a run that rejected nobody would mislead: it is removed."""
        if needed:
            self._part.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self._part.unlink(missing_ok=True)


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def verdict_counts(tally: Tally) -> dict[str, int]:
    """How many got each verdict, from best to worst."""
    return {verdict.value: tally.verdicts[verdict.value] for verdict in Verdict}
