"""The animator of SillyTavern-Extras as a motion layer: a function of the stage time, laid on top of everything.

The face follows the template of what is felt, head and body sway, the lids blink, the chest breathes, and the mouth
talks where no score moves it. Steps and chances are written for 25 frames a second and hold at any rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import pi, sin

import numpy as np

from kuchipaku import THA_RIG, Pose
from kuchipaku.pose import OPENINGS
from modules.talkinghead.extras.blinks import Blinks
from modules.talkinghead.extras.follow import RATE, Course, Vector, left_over
from modules.talkinghead.extras.moods import Mood
from modules.talkinghead.extras.settings import AnimatorSettings
from modules.talkinghead.extras.sway import Sway
from modules.talkinghead.extras.talk import Talk, opening

_PLACE = {morph: i for i, morph in enumerate(THA_RIG.morphs)}
_SHUT = [_PLACE[morph] for morph in OPENINGS]
_LIDS = [_PLACE["eye_wink_left"], _PLACE["eye_wink_right"]]
_BREATH = _PLACE["breathing"]


@dataclass(frozen=True, slots=True)
class Script:
    """What an animator plays."""

    settings: AnimatorSettings
    moods: Sequence[Mood]
    """What is felt when, in order of time; at least one."""
    faces: Callable[[str], Pose]
    """The pose of an emotion at full strength."""
    talk: Talk | None = None
    lips: Callable[[float], float] = field(default=lambda t: 0.0)
    """How far the lips belong to a score at a time: 0 not at all, 1 wholly."""
    seed: int = 0


class Animator:
    """The whole face of a character. A layer: call it with a time in seconds."""

    def __init__(self, script: Script) -> None:
        self._script, self._settings = script, script.settings
        poses = [_vector(script.faces(mood.emotion), mood.strength) for mood in script.moods]
        self._swaying = [_PLACE[morph] for morph in script.settings.sway_morphs if morph in _PLACE]
        self._course = Course([mood.time for mood in script.moods], poses, script.settings.pose_interpolator_step)
        self._sway = Sway(script.settings, script.moods, [pose[self._swaying] for pose in poses], script.seed)
        self._blinks = Blinks(script.settings, script.seed, _hurried(script))

    def __call__(self, t: float) -> Pose:
        """All 45 morphs at `t`, in place of those below; the mouth's openings but for what the score leaves of them."""
        strengths = self._steady(t)
        strengths[_LIDS] = self._lids(t, strengths[_LIDS])
        strengths[_SHUT] = self._openings(t, strengths[_SHUT])
        strengths[_BREATH] = breath(t, self._settings.breathing_cycle_duration)
        pose = dict(zip(THA_RIG.morphs, strengths.tolist(), strict=True))
        pose |= talking(self._script.talk, t, self._settings, self._script.seed)
        return laid_on_lips(pose, self._script.lips(t))

    def _steady(self, t: float) -> Vector:
        """Face and sway alone."""
        strengths = np.array(self._course(t))
        if self._swaying:
            strengths[self._swaying] += self._sway(t)
        return strengths

    def _lids(self, t: float, open_: Vector) -> Vector:
        """Shut for one frame at a blink, then on the way back to where they would be."""
        frame = 1.0 / min(RATE, self._settings.target_fps)
        shut = self._blinks.last(t) + frame
        if t < shut:
            return np.ones(2)
        left = left_over(self._settings.pose_interpolator_step, t - shut)
        return open_ + (1.0 - self._steady(shut)[_LIDS]) * left if left > 1e-8 else open_

    def _openings(self, t: float, mouth: Vector) -> Vector:
        """The openings when nobody talks: after talking they are at once where they were going."""
        talk, step = self._script.talk, self._settings.pose_interpolator_step
        if talk is None or t < talk.end:
            return mouth
        ahead = self._course.target(talk.end) - self._course(talk.end)
        return mouth + ahead[_SHUT] * left_over(step, t - talk.end)


def breath(t: float, cycle: float) -> float:
    """How far the chest is raised at `t`, 0 to 1; one breath takes `cycle` seconds, however few they are."""
    return sin(pi * (t % cycle / cycle)) ** 2


def talking(talk: Talk | None, t: float, settings: AnimatorSettings, seed: int) -> dict[str, float]:
    """The morphs that `talk` moves at `t`, seconds; none while nobody talks."""
    if talk is None or not talk.on(t):
        return {}
    opened = opening(talk, t, settings.talking_fps, seed)
    return dict.fromkeys(OPENINGS, 0.0) | {settings.talking_morph: opened}


def laid_on_lips(pose: Mapping[str, float], lips: float) -> Pose:
    """A layer with `pose` in place of what is below; the openings are the score's as far as `lips`, 0 to 1, says."""
    if lips <= 0.0:
        return {f"={morph}": strength for morph, strength in pose.items()}
    layer = {f"={morph}": strength for morph, strength in pose.items() if morph not in OPENINGS}
    if lips < 1.0:
        for morph in OPENINGS:
            if morph in pose:
                layer |= {f"*{morph}": lips, morph: (1.0 - lips) * pose[morph]}
    return layer


def _vector(pose: Pose, strength: float) -> Vector:
    """Every morph of the rig, those that the pose leaves out at rest; a pose says nothing about breathing."""
    return np.array([strength * pose.get(morph, 0.0) if morph != "breathing" else 0.0 for morph in THA_RIG.morphs])


def _hurried(script: Script) -> list[tuple[float, float]]:
    """When blinks come at any time: for a while after each turn to confusion."""
    seconds = script.settings.blink_confusion_duration
    return [(mood.time, mood.time + seconds) for mood in script.moods if mood.emotion == "confusion"]
