"""The last pass: what the editor's heads gave, and the picture, become the frame, row by row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.color import to_linear
from modules.talkinghead.kernels import compiled
from modules.talkinghead.tha3.fused.tiles import Floats

Bytes = NDArray[np.uint8]

STEPS = 1 << 16
"""Steps of linear light in the table of sRGB levels: so fine that no two levels begin within one."""


def level_tables() -> tuple[Bytes, Floats]:
    """The sRGB level, 0..255, at the start of each step of linear light, and the light where the next level begins."""
    begins = to_linear((np.arange(0.5, 256) / 255).astype(np.float32))
    begins[-1] = 2.0
    return np.searchsorted(begins, np.arange(STEPS + 1) / STEPS, side="right").astype(np.uint8), begins


@compiled
def frame_rows(start: int, stop: int, heads: Floats, rough_grid: Floats, picture: Floats, out: Floats) -> None:
    """Rows of the frame. heads: (10, S, S), grid change, alpha and colour before their activations; out: (4, S, S).

    rough_grid: (2, S, S); picture: (4, S, S). Borders of the picture are held.
    """
    size = picture.shape[2]
    change = np.float32(size / 2)
    most = np.float32(size - 1)
    alpha, colour = np.empty(size, np.float32), np.empty(size, np.float32)
    columns, below = np.empty((2, size), np.int64), np.empty((2, size), np.float32)
    for y in range(start, stop):
        for x in range(size):
            across = min(max(x + (rough_grid[0, y, x] + heads[0, y, x]) * change, np.float32(0)), most)
            down = min(max(y + (rough_grid[1, y, x] + heads[1, y, x]) * change, np.float32(0)), most)
            columns[0, x], columns[1, x] = int(across), int(down)
            below[0, x], below[1, x] = across - int(across), down - int(down)
        for plane in range(4):
            _sigmoid(heads[2 + plane, y], np.float32(1), alpha)
            _sigmoid(heads[6 + plane, y], np.float32(2), colour)
            for x in range(size):
                left, top = columns[0, x], columns[1, x]
                right, bottom = min(left + 1, size - 1), min(top + 1, size - 1)
                u, v = below[0, x], below[1, x]
                upper = picture[plane, top, left] * (1 - u) + picture[plane, top, right] * u
                lower = picture[plane, bottom, left] * (1 - u) + picture[plane, bottom, right] * u
                seen = upper * (1 - v) + lower * v
                painted = 2 * colour[x] - 1
                out[plane, y, x] = painted * alpha[x] + seen * (1 - alpha[x])


@compiled
def pixel_rows(start: int, stop: int, planes: Floats, levels: Bytes, begins: Floats, out: Bytes) -> None:
    """Rows of planes (4, S, S) in -1..1 as RGBA (S, S, 4); levels and begins as `level_tables` gives them."""
    half, one = np.float32(0.5), np.float32(1)
    for y in range(start, stop):
        for x in range(planes.shape[2]):
            for plane in range(3):
                light = min(max((planes[plane, y, x] + one) * half, np.float32(0)), one)
                level = levels[int(light * np.float32(STEPS))]
                out[y, x, plane] = level + (light >= begins[level])
            alpha = min(max((planes[3, y, x] + one) * half, np.float32(0)), one)
            out[y, x, 3] = np.uint8(np.rint(alpha * np.float32(255)))


@compiled
def _sigmoid(row: Floats, factor: np.float32, out: Floats) -> None:
    """1 / (1 + exp(-factor * x)): e^x is 2^n times a polynomial of what is left, n whole (Cephes' coefficients)."""
    powers = np.empty(len(row), np.int32)
    for i in range(len(row)):
        x = min(max(-factor * row[i], np.float32(-80)), np.float32(80))
        n = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
        r = x - n * np.float32(0.693359375) + n * np.float32(2.12194440e-4)
        p = np.float32(1.9875691500e-4)
        p = p * r + np.float32(1.3981999507e-3)
        p = p * r + np.float32(8.3334519073e-3)
        p = p * r + np.float32(4.1665795894e-2)
        p = p * r + np.float32(1.6666665459e-1)
        p = p * r + np.float32(5.0000001201e-1)
        out[i] = p * r * r + r + np.float32(1)
        powers[i] = (np.int32(n) + 127) << 23
    scales = powers.view(np.float32)
    for i in range(len(row)):
        out[i] = np.float32(1) / (np.float32(1) + out[i] * scales[i])
