"""Pen and paint: shapes of smooth outline on a large sheet, which is scaled down to a layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from modules.puppet.blend import clip, over, straightened
from modules.puppet.curves import Points, fill, spline, stroke
from modules.puppet.description import rgba

SHEET = 2048
"""Width and height of the sheet, pixels; the layer is half as large."""
SCALE = SHEET / 512
Mask = NDArray[np.uint8]
Curve = Sequence[tuple[float, float]]


def path(*curves: Curve, samples: int = 40) -> Points:
    """A closed outline of smooth curves, sharp where one curve ends and the next begins: (N, 2)."""
    return np.concatenate([spline(curve, samples) for curve in curves])


def mirrored(points: Curve) -> list[tuple[float, float]]:
    """The points on the other side of the face, in reverse order."""
    return [(512 - x, y) for x, y in reversed(points)]


def mask_of(shape: Points) -> Mask:
    """The sheet's pixels inside of a shape, 0 to 255."""
    mask = np.zeros((SHEET, SHEET), np.uint8)
    fill(mask, shape * SCALE, (255,))
    return mask


def moved(mask: Mask, x: float, y: float) -> Mask:
    """A mask shifted by (x, y) pixels of the picture."""
    matrix = np.array([[1, 0, x * SCALE], [0, 1, y * SCALE]], float)
    return np.asarray(cv2.warpAffine(mask, matrix, (SHEET, SHEET)), np.uint8)


def both(a: Mask, b: Mask) -> Mask:
    """Where both masks are."""
    return np.asarray(cv2.multiply(a, b, scale=1 / 255), np.uint8)


class Sheet:
    """One layer while it is drawn; premultiplied."""

    def __init__(self) -> None:
        self.pixels = np.zeros((SHEET, SHEET, 4), np.uint8)

    @property
    def alpha(self) -> Mask:
        """What is painted so far."""
        return np.ascontiguousarray(self.pixels[..., 3])

    def paint(self, mask: Mask, *colours: str, span: tuple[float, float] = (0, 512), opacity: float = 1.0) -> None:
        """Fill a mask with one colour, or with a vertical gradient of several over `span` (y from, y to)."""
        stops = np.array([rgba(text) for text in colours], float)
        y = (np.arange(SHEET) / SCALE - span[0]) / (span[1] - span[0])
        at = np.linspace(0, 1, len(stops))
        rows = np.stack([np.interp(y, at, stops[:, channel]) for channel in range(4)], axis=1)
        flat = np.broadcast_to(np.round(rows)[:, None], (SHEET, SHEET, 4)).astype(np.uint8)
        over(self.pixels, clip(flat, np.round(mask * opacity).astype(np.uint8) if opacity < 1 else mask))

    def line(self, points: Curve | Points, widths: Sequence[float], ink: str, within: Mask | None = None) -> None:
        """A tapered line along a smooth curve; widths in pixels of the picture."""
        curve = spline(points, 60) if len(points) < 40 else np.asarray(points)
        profile = spline(np.stack([np.arange(len(widths)), widths], axis=1), 60)[:, 1]
        mask = mask_of(stroke(curve, np.maximum(profile, 0)))
        self.paint(mask if within is None else both(mask, within), ink)

    def lay(self, other: Sheet) -> None:
        """Another sheet on top of this one."""
        over(self.pixels, other.pixels)

    def save(self, file: Path) -> None:
        """Write the layer as a PNG of half the sheet's size."""
        half = cv2.resize(self.pixels, (SHEET // 2, SHEET // 2), interpolation=cv2.INTER_AREA)
        Image.fromarray(straightened(np.asarray(half, np.uint8))).save(file, optimize=True)
