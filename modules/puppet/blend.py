"""Pictures laid over one another: premultiplied inside, straight alpha outside."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels

_ALPHA, _VALUE = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
_STRAIGHT = np.minimum(255, (_VALUE * 255 + _ALPHA // 2) // np.maximum(_ALPHA, 1)).astype(np.uint8)
"""[alpha, premultiplied value] -> straight value."""


def over(below: Pixels, above: Pixels) -> None:
    """Lay `above` over `below`, in place; both premultiplied, of one size."""
    opacity = cv2.extractChannel(above, 3)
    through = cv2.bitwise_not(cv2.merge([opacity] * 4))
    cv2.multiply(below, through, dst=below, scale=1 / 255)
    cv2.add(below, above, dst=below)


def clip(picture: Pixels, mask: NDArray[np.uint8]) -> Pixels:
    """The premultiplied picture (H, W, 4) cut out by a mask (H, W)."""
    return np.asarray(cv2.multiply(picture, cv2.merge([mask] * 4), scale=1 / 255), np.uint8)


def premultiplied(straight: Pixels) -> Pixels:
    """Straight alpha -> premultiplied."""
    factor = cv2.merge([straight[..., 3]] * 3 + [np.full(straight.shape[:2], 255, np.uint8)])
    return np.asarray(cv2.multiply(straight, factor, scale=1 / 255), np.uint8)


def straightened(premultiplied: Pixels) -> Pixels:
    """Premultiplied -> straight alpha, contiguous; a pixel without alpha is all zero."""
    straight = np.ascontiguousarray(premultiplied)
    # Only edges need the division: elsewhere alpha is 0 or 255.
    edge = np.flatnonzero(cv2.inRange(straight[..., 3], 1, 254))
    rows = straight.reshape(-1, 4)
    pixels = rows[edge]
    pixels[:, :3] = _STRAIGHT[pixels[:, 3:], pixels[:, :3]]
    rows[edge] = pixels
    return straight
