"""The `mouth` track -> a motion layer: coarticulated lips at any time.

Each sound pulls the lips towards its shape with a dominance that rises before the sound and falls after it; the lips
are the mean of the shapes, weighted by dominance, for the width and the height of the lips apart. Source of the model:
M. Cohen and D. Massaro, "Modeling coarticulation in synthetic visual speech", 1993 (dominance exp(-(d/c)^p); here
p = 2 and d is counted from the steady part of the sound). Lips that must meet, and silence, are ceilings on the
height: they hold at every rate of speech. Constants are by eye unless they say otherwise.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import exp, inf
from typing import NamedTuple, TypeVar

from kuchipaku import Cue, Pose
from kuchipaku.pose import OPENINGS, smoothstep
from modules.lipsync.shapes import CLOSED, NEUTRAL, SHAPES, lips_of, morphs_of

LEAD = 0.030
"""Seconds by which the mouth is ahead of the sound: seen speech is expected to lead, and never to lag."""
PAUSE = 0.080
"""Seconds without a sound from which the mouth rests."""
SETTLED = 0.6
"""Seconds without a sound from which the mouth is handed back to the layers below."""

_INSET = 0.035
"""Seconds at either end of a sound that belong to the transition."""
_LAG = 0.050
"""Seconds: time constant of the fall after a sound."""
_REACH = 0.30
"""Seconds from which on a dominance is below 1e-5."""
_CONTACT = 0.044
"""Seconds that lips stay together at least: a frame at 25 a second, and a margin."""
_PARTING = 0.030
"""Seconds of a longer contact during which the lips already meet or part."""
_RAMP = 0.055
"""Seconds for lips to meet, and to part."""
_HANDOVER = 0.25
"""Seconds to ease between speech and the mouth of the layers below."""


T = TypeVar("T")


class _Sound(NamedTuple):
    """One cue, ready for blending: its steady part, its lips, its dominance."""

    start: float
    end: float
    lead: float
    width: float
    height: float
    width_pull: float
    height_pull: float


class _Ceiling(NamedTuple):
    """The lips are at most `height` apart over start <= t <= end; eased in and out over `rise` and `fall` seconds."""

    start: float
    end: float
    rise: float
    fall: float
    height: float


class Mouth:
    """The lips of one score. A layer: call it with a time in seconds."""

    def __init__(self, cues: Sequence[Cue], strength: float = 1.0, offset: float = 0.0) -> None:
        """`cues` of the mouth track; `strength` (0 to 1.5) times the opening; `offset` seconds earlier."""
        spoken = _bridged(sorted((c for c in cues if c.name != "sil"), key=lambda cue: cue.start))
        self._ahead = LEAD + offset
        self._silences = _silences(spoken)
        self._sounds = [_sound(cue, strength) for cue in spoken]
        self._sound_starts = [sound.start for sound in self._sounds]
        self._sound_ends = list(accumulate((sound.end for sound in self._sounds), max))
        ceilings = [_contact(c) for c in spoken if c.name in _CEILINGS] + [_rest(*s) for s in self._silences]
        self._ceilings = sorted(ceilings, key=lambda c: c.start - c.rise)
        self._ceiling_starts = [ceiling.start - ceiling.rise for ceiling in self._ceilings]
        self._ceiling_ends = list(accumulate((c.end + c.fall for c in self._ceilings), max))
        self._silence_starts = [start for start, _ in self._silences]

    def __call__(self, t: float) -> Pose:
        """The six opening morphs in place of those below, fading with the speech; {} when nobody speaks."""
        t += self._ahead
        below = self._handed_back(t)
        if below >= 1.0:
            return {}
        width, height = self._blend(t)
        lowered = self._lowered(height, t)
        # narrower by as much as lower, so that a closing mouth keeps its shape
        opening = morphs_of(width * lowered / height, lowered) if lowered > 0.0 else dict(CLOSED)
        return {f"*{name}": below for name in OPENINGS} | opening if below else _replacing(opening)

    def _blend(self, t: float) -> tuple[float, float]:
        """Width and height of the lips: the means of the shapes around `t`, weighted by their dominance."""
        width = height = 0.0
        width_pull = height_pull = 1e-9
        for sound in _reaching(self._sounds, self._sound_starts, self._sound_ends, t, _REACH):
            d = (sound.start - t) / sound.lead if t < sound.start else max(0.0, t - sound.end) / _LAG
            dominance = exp(-d * d)
            width += dominance * sound.width_pull * sound.width
            width_pull += dominance * sound.width_pull
            height += dominance * sound.height_pull * sound.height
            height_pull += dominance * sound.height_pull
        return width / width_pull, height / height_pull

    def _lowered(self, height: float, t: float) -> float:
        lowered = height
        for ceiling in _reaching(self._ceilings, self._ceiling_starts, self._ceiling_ends, t, 0.0):
            lowered = min(lowered, height - max(0.0, height - ceiling.height) * _held(ceiling, t))
        return lowered

    def _handed_back(self, t: float) -> float:
        """0 while somebody speaks, 1 in the midst of a long silence."""
        i = bisect_right(self._silence_starts, t) - 1
        if i < 0:
            return 0.0
        start, end = self._silences[i]
        if end - start < SETTLED:
            return 0.0
        return smoothstep((t - start - 0.12) / _HANDOVER) * smoothstep((end - 0.08 - t) / _HANDOVER)


def _replacing(opening: Pose) -> Pose:
    return {f"={name}": value for name, value in opening.items()}


def _reaching(items: list[T], starts: list[float], ends: list[float], t: float, reach: float) -> list[T]:
    """The items in reach of `t`: `starts` in order, `ends` the latest end so far."""
    return items[bisect_left(ends, t - reach) : bisect_right(starts, t + reach)]


_CEILINGS = {name: shape.ceiling for name, shape in SHAPES.items() if shape.ceiling is not None}
_SHAPES = {name: (shape, lips_of(shape.pose)) for name, shape in SHAPES.items()}
_NEUTRAL = (NEUTRAL, lips_of(NEUTRAL.pose))


def _bridged(spoken: Sequence[Cue]) -> list[Cue]:
    """The same cues, each lasting until the next where the gap is too short for a rest."""
    bridged = [
        Cue(cue.start, after.start, cue.name, cue.weight) if 0.0 < after.start - cue.end < PAUSE else cue
        for cue, after in pairwise(spoken)
    ]
    return [*bridged, *spoken[-1:]]


def _sound(cue: Cue, strength: float) -> _Sound:
    shape, (width, height) = _SHAPES.get(cue.name, _NEUTRAL)
    start, end, size = cue.start, cue.end, cue.weight * strength
    inset = min(_INSET, (end - start) / 2)
    return _Sound(
        start + inset, end - inset, shape.lead, size * width, size * height, shape.width_pull, shape.height_pull
    )


def _contact(cue: Cue) -> _Ceiling:
    """Lips together for about the length of the sound, and for a frame at least, however short it is."""
    middle = (cue.start + cue.end) / 2
    half = max(_CONTACT, cue.end - cue.start - _PARTING) / 2
    return _Ceiling(middle - half, middle + half, _RAMP, _RAMP, _CEILINGS[cue.name])


def _silences(spoken: Sequence[Cue]) -> list[tuple[float, float]]:
    """Where nothing sounds for a while, in order; the first is before, and the last after, everything."""
    ends = [-inf, *accumulate((cue.end for cue in spoken), max)]
    starts = [*(cue.start for cue in spoken), inf]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if start - end >= PAUSE]


def _rest(start: float, end: float) -> _Ceiling:
    """Closed lips within a silence: reached unhurriedly in a long one, in time in a short one."""
    quarter = (end - start) / 4
    settle = min(0.10, quarter)
    return _Ceiling(start + settle, end - min(0.06, quarter), settle + 0.05, 0.09, 0.0)


def _held(ceiling: _Ceiling, t: float) -> float:
    """How strongly a ceiling holds at `t`: 0 not at all, 1 fully."""
    if t < ceiling.start:
        return smoothstep(1.0 - (ceiling.start - t) / ceiling.rise)
    return smoothstep(1.0 - (t - ceiling.end) / ceiling.fall)
