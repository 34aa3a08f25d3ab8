"""One eye: lids, white, iris, lights and lashes.

Shapes are in the eye's own unit, half its width: x from the inner corner (-1) to the outer (+1), y down. Their control
points are by eye.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuchipaku import Pixels, Pose
from modules.puppet.blend import clip, over
from modules.puppet.curves import Points, ellipse, fill, flat, spline, stroke
from modules.puppet.description import EyesSpec, rgba
from modules.puppet.features import DETAIL, Place
from modules.puppet.ground import Ground

_UPPER = np.array([(-0.90, 0.12), (-0.66, -0.40), (-0.08, -0.69), (0.56, -0.61), (0.98, -0.02)])
_LOWER = np.array([(-0.90, 0.12), (-0.62, 0.65), (-0.05, 0.82), (0.56, 0.69), (0.98, -0.02)])
_CLOSED = np.array([(-0.92, 0.38), (-0.52, 0.62), (0.02, 0.72), (0.56, 0.58), (1.02, 0.26)])
_SMILING = np.array([(-0.90, 0.62), (-0.55, 0.22), (0.00, 0.04), (0.56, 0.18), (1.00, 0.58)])
_FLAT = np.array([(-0.92, 0.02), (-0.60, -0.10), (-0.05, -0.14), (0.58, -0.16), (1.00, -0.06)])
_RELAXED = np.array([(-0.92, 0.26), (-0.62, -0.02), (-0.05, -0.18), (0.58, -0.06), (1.02, 0.20)])
_RAISED = np.array([(-0.92, 0.22), (-0.62, 0.40), (-0.05, 0.44), (0.58, 0.38), (1.00, 0.02)])
_WIDE_UPPER = np.array([(0.0, -0.04), (-0.03, -0.17), (0.0, -0.24), (0.03, -0.20), (0.03, -0.05)])
_WIDE_LOWER = np.array([(0.0, -0.02), (-0.02, 0.07), (0.0, 0.10), (0.02, 0.08), (0.02, -0.04)])

_IRIS = (0.66, 0.82)
_IRIS_CENTRE = (0.02, 0.03)
_GAZE = (0.34, 0.26)
"""How far the iris goes at full rotation."""


class Eye:
    """A feature: the eye of one side."""

    def __init__(self, spec: EyesSpec, side: Literal["left", "right"], ground: Ground) -> None:
        self.spec = spec
        self.side = side
        self.mirror = 1.0 if side == "left" else -1.0
        self.centre: tuple[float, float] = getattr(spec, side)
        across, down = round(spec.size * 1.42), round(spec.size * spec.height * 1.5)
        self.place = Place(self.centre[0] - across, self.centre[1] - down, 2 * across, 2 * down)
        names = ("wink", "happy_wink", "surprised", "relaxed", "unimpressed", "raised_lower_eyelid")
        self.morphs = (
            *(f"eye_{name}_{side}" for name in names),
            f"iris_small_{side}",
            "iris_rotation_x",
            "iris_rotation_y",
        )
        self._cover = ground.cover(
            spec.cover,
            self.place,
            self._at(ellipse((0.0, 0.0), (1.3, 1.15))),
            self._at(ellipse((0.0, 0.0), (1.0, 0.9))),
        )
        self._iris = _iris_picture(spec, self._length(_IRIS[0]))

    def draw(self, pose: Pose) -> Pixels:
        """The eye in its place, premultiplied."""
        canvas = self._cover.below.copy()
        upper, lower = self._lids(pose)
        over(canvas, self._ball(pose, upper, lower))
        self._lashes(canvas, upper, lower)
        over(canvas, self._cover.above)
        return canvas

    def _strength(self, pose: Pose, name: str) -> float:
        return pose.get(f"{name}_{self.side}", 0.0)

    def _length(self, units: float) -> float:
        return units * self.spec.size * DETAIL

    def _at(self, points: ArrayLike) -> Points:
        local = np.asarray(points, float)
        x = self.mirror * local[..., 0]
        y = local[..., 1] * self.spec.height - self.spec.tilt * local[..., 0]
        return self.place.within(np.stack([x, y], axis=-1) * self.spec.size + self.centre)

    def _lids(self, pose: Pose) -> tuple[Points, Points]:
        wide = self._strength(pose, "eye_surprised")
        raised = self._strength(pose, "eye_raised_lower_eyelid")
        targets = {
            "eye_wink": (_CLOSED, _CLOSED),
            "eye_happy_wink": (_SMILING, _SMILING),
            "eye_unimpressed": (_FLAT, _LOWER),
            "eye_relaxed": (_RELAXED, _LOWER),
        }
        strengths = [self._strength(pose, name) for name in targets]
        share = 1.0 / max(1.0, sum(strengths))
        upper = _UPPER + wide * _WIDE_UPPER
        lower = _LOWER + wide * _WIDE_LOWER + raised * (_RAISED - _LOWER)
        new_upper, new_lower = upper.copy(), lower.copy()
        for strength, (to_upper, to_lower) in zip(strengths, targets.values(), strict=True):
            new_upper += strength * share * (to_upper - upper)
            if to_lower is not _LOWER:
                new_lower += strength * share * (to_lower - lower)
        above, below = spline(new_upper), spline(new_lower)
        crossed = np.maximum(0.0, above[:, 1] - below[:, 1]) / 2
        above[:, 1] -= crossed
        below[:, 1] += crossed
        return above, below

    def _ball(self, pose: Pose, upper: Points, lower: Points) -> Pixels:
        ball = flat(self.place.canvas(), rgba(self.spec.white))
        gaze = np.array([-pose.get("iris_rotation_y", 0.0) * self.mirror, -pose.get("iris_rotation_x", 0.0)]) * _GAZE
        size = 1.0 - 0.42 * self._strength(pose, "iris_small") - 0.06 * self._strength(pose, "eye_surprised")
        centre = self._at(np.array(_IRIS_CENTRE) + gaze)
        over(ball, self._placed(self._iris, centre, size))
        shade = np.full_like(ball, 255)
        band = np.concatenate([np.subtract(upper, (0, 1.0)), np.add(upper, (0, 0.24))[::-1]])
        fill(shade, self._at(band), rgba(self.spec.shade))
        ball = np.asarray(cv2.multiply(ball, shade, scale=1 / 255), np.uint8)
        self._lights(ball, centre, size)
        opening = np.zeros(ball.shape[:2], np.uint8)
        fill(opening, self._at(np.concatenate([upper, lower[::-1]])), (255,))
        return clip(ball, opening)

    def _placed(self, picture: Pixels, centre: Points, size: float) -> Pixels:
        middle = (np.array(picture.shape[1::-1]) - 1) / 2
        shift = centre - middle * size
        matrix = np.array([[size, 0, shift[0]], [0, size, shift[1]]])
        target = (self.place.width * DETAIL, self.place.height * DETAIL)
        return np.asarray(cv2.warpAffine(picture, matrix, target, flags=cv2.INTER_LINEAR), np.uint8)

    def _lights(self, ball: Pixels, centre: Points, size: float) -> None:
        unit = self._length(size)
        light = (255, 255, 255, 255)
        fill(ball, ellipse(centre + np.array([-0.20, -0.30]) * unit, (0.17 * unit, 0.20 * unit)), light)
        fill(ball, ellipse(centre + np.array([0.24, 0.34]) * unit, (0.08 * unit, 0.09 * unit)), light)

    def _lashes(self, canvas: Pixels, upper: Points, lower: Points) -> None:
        lash, soft = rgba(self.spec.lash), rgba(self.spec.lash_soft)
        crease = upper[4:-3] * (0.94, 1.0) + (0.02, -0.34)
        fill(canvas, stroke(self._at(crease), np.array([0, 0.045, 0.06, 0.03, 0]) * self._length(1)), soft)
        below = stroke(self._at(lower[5:]), np.array([0, 0.035, 0.05, 0.07, 0.08]) * self._length(1))
        fill(canvas, below, soft)
        thick = spline(np.array([(0, 0.04), (1, 0.16), (2, 0.22), (3, 0.24), (4, 0.17)]))[:, 1:]
        outer = upper + thick * (0.12, -1.0)
        wing = spline([outer[-3], upper[-1] + (0.14, -0.11), upper[-1] + (0.30, -0.10)], 8)
        under = spline([upper[-1] + (0.30, -0.10), upper[-1] + (0.13, 0.03), upper[-2] + (0.0, 0.02)], 8)
        fill(canvas, self._at(np.concatenate([upper[:-1], under[::-1], wing[::-1], outer[-4::-1]])), lash)


def _iris_picture(spec: EyesSpec, radius: float) -> Pixels:
    """The iris at its full size: rim, gradient, pupil and the glow at the bottom; premultiplied."""
    across, down = radius, radius * _IRIS[1] / _IRIS[0] * spec.height
    width, height = int(2 * across) + 5, int(2 * down) + 5
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    picture = np.empty((height, width, 4), np.uint8)
    picture[:] = _gradient(spec, height)
    radii = np.array([across, down])
    glow = ellipse(centre - (0, -0.56 * down), radii * (0.56, 0.30))
    fill(picture, glow, rgba(spec.iris[2]))
    fill(picture, ellipse(centre - (0, 0.06 * down), radii * (0.40, 0.44)), rgba(spec.pupil))
    disc = np.zeros((height, width), np.uint8)
    fill(disc, ellipse(centre, radii), (255,))
    inner = clip(picture, _disc(disc.shape, centre, radii * (0.89, 0.92)))
    whole = clip(flat(picture, rgba(spec.pupil)), disc)
    over(whole, inner)
    return whole


def _disc(shape: tuple[int, ...], centre: Points, radii: Points) -> NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    fill(mask, ellipse(centre, radii), (255,))
    return mask


def _gradient(spec: EyesSpec, height: int) -> NDArray[np.uint8]:
    stops = np.array([rgba(colour) for colour in spec.iris], float)
    at = np.linspace(0, 1, height)
    columns = [np.interp(at, (0.15, 0.5, 0.9), stops[:, channel]) for channel in range(4)]
    return np.stack(columns, axis=1).astype(np.uint8)[:, None]
