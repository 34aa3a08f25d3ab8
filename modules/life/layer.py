"""The motions of a living body as one layer."""

from __future__ import annotations

from kuchipaku import Character, Pose, Timeline
from modules.life.body import NOD, Breath, Nods, Sway
from modules.life.eyes import Blinks, Gaze
from modules.life.speaking import Speaking

_SIDES = ("left", "right")
_LIDS = tuple(f"*{lid}_{side}" for lid in ("eye_surprised", "eye_relaxed", "eye_unimpressed") for side in _SIDES)
"""What else moves the lids: it gives way to a blink. Lids that are shut smiling stay so (`shut_once` of the core)."""


class Life:
    """Breath, blinks, sway, glances and nods. A layer: call it with a time in seconds.

    Laid out by the character's `seed` and scaled by its `temperament`: at 0 it breathes and blinks now and then.
    """

    def __init__(self, timeline: Timeline, character: Character) -> None:
        seed, temperament = character.seed, min(1.0, max(0.0, character.temperament))
        self._speaking = Speaking(timeline)
        self._breath = Breath(seed)
        self._sway = Sway(seed, temperament)
        self._nods = Nods(timeline.track("gesture"))
        self._nod = NOD * min(1.0, 2.0 * temperament)
        self._gaze = Gaze(seed, temperament, self._speaking)
        self._blinks = Blinks(seed, temperament)

    def __call__(self, t: float) -> Pose:
        """What is added to the pose below at `t`, seconds; lid morphs only during a blink."""
        pose = self._sway(t, self._speaking(t))
        glance = self._gaze(t)
        pose["head_x"] += glance.head_x - self._nod * self._nods(t)  # down is negative
        pose["head_y"] += glance.head_y
        pose |= {"iris_rotation_x": glance.eye_x, "iris_rotation_y": glance.eye_y, "breathing": self._breath(t)}
        closed = self._blinks(t)
        return pose | _lids(closed) if closed > 0.0 else pose


def _lids(closed: float) -> dict[str, float]:
    return dict.fromkeys(_LIDS, 1.0 - closed) | {f"eye_wink_{side}": closed for side in _SIDES}
