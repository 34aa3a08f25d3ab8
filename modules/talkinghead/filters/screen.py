"""Filters of the screen that a picture is seen on."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np

from modules.talkinghead.filters.base import Filter, Moment, choice, number
from modules.talkinghead.filters.light import Light

DIMMED = 0.5
"""What is left on the lines of the other field."""


class Banding(Filter):
    """Dark bands roll down the picture."""

    help: ClassVar[str] = "Dark bands roll over the picture, as when a tube is filmed."
    moves: ClassVar[bool] = True

    strength: float = number(0.4, 0.0, 1.0, 0.01, "share of light that is missing in the middle of a band")
    density: float = number(2.0, 0.0, 256.0, 0.5, "bands in the picture's height")
    speed: float = number(16.0, -512.0, 512.0, 0.5, "lines a frame, in a picture of 512 lines")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        at = np.linspace(0.0, 1.0, light.height) - moment.travelled(self.speed)
        missing = np.sin(np.pi * self.density * at)[:, None] ** 2 * self.strength
        light.dim(light.cut((1.0 - missing).astype(np.float32)))


class Scanlines(Filter):
    """Every other line is dimmed: the field that is not being drawn."""

    help: ClassVar[str] = "Every other line is darker, as on an interlaced tube."
    moves: ClassVar[bool] = True

    field: Literal[0, 1] = choice(0, "which lines are dimmed first: 0 the even ones, 1 the odd ones")
    dynamic: bool = choice(True, "whether the fields take turns")
    channel: Literal["Y", "A"] = choice("Y", "what is dimmed: Y luma, A alpha")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        turn = math.floor(moment.frame) if self.dynamic else 0
        left = np.ones((light.height, 1), np.float32)
        left[(self.field + turn) % 2 :: 2] = DIMMED
        left = light.cut(left)
        if self.channel == "A":
            light.fade(left)
        else:
            light.recolour(left - np.float32(1.0))
