"""Sway: every few seconds a new place to lean to, with a tremble on the way, followed like any other target."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.extras.chance import PLACES, TREMBLE, TURNS, chance, draws
from modules.talkinghead.extras.follow import RATE, Vector, memory
from modules.talkinghead.extras.moods import Mood
from modules.talkinghead.extras.settings import AnimatorSettings

CHUNK = 256
"""Steps whose goals are worked out and kept together."""
SLOWEST = 600.0
"""Seconds between two sways beyond which nobody sees a difference."""


class Turns:
    """Events number ..., -1, 0, 1, ... at irregular times, number 0 at `start`; counted in steps of 1/25 s."""

    def __init__(self, seed: int, start: int, shortest: float, longest: float) -> None:
        """`shortest` and `longest`: seconds between two events."""
        low, high = sorted((min(shortest, SLOWEST), min(longest, SLOWEST)))
        # Events on an even beat, each at most half the difference off it: so any of them is found at once.
        self._period, self._jitter = max(1.0, RATE * (low + high) / 2), RATE * (high - low) / 4
        self._seed, self._start = seed, start

    def step(self, n: int) -> int:
        """When event `n` comes."""
        late = 2.0 * chance(self._seed, TURNS, self._start, n) - 1.0 if n else 0.0
        return self._start + round(self._period * n + self._jitter * late)

    def last(self, step: int) -> int:
        """The number of the latest event at or before `step`."""
        n = math.floor((step - self._start) / self._period) + 1
        while self.step(n) > step:
            n -= 1
        return n


class Sway:
    """How far a body has swayed from the pose it is in, as a function of time."""

    def __init__(self, settings: AnimatorSettings, moods: Sequence[Mood], poses: Sequence[Vector], seed: int) -> None:
        """`poses`: strengths of the swaying morphs, (M,), that each of the moods strives for."""
        self._settings, self._poses, self._seed = settings, poses, seed
        self._starts = [math.ceil(mood.time * RATE) for mood in moods]
        intervals = settings.sway_interval_min, settings.sway_interval_max
        self._turns = [Turns(seed, start, *intervals) for start in self._starts]
        keep = 1.0 - settings.pose_interpolator_step
        self._weights = (1.0 - keep) * keep ** np.arange(memory(settings.pose_interpolator_step), dtype=np.float64)
        self._stretches = lru_cache(maxsize=4)(self._work_out)
        self._chunks = lru_cache(maxsize=2 + len(self._weights) // CHUNK)(self._joined)

    def __call__(self, t: float) -> Vector:
        """The deviation of each swaying morph at `t`, seconds: (M,); continuous."""
        step = math.floor(t * RATE)
        goals = self._goals(step - len(self._weights), step + 1)
        there, goal = self._weights @ goals[-2::-1], goals[-1]
        keep = 1.0 - self._settings.pose_interpolator_step
        return np.asarray(goal + (there - goal) * keep ** (t * RATE - step))

    def goal(self, t: float) -> Vector:
        """Where it sways to at `t`, seconds, as a deviation: (M,)."""
        step = math.floor(t * RATE)
        return np.asarray(self._goals(step, step + 1)[0])

    def _goals(self, begin: int, end: int) -> NDArray[np.float64]:
        """The goals of the steps begin <= step < end: (steps, M)."""
        first = begin // CHUNK
        joined = np.concatenate([self._chunks(n) for n in range(first, (end - 1) // CHUNK + 1)])
        return joined[begin - first * CHUNK : end - first * CHUNK]

    def _joined(self, chunk: int) -> NDArray[np.float64]:
        """The goals of one chunk of steps: (CHUNK, M)."""
        pieces, step, end = [], chunk * CHUNK, (chunk + 1) * CHUNK
        while step < end:
            first, goals = self._stretches(*self._stretch(step))
            pieces.append(goals[step - first : end - first])
            step = first + len(goals)
        return np.concatenate(pieces)

    def _stretch(self, step: int) -> tuple[int, int]:
        """The mood and the turn within it that a step belongs to."""
        mood = max(0, bisect_right(self._starts, step) - 1)
        return mood, self._turns[mood].last(step)

    def _work_out(self, mood: int, turn: int) -> tuple[int, NDArray[np.float64]]:
        """The first step of one stretch, and the goals of all its steps, (steps, M)."""
        turns, pose, macro = self._turns[mood], self._poses[mood], self._settings.sway_macro_strength
        first, end = turns.step(turn), turns.step(turn + 1)
        if mood + 1 < len(self._starts):
            end = min(end, self._starts[mood + 1])
        low, high = np.minimum(0.0, -macro - pose), np.maximum(0.0, macro - pose)
        key = self._starts[mood], turn
        leant = pose + low + (high - low) * draws(len(pose), self._seed, PLACES, *key)
        noise = 2.0 * draws((end - first) * len(pose), self._seed, TREMBLE, *key).reshape(end - first, -1) - 1.0
        return first, _trembling(leant, self._settings.sway_micro_strength * noise) - pose


def _trembling(start: Vector, noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """A walk from `start`, (M,), by the steps of `noise` but the first, (steps, M), each place held inside -1 to 1."""
    walk = noise.copy()
    walk[0] = start
    free = np.cumsum(walk, axis=0)
    if np.abs(free).max(initial=0.0) <= 1.0:
        return free
    for i in range(1, len(walk)):
        walk[i] = np.minimum(1.0, np.maximum(-1.0, walk[i - 1] + noise[i]))
    return walk
