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
    """Each colour c of luma y becomes gain * (keep * c + luma * y).

    The gain stands outside, because most steps are no more than that: a run of them comes down to one product.
    """

    gain: Floats | None = None
    """(1 or H, 1 or W), as is `keep`; None is 1."""
    keep: Floats | None = None
    luma: Floats | None = None
    """(1 or 3, 1 or H, 1 or W); None is 0."""

    def then(self, after: Weighing) -> Weighing:
        """This one first, then `after`, as one."""
        luma = None if self.luma is None else _scaled(self.luma, after.keep)
        if after.luma is not None:
            more = _scaled(after.luma, self._luma_factor())
            luma = more if luma is None else luma + more
        return Weighing(_product(self.gain, after.gain), _product(self.keep, after.keep), luma)

    def at(self, rows: slice) -> Weighing:
        """What it does to some rows."""
        luma = self.luma if self.luma is None or self.luma.shape[1] == 1 else self.luma[:, rows]
        return Weighing(_part(self.gain, rows), _part(self.keep, rows), luma)

    def apply(self, colours: Floats, spare: Floats) -> None:
        """Change colours (3, H, W) in place; `spare`, (H, W), is overwritten."""
        self.mix(colours, spare)
        if self.gain is not None:
            colours *= self.gain

    def mix(self, colours: Floats, spare: Floats) -> None:
        """All of `apply` but the gain."""
        more = None if self.luma is None else _share(luma_of(colours, spare)[None], self.luma)
        if self.keep is not None:
            colours *= self.keep
        if more is not None:
            colours += more

    def _luma_factor(self) -> Floats | None:
        """The factor by which luma itself changes, but for the gain; None is 1."""
        if self.luma is None:
            return self.keep
        mixed = self.luma[0] if len(self.luma) == 1 else np.tensordot(LUMA, self.luma, 1)
        return np.asarray(mixed + (np.float32(1.0) if self.keep is None else self.keep), np.float32)


def field(values: ArrayLike) -> Floats:
    """A number, (H, 1) or (H, W), as a part of a weighing: (1 or H, 1 or W)."""
    return np.atleast_2d(np.asarray(values, np.float32))


def _part(values: Floats | None, rows: slice) -> Floats | None:
    return values if values is None or len(values) == 1 else values[rows]


def _scaled(values: Floats, factor: Floats | None) -> Floats:
    return values if factor is None else np.multiply(factor, values)


def _product(first: Floats | None, second: Floats | None) -> Floats | None:
    return second if first is None else _scaled(first, second)


def _share(luma: Floats, weight: Floats) -> Floats:
    """The luma of a picture, (1, H, W), weighed; it is overwritten where the result has its shape."""
    return np.multiply(luma, weight, out=luma if len(weight) == 1 else None)


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
