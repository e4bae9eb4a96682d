"""What a test of a kind is worth: what it finds, and what it teaches for the days to come."""

from __future__ import annotations

import numpy as np
from scipy import special

from fastchannel.watch.arrival_tests.prevalence import Floats

STEPS = 60


def optimistic_index(alpha: Floats, beta: Floats, discount: float) -> Floats:
    """The optimistic Gittins index of beta-distributed shares, shape as ``alpha``.

    It is the simplest of the sequence of Gutin & Farias (Optimistic Gittins Indices, NeurIPS 2016).

    The Gittins index is the sure yield λ at which one does not mind whether to go on with it or to try once more. Here a trial
    is taken to reveal the share θ at once, which is optimistic and makes the equation short:

        λ = (1 − γ) E[θ] + γ E[max(θ, λ)],   E[max(θ, λ)] = μ (1 − I_λ(α + 1, β)) + λ I_λ(α, β)

    with I the regularised incomplete beta function. The right side less λ falls and is convex in λ, so that Newton's steps from
    λ = μ rise to the root. ``discount`` γ in [0, 1) is what a find tomorrow is worth against one today: 0 gives the mean.
    """
    mean = alpha / (alpha + beta)
    index = mean.copy()
    for _ in range(STEPS):
        below = special.betainc(alpha, beta, index)
        best = mean * special.betaincc(alpha + 1.0, beta, index) + index * below
        step = ((1.0 - discount) * mean + discount * best - index) / (1.0 - discount * below)
        index = np.minimum(index + np.maximum(step, 0.0), 1.0)
        if np.all(step <= 1e-12 + 1e-9 * index):
            break
    return np.asarray(index, np.float64)
