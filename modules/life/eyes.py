"""Blinks and glances."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kuchipaku.pose import smoothstep
from modules.life.rhythm import Beat, chance

CLOSING, HELD, OPENING = 0.080, 0.040, 0.140
"""Seconds of the three parts of a blink."""

_BLINK = CLOSING + HELD + OPENING
_TWICE = 0.15
"""Share of blinks that come twice, at temperament 0.5."""
_SACCADE = 0.070
"""Seconds an eye takes to jump to a new place."""
_HEAD_TURN = 0.45
"""Seconds the head takes to follow."""
_FOLLOWED = 0.15
"""Share of a glance that the head follows."""
_WIDE, _HIGH = 0.55, 0.30
"""Largest glance to the side, and up or down, at temperament 1 (rig units, 1 = the end of the range)."""


class Blinks:
    """Blinks 2 to 6 s apart at temperament 0.5 and above, rarer below; some come twice."""

    def __init__(self, seed: int, temperament: float) -> None:
        """`temperament` 0 to 1."""
        period = 8.0 - 8.0 * min(0.5, temperament)
        self._beat = Beat(seed, "blink", period, period / 4)
        self._seed = seed
        self._twice = 2.0 * _TWICE * temperament

    def __call__(self, t: float) -> float:
        """How far the lids are closed at `t`, seconds: 0 open, 1 shut."""
        n = self._beat.last(t)
        since = t - self._beat.time(n)
        if since > _BLINK and chance(self._seed, "twice", n) < self._twice:
            since -= _BLINK + 0.06
        return closedness(since)


def closedness(since: float) -> float:
    """How far a lid is closed `since` seconds after a blink began: 0 open, 1 shut."""
    if since < CLOSING + HELD:
        return smoothstep(since / CLOSING)
    return 1.0 - smoothstep((since - CLOSING - HELD) / OPENING)


class Glance(NamedTuple):
    """Where the eyes and the head are turned, rig units: x up (+) or down, y to the side."""

    eye_x: float
    eye_y: float
    head_x: float
    head_y: float


class Gaze:
    """Eyes that rest on a point for 0.6 to 3 s and jump to the next; mostly on the viewer while speaking."""

    def __init__(self, seed: int, temperament: float, speaking: Callable[[float], float]) -> None:
        """`temperament` 0 to 1; `speaking` gives 0 to 1 at a time in seconds."""
        self._beat = Beat(seed, "gaze", 1.8, 0.6)
        self._seed, self._temperament, self._speaking = seed, temperament, speaking

    def __call__(self, t: float) -> Glance:
        """The glance at `t`, seconds."""
        n = self._beat.last(t)
        since = t - self._beat.time(n)
        (x0, y0), (x1, y1) = self._point(n - 1), self._point(n)
        jump, turn = smoothstep(since / _SACCADE), smoothstep(since / _HEAD_TURN)
        head_x, head_y = _FOLLOWED * (x0 + (x1 - x0) * turn), _FOLLOWED * (y0 + (y1 - y0) * turn)
        return Glance(x0 + (x1 - x0) * jump, y0 + (y1 - y0) * jump, head_x, head_y)

    def _point(self, n: int) -> tuple[float, float]:
        """The n-th resting point: the viewer, give or take a micro-saccade, or a place aside."""
        at_viewer = 0.55 + 0.35 * self._speaking(self._beat.time(n))
        size = 0.08 if chance(self._seed, "viewer", n) < at_viewer else 1.0
        x = 2.0 * chance(self._seed, "up", n) - 1.0
        y = 2.0 * chance(self._seed, "side", n) - 1.0
        return self._temperament * size * _HIGH * x, self._temperament * size * _WIDE * y
