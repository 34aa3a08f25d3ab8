"""Talking without a score: a mouth that opens and shuts at random, as SillyTavern-Extras moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from modules.talkinghead.extras.chance import TALK, chance


@dataclass(frozen=True, slots=True)
class Talk:
    """From `start` to `end`, stage seconds, the mouth talks."""

    start: float
    end: float = math.inf

    def on(self, t: float) -> bool:
        """Whether it talks at `t`."""
        return self.start <= t < self.end


def opening(talk: Talk, t: float, fps: float, seed: int) -> float:
    """How far the mouth is open at `t`, seconds, 0 to 1: a new value `fps` times a second.

    Each value is |1 - x| + U(-2, 2), held inside 0..1, where x is the one before; the first comes after a shut mouth.
    """
    key = seed, round(1000 * talk.start)
    n = max(0, math.floor((t - talk.start) * fps))
    # A pull of 1 or more forces the mouth open or shut, whatever was before: nothing older matters.
    begin = n
    while begin > 0 and abs(_pull(begin, *key)) < 1.0:
        begin -= 1
    x = 0.0
    for i in range(begin, n + 1):
        x = min(1.0, max(0.0, abs(1.0 - x) + _pull(i, *key)))
    return x


def _pull(n: int, seed: int, *key: int) -> float:
    return 4.0 * chance(seed, TALK, *key, n) - 2.0
