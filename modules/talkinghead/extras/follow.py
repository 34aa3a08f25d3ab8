"""Following a target: each 1/25 s covers the same share of what is left of the way, at any frame rate."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 25.0
"""Steps a second in which the Extras' settings are written."""
Vector = NDArray[np.float64]
"""Strengths of morphs, (N,), or one strength, ()."""


def left_over(step: float, seconds: float) -> float:
    """The share of the way that is left after `seconds`, when `step` (more than 0, up to 1) of it goes each 1/25 s."""
    return float((1.0 - step) ** (RATE * max(0.0, seconds)))


def memory(step: float) -> int:
    """Steps of 1/25 s after which less than 1e-8 of what was there is left; at least one, at most a minute."""
    if step >= 1.0:
        return 1
    return math.ceil(min(60 * RATE, math.log(1e-8) / math.log1p(-step)))


class Course:
    """A pose on the way to targets that change at given times: it starts on the first and follows each in turn."""

    def __init__(self, times: Sequence[float], targets: Sequence[Vector], step: float) -> None:
        """`times`, seconds, in order, one for each target; before the first one it stands on the first target."""
        self._times, self._targets, self._step = list(times), list(targets), step
        self._starts = [self._targets[0]]
        for i, time in enumerate(self._times[1:]):
            self._starts.append(self._towards(i, time))

    def __call__(self, t: float) -> Vector:
        """The pose at `t`, seconds; continuous."""
        return self._towards(self._number(t), t)

    def target(self, t: float) -> Vector:
        """Where it is going at `t`, seconds."""
        return self._targets[self._number(t)]

    def _number(self, t: float) -> int:
        return max(0, bisect_right(self._times, t) - 1)

    def _towards(self, i: int, t: float) -> Vector:
        left = left_over(self._step, t - self._times[i])
        return self._targets[i] + (self._starts[i] - self._targets[i]) * left
