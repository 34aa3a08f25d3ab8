"""What a character wears when it comes on stage, by the files in its folder."""

from __future__ import annotations

from collections.abc import Callable

from kuchipaku import Character, Pose
from kuchipaku.costume import Costume
from modules.talkinghead.extras.figure import Figure
from modules.talkinghead.extras.files import Wishes


def costume_of(character: Character, face: Callable[[str], Pose]) -> Costume | None:
    """Motion, filters and frame rate of `_animator.json` and `_emotions.json`; None where neither says anything.

    `face` gives the pose of an emotion for which there is no template.
    """
    figure = Figure(character, face)
    return figure.costume() if figure.files != Wishes() else None
