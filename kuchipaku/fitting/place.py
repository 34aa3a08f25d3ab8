"""Where the head goes: into the box of the networks, or large into the middle for the puppet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.face import Face
from kuchipaku.fitting.features import Eyes, Mouth

SIDE = 512
"""Pixels of the fitted picture, both ways."""
BOX = (192, 64, 320, 192)
"""Left, top, right and bottom of the box that the Talking-Head-Anime networks expect the head in."""
Framing = Literal["tha", "portrait"]
_PORTRAIT_UNIT = 80.0
"""From eye to eye in a portrait, pixels."""
_ENLARGED = 1.4
"""A portrait is not enlarged by more: it would be blurred."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A head's extent in pixels of the picture that was sent."""

    x: float
    """Middle of the face."""
    eyes: float
    crown: float
    chin: float
    unit: float
    """From eye to eye."""
    cropped: bool
    """Whether the picture's upper edge cuts it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of the picture: a point (x, y) goes to ((x - left) * scale, (y - top) * scale)."""

    left: float
    top: float
    scale: float

    def point(self, at: tuple[float, float]) -> list[float]:
        """A point of the picture that was sent in the fitted one, to a tenth of a pixel."""
        return [self.length(at[0] - self.left), self.length(at[1] - self.top)]

    def length(self, pixels: float) -> float:
        """A length, likewise."""
        return round(float(pixels * self.scale), 1)


def outline_of(figure: Pixels, face: Face, eyes: Eyes, mouth: Mouth | None) -> Outline:
    """Crown and chin of a cut-out figure (H, W, 4) around its face."""
    unit = face.head.unit
    x, level = face.out((eyes.left[0] + eyes.right[0]) / 2, (eyes.left[1] + eyes.right[1]) / 2)
    share = 0.5 if face.head.photo else 0.6
    usual = 1.9 if face.head.photo else 1.08
    down = (face.out(*mouth.at)[1] - level) / unit if mouth and mouth.sure > 0.2 else usual / (1 + share)
    chin = level + unit * (down + share * max(0.45, min(down, 1.3)))
    crown = _crown(figure, x, level, unit)
    edge = figure[0, max(0, int(x - 0.5 * unit)) : int(x + 0.5 * unit) + 1, 3] > 128
    return Outline(x, level, crown, chin, unit, bool(edge.mean() > 0.3))


def _crown(figure: Pixels, x: float, level: float, unit: float) -> float:
    """Top of the hair, without single strands; what a hat or horns add beyond a usual head does not count."""
    columns = figure[: int(level), max(0, int(x - 0.5 * unit)) : int(x + 0.5 * unit) + 1, 3] > 128
    if not columns.size or not columns.any():
        return level - 1.5 * unit
    top = float(np.quantile(np.where(columns.any(axis=0), columns.argmax(axis=0), level), 0.6))
    return min(level - 1.2 * unit, max(top, level - 2.3 * unit))


def placement(outline: Outline, size: tuple[int, int], bottom: float, framing: Framing) -> Placement:
    """Where a picture of `size` (width, height), whose figure ends at row `bottom`, goes."""
    if framing == "tha":
        scale = (BOX[3] - BOX[1]) / (outline.chin - outline.crown)
        there = Placement(outline.x - SIDE / 2 / scale, outline.chin - BOX[3] / scale, scale)
        return Placement(0, 0, 1) if size == (SIDE, SIDE) and _is_fitting(outline) else there
    scale = min(_PORTRAIT_UNIT / outline.unit, _ENLARGED, 0.62 * SIDE / (outline.chin - outline.crown))
    # A picture that shows little more than the head fills the height.
    filling = min((SIDE - 16) / (bottom - outline.crown), 1.6 * _PORTRAIT_UNIT / outline.unit, _ENLARGED)
    scale = max(scale, filling)
    # The chin a little below the middle; the lower edge of a bust on that of the picture.
    top = outline.chin - 0.58 * SIDE / scale
    top = min(max(top, -0.1 * SIDE / scale), bottom - (SIDE + 2) / scale)
    return Placement(outline.x - SIDE / 2 / scale, min(top, outline.crown - 16 / scale), scale)


def _is_fitting(outline: Outline) -> bool:
    """Whether a head is in the box already, give or take what artists do: then the picture is left as it is."""
    off = abs(outline.chin - BOX[3]), abs(outline.crown - BOX[1]), abs(outline.x - SIDE / 2)
    return max(off) < 14


def whole(size: tuple[int, int]) -> Placement:
    """All of a picture, shrunk to fit and centred, for want of a face."""
    scale = min(1.0, SIDE / max(size))
    return Placement((size[0] - SIDE / scale) / 2, (size[1] - SIDE / scale) / 2, scale)


def placed(figure: Pixels, to: Placement) -> Pixels:
    """The figure in its place: RGBA (512, 512, 4), straight alpha, nothing under no alpha."""
    reach = SIDE / to.scale
    left, top = int(np.floor(to.left)), int(np.floor(to.top))
    size = int(np.ceil(reach)) + 2
    source = Image.new("RGBA", (size, size))
    source.paste(Image.fromarray(figure), (-left, -top))
    if to.scale == 1 and (left, top) == (to.left, to.top):
        return np.array(source)[:SIDE, :SIDE]
    box = (to.left - left, to.top - top, to.left - left + reach, to.top - top + reach)
    # Pillow takes alpha into account: it filters premultiplied.
    fitted = np.array(source.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box))
    fitted[fitted[..., 3] == 0] = 0
    return fitted
