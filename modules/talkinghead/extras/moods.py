"""What is felt when: the emotions of a score as points in time, remembered over changes of the score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from kuchipaku import Timeline

LEAD = 0.1
"""Seconds an emotion begins before its words."""
LINGER = 2.5
"""Seconds it stays after them, before the resting emotion returns."""
REMEMBERED = 32
"""Past changes that are kept: more than can still be seen in a face that follows slowly."""


@dataclass(frozen=True, slots=True)
class Mood:
    """From `time` on, stage seconds, this is felt."""

    time: float
    emotion: str
    strength: float = 1.0

    def is_like(self, other: Mood) -> bool:
        """Whether the same is felt."""
        return (self.emotion, self.strength) == (other.emotion, other.strength)


def moods_of(timeline: Timeline) -> list[Mood]:
    """The emotions of a score in order of time, from 0 on: its track `emotion`, and between and after it `rest`."""
    rested = timeline.track("rest")
    rest = rested[0].name if rested else "neutral"
    moods = [Mood(0.0, rest)]
    cues = timeline.track("emotion")
    for cue, following in zip_longest(cues, cues[1:]):
        _append(moods, Mood(max(cue.start - LEAD, moods[-1].time), cue.name, cue.weight))
        end = cue.end + LINGER
        if following is None or following.start - LEAD > end:
            _append(moods, Mood(end, rest))
    return moods


def mood_at(moods: Sequence[Mood], t: float) -> int:
    """The number of the mood at time `t`; the first one for any time before it."""
    return max(0, bisect_right(moods, t, key=lambda mood: mood.time) - 1)


def carried(past: Sequence[Mood], coming: Sequence[Mood], now: float) -> list[Mood]:
    """What was felt until `now`, then what a new score says: a change that has happened stays where it was."""
    kept = [mood for mood in past if mood.time <= now][-REMEMBERED:]
    if not kept:
        return list(coming)
    present = coming[mood_at(coming, now)]
    _append(kept, replace(present, time=max(now, kept[-1].time)))
    for mood in coming:
        if mood.time > now:
            _append(kept, mood)
    return kept


def _append(moods: list[Mood], mood: Mood) -> None:
    if moods[-1].time == mood.time:
        moods[-1] = mood
    elif not moods[-1].is_like(mood):
        moods.append(mood)
