"""Colour and size helpers that the steps of a fitting share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku.avatar import Pixels

Map = NDArray[Any]
"""Floats for each pixel: one (H, W), or several (H, W, C)."""
Colours = NDArray[Any]
"""CIE Lab for each pixel: float32 (H, W, 3), L 0 to 100."""
Mask = NDArray[Any]
"""True, or not 0, where something is: (H, W)."""


def scaled(rgba: Pixels, factor: float) -> Pixels:
    """A picture at another size, (H, W, 4), straight alpha; colour under no alpha does not bleed into its edge."""
    height, width = rgba.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    weight = rgba[..., 3:].astype(np.float32) / 255
    light = np.concatenate([rgba[..., :3] * weight, weight * 255], axis=2)
    light = cv2.resize(light, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return unpremultiplied(light)


def unpremultiplied(light: Map) -> Pixels:
    """Premultiplied floats (H, W, 4), 0 to 255 -> straight bytes."""
    alpha = light[..., 3:]
    colour = light[..., :3] * (255 / np.maximum(alpha, 1e-3))
    whole = np.concatenate([np.where(alpha >= 0.5, colour, 0), alpha], axis=2)
    return np.asarray(np.clip(np.rint(whole), 0, 255), np.uint8)


def lab_of(rgba: Pixels, ground: int = 200) -> Colours:
    """Lab of a picture laid over a grey ground."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    rgb = rgba[..., :3] * alpha + ground * (1 - alpha)
    return np.asarray(cv2.cvtColor((rgb / 255).astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)


def ramp(values: Map, low: float, high: float) -> Map:
    """0 below `low`, 1 above `high`, straight in between."""
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), np.float32)


def skin_map(lab: Colours, alpha: Map) -> Map:
    """How much each pixel is of the colour of skin, from pale anime to dark: 0 to 1. By eye."""
    light, red, yellow = cv2.split(lab)
    chroma = np.hypot(red, yellow)
    hue = np.degrees(np.arctan2(yellow, red))
    warm = ramp(hue, 5, 25) * (1 - ramp(hue, 78, 95))
    return np.asarray(warm * ramp(chroma, 2, 6) * (1 - ramp(chroma, 38, 60)) * ramp(light, 25, 45) * alpha, np.float32)


def hex_colour(rgb: Sequence[float] | NDArray[np.generic]) -> str:
    """Red, green and blue, 0 to 255 -> "#rrggbb"."""
    red, green, blue = (int(min(255, max(0, round(float(value))))) for value in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"
