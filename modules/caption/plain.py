"""The embedded engine: a picture's shape and colours, in a sentence. It knows no things, and claims none."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLOURS = {
    "black": "#111111",
    "dark grey": "#505050",
    "grey": "#8c8c8c",
    "light grey": "#c4c4c4",
    "white": "#f8f8f8",
    "red": "#d02424",
    "pink": "#f0a0b8",
    "orange": "#f08a24",
    "beige": "#e8cdb0",
    "brown": "#7a4a28",
    "yellow": "#f0dc3c",
    "olive": "#80803a",
    "green": "#38a048",
    "dark green": "#1e5028",
    "turquoise": "#3cc0b8",
    "light blue": "#9cc8f0",
    "blue": "#2c60c8",
    "dark blue": "#1c2858",
    "purple": "#7c40a0",
    "lilac": "#c4a8e0",
}
"""Names and what they look like; a pixel has the name of the nearest one in CIELAB."""
LEAST = 0.12
"""Share of the pixels from which a colour is named."""
MOST = 3
"""Colours named."""
SAMPLES = 96
"""Pixels a side that are looked at."""
SEEN = 128
"""Alpha from which a pixel is there, 0 to 255."""
CLEAR = 0.02
"""Share of transparent pixels from which they are spoken of."""
SQUARE = 1.1
"""Ratio of the sides up to which a picture is called square."""


class PlainCaptioner:
    """Tells what any picture shows of itself."""

    def caption(self, picture: Image.Image) -> str:
        """A phrase such as "a portrait picture, mostly brown and white, on a transparent ground" of an RGBA picture."""
        pixels = np.asarray(picture.resize((SAMPLES, SAMPLES), Image.Resampling.NEAREST)).reshape(-1, 4)
        seen = pixels[pixels[:, 3] >= SEEN, :3]
        shape = f"a {_shape(*picture.size)} picture"
        if not len(seen):
            return f"{shape}, fully transparent"
        clear = 1.0 - len(seen) / len(pixels)
        return f"{shape}, {_coloured(seen)}" + (", on a transparent ground" if clear >= CLEAR else "")


def shares(pixels: NDArray[np.uint8]) -> dict[str, float]:
    """Colour -> its share of RGB pixels (N, 3), 0 to 1, the most frequent first; those that are there."""
    known = _lab(np.array([list(bytes.fromhex(colour[1:])) for colour in COLOURS.values()], np.uint8))
    distances = np.linalg.norm(_lab(pixels)[:, None] - known, axis=2)
    counts = np.bincount(distances.argmin(axis=1), minlength=len(COLOURS)) / len(pixels)
    found = {name: float(share) for name, share in zip(COLOURS, counts, strict=True) if share}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    found = cv2.cvtColor(pixels[None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return np.asarray(found[0], np.float32)


def _coloured(pixels: NDArray[np.uint8]) -> str:
    found = shares(pixels)
    named = [name for name, share in found.items() if share >= LEAST][:MOST]
    if not named:
        return "in many colours"
    told = sum(found[name] for name in named)
    return f"{'all' if told > 0.98 else 'mostly'} {_listed(named)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _shape(width: int, height: int) -> str:
    if max(width, height) <= SQUARE * min(width, height):
        return "square"
    return "landscape" if width > height else "portrait"
