"""Blinks: a small chance each 1/25 s, barred for a while after the last one."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from modules.talkinghead.extras.chance import BLINKS, WAITS, draws
from modules.talkinghead.extras.follow import RATE
from modules.talkinghead.extras.settings import AnimatorSettings

STRETCH = 120.0
"""Seconds for which blinks are worked out at once; each stretch begins as if somebody had just blinked."""
LONGEST = 600.0
"""Such a stretch at most, seconds."""

Span = tuple[float, float]
"""Start and end, seconds."""


class Blinks:
    """When somebody blinks."""

    def __init__(self, settings: AnimatorSettings, seed: int, hurried: Sequence[Span] = ()) -> None:
        """`hurried`: when nothing bars the next blink, as in confusion."""
        low, high = sorted((settings.blink_interval_min, settings.blink_interval_max))
        self._low, self._high, self._chance = low, high, settings.blink_probability
        self._seed, self._hurried = seed, tuple(hurried)
        self._length = round(RATE * min(LONGEST, max(STRETCH, 8.0 * high)))
        self._blinks = lru_cache(maxsize=8)(self._work_out)

    def last(self, t: float) -> float:
        """When the last blink before `t` began, seconds; minus infinity if it is long ago."""
        step = math.floor(t * RATE)
        stretch = step // self._length
        for n in (stretch, stretch - 1):
            steps = self._blinks(n)
            if begun := bisect_right(steps, step):
                return steps[begun - 1] / RATE
        return -math.inf

    def _work_out(self, stretch: int) -> list[int]:
        """The steps at which the blinks of a stretch begin."""
        first = stretch * self._length
        tried = draws(self._length, self._seed, BLINKS, stretch)
        waits = self._low + (self._high - self._low) * draws(self._length, self._seed, WAITS, stretch)
        blinks: list[int] = []
        last, wait = first, waits[-1]
        for i in (tried < self._chance).nonzero()[0]:
            step = first + int(i)
            if step - last >= wait * RATE or self._is_hurried(step / RATE):
                blinks.append(step)
                last, wait = step, waits[i]
        return blinks

    def _is_hurried(self, t: float) -> bool:
        return any(start <= t < end for start, end in self._hurried)
