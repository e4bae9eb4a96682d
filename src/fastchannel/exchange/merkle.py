"""Merkle trees of RFC 6962, section 2.1: roots, and proofs that an entry is in a log and that a log only grew.

Hashes are SHA-256, 32 bytes; a leaf's has 0x00 before the data and a node's 0x01, so that neither can be taken for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from msgspec import Struct

from fastchannel.exchange.errors import ProofError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


class Frontier(Struct, frozen=True):
    """What of a log must be kept to append to it: the roots of its perfect subtrees, the largest first.

    A log of 700,000 entries has 20 of them at most.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """With these leaves' hashes appended."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            subtree, height = leaf, size
            while height & 1:  # two subtrees of one size become one
                subtree = node_hash(peaks.pop(), subtree)
                height >>= 1
            peaks.append(subtree)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of the whole log."""
        if not self.peaks:
            return EMPTY_ROOT
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found

    @property
    def consistent(self) -> bool:
        """Whether it has as many subtrees as its size has ones, each of the right length: what was stored may be damaged."""
        return self.size >= 0 and len(self.peaks) == self.size.bit_count() and all(len(one) == HASH_BYTES for one in self.peaks)


class Tree:
    """A log's leaves with all the roots of perfect subtrees, for proofs. About 64 bytes an entry; built in one pass."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes]) -> None:
        """``leaves`` are hashes of entries."""
        level = list(leaves)
        self._levels = [level]
        while len(level) > 1:
            level = [node_hash(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
            self._levels.append(level)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """The root as it was when the log had so many entries; now, where not said."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ProofError(f"size: found {size}, expected 0 to {self.size}")
        return self._root(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The audit path of an entry in the log of that size, from the leaf up. Raises ProofError."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ProofError(f"entry {index} of {size}: expected 0 <= entry < size <= {self.size}")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the log of ``old`` entries is a prefix of that of ``size``. Raises ProofError."""
        size = self.size if size is None else size
        if not 0 <= old <= size <= self.size:
            raise ProofError(f"sizes {old} and {size}: expected 0 <= old <= new <= {self.size}")
        return tuple(self._grown(old, 0, size, whole=True)) if 0 < old < size else ()

    def _root(self, start: int, end: int) -> bytes:
        """Of the leaves from ``start`` to before ``end``: a subtree of the log, so that it begins where a perfect one may."""
        count = end - start
        height = count.bit_length() - 1
        if count == 1 << height:
            return self._levels[height][start >> height]
        split = start + (1 << height)
        return node_hash(self._root(start, split), self._root(split, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + _below(end - start)
        if index < split:
            return [*self._path(index, start, split), self._root(split, end)]
        return [*self._path(index, split, end), self._root(start, split)]

    def _grown(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end:
            return [] if whole else [self._root(start, end)]
        split = start + _below(end - start)
        if old <= split:
            return [*self._grown(old, start, split, whole=whole), self._root(split, end)]
        return [*self._grown(old, split, end, whole=False), self._root(start, split)]


def _below(count: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << (count - 1).bit_length() - 1


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError where the proof does not show that the leaf's hash is entry ``index`` of the log with that root.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofError(f"entry {index}: expected one of a log of {size}")
    found = leaf
    for one, left in _upwards(index, size - 1, proof):
        found = node_hash(one, found) if left else node_hash(found, one)
    if found != root:
        raise ProofError("proof: found another root than the checkpoint's: the entry is not in this log at this place")


def check_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError where the proof does not show that the older log is a prefix of the newer.

    RFC 9162, section 2.1.4.2.
    """
    if not 0 <= old <= size:
        raise ProofError(f"sizes: found {old} and {size}, expected the older one to be the smaller")
    if old in (0, size):
        expected = EMPTY_ROOT if old == 0 else root
        if proof or old_root != expected:
            raise ProofError("proof: found another root at the same size: the log was rewritten")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofError("proof: found no hashes")
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = path[0]
    for one, left in _upwards(first, last, path[1:]):
        if left:
            before, after = node_hash(one, before), node_hash(one, after)
        else:
            after = node_hash(after, one)
    if before != old_root or after != root:
        raise ProofError("proof: the older log is no prefix of the newer: it was rewritten")


def _upwards(first: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash on the way to the root, and whether it stands to the left. Raises ProofError where it ends elsewhere."""
    for one in proof:
        if last == 0:
            raise ProofError("proof: found more hashes than the tree is high")
        left = bool(first & 1) or first == last
        yield one, left
        if left:
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        first, last = first >> 1, last >> 1
    if last != 0:
        raise ProofError("proof: found fewer hashes than the tree is high")
