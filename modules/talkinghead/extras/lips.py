"""When the lips follow the phones of a score, so that nobody else may move them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from kuchipaku import Cue
from kuchipaku.pose import smoothstep

READY = 0.10
"""Seconds before the first sound, and after the last, for which the lips are the score's alone."""
HANDOVER = 0.25
"""Seconds in which they are handed over before that, and back after it."""


class Lips:
    """How far the lips belong to the score."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """`cues` of the mouth track, in order of their start."""
        self._spans: list[tuple[float, float]] = []
        for cue in cues:
            start, end = cue.start - READY, cue.end + READY
            if cue.name == "sil":
                continue
            if self._spans and start - self._spans[-1][1] < 2 * HANDOVER:
                self._spans[-1] = self._spans[-1][0], max(self._spans[-1][1], end)
            else:
                self._spans.append((start, end))
        self._starts = [start - HANDOVER for start, _ in self._spans]

    def __call__(self, t: float) -> float:
        """At `t`, seconds: 1 while something is spoken, 0 when not, between them in passing."""
        i = bisect_right(self._starts, t) - 1
        if i < 0:
            return 0.0
        start, end = self._spans[i]
        return smoothstep(1.0 - max(start - t, t - end, 0.0) / HANDOVER)
