"""Pictures as they are composed, and how far two are apart."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels

Floats = NDArray[np.float32]

_ALPHA, _VALUE = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
_STRAIGHT = np.minimum(255, (_VALUE * 255 + _ALPHA // 2) // np.maximum(_ALPHA, 1)).astype(np.uint8)
"""[alpha, premultiplied value] -> straight value."""


def premultiplied(straight: Pixels) -> Pixels:
    """Straight alpha -> colour multiplied by alpha."""
    factor = cv2.merge([straight[..., 3]] * 3 + [np.full(straight.shape[:2], 255, np.uint8)])
    return np.asarray(cv2.multiply(straight, factor, scale=1 / 255), np.uint8)


def straightened(picture: Pixels) -> Pixels:
    """Premultiplied -> straight alpha, in place."""
    edge = cv2.findNonZero(cv2.inRange(picture[..., 3], 1, 254))  # elsewhere there is nothing to divide
    if edge is not None:
        columns, rows = edge[:, 0, 0], edge[:, 0, 1]
        pixels = picture[rows, columns]
        pixels[:, :3] = _STRAIGHT[pixels[:, 3:], pixels[:, :3]]
        picture[rows, columns] = pixels
    return picture


def psnr(a: Pixels, b: Pixels) -> float:
    """Peak signal-to-noise ratio of two premultiplied pictures in dB, over all four channels; 99 if they are equal."""
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return 99.0 if error == 0.0 else min(99.0, 10.0 * float(np.log10(255.0**2 / error)))


def ssim(a: Pixels, b: Pixels) -> float:
    """Structural similarity of two premultiplied pictures, -1 to 1, the mean over pixels and channels.

    Gaussian window of 1.5 pixels, K1 0.01, K2 0.03. Source: Wang, Bovik, Sheikh, Simoncelli 2004.
    """
    x, y = a.astype(np.float32), b.astype(np.float32)
    mean_x, mean_y = _blurred(x), _blurred(y)
    var_x, var_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float(np.mean(likeness / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))))


def _blurred(planes: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(planes, (11, 11), 1.5), np.float32)
