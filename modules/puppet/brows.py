"""One brow: a tapered line of four control points.

Shapes are in the brow's own unit, half its length: x from the inner end (-1) to the outer (+1), y down; by eye.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from kuchipaku import Pixels, Pose
from modules.puppet.blend import over
from modules.puppet.curves import Points, ellipse, fill, spline, stroke
from modules.puppet.description import BrowsSpec, rgba
from modules.puppet.features import DETAIL, Place
from modules.puppet.ground import Ground, moved

_REST = np.array([(-1.0, -0.01), (-0.40, -0.18), (0.30, -0.18), (1.0, 0.14)])
_MORPHS = {
    "troubled": np.array([(0.06, -0.44), (0.0, -0.14), (0.0, 0.14), (0.0, 0.32)]),
    "angry": np.array([(-0.10, 0.52), (-0.06, 0.28), (0.0, -0.12), (0.0, -0.36)]),
    "lowered": np.array([(-0.02, 0.30), (0.0, 0.32), (0.0, 0.32), (0.0, 0.26)]),
    "raised": np.array([(0.0, -0.52), (0.0, -0.56), (0.0, -0.56), (0.0, -0.48)]),
    "happy": np.array([(0.04, -0.26), (0.0, -0.48), (0.0, -0.44), (-0.04, -0.04)]),
    "serious": np.array([(-0.14, 0.28), (-0.08, 0.30), (0.0, 0.16), (0.0, -0.06)]),
}


class Brow:
    """A feature: the brow of one side."""

    def __init__(self, spec: BrowsSpec, side: Literal["left", "right"], ground: Ground) -> None:
        self.spec = spec
        self.side = side
        self.mirror = 1.0 if side == "left" else -1.0
        self.centre: tuple[float, float] = getattr(spec, side)
        half = round(spec.size * 1.5)
        self.place = Place(self.centre[0] - half, self.centre[1] - half, 2 * half, 2 * half)
        self.morphs = tuple(f"eyebrow_{name}_{side}" for name in _MORPHS)
        outline = self.place.within(ellipse(self.centre, (1.7 * spec.size, 0.75 * spec.size + spec.width)))
        self._cover = ground.cover("soft" if spec.own else spec.cover, self.place, outline, outline)
        self._own = self._cover.feature() if spec.own else None

    def draw(self, pose: Pose) -> Pixels:
        """The brow in its place, premultiplied; where it is the picture's own, nothing at rest."""
        curve = self._curve(pose)
        if self._own is None:
            return self._drawn(curve)
        rest = self._curve({})
        if np.array_equal(curve, rest):
            return self.place.canvas()
        columns = np.arange(self.place.width * DETAIL)
        order = np.argsort(rest[:, 0])
        rise = np.interp(columns, self.place.within(rest)[order, 0], (curve - rest)[order, 1] * DETAIL)
        canvas = self._cover.below.copy()
        over(canvas, moved(self._own, rise))
        return canvas

    def _curve(self, pose: Pose) -> Points:
        controls = _REST.copy()
        for name, offset in _MORPHS.items():
            controls += pose.get(f"eyebrow_{name}_{self.side}", 0.0) * offset
        controls[:, 1] = np.clip(controls[:, 1], -1.2, 1.2)
        return np.asarray(spline(controls) * (self.mirror * self.spec.size, self.spec.size) + self.centre)

    def _drawn(self, curve: Points) -> Pixels:
        width = self.spec.width * DETAIL
        canvas = self._cover.below.copy()
        outline = stroke(self.place.within(curve), np.array([0.4, 0.95, 1.0, 0.85, 0.6, 0.3, 0.0]) * width)
        fill(canvas, outline, rgba(self.spec.colour))
        return canvas
