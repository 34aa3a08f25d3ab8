"""The compiled part of the evaluator: all layers of a level for one tile of pixels, while it stays in cache."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.kernels import LINEAR, SINE, compiled, dense, host
from modules.talkinghead.tha4.fields import ROWS, Floats
from modules.talkinghead.tha4.opening import BLOCK, MARGIN, placed, raised

LANES, ACROSS = host().lanes, host().across
WIDEST = 400
"""Rows of a tile's memory: more than any layer has outputs, rounded up to whole blocks."""

_sines = dense(ROWS, SINE)
_sums = dense(ROWS, LINEAR)


@compiled
def level_tiles(
    start: int,
    stop: int,
    strips: NDArray[np.int64],
    place: Floats,
    low: Floats,
    layers: tuple[NDArray[Any], ...],
    last: NDArray[Any],
    out: Floats,
) -> None:
    """Evaluate tiles start to stop of a level.

    strips: (tiles, across, 2), the places (x, y) of each tile's strips or blocks, one vector each; place: see `placed`;
    low: what the level below gave, or one without rows; layers, last: packed, float32 or fixed;
    out: (size, channels, MARGIN + size + MARGIN), of which the strips' pixels are written, and the margin beside them.
    """
    memory = np.empty(2 * WIDEST * ACROSS * LANES + 16, last.dtype)
    whole = memory[(-memory.ctypes.data % 64) // 4 :][: 2 * WIDEST * ACROSS * LANES].reshape(2, WIDEST, ACROSS * LANES)
    here, there = whole[0], whole[1]
    results = np.empty((out.shape[1], ACROSS * LANES), np.float32)
    for tile in range(start, stop):
        for strip in range(ACROSS):
            x, y = strips[tile, strip]
            if len(low):
                raised(place, low, out.shape[0], x, y, here, strip)
            else:
                placed(place, out.shape[0], x, y, here, strip)
        for packed in layers:
            _sines(packed, here, there)
            here, there = there, here
        _sums(last, here, results)
        for strip in range(ACROSS):
            x, y = strips[tile, strip]
            if len(low):
                _keep(results, strip * LANES, x, y, LANES, out)
            else:
                _keep(results, strip * LANES, x, y, BLOCK, out)


@compiled
def _keep(results: Floats, start: int, x: int, y: int, width: int, out: Floats) -> None:
    """Write one vector, a block so many pixels wide, to its place, and repeat the picture's edge beside it."""
    end = out.shape[2] - MARGIN
    for row in range(LANES // width):
        column = start + row * width
        for c in range(out.shape[1]):
            for i in range(width):
                out[y + row, c, MARGIN + x + i] = results[c, column + i]
        if x == 0:
            for c in range(out.shape[1]):
                out[y + row, c, MARGIN - 1] = results[c, column]
        if MARGIN + x + width == end:
            for c in range(out.shape[1]):
                out[y + row, c, end] = results[c, column + width - 1]


@compiled
def doubled_rows(start: int, stop: int, rows: NDArray[np.int64], low: Floats, out: Floats) -> None:
    """Rows rows[start:stop] of `out`, (size, channels, ...): `low`, half as large, upsampled bilinearly."""
    size = out.shape[0]
    near_share, far_share = np.float32(0.75), np.float32(0.25)
    line = np.empty(low.shape[2], np.float32)
    for y in rows[start:stop]:
        near = y // 2
        far = min(max(near + (y % 2) * 2 - 1, 0), size // 2 - 1)
        for c in range(out.shape[1]):
            for i in range(MARGIN - 1, MARGIN + size // 2 + 1):
                line[i] = near_share * low[near, c, i] + far_share * low[far, c, i]
            for i in range(MARGIN, MARGIN + size // 2):
                over = near_share * line[i]
                out[y, c, 2 * i - MARGIN] = over + far_share * line[i - 1]
                out[y, c, 2 * i - MARGIN + 1] = over + far_share * line[i + 1]
            out[y, c, MARGIN - 1] = out[y, c, MARGIN]
            out[y, c, MARGIN + size] = out[y, c, MARGIN + size - 1]
