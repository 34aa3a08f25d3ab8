"""What lies under a drawn feature: the picture itself, and the skin that would show if the feature were not there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels
from modules.puppet.blend import clip, over
from modules.puppet.curves import Points, fill
from modules.puppet.description import SIZE, Cover, PuppetSpec, rgba
from modules.puppet.features import DETAIL, Place

Mask = NDArray[np.float32]
"""Opacity, 0 to 1: (H, W)."""
_ALIKE = 14.0
"""Difference in Lab at which a pixel hardly counts as skin."""
_LASH = 18.0
"""Difference in Lab within which a pixel may be of a lash."""
_OVER = 13.0
"""Difference in Lab within which a pixel is of one colour with hair or glasses."""


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    lab = cv2.cvtColor(pixels[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    # Shade changes the lightness of skin far more than its hue.
    return np.asarray(lab * np.array([0.6, 1, 1], np.float32), np.float32)


def difference(one: Pixels, other: Pixels) -> NDArray[np.float32]:
    """How different the colours of two pictures are, pixel by pixel: (H, W), 20 is clearly another colour."""
    return np.asarray(np.linalg.norm(_lab(one) - _lab(other), axis=2), np.float32)


@dataclass(frozen=True)
class Under:
    """The place of one feature. Pictures are premultiplied and as large as its canvas."""

    own: Pixels
    """What the picture shows there."""
    skin: Pixels
    """The skin around it, carried on over it."""
    mask: NDArray[np.uint8]
    """Where the skin may be shown, soft at the edge."""
    above: Pixels
    """What lies over the feature and stays: hair, a frame of glasses."""


@dataclass(frozen=True)
class Covering:
    """What hides a feature of the picture: pictures, premultiplied, as large as its canvas."""

    below: Pixels
    """Under what is drawn."""
    above: Pixels
    """Over what is drawn."""
    under: Under | None = None

    def feature(self) -> Pixels | None:
        """The hidden feature alone, cut out of the picture; None where it is hidden by one colour or not at all."""
        if self.under is None:
            return None
        strange = np.clip((difference(self.under.own, self.under.skin) - 5) / 14, 0, 1) * self.under.mask
        return clip(self.under.own, strange.astype(np.uint8))


class Ground:
    """The layers below the features, at rest."""

    def __init__(self, spec: PuppetSpec) -> None:
        self._spec = spec
        self._picture = np.zeros((SIZE * DETAIL, SIZE * DETAIL, 4), np.uint8)

    def lay(self, place: Place, detail: float, texture: Pixels) -> None:
        """Put a layer on top: its place in the picture, its pixels for one of the picture, premultiplied."""
        scale = DETAIL / detail
        offset = (scale - 1) / 2
        matrix = np.array([[scale, 0, place.x * DETAIL + offset], [0, scale, place.y * DETAIL + offset]])
        size = self._picture.shape[1::-1]
        over(self._picture, np.asarray(cv2.warpAffine(texture, matrix, size, flags=cv2.INTER_LINEAR), np.uint8))

    def cover(self, cover: Cover, place: Place, outline: Points, core: Points, colour: str = "") -> Covering:
        """What hides a feature within an outline: nothing, soft skin, or one colour."""
        canvas = place.canvas()
        if cover == "soft":
            under = self.under(place, outline, core, colour)
            return Covering(clip(under.skin, under.mask), under.above, under)
        if cover:
            fill(canvas, outline, rgba(cover))
        return Covering(canvas, place.canvas())

    def under(self, place: Place, outline: Points, core: Points, colour: str = "") -> Under:
        """What is under a feature within an outline (in canvas pixels).

        In its `core`, nothing of the feature's own `colour` lies over it; nothing at all where none is given.
        """
        own = self._crop(place)
        inside = _filled(own, outline)
        skin = self._skin(own, inside > 0)
        mask = cv2.GaussianBlur(cv2.erode(inside, np.ones((3, 3), np.uint8)), (0, 0), 1.2)
        strange = difference(own, skin)
        own_part = _filled(own, core) > 0
        if colour:
            own_part &= difference(own, np.broadcast_to(np.array(rgba(colour), np.uint8), own.shape)) < _LASH
        above = _above(own, strange, own_part)
        # Beyond the figure there is nothing to cover.
        mask = np.minimum(mask, own[..., 3])
        return Under(own, skin, np.asarray(mask, np.uint8), clip(own, np.minimum(above, mask)))

    def _crop(self, place: Place) -> Pixels:
        size = place.width * DETAIL, place.height * DETAIL
        matrix = np.array([[1, 0, -place.x * DETAIL], [0, 1, -place.y * DETAIL]], float)
        return np.asarray(cv2.warpAffine(self._picture, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)

    def _skin(self, own: Pixels, hole: NDArray[np.bool_]) -> Pixels:
        """The skin around a hole, carried on into it; hair and the like around it do not count."""
        skin = self._cheek()
        distance = difference(own, np.broadcast_to(skin, own.shape))
        weight = np.exp(-((distance / _ALIKE) ** 2)).astype(np.float32)
        weight[hole | (own[..., 3] < 250)] = 0
        total = np.full((*own.shape[:2], 3), 1e-4 * skin[:3], np.float32)
        share = np.full(own.shape[:2], 1e-4, np.float32)
        for sigma, trust in ((2.0, 1.0), (5.0, 0.3), (12.0, 0.1), (30.0, 0.03)):
            total += trust * cv2.GaussianBlur(own[..., :3] * weight[..., None], (0, 0), sigma)
            share += trust * cv2.GaussianBlur(weight, (0, 0), sigma)
        filled = np.full(own.shape, 255, np.uint8)
        filled[..., :3] = np.clip(np.rint(total / share[..., None]), 0, 255)
        return filled

    def _cheek(self) -> NDArray[np.uint8]:
        """The colour of the skin between eyes and mouth."""
        eyes, mouth = self._spec.eyes, self._spec.mouth
        top = (eyes.left[1] + eyes.right[1]) / 2 + eyes.size * eyes.height
        box = [eyes.right[0], top, eyes.left[0], max(top + 2, mouth.at[1] - 0.5 * mouth.size)]
        left, upper, right, lower = (int(np.clip(value * DETAIL, 0, SIZE * DETAIL - 1)) for value in box)
        pixels = self._picture[upper : lower + 1, left : right + 1].reshape(-1, 4)
        opaque = pixels[pixels[:, 3] > 250]
        return np.asarray(np.median(opaque if len(opaque) else pixels, axis=0), np.uint8)


def _filled(like: Pixels, polygon: Points) -> NDArray[np.uint8]:
    mask = np.zeros(like.shape[:2], np.uint8)
    fill(mask, polygon, (255,))
    return mask


def _above(own: Pixels, strange: NDArray[np.float32], core: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What comes in over the edge of the canvas and is of one colour from there on: soft, 0 to 255."""
    lab = _lab(own)
    edge = np.zeros(strange.shape, bool)
    edge[:3] = edge[-3:] = edge[:, :3] = edge[:, -3:] = True
    coming = lab[edge & (strange > 16)]
    if len(coming) < 6:
        return np.zeros(strange.shape, np.uint8)
    groups = min(4, len(coming))
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(1)
    _, _, colours = cv2.kmeans(coming, groups, None, criteria, 2, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    alike = np.min([np.linalg.norm(lab - colour, axis=2) for colour in colours], axis=0) < _OVER
    alike &= (strange > 10) & ~core
    _, labels = cv2.connectedComponents(alike.astype(np.uint8))
    reached = np.unique(labels[edge & alike])
    kept = np.isin(labels, reached[reached > 0]).astype(np.uint8) * 255
    return np.asarray(cv2.GaussianBlur(cv2.dilate(kept, np.ones((3, 3), np.uint8)), (0, 0), 0.7), np.uint8)


def moved(picture: Pixels, rows: NDArray[np.float64]) -> Pixels:
    """A picture with each column moved down by so many rows (W,)."""
    height, width = picture.shape[:2]
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    y = np.arange(height, dtype=np.float32)[:, None] - rows.astype(np.float32)
    return np.asarray(cv2.remap(picture, np.ascontiguousarray(x), y, cv2.INTER_LINEAR), np.uint8)
