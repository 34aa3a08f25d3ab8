"""When somebody speaks: an eased envelope over the score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from kuchipaku import Cue, Timeline
from kuchipaku.pose import smoothstep

_JOIN = 0.6
"""Seconds of silence that do not end a stretch of speech."""
_RISE = 0.5
"""Seconds to liven up; from the start of the speech on, never before it."""
_FALL = 1.0
"""Seconds to calm down."""


class Speaking:
    """How much somebody speaks at a time: 0 silent, 1 in the midst of speech."""

    def __init__(self, timeline: Timeline) -> None:
        """Reads the `mouth` track, or the `word` track where there is no mouth."""
        sounding = [cue for cue in timeline.track("mouth") if cue.name != "sil"] or timeline.track("word")
        self._stretches = _stretches(sounding)
        self._starts = [start for start, _ in self._stretches]

    def __call__(self, t: float) -> float:
        """0 to 1 at time `t`, seconds."""
        i = bisect_right(self._starts, t)
        return max((_eased(t, *stretch) for stretch in self._stretches[max(0, i - 2) : i]), default=0.0)


def _stretches(cues: Sequence[Cue]) -> list[tuple[float, float]]:
    """Start and end of each stretch of speech, in order."""
    joined: list[tuple[float, float]] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if joined and cue.start - joined[-1][1] < _JOIN:
            joined[-1] = (joined[-1][0], max(joined[-1][1], cue.end))
        else:
            joined.append((cue.start, cue.end))
    return joined


def _eased(t: float, start: float, end: float) -> float:
    return smoothstep((t - start) / _RISE) * (1.0 - smoothstep((t - end) / _FALL))
