"""Smooth shapes: splines through control points, tapered strokes, anti-aliased fills."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuchipaku import Pixels

Points = NDArray[np.float64]
"""Points of a curve, (N, 2): x to the right, y down."""

_SHIFT = 6
"""Binary digits behind the point that OpenCV keeps of a coordinate."""


@cache
def _basis(controls: int, samples: int) -> NDArray[np.float64]:
    t = np.linspace(0.0, controls - 1, samples)
    start = np.minimum(t.astype(int), controls - 2)
    u = t - start
    weights = np.stack([-u + 2 * u**2 - u**3, 2 - 5 * u**2 + 3 * u**3, u + 4 * u**2 - 3 * u**3, u**3 - u**2]) / 2
    matrix = np.zeros((samples, controls))
    rows = np.arange(samples)
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        # An end has no neighbour outside: mirror the inner one through it.
        column = start + offset
        inside = np.clip(column, 0, controls - 1)
        np.add.at(matrix, (rows, inside), np.where(column == inside, weight, 2 * weight))
        mirrored = np.where(column < 0, 1, controls - 2)
        np.add.at(matrix, (rows, mirrored), np.where(column == inside, 0.0, -weight))
    return matrix


def spline(controls: ArrayLike, samples: int = 24) -> Points:
    """A Catmull-Rom curve through the control points (K, 2), from the first to the last: (samples, 2)."""
    points = np.asarray(controls, float)
    return np.asarray(_basis(len(points), samples) @ points)


def normals(curve: Points) -> Points:
    """Unit normals of a curve (N, 2), to the right of its direction of travel on the screen."""
    along = np.empty_like(curve)
    along[1:-1] = curve[2:] - curve[:-2]
    along[0], along[-1] = curve[1] - curve[0], curve[-1] - curve[-2]
    length = np.maximum(np.sqrt((along * along).sum(axis=1)), 1e-9)
    return np.stack([-along[:, 1] / length, along[:, 0] / length], axis=1)


def stroke(curve: Points, widths: ArrayLike) -> Points:
    """The outline of a line of varying width along a curve: a polygon (2N, 2).

    `widths` are control values spread evenly along the curve, in the curve's unit; [0, 2, 0] tapers at both ends.
    """
    values = np.asarray(widths, float)
    places = np.arange(len(curve)) * ((len(values) - 1) / (len(curve) - 1))
    half = normals(curve) * (np.interp(places, np.arange(len(values)), values) / 2)[:, None]
    return np.concatenate([curve + half, (curve - half)[::-1]])


def fill(canvas: Pixels | NDArray[np.uint8], polygon: Points, colour: tuple[int, ...]) -> None:
    """Paint a polygon (N, 2), in pixels, into a canvas (H, W) or (H, W, 4) with smooth edges.

    With an opaque colour this is "over" on a premultiplied canvas.
    """
    corners = np.round(polygon * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(canvas, [corners], colour, cv2.LINE_AA, _SHIFT)


def flat(like: Pixels, colour: tuple[int, int, int, int]) -> Pixels:
    """A canvas of one colour, as large as another."""
    return (
        np.full(like.shape[:2], np.array(colour, np.uint8).view(np.uint32)[0], np.uint32)
        .view(np.uint8)
        .reshape(like.shape)
    )


def ellipse(centre: ArrayLike, radii: ArrayLike, samples: int = 40) -> Points:
    """A closed ellipse: (samples, 2)."""
    angle = np.linspace(0, 2 * np.pi, samples, endpoint=False)
    return np.asarray(np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.asarray(radii, float) + centre)
