"""Colour between pictures and networks: sRGB and linear light, straight and premultiplied alpha.

The curve is that of IEC 61966-2-1. Networks take and give planes in -1..1; pictures are RGBA, uint8, straight alpha.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels

Floats = NDArray[np.float32]

FAINT = 1e-5
"""Alpha below which a pixel has no colour: dividing by it would make some out of noise."""


def to_linear(srgb: Floats) -> Floats:
    """sRGB, 0..1 -> linear light, 0..1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: Floats) -> Floats:
    """Linear light -> sRGB, 0..1; what lies outside of 0..1 is clipped."""
    x = np.clip(linear, 0.0, 1.0)
    return np.where(x <= 0.003130804953560372, x * 12.92, 1.055 * x ** (1.0 / 2.4) - 0.055).astype(np.float32)


def straight_planes(pixels: Pixels) -> Floats:
    """RGBA (H, W, 4) -> (4, H, W) in -1..1: linear light, straight alpha; THA3's input. Clear pixels become black."""
    unit = pixels.astype(np.float32) / np.float32(255.0)
    unit[pixels[..., 3] == 0] = 0.0
    unit[..., :3] = to_linear(unit[..., :3])
    return _planes(unit)


def premultiplied_planes(pixels: Pixels) -> Floats:
    """RGBA (H, W, 4) -> (4, H, W) in -1..1: linear light, colour multiplied by alpha; THA4's input."""
    unit = pixels.astype(np.float32) / np.float32(255.0)
    unit[..., :3] = to_linear(unit[..., :3]) * unit[..., 3:]
    return _planes(unit)


def straight_pixels(planes: Floats) -> Pixels:
    """(4, H, W) in -1..1, linear light, straight alpha -> RGBA (H, W, 4)."""
    unit = (planes.transpose(1, 2, 0) + 1.0) * 0.5
    return _pixels(unit)


def premultiplied_pixels(planes: Floats) -> Pixels:
    """(4, H, W) in -1..1, linear light, premultiplied -> RGBA (H, W, 4), straight: colour is divided by alpha first."""
    unit = (planes.transpose(1, 2, 0) + 1.0) * 0.5
    alpha = np.clip(unit[..., 3:], 0.0, 1.0)
    unit[..., :3] = np.where(alpha > FAINT, unit[..., :3] / np.maximum(alpha, FAINT), 0.0)
    return _pixels(unit)


def _planes(unit: Floats) -> Floats:
    return np.ascontiguousarray(unit.transpose(2, 0, 1) * np.float32(2.0) - np.float32(1.0))


def _pixels(unit: Floats) -> Pixels:
    encoded = np.concatenate([to_srgb(unit[..., :3]), np.clip(unit[..., 3:], 0.0, 1.0)], axis=-1)
    return np.rint(encoded * 255.0).astype(np.uint8)
