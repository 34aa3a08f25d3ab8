"""The mouth: two lips that open into the vowels, with teeth and tongue behind.

Lengths are in halves of the closed mouth's width; all shapes by eye.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from kuchipaku import Pixels, Pose
from modules.puppet.blend import clip, over
from modules.puppet.curves import Points, ellipse, fill, flat, stroke
from modules.puppet.description import MouthSpec, rgba
from modules.puppet.features import DETAIL, Place
from modules.puppet.ground import Ground


@dataclass(frozen=True)
class Shape:
    """An opening. The lips follow sin(t)^form for t = 0..pi: a small form is boxy, 1 is round, 2 comes to a point."""

    width: float
    up: float
    """How far the upper lip rises in the middle."""
    down: float
    """How far the lower lip drops in the middle."""
    form_up: float
    form_down: float
    teeth: float
    """How far the upper teeth reach down, in heights of the opening."""
    tongue: float
    """How far the tongue reaches up, in heights of the opening."""
    shift: float = 0.0
    """The whole opening, downwards."""


_REST = Shape(1.0, 0.0, 0.0, 0.8, 0.8, 0.12, 0.3)
_OPENINGS = {
    "mouth_aaa": Shape(1.10, 0.52, 1.28, 0.55, 0.75, 0.20, 0.42),
    "mouth_iii": Shape(1.30, 0.22, 0.42, 0.55, 0.60, 0.80, 0.0),
    "mouth_uuu": Shape(0.45, 0.46, 0.42, 1.0, 0.95, 0.0, 0.2, 0.05),
    "mouth_eee": Shape(1.24, 0.36, 0.76, 0.50, 0.62, 0.32, 0.36),
    "mouth_ooo": Shape(0.68, 0.84, 0.86, 1.0, 0.95, 0.0, 0.3),
    "mouth_delta": Shape(0.90, 0.90, 0.30, 1.45, 0.35, 0.0, 0.36),
}
_AWAKE = 0.12
"""Strength at which ours has taken the place of the picture's own mouth."""
_T = np.linspace(0.0, np.pi, 33)
_X = -np.cos(_T)


class Mouth:
    """A feature: the mouth."""

    def __init__(self, spec: MouthSpec, ground: Ground) -> None:
        self.spec = spec
        half = round(spec.size * 2.1)
        self.place = Place(spec.at[0] - half, spec.at[1] - half, 2 * half, 2 * half)
        corners = ("mouth_lowered_corner", "mouth_raised_corner")
        self.morphs = (*_OPENINGS, *(f"{name}_{side}" for name in corners for side in ("left", "right")), "mouth_smirk")
        outline = self._at(ellipse((0.0, 0.1), (1.5, 0.9)))
        self._cover = ground.cover("soft" if spec.own else spec.cover, self.place, outline, outline)

    def draw(self, pose: Pose) -> Pixels:
        """The mouth in its place, premultiplied; where the picture's own is shown, nothing at rest."""
        shown = 1.0 if not self.spec.own else min(1.0, sum(pose.get(name, 0.0) for name in self.morphs) / _AWAKE)
        if not shown:
            return self.place.canvas()
        canvas = self._cover.below.copy()
        shape = opening(pose)
        shape = replace(shape, up=shape.up * self.spec.height, down=shape.down * self.spec.height)
        upper, lower = lips(shape, pose)
        over(canvas, self._cavity(shape, upper, lower))
        self._lines(canvas, shape, upper, lower)
        return canvas if shown == 1.0 else np.asarray(cv2.convertScaleAbs(canvas, alpha=shown), np.uint8)

    def _at(self, points: Points) -> Points:
        return self.place.within(points * self.spec.size + self.spec.at)

    def _cavity(self, shape: Shape, upper: Points, lower: Points) -> Pixels:
        inside = flat(self.place.canvas(), rgba(self.spec.inside))
        height = shape.up + shape.down
        floor = lower[len(lower) // 2] + (0.0, 0.10)
        fill(inside, self._at(ellipse(floor, (0.72 * shape.width, shape.tongue * height))), rgba(self.spec.tongue))
        bite = upper[:, 1].min() + shape.teeth * height - 0.06 * (1 - _X**2)
        edge = np.stack([upper[:, 0] * 1.2, bite], axis=1)
        fill(inside, self._at(np.concatenate([edge - (0, 2.0), edge[::-1]])), rgba(self.spec.teeth))
        mask = np.zeros(inside.shape[:2], np.uint8)
        fill(mask, self._at(np.concatenate([upper, lower[::-1]])), (255,))
        return clip(inside, mask)

    def _lines(self, canvas: Pixels, shape: Shape, upper: Points, lower: Points) -> None:
        line = rgba(self.spec.line)
        thick = DETAIL * self.spec.size / 14
        fill(canvas, stroke(self._at(lower), np.array([0.6, 1.4, 1.6, 1.4, 0.6]) * thick), line)
        fill(canvas, stroke(self._at(upper), np.array([0.5, 2.0, 1.7, 1.9, 1.7, 2.0, 0.5]) * thick), line)
        hint = np.add(lower[12:-12], (0.0, 0.40 - 0.08 * shape.down))
        fade = thick / (1 + shape.down)
        fill(canvas, stroke(self._at(hint), np.array([0, 1.6, 1.6, 0]) * fade), rgba(self.spec.lip))


def opening(pose: Pose) -> Shape:
    """The opening of a pose: the openings' mean by strength, out of rest where they do not add up to 1."""
    strengths = {name: pose.get(name, 0.0) for name in _OPENINGS}
    total = sum(strengths.values())
    share = 1.0 / max(1.0, total)
    values = []
    for field in fields(Shape):
        value = getattr(_REST, field.name) * max(0.0, 1.0 - total)
        value += sum(share * strengths[name] * getattr(shape, field.name) for name, shape in _OPENINGS.items())
        values.append(value)
    return Shape(*values)


def lips(shape: Shape, pose: Pose) -> tuple[Points, Points]:
    """Upper and lower lip from the picture's left to its right: (33, 2) each."""
    smirk = pose.get("mouth_smirk", 0.0)
    raise_left = _corner(pose, "left") + 0.32 * smirk
    raise_right = _corner(pose, "right") - 0.04 * smirk
    sides = (1 + np.sin(_X * np.pi / 2)) / 2
    # A small round mouth has no corners to lift.
    lift = (0.27 + raise_right + sides * (raise_left - raise_right)) * min(1.0, shape.width) ** 3
    x = _X * shape.width + 0.22 * smirk
    middle = shape.shift - lift * (_X**2 - 0.45)
    upper = middle - shape.up * np.sin(_T) ** shape.form_up
    lower = middle + shape.down * np.sin(_T) ** shape.form_down
    return np.stack([x, upper], axis=1), np.stack([x, lower], axis=1)


def _corner(pose: Pose, side: str) -> float:
    return 0.34 * pose.get(f"mouth_raised_corner_{side}", 0.0) - 0.62 * pose.get(f"mouth_lowered_corner_{side}", 0.0)
