"""Random numbers by counter: what person i draws depends on the seed and on i, on no thread, block or other person.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
doi 10.1145/2063384.2063405): the seed is the key, and the counter is (call, purpose, low and high word of the person's
number). Each call gives four words of 32 bits. `tests/forecast/test_randomness.py` holds it against its authors' vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.infection.distributions import Floats

Words = NDArray[np.uint32]

# What a draw is for. Each purpose has its own numbers, so that a person keeps the others' when one more test is added.
PERSON, STAGES, SCREENS, WATCHES = 0, 1, 2, 3

_ROUNDS = 10
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEP_0, _KEY_STEP_1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SHIFT = np.uint64(32)
_UNIT = 2.0**-32


@compiled
def philox(c0: Words, c1: Words, c2: Words, c3: Words, seed: np.uint64) -> None:
    """Replace counters, a word of each in four arrays (n), by the four words that the generator makes of them.

    Round by round for all, as the compiler then draws for many people with one instruction.
    """
    k0, k1 = np.uint32(seed), np.uint32(seed >> _SHIFT)
    for _ in range(_ROUNDS):
        for i in range(c0.size):
            one, other = np.uint64(c0[i]) * _MULTIPLIER_0, np.uint64(c2[i]) * _MULTIPLIER_1
            c0[i], c1[i] = np.uint32(other >> _SHIFT) ^ c1[i] ^ k0, np.uint32(other)
            c2[i], c3[i] = np.uint32(one >> _SHIFT) ^ c3[i] ^ k1, np.uint32(one)
        k0, k1 = np.uint32(k0 + _KEY_STEP_0), np.uint32(k1 + _KEY_STEP_1)


@compiled
def draw_uniforms(seed: np.uint64, first_person: np.uint64, purpose: int, call: int, out: Floats) -> None:
    """Fill ``out`` (4, n) with uniforms of persons ``first_person`` onwards: multiples of 2⁻³² plus 2⁻³³, never 0 or 1."""
    words = np.empty((4, out.shape[1]), np.uint32)
    words[0] = np.uint32(call)
    words[1] = np.uint32(purpose)
    low, high = words[2], words[3]
    for i in range(low.size):
        person = first_person + np.uint64(i)
        low[i], high[i] = np.uint32(person), np.uint32(person >> _SHIFT)
    philox(words[0], words[1], low, high, seed)
    for row in range(4):
        _unit(words[row], out[row])


@compiled
def _unit(words: Words, out: Floats) -> None:
    for i in range(out.size):
        out[i] = (np.float64(words[i]) + 0.5) * _UNIT
