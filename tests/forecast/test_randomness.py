"""Counter-based random numbers: the vectors of the generator's authors, and independence of the order of drawing."""

from __future__ import annotations

import numpy as np
import pytest

from fastchannel.forecast.individuals.randomness import PERSON, SCREENS, draw_uniforms, philox

# Philox4x32-10 known answers as published with Random123 (file kat_vectors): counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    words = np.array(counter, dtype=np.uint32)[:, None].repeat(3, axis=1)
    philox(words[0], words[1], words[2], words[3], np.uint64(key[0] + (key[1] << 32)))
    assert all(tuple(map(int, column)) == expected for column in words.T)


def _uniforms(seed: int, first: int, count: int, purpose: int = PERSON, call: int = 0) -> np.ndarray:
    out = np.empty((4, count))
    draw_uniforms(np.uint64(seed), np.uint64(first), purpose, call, out)
    return out


def test_a_person_draws_the_same_whoever_is_drawn_before() -> None:
    together = _uniforms(7, 0, 1_000)
    assert np.array_equal(together[:, 600:], _uniforms(7, 600, 400))


def test_seeds_purposes_calls_and_people_beyond_32_bits_all_differ() -> None:
    draws = [
        _uniforms(1, 0, 50),
        _uniforms(2, 0, 50),
        _uniforms(1 + (1 << 32), 0, 50),
        _uniforms(1, 1 << 32, 50),
        _uniforms(1, 0, 50, SCREENS),
        _uniforms(1, 0, 50, PERSON, 1),
    ]
    for i, one in enumerate(draws):
        assert not any(np.intersect1d(one, other).size for other in draws[:i])


def test_uniforms_are_uniform_and_independent_within_chance() -> None:
    draws = _uniforms(3, 0, 400_000)
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    counts = np.stack([np.histogram(row, bins=100, range=(0.0, 1.0))[0] for row in draws])
    chi_squared = ((counts - 4_000.0) ** 2 / 4_000.0).sum(axis=1)
    assert np.all(np.abs(chi_squared - 99.0) < 4.0 * np.sqrt(2.0 * 99.0))
    between = np.corrcoef(draws) - np.eye(4)
    assert np.max(np.abs(between)) < 4.0 / np.sqrt(400_000)
