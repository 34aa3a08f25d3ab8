"""Filters of a camera and its lens: bloom, chromatic aberration, vignetting; and plain colour and translucency."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, ClassVar

import cv2
import numpy as np
from pydantic import Field

from modules.talkinghead.filters.base import Filter, Moment, choice, number
from modules.talkinghead.filters.light import Light
from modules.talkinghead.filters.share import GRID, each
from modules.talkinghead.filters.steps import Floats, luma_of

COARSER = GRID
"""How much smaller a picture may be blurred: 51 dB from the blur at full size."""
GLOW_SIGMA = 7.0
"""Of bloom's blur: standard deviation, in pixels."""
GLOW_TAPS = 2 * round(10 / COARSER) + 1
"""It reaches 10 pixels far."""

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Colour = Annotated[list[Unit], Field(min_length=3, max_length=3)]


class Bloom(Filter):
    """Brights, cut out by luma, are blurred and added; then x becomes 1 - exp(-exposure * x).

    Glow stays within the outline, and clear pixels give none.
    """

    help: ClassVar[str] = "Bright parts glow, and the contrast is compressed as on film."

    luma_threshold: float = number(0.8, 0.0, 1.0, 0.01, "luma from which on things glow")
    hdr_exposure: float = number(0.7, 0.05, 5.0, 0.05, "exposure of the film: higher is brighter")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        planes, spare = light.straight(), light.spare
        _, height, width = planes.shape
        glow = np.empty((3, -(-height // COARSER), -(-width // COARSER)), np.float32)

        def dim(rows: slice) -> None:
            brights(planes[:, rows], spare[:, rows], self.luma_threshold, glow[:, coarser(rows)])

        def expose(rows: slice) -> None:
            for plane, blurred in zip(planes[:3, rows], glow, strict=True):
                cv2.scaleAdd(plane, -self.hdr_exposure, enlarged(blurred, rows, width), dst=plane)
                np.subtract(1.0, cv2.exp(plane, dst=plane), out=plane)

        light.each_band(dim)
        glow *= np.float32(-self.hdr_exposure)
        for plane in glow:
            cv2.GaussianBlur(plane, (GLOW_TAPS, GLOW_TAPS), GLOW_SIGMA / COARSER, dst=plane)
        light.each_band(expose)


def brights(planes: Floats, spare: Floats, threshold: float, out: Floats) -> None:
    """What glows of straight planes (4, h, w), at a quarter of the size -> `out`, (3, h / 4, w / 4), rounded up."""
    mask, bright = spare
    cv2.threshold(luma_of(planes[:3], mask), threshold, 1.0, cv2.THRESH_BINARY, dst=mask)
    mask *= planes[3]
    for plane, small in zip(planes[:3], out, strict=True):
        small[:] = reduced(np.multiply(plane, mask, out=bright))


def coarser(rows: slice) -> slice:
    """The rows of a picture that is so much smaller."""
    return slice(rows.start // COARSER, -(-rows.stop // COARSER))


def reduced(plane: Floats) -> Floats:
    """(h, w) -> means over squares, (h / 4, w / 4), rounded up; what is missing to whole squares repeats the border."""
    height, width = plane.shape
    below, right = -height % COARSER, -width % COARSER
    if below or right:
        plane = np.pad(plane, ((0, below), (0, right)), mode="edge")
    return _halved(_halved(plane))


def _halved(plane: Floats) -> Floats:
    """Means over pairs of pairs: twice takes a third of the time of OpenCV's means over squares of four."""
    height, width = plane.shape
    return np.asarray(cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)


def enlarged(small: Floats, rows: slice, width: int) -> Floats:
    """These rows of the full size, (rows, width), smooth across the bands."""
    first, last = max(rows.start // COARSER - 1, 0), coarser(rows).stop + 1
    part = small[first:last]
    size = part.shape[1] * COARSER, part.shape[0] * COARSER
    large = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return large[rows.start - first * COARSER : rows.stop - first * COARSER, :width]


class ChromaticAberration(Filter):
    """Red is drawn a little larger and blue a little smaller, both a little out of focus."""

    help: ClassVar[str] = "Red and blue fringes, as by a cheap lens."

    transverse_sigma: float = number(0.5, 0.0, 8.0, 0.1, "blur of red and blue, in pixels")
    axial_scale: float = number(0.005, -0.1, 0.1, 0.001, "how much larger red is than green, and blue smaller")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class. Alpha stays, so fringes are seen within the outline."""
        red, _, blue, _ = light.premultiplied()
        sides = ((red, 1.0 + self.axial_scale, light.spare[0]), (blue, 1.0 - self.axial_scale, light.spare[1]))
        each(lambda side: self._defocus(*side, light.middle), sides)

    def _defocus(self, plane: Floats, scale: float, spare: Floats, middle: tuple[float, float]) -> None:
        if self.transverse_sigma > 0:
            cv2.GaussianBlur(plane, (0, 0), self.transverse_sigma, dst=spare)
        else:
            np.copyto(spare, plane)
        zoom(spare, scale, middle, plane)


def zoom(plane: Floats, scale: float, middle: tuple[float, float], out: Floats) -> None:
    """`plane`, (h, w), enlarged around row and column -> `out`; what would come from outside repeats the border."""
    height, width = plane.shape
    y, x = middle
    matrix = np.array([[1 / scale, 0, x - x / scale], [0, 1 / scale, y - y / scale]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(plane, matrix, (width, height), dst=out, flags=flags, borderMode=cv2.BORDER_REPLICATE)


class Vignetting(Filter):
    """Light falls off with cos^2 of the distance from the middle, which is 1 at the corners."""

    help: ClassVar[str] = "The corners are darker, as with a wide lens."

    strength: float = number(0.42, 0.0, 0.5, 0.01, "at 0.5 the corners are black")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        light.dim(light.cut(falloff(light.height, light.width, self.strength)))


@lru_cache(maxsize=8)
def falloff(height: int, width: int, strength: float) -> Floats:
    """(H, W), 1 in the middle."""
    x = np.linspace(-1.0, 1.0, width) if width > 1 else np.zeros(1)
    y = np.linspace(-1.0, 1.0, height) if height > 1 else np.zeros(1)
    distance = np.hypot(x[None, :], y[:, None]) / math.sqrt(2)
    return (np.cos(strength * np.pi * distance) ** 2).astype(np.float32)


class Translucency(Filter):
    """Alpha is multiplied."""

    help: ClassVar[str] = "The whole picture lets the background through, like a hologram."

    alpha: float = number(0.9, 0.0, 1.0, 0.01, "0 is invisible, 1 is as it was")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        light.fade(self.alpha)


class Desaturate(Filter):
    """Each colour goes towards its luma, tinted; a band of hues around a reference may keep theirs."""

    help: ClassVar[str] = "Black and white, or one tint, or all but one hue."

    strength: float = number(1.0, 0.0, 1.0, 0.01, "1 leaves no colour")
    tint_rgb: Colour = choice([1.0, 1.0, 1.0], "colour of white: red, green, blue in linear light")
    bandpass_reference_rgb: Colour = choice([1.0, 0.0, 0.0], "colour whose hue is kept")
    bandpass_q: float = number(
        0.0, 0.0, 1.0, 0.01, "half-width of the band that is kept; opposite hues are 1 apart, 0 keeps none"
    )

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        grey = np.full((1, 1), self.strength, np.float32)
        if self.bandpass_q > 0:
            grey = grey * (1 - hue_band(light.straight()[:3], self.bandpass_reference_rgb, self.bandpass_q))
        tint = np.array(self.tint_rgb, np.float32).reshape(3, 1, 1)
        light.recolour(tint * grey, 1.0 - grey)


def hue_band(colours: Floats, reference: list[float], half_width: float) -> Floats:
    """(H, W): 1 at the hue of the reference, smoothly 0 at the ends of the band and for greys."""
    x, y = _chroma(*colours)
    middle_x, middle_y = _chroma(*np.array(reference, np.float32))
    middle = math.degrees(math.atan2(middle_y, middle_x))
    angle = cv2.phase(x, y, angleInDegrees=True)
    apart = np.abs((angle - np.float32(middle) + 180.0) % 360.0 - 180.0) / np.float32(180.0 * half_width)
    near, far = 1.0 - 2.0 * apart**2, 2.0 * (1.0 - apart) ** 2
    band = np.where(apart < 0.5, near, np.where(apart < 1.0, far, 0.0))
    return np.where(np.hypot(x, y) > 1e-4, band, 0.0).astype(np.float32)


def _chroma(red: Floats, green: Floats, blue: Floats) -> tuple[Floats, Floats]:
    """Colour without its grey part, on the plane where hue is an angle and red is at 0."""
    return red - (green + blue) * np.float32(0.5), (green - blue) * np.float32(math.sqrt(0.75))
