"""One brow: a tapered line of four control points.

Shapes are in the brow's own unit, half its length: x from the inner end (-1) to the outer (+1), y down; by eye.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from kuchipaku import Pixels, Pose
from modules.puppet.curves import fill, spline, stroke
from modules.puppet.description import BrowsSpec, rgba
from modules.puppet.features import DETAIL, Place

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

    def __init__(self, spec: BrowsSpec, side: Literal["left", "right"]) -> None:
        self.spec = spec
        self.side = side
        self.mirror = 1.0 if side == "left" else -1.0
        self.centre: tuple[float, float] = getattr(spec, side)
        half = round(spec.size * 1.5)
        self.place = Place(self.centre[0] - half, self.centre[1] - half, 2 * half, 2 * half)
        self.morphs = tuple(f"eyebrow_{name}_{side}" for name in _MORPHS)

    def draw(self, pose: Pose) -> Pixels:
        """The brow in its place, premultiplied."""
        controls = _REST.copy()
        for name, offset in _MORPHS.items():
            controls += pose.get(f"eyebrow_{name}_{self.side}", 0.0) * offset
        controls[:, 1] = np.clip(controls[:, 1], -1.2, 1.2)
        curve = spline(controls) * (self.mirror * self.spec.size, self.spec.size) + self.centre
        width = self.spec.width * DETAIL
        canvas = self.place.canvas()
        outline = stroke(self.place.within(curve), np.array([0.4, 0.95, 1.0, 0.85, 0.6, 0.3, 0.0]) * width)
        fill(canvas, outline, rgba(self.spec.colour))
        return canvas
