"""The emotion layer: what is felt, as a face that changes smoothly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kuchipaku import Character, Cue, Layer, Pose, Timeline
from kuchipaku.pose import mix, smoothstep
from modules.emotion.templates import pose_of

LEAD = 0.1
"""Seconds a face begins to change before its words: a feeling shows before it is spoken. By eye."""
FADE = 0.35
"""Seconds a face takes to change."""
HOLD = 0.8
"""Seconds an emotion stays at least; a change that comes sooner waits, and of several waiting the last is shown."""
LINGER = 2.5
"""Seconds an emotion stays after its words."""
EASE = 0.8
"""Seconds of the way back to the resting emotion."""


@dataclass(frozen=True, slots=True)
class Change:
    """The face begins to turn to `pose` at `at` and is there `fade` later, seconds."""

    at: float
    fade: float
    pose: Pose

    def share(self, t: float) -> float:
        """How much of the new face is there at time `t`: 0 to 1."""
        return smoothstep((t - self.at) / self.fade)


def emotion_layer(timeline: Timeline, character: Character) -> Layer:
    """The face over time: the cues of track `emotion`; between and after them the one named in track `rest`.

    A cue's name is a label, its weight the strength. The motion has no jumps: a change that comes during
    another starts from the face as it is.
    """
    rest_cues = timeline.track("rest")
    rest = pose_of(rest_cues[0].name if rest_cues else "neutral", 1.0, character)
    changes = plan(timeline.track("emotion"), rest, lambda cue: pose_of(cue.name, cue.weight, character))
    starts = [change.at for change in changes]
    return lambda t: _face(changes[: bisect_right(starts, t)], rest, t)


def _face(begun: Sequence[Change], rest: Pose, t: float) -> Pose:
    running = len(begun)
    while running and begun[running - 1].share(t) < 1.0:
        running -= 1
    face = begun[running - 1].pose if running else rest
    for change in begun[running:]:
        face = mix(face, change.pose, change.share(t))
    return face


def plan(cues: Sequence[Cue], rest: Pose, pose_of_cue: Callable[[Cue], Pose]) -> list[Change]:
    """The changes of a face, in order of time, with the returns to `rest` that lie between and after the cues."""
    changes: list[Change] = []
    ready = ended = float("-inf")  # when the next change may begin; when the emotion shown ends
    shown: tuple[str, float] | None = None
    for cue, following in zip_longest(cues, cues[1:]):
        if shown and cue.start - LEAD > ended:
            changes.append(Change(ended, EASE, rest))
            shown = None
        at = max(cue.start - LEAD, ready)
        if following and following.start - LEAD <= at:
            continue
        if shown != (cue.name, cue.weight):
            changes.append(Change(at, FADE, pose_of_cue(cue)))
            shown, ready = (cue.name, cue.weight), at + HOLD
        ended = max(cue.end + LINGER, ready)
    return [*changes, Change(ended, EASE, rest)] if shown else changes
