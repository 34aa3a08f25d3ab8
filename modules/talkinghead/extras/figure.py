"""One live character as the Extras' animator moves it: what was said about it, and the layer that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf

from kuchipaku import LABELS, Character, Layer, Pose, Timeline
from kuchipaku.costume import Costume
from modules.talkinghead.extras.animator import Animator, Script, laid_on_lips, talking
from modules.talkinghead.extras.files import ANIMATOR, EMOTIONS, Wishes, animator_file, emotions_file, read_files
from modules.talkinghead.extras.finish import finish_of
from modules.talkinghead.extras.lips import Lips
from modules.talkinghead.extras.moods import Mood, carried, moods_of
from modules.talkinghead.extras.settings import AnimatorSettings, Given
from modules.talkinghead.extras.talk import Talk
from modules.talkinghead.extras.templates import Templates, is_same

SLOWEST, FASTEST = 1.0, 120.0
"""Bounds of the frame rate, whatever the settings say."""


class Figure:
    """What is said about one character, and how it moves by it.

    The animator is in charge of the whole face as soon as anybody says how that moves, in the character's files or in a
    request. Until then life and feelings move it; talking, a held pose, filters, crop and rate are only added. Whoever
    changes a figure has its performer wear its costume again; `pose` alone counts at once. What is changed is replaced
    as a whole, never altered, so that a performer may read it meanwhile.
    """

    def __init__(self, character: Character, face: Callable[[str], Pose]) -> None:
        """`face` gives the pose of an emotion for which there is no template."""
        self.character = character
        self._face = face
        self._moods: list[Mood] = []
        self._seen = 0.0
        self.talk: Talk | None = None
        self.pose: Pose = {}
        """Morphs that are held where somebody put them, over everything else."""
        self.reset()

    def reset(self) -> None:
        """Back to what the files say; the pose is let go."""
        self.files, self.trouble = read_files(self.character)
        self.pose = {}
        self.say(Wishes())

    def say(self, posted: Wishes) -> None:
        """From now on what is `posted` counts, over the files; in place of all that was posted before."""
        self.posted = posted
        self._wishes = posted.over(self.files)
        self.settings = AnimatorSettings(**(self._wishes.settings or {}))
        self._finish = finish_of(self.settings, self.character.seed)

    def with_changes(self, settings: Given, templates: Templates) -> Wishes:
        """What is posted once these are changed, without what would hold anyway: so a change back is no change."""
        usual = AnimatorSettings(**(self.files.settings or {}))
        changed = {**(self.posted.settings or {}), **settings}
        poses = {**(self.posted.templates or {}), **templates}
        return Wishes(
            {key: value for key, value in changed.items() if value != getattr(usual, key)} or None,
            {emotion: pose for emotion, pose in poses.items() if not self._is_usual(emotion, pose)} or None,
        )

    def _is_usual(self, emotion: str, pose: Pose) -> bool:
        own = self.files.templates or {}
        known = emotion in own or emotion in LABELS or emotion in self.character.emotions
        return known and is_same(pose, own[emotion] if emotion in own else self._face(emotion))

    @property
    def in_charge(self) -> bool:
        """Whether the animator moves the whole face."""
        return self._wishes.move

    def face(self, emotion: str) -> Pose:
        """The pose of an emotion: posted, else of the file, else the common one; at rest for one nobody knows."""
        own = self._wishes.templates or {}
        return own[emotion] if emotion in own else self._face(emotion)

    def emotions(self) -> list[str]:
        """Every emotion it can show: the labels, then its own."""
        own = (*self.character.emotions, *(self._wishes.templates or {}))
        return list(dict.fromkeys((*LABELS, *own)))

    def templates(self) -> Templates:
        """The pose of every emotion it can show."""
        return {emotion: self.face(emotion) for emotion in self.emotions()}

    def is_saved(self) -> bool:
        """Whether the files say all that was said."""
        return self._wishes == self.files

    def saved_files(self) -> dict[str, bytes | None]:
        """The two files with all that was said and no more; None for one that would say nothing."""
        keys, own = self._wishes.settings, self._wishes.templates
        return {
            ANIMATOR: animator_file(self.settings, keys) if keys else None,
            EMOTIONS: emotions_file(own) if own else None,
        }

    def start_talking(self, now: float) -> None:
        """The mouth talks from `now` on, stage seconds, wherever no score moves it."""
        if self.talk is None or not self.talk.on(now):
            self.talk = Talk(now)

    def stop_talking(self, now: float) -> None:
        """The mouth is still from `now` on."""
        if self.talk is not None and self.talk.on(now):
            self.talk = replace(self.talk, end=now)

    @property
    def is_talking(self) -> bool:
        """Whether the mouth has been told to talk, and not to stop."""
        return self.talk is not None and self.talk.end == inf

    def costume(self) -> Costume:
        """What a performer wears for it."""
        fps = min(FASTEST, max(SLOWEST, self.settings.target_fps))
        return Costume(self.animate, self._finish, fps if "target_fps" in (self._wishes.settings or {}) else None)

    def animate(self, timeline: Timeline) -> Layer:
        """The layer over all others for a score."""
        # What has been seen stays as it was: a change of the score is no change of the past.
        self._moods = carried(self._moods, moods_of(timeline), self._seen)
        moved = self._moved(Lips(timeline.track("mouth")))

        def layer(t: float) -> Pose:
            self._seen = t
            return held(moved(t), self.pose)

        return layer

    def _moved(self, lips: Lips) -> Layer:
        settings, talk, seed = self.settings, self.talk, self.character.seed
        if self.in_charge:
            return Animator(Script(settings, tuple(self._moods), self.face, talk, lips, seed))
        return lambda t: laid_on_lips(talking(talk, t, settings, seed), lips(t))


def held(layer: Pose, pose: Pose) -> Pose:
    """What a layer gives, with the morphs of `pose` in place of whatever it does to them."""
    if not pose:
        return layer
    kept = {key: strength for key, strength in layer.items() if key.lstrip("*=") not in pose}
    return kept | {f"={morph}": strength for morph, strength in pose.items()}
