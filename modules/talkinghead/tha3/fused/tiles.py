"""One pass per layer: from the raw planes of the layers below to the raw planes of a layer, tile by tile.

A tile is some whole rows of the layer's planes. For each of them the depthwise convolution of every channel below is
put into panels, which the 1x1 convolution then multiplies by its weights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.kernels import block_rows, compiled, host
from modules.talkinghead.tha3.fused.loops import (
    PANEL,
    activate,
    activate_apart,
    gathered,
    moments,
    weighted,
    weighted_pairs,
)

Floats = NDArray[np.float32]

WIDE_ROWS = host().rows
"""Outputs that layers of 128 and more calculate at once."""
NARROW_ROWS = block_rows(64)
"""Those of the other layers."""
HEAD_ROWS = 2
"""Planes that heads calculate at once: all but one of the networks have an even number of them."""
HEAD_ACROSS = min(8, host().rows * host().across // HEAD_ROWS)
"""Vectors that they calculate at once."""
MARGIN = 16
"""Zeros on each side of a row, so that a convolution may look outside of it."""

_wide = gathered(WIDE_ROWS, host().across)
_narrow = gathered(NARROW_ROWS, host().across)
_head = gathered(HEAD_ROWS, HEAD_ACROSS)
_nine = weighted(9)
_forty_nine = weighted(49)
_sixteen = weighted(16)
_doubled = weighted_pairs(4)


class Source(NamedTuple):
    """Planes to read, and what makes features of them: activation(planes * scale + shift)."""

    planes: Floats
    """(C, stride): a plane's pixels lie side by side, row by row, from the start of its line."""
    scale: Floats
    shift: Floats
    leak: Floats
    """(C,): the activation's slope below zero."""
    width: int
    """Pixels in a row."""
    height: int


class Scratch(NamedTuple):
    """A thread's own memory, flat; what a kernel finds in it is left from another."""

    panels: Floats
    lines: Floats


class Layer(NamedTuple):
    """What a kernel knows of its layer, beside its sources."""

    packed: Floats
    """The 1x1 weights: (blocks, C, rows of a block), the last block filled with zeros."""
    outputs: int
    """How many there are of them."""
    taps: Floats
    """(C, k): the depthwise weights of the channels that are not doubled."""
    doubling: Floats
    """(C, 2, 8): those of the channels that are: for each of the two rows, the taps of the left and right pixel."""
    rows: int
    """Rows of a tile."""
    width: int
    """Pixels in a row."""


@compiled
def same_tiles(
    start: int, stop: int, scratch: Scratch, layer: Layer, source: Source, out: Floats, sums: NDArray[np.float64]
) -> None:
    """A convolution, 3x3 or 7x7, that keeps the size."""
    pixels = layer.rows * layer.width
    panels = _panels(scratch, pixels, len(layer.taps))
    for tile in range(start, stop):
        _fill_same(scratch.lines, panels, 0, layer.taps, source, tile * layer.rows, layer.rows)
        _multiply(layer, panels, out, tile * pixels)
        _add_up(out, tile, pixels, sums)


@compiled
def halving_tiles(
    start: int, stop: int, scratch: Scratch, layer: Layer, source: Source, out: Floats, sums: NDArray[np.float64]
) -> None:
    """A convolution, 4x4 with stride 2, that halves the size."""
    pixels = layer.rows * layer.width
    panels = _panels(scratch, pixels, len(layer.taps))
    for tile in range(start, stop):
        _fill_halved(scratch.lines, panels, layer.taps, source, tile * layer.rows, layer.rows)
        _multiply(layer, panels, out, tile * pixels)
        _add_up(out, tile, pixels, sums)


@compiled
def doubling_tiles(
    start: int,
    stop: int,
    scratch: Scratch,
    layer: Layer,
    low: Source,
    skip: Source,
    out: Floats,
    sums: NDArray[np.float64],
) -> None:
    """A convolution that doubles the size of `low`; the channels of `skip` (maybe none) have that size already."""
    pixels = layer.rows * layer.width
    doubled = len(layer.doubling)
    panels = _panels(scratch, pixels, doubled + len(layer.taps))
    for tile in range(start, stop):
        _fill_doubled(scratch.lines, panels, layer.doubling, low, tile * layer.rows, layer.rows)
        _fill_same(scratch.lines, panels, doubled, layer.taps, skip, tile * layer.rows, layer.rows)
        _multiply(layer, panels, out, tile * pixels)
        _add_up(out, tile, pixels, sums)


@compiled
def head_tiles(
    start: int, stop: int, scratch: Scratch, weights: Floats, bias: Floats, rows: int, source: Source, out: Floats
) -> None:
    """Full 3x3 convolutions. weights: (blocks, 9 C, HEAD_ROWS); bias: (blocks, HEAD_ROWS); rows: those of a tile."""
    channels, width = len(source.planes), source.width
    pitch = width + 2 * MARGIN
    size = (rows + 2) * pitch
    offsets = np.empty(9 * channels, np.int64)
    for k in range(9 * channels):
        offsets[k] = k // 9 * size + k % 9 // 3 * pitch + k % 3 - 1 + MARGIN
    lines = _zeros(scratch.lines, channels * size)
    for tile in range(start, stop):
        for c in range(channels):
            _features(lines[c * size : (c + 1) * size], source, c, tile * rows - 1, rows + 2, pitch)
        for row in range(rows):
            there = (tile * rows + row) * width
            for block in range(len(weights)):
                planes = out[block * HEAD_ROWS : (block + 1) * HEAD_ROWS, there : there + width]
                _head(weights[block], bias[block], offsets, lines, row * pitch, planes, width)


@compiled
def add_tiles(start: int, stop: int, source: Source, total: Floats) -> None:
    """total += features of `source`, which has no activation, plane by plane."""
    for plane in range(start, stop):
        scale, shift = source.scale[plane], source.shift[plane]
        for pixel in range(source.width * source.height):
            total[plane, pixel] += source.planes[plane, pixel] * scale + shift


@compiled
def feature_tiles(start: int, stop: int, source: Source, out: Floats) -> None:
    """out = features of `source`, plane by plane."""
    pixels = source.width * source.height
    for plane in range(start, stop):
        scale, shift, leak = source.scale[plane], source.shift[plane], source.leak[plane]
        activate(source.planes[plane], 0, out[plane], 0, pixels, scale, shift, leak)


@compiled
def norm_scales(
    sums: NDArray[np.float64], pixels: int, weight: Floats, bias: Floats, scale: Floats, shift: Floats
) -> None:
    """An instance norm as a scale and a shift for each plane. sums: (tiles, planes, 2); biased variance, eps 1e-5."""
    for plane in range(len(weight)):
        total, squares = 0.0, 0.0
        for tile in range(len(sums)):
            total += sums[tile, plane, 0]
            squares += sums[tile, plane, 1]
        mean = total / pixels
        deviation = np.sqrt(max(squares / pixels - mean * mean, 0.0) + 1e-5)
        scale[plane] = weight[plane] / deviation
        shift[plane] = bias[plane] - mean * weight[plane] / deviation


@compiled
def _panels(scratch: Scratch, pixels: int, inputs: int) -> Floats:
    return scratch.panels[: pixels * inputs].reshape(pixels // PANEL, inputs, PANEL)


@compiled
def _zeros(memory: Floats, size: int) -> Floats:
    if size > len(memory):
        raise ValueError("a tile's rows do not fit the scratch")
    zeros = memory[:size]
    zeros[:] = 0.0
    return zeros


@compiled
def _multiply(layer: Layer, panels: Floats, out: Floats, first: int) -> None:
    """The 1x1 convolution of all panels, into the pixels of `out` from `first` on; weights stay, pixels pass by."""
    inputs, rows = layer.packed.shape[1:]
    offsets = np.arange(inputs) * PANEL
    none = np.zeros(rows, np.float32)
    flat = panels.reshape(panels.size)
    last = np.empty((rows, PANEL), np.float32)
    for block in range(len(layer.packed)):
        start = block * rows
        whole = start + rows <= layer.outputs
        for panel in range(len(panels)):
            at = first + panel * PANEL
            there = out[start : start + rows, at : at + PANEL] if whole else last
            if rows == WIDE_ROWS:
                _wide(layer.packed[block], none, offsets, flat, panel * inputs * PANEL, there, PANEL)
            else:
                _narrow(layer.packed[block], none, offsets, flat, panel * inputs * PANEL, there, PANEL)
            if not whole:
                out[start : layer.outputs, at : at + PANEL] = last[: layer.outputs - start]


@compiled
def _add_up(out: Floats, tile: int, pixels: int, sums: NDArray[np.float64]) -> None:
    for plane in range(len(out)):
        total, squares = moments(out[plane, tile * pixels : (tile + 1) * pixels], pixels)
        sums[tile, plane, 0] = total
        sums[tile, plane, 1] = squares


@compiled
def _fill_same(memory: Floats, panels: Floats, first: int, taps: Floats, source: Source, y: int, rows: int) -> None:
    """The depthwise convolution of `rows` rows from `y` on, into the panels from line `first` on."""
    size = 7 if taps.shape[1] == 49 else 3
    reach, width = size // 2, source.width
    pitch = width + 2 * MARGIN
    offsets = np.empty(size * size, np.int64)
    for k in range(size * size):
        offsets[k] = k // size * pitch + k % size - reach + MARGIN
    lines = _zeros(memory, (rows + 2 * reach) * pitch)
    for c in range(len(taps)):
        _features(lines, source, c, y - reach, rows + 2 * reach, pitch)
        for row in range(rows):
            if size == 3:
                _nine(taps[c], offsets, lines, row * pitch, panels, first + c, row * width, width)
            else:
                _forty_nine(taps[c], offsets, lines, row * pitch, panels, first + c, row * width, width)


@compiled
def _fill_halved(memory: Floats, panels: Floats, taps: Floats, source: Source, y: int, rows: int) -> None:
    """Rows of the halved planes; columns below are kept apart by parity, so that a tap reads neighbours."""
    width = source.width // 2
    pitch = width + 2 * MARGIN
    below = 2 * rows + 2
    lines = _zeros(memory, 2 * below * pitch)
    even, odd = lines[: below * pitch], lines[below * pitch :]
    offsets = np.empty(16, np.int64)
    for k in range(16):
        column = k % 4  # taps look at pixels 2x - 1, 2x, 2x + 1 and 2x + 2
        parity = below * pitch if column % 2 == 0 else 0
        offsets[k] = k // 4 * pitch + MARGIN + parity + (column == 3) - (column == 0)
    for c in range(len(taps)):
        for line in range(below):
            at = 2 * y - 1 + line
            if 0 <= at < source.height:
                scale, shift, leak = source.scale[c], source.shift[c], source.leak[c]
                pixels, there = source.planes[c], line * pitch + MARGIN
                activate_apart(pixels, at * source.width, even, odd, there, width, scale, shift, leak)
            else:
                even[line * pitch : (line + 1) * pitch] = 0.0
                odd[line * pitch : (line + 1) * pitch] = 0.0
        for row in range(rows):
            _sixteen(taps[c], offsets, lines, 2 * row * pitch, panels, c, row * width, width)


@compiled
def _fill_doubled(memory: Floats, panels: Floats, doubling: Floats, source: Source, y: int, rows: int) -> None:
    """Rows of the doubled planes: each pixel is a sum over the four nearest below. `y` and `rows` are even."""
    width = source.width
    pitch = width + 2 * MARGIN
    offsets = np.empty(8, np.int64)
    for k in range(8):
        side, tap = k // 4, k % 4
        offsets[k] = tap // 2 * pitch + MARGIN + tap % 2 - 1 + side
    lines = _zeros(memory, (rows // 2 + 2) * pitch)
    for c in range(len(doubling)):
        _features(lines, source, c, y // 2 - 1, rows // 2 + 2, pitch)
        for row in range(rows):
            above = (row + 1) // 2 * pitch
            _doubled(doubling[c, row % 2], offsets, lines, above, panels, c, 2 * row * width, width)


@compiled
def _features(lines: Floats, source: Source, c: int, first: int, count: int, pitch: int) -> None:
    """`count` rows of one plane's features from row `first` on; rows outside of the plane are zero."""
    for line in range(count):
        at = first + line
        if 0 <= at < source.height:
            scale, shift, leak = source.scale[c], source.shift[c], source.leak[c]
            there = line * pitch + MARGIN
            activate(source.planes[c], at * source.width, lines, there, source.width, scale, shift, leak)
        else:
            lines[line * pitch : (line + 1) * pitch] = 0.0
