"""An eye of the picture itself: shown as it is at rest; lids come over it, and its lashes go with them.

Rows are canvas pixels, one value for each column. Shapes of the lids are by eye.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels, Pose
from modules.puppet.blend import clip, over
from modules.puppet.curves import ellipse
from modules.puppet.description import EyesSpec
from modules.puppet.features import DETAIL, Place
from modules.puppet.ground import Ground, difference, moved

Rows = NDArray[np.float64]

_TALL = 0.875
"""Half of an eye's height, in halves of its width, where `height` is 1."""
_GAZE = (0.30, 0.22)
"""How far the iris goes at full rotation, in halves of the eye's width."""


class OwnEye:
    """A feature: the picture's own eye of one side."""

    def __init__(self, spec: EyesSpec, side: Literal["left", "right"], ground: Ground) -> None:
        self.side, self.mirror = side, 1.0 if side == "left" else -1.0
        x, y = getattr(spec, side)
        half_height = spec.size * spec.height * _TALL
        across, down = round(spec.size * 1.5 + 2), round(half_height * 1.75 + 2)
        self.place = Place(x - across, y - down, 2 * across, 2 * down)
        names = ("wink", "happy_wink", "surprised", "relaxed", "unimpressed", "raised_lower_eyelid")
        self.morphs = (
            *(f"eye_{name}_{side}" for name in names),
            f"iris_small_{side}", "iris_rotation_x", "iris_rotation_y",
        )  # fmt: skip
        self._centre = self.place.within(np.array([x, y]))
        self._wide, self._tall = spec.size * DETAIL, half_height * DETAIL
        outline = ellipse(self._centre, (1.32 * self._wide, 1.4 * self._tall))
        self._under = ground.under(
            self.place, outline, ellipse(self._centre, (self._wide, 0.95 * self._tall)), spec.lash
        )
        self._u = (np.arange(self.place.width * DETAIL) - self._centre[0]) / self._wide
        self._top, self._bottom = self._rims()
        self._lashes = self._cut_lashes()

    def draw(self, pose: Pose) -> Pixels:
        """The eye in its place, premultiplied; nothing at rest."""
        canvas = self.place.canvas()
        strengths = {name: pose.get(name, 0.0) for name in self.morphs}
        if not any(strengths.values()):
            return canvas
        upper, lower = self._lids(strengths)
        open_ = _between(canvas, upper, lower)
        looks = self._looking(strengths)
        if looks is not None:
            over(canvas, clip(looks, _scaled(open_, self._under.mask)))
        # The lid: skin from above the lashes down to where the eye begins, and below it up to there.
        reach = self._reach()
        lids = _between(canvas, self._top - reach, upper)
        below = _between(canvas, lower, self._bottom + 2 * reach)
        rising = np.clip((self._bottom - lower) / max(1.0, 0.12 * self._tall), 0, 1)
        lids = np.maximum(lids, (below * rising).astype(np.uint8))
        over(canvas, clip(self._under.skin, _scaled(lids, self._under.mask)))
        over(canvas, moved(self._lashes, upper - self._top))
        over(canvas, self._under.above)
        return canvas

    def _strength(self, pose: Pose, name: str) -> float:
        return pose.get(f"{name}_{self.side}", 0.0)

    def _reach(self) -> float:
        return 0.22 * self._wide

    def _rims(self) -> tuple[Rows, Rows]:
        """The upper and the lower rim of the eye, column by column: a parabola through what is found of each."""
        strange = difference(self._under.own, self._under.skin) > 15
        strange &= self._under.above[..., 3] < 128
        # A crease above the lashes is thin.
        thick = np.ones((max(2, round(0.09 * self._wide)), 1), np.uint8)
        strange = cv2.morphologyEx(strange.astype(np.uint8), cv2.MORPH_OPEN, thick) > 0
        rows = np.arange(strange.shape[0])[:, None]
        inside = strange & (np.abs(rows - self._centre[1]) < 1.15 * self._tall)
        arch = self._tall * (1 - 0.75 * self._u**2)
        tops = np.where(inside.any(axis=0), inside.argmax(axis=0), np.nan)
        bottoms = np.where(inside.any(axis=0), strange.shape[0] - 1 - inside[::-1].argmax(axis=0), np.nan)
        return self._parabola(tops, self._centre[1] - arch), self._parabola(bottoms, self._centre[1] + 0.9 * arch)

    def _parabola(self, found: Rows, usual: Rows) -> Rows:
        near = (np.abs(self._u) < 0.85) & (np.abs(found - usual) < 0.5 * self._tall)
        if near.sum() < 0.5 * self._wide:
            return usual
        weights = np.polynomial.polynomial.polyfit(self._u[near], found[near], 2)
        fitted = np.polynomial.polynomial.polyval(np.clip(self._u, -1.2, 1.2), weights)
        return np.asarray(np.clip(fitted, usual - 0.4 * self._tall, usual + 0.4 * self._tall))

    def _cut_lashes(self) -> Pixels:
        """The upper lashes alone: what is darker than skin along the upper rim."""
        under = self._under
        darker = np.clip((difference(under.own, under.skin) - 8) / 22, 0, 1)
        light = cv2.cvtColor(np.ascontiguousarray(under.own[..., :3]), cv2.COLOR_RGB2GRAY).astype(float)
        ground = cv2.cvtColor(np.ascontiguousarray(under.skin[..., :3]), cv2.COLOR_RGB2GRAY).astype(float)
        darker *= np.clip((ground - light - 12) / 30, 0, 1)
        band = _between(under.own, self._top - self._reach(), self._top + 0.22 * self._tall, 0.12 * self._tall)
        opacity = (darker * band * (1 - under.above[..., 3] / 255)).astype(np.uint8)
        return clip(under.own, _scaled(opacity, under.mask))

    def _lids(self, pose: Pose) -> tuple[Rows, Rows]:
        top, bottom, height = self._top, self._bottom, self._bottom - self._top
        middle = float(np.median(height[np.abs(self._u) < 0.8]))
        outward = self._u * self.mirror
        low = self._centre[1] + 0.3 * middle
        shut = 0.45 * (bottom - 0.16 * middle) + 0.55 * low
        smile = self._centre[1] + middle * (0.34 * np.clip(self._u, -1, 1) ** 2 - 0.06)
        lids = {
            "eye_wink": (shut, shut),
            "eye_happy_wink": (smile, smile),
            "eye_relaxed": (top + 0.42 * height - 0.03 * middle * outward, bottom),
            "eye_unimpressed": (np.maximum(top, self._centre[1] - 0.14 * middle), bottom),
        }
        strengths = [self._strength(pose, name) for name in lids]
        share = 1.0 / max(1.0, sum(strengths))
        upper, lower = top.copy(), bottom - 0.26 * middle * self._strength(pose, "eye_raised_lower_eyelid")
        for strength, (to_upper, to_lower) in zip(strengths, lids.values(), strict=True):
            upper = upper + strength * share * (to_upper - top)
            lower = lower + strength * share * (to_lower - bottom)
        return np.minimum(upper, lower + 1), lower

    def _looking(self, pose: Pose) -> Pixels | None:
        """The eye with its iris moved or made smaller; None where it looks as in the picture."""
        shift_x = -pose.get("iris_rotation_y", 0.0) * _GAZE[0] * self._wide
        shift_y = -pose.get("iris_rotation_x", 0.0) * _GAZE[1] * self._tall
        small = 0.18 * self._strength(pose, "iris_small") + 0.06 * self._strength(pose, "eye_surprised")
        if not (shift_x or shift_y or small):
            return None
        height, width = self._under.own.shape[:2]
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        across, down = (x - self._centre[0]) / self._wide, (y - self._centre[1]) / self._tall
        # Full in the middle, nothing at the rims: the white of the eye stretches.
        give = np.clip(1.7 - 1.5 * across**2 - 1.2 * down**2, 0, 1)
        grown = 1 + np.clip(1.5 - 1.5 * across**2 - 1.9 * down**2, 0, 1) * small / (1 - small)
        at_x = self._centre[0] + (x - self._centre[0]) * grown - give * shift_x
        at_y = self._centre[1] + (y - self._centre[1]) * grown - give * shift_y
        return np.asarray(
            cv2.remap(self._under.own, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR)
        )


def _between(like: Pixels, upper: Rows, lower: Rows, soft: float = 1.0) -> NDArray[np.uint8]:
    """Opacity of what lies between two lines, 0 to 255, over `soft` rows at each."""
    rows = np.arange(like.shape[0])[:, None]
    inside = np.minimum(rows - upper, lower - rows) / soft + 0.5
    return np.asarray(np.clip(inside, 0, 1) * 255, np.uint8)


def _scaled(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.multiply(one, other, scale=1 / 255), np.uint8)
