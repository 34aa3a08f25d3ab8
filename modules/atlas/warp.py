"""Movement between pictures: dense flow, and pictures fetched along it.

A flow is float32 (H, W, 2): how far from each pixel of the moved picture its colour is fetched in the picture at
rest, x and y, in pixels.
"""

from __future__ import annotations

from math import prod

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels
from modules.atlas.picture import Floats

_MARGIN = 32
"""Pixels by which pictures are continued beyond their border, so that what enters over it finds its origin."""
_BACKDROP = np.array([0.0, 230.0, 60.0], np.float32)
"""Laid behind a picture, so that its outline is seen whatever its colour."""


def flow_between(moved: Pixels, rest: Pixels) -> Floats:
    """The flow that fetches `moved` from `rest`; both premultiplied.

    Dense inverse search: Kroeger, Timofte, Dai, Van Gool 2016.
    """
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)
    wide = search.calc(_lightness(moved), _lightness(rest), None)  # type: ignore[call-overload]
    return np.ascontiguousarray(wide[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN], np.float32)


def _lightness(picture: Pixels) -> NDArray[np.uint8]:
    through = 1.0 - picture[..., 3:].astype(np.float32) / 255.0
    laid = np.clip(picture[..., :3] + through * _BACKDROP, 0, 255).astype(np.uint8)
    gray = cv2.cvtColor(laid, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.copyMakeBorder(gray, *(_MARGIN,) * 4, cv2.BORDER_REPLICATE), np.uint8)


def places(height: int, width: int) -> Floats:
    """x and y of every pixel: float32 (height, width, 2)."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)


def fetched(picture: NDArray[np.generic], lookup: Floats) -> NDArray[np.generic]:
    """`picture` at the places `lookup`, (H, W, 2); beyond its border it goes on as at the border."""
    border = cv2.BORDER_REPLICATE
    moved = cv2.remap(picture, lookup, None, cv2.INTER_LINEAR, borderMode=border)  # type: ignore[call-overload]
    return np.asarray(moved)


def halved(flow: Floats) -> Floats:
    """A flow at half the size; still in pixels of the whole picture."""
    return np.asarray(cv2.resize(flow, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


def lagrange(knots: tuple[float, ...], x: float) -> list[float]:
    """The weight of each knot at `x` in the polynomial through all of them."""
    return [prod((x - other) / (knot - other) for other in knots if other != knot) for knot in knots]


def hats(knots: tuple[float, ...], x: float) -> list[tuple[float, float]]:
    """(knot, weight) of the two knots around `x`, between which it lies linearly; beyond the ends the end alone."""
    below = max((knot for knot in knots if knot <= x), default=knots[0])
    above = min((knot for knot in knots if knot >= x), default=knots[-1])
    if below >= above:
        return [(above if x < above else below, 1.0)]
    share = (x - below) / (above - below)
    return [(below, 1.0 - share), (above, share)]
