"""What eyes, brows and mouth have in common: a small canvas over a place of the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kuchipaku import Pixels, Pose
from modules.puppet.curves import Points

DETAIL = 2
"""Pixels of a feature's canvas for one pixel of the picture."""


@dataclass(frozen=True)
class Place:
    """Where a feature's canvas lies: its upper left corner and its size, in pixels of the picture."""

    x: float
    y: float
    width: int
    height: int

    def canvas(self) -> Pixels:
        """An empty canvas, premultiplied."""
        return np.zeros((self.height * DETAIL, self.width * DETAIL, 4), np.uint8)

    def within(self, points: Points) -> Points:
        """Points of the picture in pixels of the canvas."""
        return (points - (self.x - 0.5, self.y - 0.5)) * DETAIL - 0.5


class Feature(Protocol):
    """A part of the face that is drawn anew when its morphs change."""

    place: Place
    morphs: tuple[str, ...]
    """The morphs that it reads."""

    def draw(self, pose: Pose) -> Pixels:
        """The part in its place, premultiplied, DETAIL times as large."""
        ...
