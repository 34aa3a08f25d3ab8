"""A frame as linear light in planes, which puts off what can be done together.

Most filters only weigh colours (`dim`, `recolour`) or slide rows (`slide`). Runs of such steps are multiplied out
first and touch the picture once, band by band of its rows. A filter that needs the picture itself asks for it
`straight` or `premultiplied`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuchipaku import Pixels
from modules.talkinghead.color import to_linear, to_srgb
from modules.talkinghead.filters.share import GRID, bands, each
from modules.talkinghead.filters.steps import Floats, Sliding, Weighing, field

MARGIN = 12
"""Clear pixels kept around the window, for what spreads."""
FAINTEST = 0.500001 / 255.0
"""Alpha below it is written as 0: half a level, which is rounded down, and a hair."""
APART = 4
"""Bytes between channels: OpenCV writes those that are aligned alike past the cache, which takes twice as long."""
_FULL = 65535.0
"""Full light as an index of the encoding table: steps fine enough for the darkest of sRGB."""
_UNIT = (np.arange(256) / 255.0).astype(np.float32)
_DECODE = to_linear(_UNIT)
_ENCODE = np.rint(to_srgb((np.arange(65536) / _FULL).astype(np.float32)) * 255.0).astype(np.uint8)


class _Buffers:
    """Memory that one frame leaves to the next: to be given fresh pages takes longer than most filters."""

    def __init__(self) -> None:
        self._left: deque[Floats] = deque(maxlen=4)

    def take(self, size: int) -> Floats:
        """At least `size` floats of any value; nobody else's until they are given back."""
        with suppress(IndexError):
            buffer = self._left.pop()
            if len(buffer) >= size:
                return buffer
        return np.empty(size, np.float32)

    def give(self, buffer: Floats) -> None:
        """For whoever takes next."""
        self._left.append(buffer)


_BUFFERS = _Buffers()
Number = TypeVar("Number", np.float32, np.uint8)
Weight = Callable[[Floats, Floats], Floats]
"""What colours are multiplied by, of alpha; both (h, w). It may lie in a spare, (h, w)."""


class Light:
    """One frame on its way through a chain. Colour is nominally 0..1; what is brighter is kept until the end.

    Only a `window` of the frame is worked on, rows and columns that hold all that is not clear: its h * w pixels.
    `spare`, (2, h, w), is for whatever a filter works out, until it asks for something else of the light.
    """

    def __init__(self, pixels: Pixels) -> None:
        """RGBA uint8 (H, W, 4), sRGB, straight alpha."""
        self.height, self.width = pixels.shape[:2]
        self._is_premultiplied = False
        self._weighings: list[Weighing] = []
        self._sliding: Sliding | None = None
        self._laid: list[tuple[slice, Floats | float, Floats | float]] = []
        self._margin = MARGIN
        self._open(_around(np.asarray(cv2.extractChannel(pixels, 3), np.uint8)))
        shown = pixels[self.window]
        self.each_band(lambda rows: _decode(shown[rows], list(self._channels[:, rows]), self._planes[:, rows]))

    @property
    def middle(self) -> tuple[float, float]:
        """Row and column of the middle of the frame, counted in the window."""
        rows, columns = self.window
        return (self.height - 1) / 2 - rows.start, (self.width - 1) / 2 - columns.start

    def cut(self, values: NDArray[Number]) -> NDArray[Number]:
        """The window of something that is (H, 1) or (H, W)."""
        self._settle_rows()
        rows, columns = self.window
        return values[rows] if values.shape[1] == 1 else values[rows, columns]

    def widen(self) -> None:
        """Work on the whole frame from now on: something is about to leave the window."""
        if self._planes.shape[1:] == (self.height, self.width):
            return
        self._settle_weighings()
        window, planes, buffer = self.window, self._planes, self._buffer
        self._open((slice(0, self.height), slice(0, self.width)))
        self._planes.fill(0.0)
        self._planes[:, *window] = planes
        _BUFFERS.give(buffer)

    def _open(self, window: tuple[slice, slice]) -> None:
        self.window = window
        height, width = (part.stop - part.start for part in window)
        size = height * width
        self._buffer = _BUFFERS.take(7 * size + APART)
        memory = self._buffer[: 6 * size].reshape(6, height, width)
        self._planes, self.spare = memory[:4], memory[4:]
        channels = self._buffer[6 * size : 7 * size + APART].view(np.uint8).reshape(4, size + APART)
        self._channels = channels[:, :size].reshape(4, height, width)

    def dim(self, gain: ArrayLike) -> None:
        """Multiply colours by a number, (h, 1) or (h, w), see `cut`."""
        self._settle_rows()
        self._weighings.append(Weighing(gain=field(gain)))

    def recolour(self, luma: ArrayLike, keep: ArrayLike | None = None) -> None:
        """Each colour c of luma y becomes keep * c + luma * y.

        `keep`: a number, (h, 1) or (h, w), see `cut`. `luma`: the same, or with a leading axis for red, green and blue.
        """
        self._settle_rows()
        weights = field(luma)
        planes = weights if weights.ndim == 3 else weights[None]
        self._weighings.append(Weighing(keep=None if keep is None else field(keep), luma=planes))

    def fade(self, gain: ArrayLike) -> None:
        """Multiply alpha by a number, (h, 1) or (h, w), of 0..1."""
        self._settle_rows()
        self._planes[3] *= np.asarray(gain, np.float32)
        if self._is_premultiplied:
            self.dim(gain)

    def slide(self, rows: Floats, shift: Floats) -> None:
        """Row y shows what was in row `rows[y]`, `shift[y]` pixels further right; both (H,). Outside is clear."""
        if self._laid or not self._sliding:
            self._whole()
        sliding = Sliding(rows, shift)
        self._sliding = self._sliding.then(sliding) if self._sliding else sliding

    def straight(self) -> Floats:
        """The planes (4, h, w), to be changed in place: red, green, blue as they are, and alpha."""
        self._settle_rows()
        self._settle_weighings(_inverse if self._is_premultiplied else None)
        self._is_premultiplied = False
        return self._planes

    def premultiplied(self, spill: int = 0) -> Floats:
        """The planes (4, h, w), to be changed in place: red, green, blue multiplied by alpha, and alpha.

        `spill`: by how many pixels the outline is going to spread.
        """
        self._settle_rows()
        if spill > self._margin:
            self.widen()
        self._margin -= spill
        self._settle_weighings(None if self._is_premultiplied else _itself)
        self._is_premultiplied = True
        return self._planes

    def each_band(self, work: Callable[[slice], object]) -> None:
        """Do what touches no other rows: `work(rows)` for each band of the window, several at a time."""
        each(work, bands(*self._planes.shape[1:]))

    def lay(self, rows: slice, cover: Floats | float, light: Floats | float) -> None:
        """Lay grey light over some rows, beside the outline too. Coverage and light: 0..1, (rows, W) or a number."""
        self._laid.append((rows, cover, light))

    def pixels(self) -> Pixels:
        """RGBA uint8 (H, W, 4), sRGB, straight alpha. Clear pixels are black. The light is spent: ask once."""
        laid, self._laid = self._laid, []
        self._settle_rows()
        whole = np.zeros((self.height, self.width, 4), np.uint8)
        shown = whole[self.window]
        self.each_band(lambda rows: self._encode(rows, shown[rows]))
        _BUFFERS.give(self._buffer)
        for rows, cover, light in laid:
            whole[rows] = _covered(whole[rows], cover, light)
        return whole

    def _encode(self, rows: slice, out: Pixels) -> None:
        planes, channels = self._planes[:, rows], list(self._channels[:, rows])
        weighing, (luma, gain) = self._weighed(rows), self.spare[:, rows]
        weighing.mix(planes[:3], luma)
        (_inverse if self._is_premultiplied else _visible)(planes[3], gain)
        if weighing.gain is not None:
            gain *= weighing.gain
        for plane, channel in zip(planes[:3], channels[:3], strict=True):
            cv2.LUT(cv2.multiply(plane, gain, scale=_FULL, dtype=cv2.CV_16U), _ENCODE, dst=channel)
        cv2.convertScaleAbs(planes[3], dst=channels[3], alpha=255.0)
        cv2.merge(channels, dst=out)

    def _settle_weighings(self, last: Weight | None = None) -> None:
        """Do what was put off by `dim` and `recolour`, and then multiply by `last` of alpha."""

        def settle(rows: slice) -> None:
            weighing, (luma, gain) = self._weighed(rows), self.spare[:, rows]
            if last:
                weighing = weighing.then(Weighing(gain=last(self._planes[3, rows], gain)))
            weighing.apply(self._planes[:3, rows], luma)

        if self._weighings or last:
            self.each_band(settle)
        self._weighings = []

    def _weighed(self, rows: slice) -> Weighing:
        """All that was put off, as one."""
        return reduce(Weighing.then, (weighing.at(rows) for weighing in self._weighings), Weighing())

    def _settle_rows(self) -> None:
        """Do what was put off by `slide`, and by `lay` after it."""
        sliding, self._sliding = self._sliding, None
        laid, self._laid = self._laid, []
        if sliding:
            sliding.apply(self._planes)
        for rows, cover, light in laid:
            _lay(self._whole()[:, rows], cover, light)

    def _whole(self) -> Floats:
        """The planes of the whole frame, premultiplied, (4, H, W)."""
        self.premultiplied()
        self.widen()
        return self._planes


def _lay(planes: Floats, cover: Floats | float, light: Floats | float) -> None:
    planes *= 1.0 - cover
    planes[:3] += cover * light
    planes[3] += cover


def _covered(pixels: Pixels, cover: Floats | float, light: Floats | float) -> Pixels:
    """A few finished rows with grey light over them: cheaper than to widen the whole frame for them."""
    band = Light(pixels)
    _lay(band._whole(), cover, light)
    return band.pixels()


def _around(alpha: Pixels) -> tuple[slice, slice]:
    """Rows and columns around all that is not clear, with a margin; on the grid."""
    left, top, width, height = cv2.boundingRect(alpha)
    return _part(top, top + height, alpha.shape[0]), _part(left, left + width, alpha.shape[1])


def _part(start: int, stop: int, whole: int) -> slice:
    first, last = max(start - MARGIN, 0) // GRID, -(-(stop + MARGIN) // GRID)
    return slice(first * GRID, min(last * GRID, whole))


def _decode(pixels: Pixels, channels: list[Pixels], planes: Floats) -> None:
    cv2.split(pixels, channels)
    for channel, table, plane in zip(channels, [_DECODE] * 3 + [_UNIT], planes, strict=True):
        cv2.LUT(channel, table, dst=plane)


def _itself(alpha: Floats, spare: Floats) -> Floats:
    return alpha


def _visible(alpha: Floats, spare: Floats) -> Floats:
    """1 where a pixel will be seen, else 0."""
    return np.asarray(cv2.threshold(alpha, FAINTEST, 1.0, cv2.THRESH_BINARY, dst=spare)[1], np.float32)


def _inverse(alpha: Floats, spare: Floats) -> Floats:
    """1 / alpha, and 0 where nothing will be seen."""
    with np.errstate(divide="ignore", over="ignore"):
        np.reciprocal(alpha, out=spare)
    return np.asarray(cv2.threshold(spare, 1.0 / FAINTEST, 0.0, cv2.THRESH_TOZERO_INV, dst=spare)[1], np.float32)
