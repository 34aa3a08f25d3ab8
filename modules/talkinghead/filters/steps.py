"""What a picture can put off: weighing its colours, sliding its rows. Two in a row make one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from modules.talkinghead.filters.share import each

Floats = NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Luma of linear red, green and blue: ITU-R BT.709."""
OUTSIDE = np.float32(-2.0)
"""A row so far above the picture that nothing of it shines in."""


def luma_of(colours: Floats, out: Floats) -> Floats:
    """(3, H, W) -> `out`, (h, w)."""
    red, green, blue = colours
    cv2.addWeighted(red, float(LUMA[0]), green, float(LUMA[1]), 0.0, dst=out)
    cv2.scaleAdd(blue, float(LUMA[2]), out, dst=out)
    return out


@dataclass(frozen=True)
class Weighing:
    """Each colour c of luma y becomes gain * c + luma * y."""

    gain: Floats
    """(1 or H, 1 or W)."""
    luma: Floats | None = None
    """(1 or 3, 1 or H, 1 or W); None is 0."""

    @classmethod
    def of(cls, gain: ArrayLike, luma: ArrayLike | None) -> Weighing:
        """From a number, (H, 1) or (h, w); `luma` may have a leading axis for red, green and blue."""
        weights = None if luma is None else np.asarray(luma, np.float32)
        return cls(
            np.atleast_2d(np.asarray(gain, np.float32)),
            None if weights is None else weights.reshape((1,) * (3 - weights.ndim) + weights.shape),
        )

    def then(self, after: Weighing) -> Weighing:
        """This one first, then `after`, as one."""
        gain = _times(after.gain, self.gain)
        luma = None if self.luma is None else _times(after.gain, self.luma)
        if after.luma is not None:
            more = _times(self._luma_factor(), after.luma)
            luma = more if luma is None else luma + more
        return Weighing(gain, luma)

    def at(self, rows: slice) -> Weighing:
        """What it does to some rows."""
        luma = self.luma if self.luma is None or self.luma.shape[1] == 1 else self.luma[:, rows]
        return Weighing(self.gain if len(self.gain) == 1 else self.gain[rows], luma)

    def apply(self, colours: Floats, spare: Floats) -> None:
        """Change colours (3, H, W) in place; `spare`, (H, W), is overwritten."""
        more = self.of_luma(colours, spare)
        _times(self.gain, colours, out=colours)
        if more is not None:
            colours += more

    def of_luma(self, colours: Floats, spare: Floats) -> Floats | None:
        """(1 or 3, H, W), or None for 0: what is added to colours (3, H, W). `spare`, (H, W), is overwritten."""
        return None if self.luma is None else luma_of(colours, spare) * self.luma

    def _luma_factor(self) -> Floats:
        """The factor by which luma itself changes."""
        if self.luma is None:
            return self.gain
        mixed = self.luma[0] if len(self.luma) == 1 else np.tensordot(LUMA, self.luma, 1)
        return np.asarray(self.gain + mixed, np.float32)


def _times(gain: Floats, values: Floats, out: Floats | None = None) -> Floats:
    """The product, without a pass over the values for a gain of 1."""
    if gain.size == 1 and gain.item() == 1.0:
        return values
    return np.multiply(gain, values, out=out)


@dataclass(frozen=True)
class Sliding:
    """Row y shows what was in row `rows[y]`, `shift[y]` pixels further right; both (H,)."""

    rows: Floats
    shift: Floats

    def then(self, after: Sliding) -> Sliding:
        """This one first, then `after`, as one: rows are read once, so nothing is blurred twice."""
        at = np.arange(len(self.rows), dtype=np.float32)
        outside = (after.rows < 0) | (after.rows > at[-1])
        rows = np.where(outside, OUTSIDE, np.interp(after.rows, at, self.rows))
        shift = after.shift + np.interp(after.rows, at, self.shift)
        return Sliding(rows.astype(np.float32), shift.astype(np.float32))

    def apply(self, planes: Floats) -> None:
        """Change planes (C, H, W) in place; clear is what comes in from outside."""
        width = planes.shape[2]
        changed = np.flatnonzero((self.shift != 0) | (self.rows != np.arange(planes.shape[1])))
        if not len(changed):
            return
        span = slice(int(changed[0]), int(changed[-1]) + 1)
        x = np.arange(width, dtype=np.float32) - self.shift[span, None]
        y = np.repeat(self.rows[span, None], width, axis=1)

        def slide(plane: Floats) -> None:
            plane[span] = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)

        each(slide, planes)
