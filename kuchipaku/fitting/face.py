"""A face brought to one size, and what in it is not skin: the ground on which its features are looked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.head import Head
from kuchipaku.fitting.pixels import Colours, Map, lab_of, ramp, skin_map, unpremultiplied

UNIT = 64
"""Pixels from eye to eye in a face brought to size."""
LEFT, ABOVE, RIGHT, BELOW = 1.7, 1.6, 1.7, 2.1
"""What is cut out around the point between the eyes, in units."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face with its eyes UNIT pixels apart, at (LEFT, ABOVE) units from the corner."""

    head: Head
    rgba: Pixels
    lab: Colours
    skin: NDArray[np.float32]
    """Lab of its skin, (3,)."""
    strange: Map
    """How far each pixel is from skin, 0 to 1."""

    @property
    def middle(self) -> tuple[float, float]:
        """The point between the eyes."""
        return LEFT * UNIT, ABOVE * UNIT

    def out(self, x: float, y: float) -> tuple[float, float]:
        """A point of the face as a point of the picture."""
        scale = self.head.unit / UNIT
        return self.head.x + (x - LEFT * UNIT) * scale, self.head.y + (y - ABOVE * UNIT) * scale

    def length(self, pixels: float) -> float:
        """A length in the face as one in the picture."""
        return pixels * self.head.unit / UNIT


def face_of(rgba: Pixels, head: Head) -> Face:
    """The face of a head in a picture (H, W, 4)."""
    face = _cut(rgba, head)
    lab = lab_of(face)
    skin = _skin_colour(lab, face[..., 3].astype(np.float32) / 255)
    difference = lab - skin
    # Shade changes the lightness of skin far more than its hue.
    distance = np.sqrt((0.55 * difference[..., 0]) ** 2 + difference[..., 1] ** 2 + difference[..., 2] ** 2)
    return Face(head, face, lab, skin, ramp(distance, 7, 20))


def _cut(rgba: Pixels, head: Head) -> Pixels:
    scale = UNIT / head.unit
    if scale < 0.5:
        # The warp looks at four pixels only: what it shrinks by more is averaged before.
        half = head.unit / UNIT
        rgba = np.asarray(cv2.blur(rgba, (max(1, int(half)), max(1, int(half)))), np.uint8)
    light: Map = rgba.astype(np.float32)
    light[..., :3] *= light[..., 3:] / 255
    shift = LEFT * UNIT - head.x * scale, ABOVE * UNIT - head.y * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    size = round((LEFT + RIGHT) * UNIT), round((ABOVE + BELOW) * UNIT)
    return unpremultiplied(np.asarray(cv2.warpAffine(light, matrix, size, flags=cv2.INTER_LINEAR), np.float32))


def _skin_colour(lab: Colours, alpha: Map) -> NDArray[np.float32]:
    """The middle colour of cheeks and nose; of what looks like skin there, if enough does."""
    area = np.s_[
        int((ABOVE + 0.22) * UNIT) : int((ABOVE + 0.62) * UNIT), int((LEFT - 0.55) * UNIT) : int((LEFT + 0.55) * UNIT)
    ]
    colours, likely = lab[area].reshape(-1, 3), skin_map(lab, alpha)[area].ravel() > 0.5
    chosen = colours[likely] if likely.mean() > 0.25 else colours
    return np.asarray(np.median(chosen, axis=0), np.float32)
