"""The tree is RFC 6962's: against published values, against a naive tree, and against proofs that were tampered with."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.exchange.errors import ProofError
from fastchannel.exchange.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
)

# The entries and roots with which implementations of Certificate Transparency (RFC 6962) are commonly compared.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in ENTRIES]


def naive(leaves: list[bytes]) -> bytes:
    """The definition, as the RFC writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive(leaves[:split]), naive(leaves[split:]))


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    assert Frontier().extended(LEAVES[:size]).root.hex() == ROOTS[size]
    assert Tree(LEAVES).root(size).hex() == ROOTS[size]


def test_the_published_audit_paths_hold() -> None:
    path = Tree(LEAVES).inclusion(0, 8)
    assert [one.hex() for one in path] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@given(st.integers(0, 130), st.integers(0, 130))
def test_appending_in_any_portions_gives_the_naive_trees_root(first: int, second: int) -> None:
    leaves = numbered(first + second)
    found = Frontier().extended(leaves[:first]).extended(leaves[first:])
    assert (found.size, found.root) == (first + second, naive(leaves))
    assert found.consistent
    assert Tree(leaves).root() == found.root


@given(st.integers(1, 130), st.data())
def test_every_entry_of_every_size_has_a_path_and_no_other_entry_has_it(size: int, data: st.DataObject) -> None:
    leaves = numbered(130)
    tree, index = Tree(leaves), data.draw(st.integers(0, size - 1))
    proof, root = tree.inclusion(index, size), naive(leaves[:size])
    check_inclusion(leaves[index], index, size, root, proof)
    for wrong in (
        (leaf_hash(b"other"), index, size, root, proof),
        (leaves[index], (index + 1) % size if size > 1 else 1, size, root, proof),
        (leaves[index], index, size, leaf_hash(b"root"), proof),
        (leaves[index], index, size, root, (*proof, root)),
        (leaves[index], index, size, root, proof[:-1] if proof else (root,)),
    ):
        with pytest.raises(ProofError):
            check_inclusion(*wrong)


@given(st.integers(0, 130), st.data())
def test_every_pair_of_sizes_is_shown_to_be_one_log_that_grew(size: int, data: st.DataObject) -> None:
    leaves = numbered(130)
    tree, old = Tree(leaves), data.draw(st.integers(0, size))
    proof = tree.consistency(old, size)
    check_consistency(old, naive(leaves[:old]), size, naive(leaves[:size]), proof)
    if 0 < old < size:
        changed = [*leaves[: old - 1], leaf_hash(b"rewritten")]
        for wrong in (
            (old, naive(changed), size, tree.root(size), proof),
            (old, tree.root(old), size, naive([*changed, *leaves[old:size]]), proof),
            (old, tree.root(old), size, tree.root(size), proof[:-1]),
            (old, tree.root(old), size, tree.root(size), (*proof, tree.root(old))),
        ):
            with pytest.raises(ProofError):
                check_consistency(*wrong)


def test_a_rewritten_log_of_the_same_size_and_one_that_shrank_are_refused() -> None:
    tree = Tree(LEAVES)
    for wrong in (
        (8, leaf_hash(b"x"), 8, tree.root(), ()),
        (8, tree.root(), 7, tree.root(7), ()),
        (0, tree.root(), 8, tree.root(), ()),
        (4, tree.root(4), 8, tree.root(), ()),
    ):
        with pytest.raises(ProofError):
            check_consistency(*wrong)
    check_consistency(0, EMPTY_ROOT, 8, tree.root(), ())


@pytest.mark.parametrize(
    "frontier", [Frontier(3, (b"0" * 32,)), Frontier(-1, ()), Frontier(1, (b"short",)), Frontier(0, (b"0" * 32,))]
)
def test_a_frontier_that_cannot_be_one_is_known(frontier: Frontier) -> None:
    assert not frontier.consistent


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 9), (0, 0)])
def test_a_proof_that_cannot_be_is_refused(index: int, size: int) -> None:
    tree = Tree(LEAVES)
    with pytest.raises(ProofError):
        tree.inclusion(index, size)
    with pytest.raises(ProofError):
        check_inclusion(LEAVES[0], index, min(size, 8), tree.root(), (LEAVES[1],) * 9)
