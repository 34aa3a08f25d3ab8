"""Repeatable chance: numbers that are a function of what they are for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BLINKS, WAITS, TURNS, PLACES, TREMBLE, TALK = range(6)
"""What chance is asked for."""


def draws(count: int, seed: int, topic: int, *key: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1), evenly spread: always the same ones for a seed, a topic and a key."""
    whole = (seed, topic, *key)
    return np.random.default_rng([2 * abs(part) + (part < 0) for part in whole]).random(count)


@lru_cache(maxsize=4096)
def chance(seed: int, topic: int, *key: int) -> float:
    """One such number."""
    return float(draws(1, seed, topic, *key)[0])
