"""Verifies many certificates with every core: one text a line in, one line of JSON out, in the same order."""

from __future__ import annotations

import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing import get_context

import msgspec

from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError, Refusal
from fastchannel.certificates.tolerances import LENIENT, Tolerances
from fastchannel.certificates.trust.revocation import HeldRevocations
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import verify

BLOCK = 256  # texts a process takes at a time
WAITING = 3  # blocks in flight for each process


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is the same for every certificate of a batch."""

    lists: tuple[TrustList, ...]
    at: datetime
    domain: Domain = Domain.PRODUCTION
    tolerances: Tolerances = LENIENT
    revocations: tuple[HeldRevocations, ...] = ()

    def store(self) -> TrustStore:
        """The trust lists and revocations, ready for look-up."""
        return TrustStore(self.lists, domain=self.domain, revocations=self.revocations)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one block, as lines of JSON, and how many there are of each: ``evidence``, or a refusal's code."""

    raw: bytes
    counts: Counter[str]


def verify_lines(lines: Iterable[str], asked: Asked, *, workers: int) -> Iterator[Answers]:
    """The answers to the lines, in order, in memory that does not grow with their number. Raises CertificateError."""
    blocks = _blocks(lines)
    if workers == 1:
        trust = asked.store()
        for block in blocks:
            yield _verified(block, trust, asked)
        return
    asked.store()  # what is wrong with the lists is said here, not by every process
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(asked,))
    waiting: deque[Future[Answers]] = deque()
    try:
        for block in blocks:
            waiting.append(pool.submit(_work, block))
            if len(waiting) >= workers * WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise CertificateError("one of the batch's processes ended unexpectedly, perhaps for want of memory") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(lines)
    while block := list(islice(rest, BLOCK)):
        yield block


def _verified(block: list[str], trust: TrustStore, asked: Asked) -> Answers:
    counts: Counter[str] = Counter()
    lines = []
    for one in block:
        found = verify(one.rstrip("\r\n"), trust, asked.at, tolerances=asked.tolerances)
        counts["evidence" if isinstance(found, Evidence) else found.code.value] += 1
        lines.append(answer_json(found))
    return Answers(b"\n".join(lines) + b"\n", counts)


_encoder = msgspec.json.Encoder(enc_hook=repr)  # a payload may hold what JSON has no word for


def answer_json(found: Evidence | Refusal) -> bytes:
    """One answer as JSON. The signed payload stays out: the evidence says what it says, and a log should hold no more."""
    if isinstance(found, Refusal):
        return _encoder.encode({"valid": False} | msgspec.structs.asdict(found) | {"unanswered": found.unanswered})
    fields = msgspec.structs.asdict(found)
    del fields["payload"]
    return _encoder.encode({"valid": True} | fields)


_in_process: tuple[TrustStore, Asked] | None = None  # of a worker process, set once when it starts


def _start(asked: Asked) -> None:
    global _in_process  # noqa: PLW0603 — a pool gives its processes nothing else to keep things in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the pool
    _in_process = (asked.store(), asked)


def _work(block: list[str]) -> Answers:
    assert _in_process is not None  # noqa: S101
    return _verified(block, *_in_process)
