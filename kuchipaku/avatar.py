"""Who paints: pictures, and the two kinds of avatar behind one door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kuchipaku.pose import Pose, Rig
from kuchipaku.speech import Speech

Pixels = NDArray[np.uint8]
"""RGBA, uint8 (H, W, 4), straight alpha (colour not multiplied by alpha)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a live avatar."""

    pixels: Pixels
    time: float
    """Media time in seconds: since the audio of its performance began; the stage clock when nothing is said."""
    generation: int = 0
    """Grows with every new text and every stop; a frame of an older generation is stale."""
    performance: str = ""
    """Id of the performance it belongs to; empty when nothing is said."""


class Avatar(Protocol):
    """A posed avatar: it has a rig and paints a pose.

    It may also have a `note: str`, a line that tells people how it is rendered, and a `progress: float | None`,
    0 to 1, while it prepares something.
    """

    rig: Rig
    size: tuple[int, int]
    """Width and height in pixels."""

    def paint(self, pose: Pose) -> Pixels:
        """The picture of `pose`. By value: the same pose gives the same picture. Called from one thread."""
        ...

    def close(self) -> None:
        """Let go of what it holds; it is not asked to paint again."""
        ...


class AudioAvatar(Protocol):
    """An avatar driven by the sound itself, filling a buffer of frames ahead of the clock.

    `hear` and `hush` are called from the director's threads while another one calls `frame_at`.
    """

    size: tuple[int, int]
    """Width and height in pixels."""

    def hear(self, speech: Speech, start: float) -> None:
        """Prepare the frames of `speech`, which begins at `start`, media seconds of the performance."""
        ...

    def frame_at(self, t: float, media_time: float | None) -> Pixels:
        """The picture for now: stage time `t` for its idle loop, and the media second that sounds, if any does."""
        ...

    def hush(self) -> None:
        """Drop all that was heard: a stop, or a new performance; the next frames ease to the idle loop."""
        ...

    def close(self) -> None:
        """Let go of what it holds; it is not asked for frames again."""
        ...
