"""Noise in every pixel, new in each frame."""

from __future__ import annotations

import math
from typing import ClassVar

import cv2
import numpy as np

from modules.talkinghead.filters.base import Filter, Moment, choice, number
from modules.talkinghead.filters.chance import spread, white_noise
from modules.talkinghead.filters.light import Light
from modules.talkinghead.filters.steps import Floats


class Noise(Filter):
    """What both kinds of noise have in common."""

    moves: ClassVar[bool] = True

    magnitude: float = number(0.1, 0.0, 1.0, 0.01, "share that the strongest noise takes away")
    sigma: float = number(0.0, 0.0, 8.0, 0.1, "size of the grain, in pixels; 0 is a pixel")

    def change(self, light: Light, moment: Moment, name: str) -> Floats:
        """(h, w): what the noise does, as a share: minus the magnitude, to 0."""
        noise = white_noise(light.height, light.width, moment.seed, name, math.floor(moment.frame))
        if self.sigma == 0:
            return spread(light.cut(noise), -self.magnitude)
        return light.cut(grain(spread(noise), self.sigma)) * np.float32(-self.magnitude)


class Alphanoise(Noise):
    """Noise in alpha."""

    help: ClassVar[str] = "Fine holes that let the background flicker through, like a bad hologram."

    name: str = choice("alphanoise0", "two of different names have different noise")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        light.fade(1.0 + self.change(light, moment, self.name))


class Lumanoise(Noise):
    """Noise in luma; the colours stay."""

    help: ClassVar[str] = "Film grain: brightness flickers in every pixel."

    name: str = choice("lumanoise0", "two of different names have different noise")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        light.recolour(self.change(light, moment, self.name))


def grain(noise: Floats, sigma: float) -> Floats:
    """Blurred noise, (H, W) in 0..1, mean 0.5, with the contrast that it had."""
    blurred = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigma), np.float32)
    contrast = max(1.0, 2.0 * math.sqrt(math.pi) * sigma)
    return np.clip((blurred - 0.5) * np.float32(contrast) + 0.5, 0.0, 1.0, out=blurred)
