"""Filters of an analogue signal and its tape."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator, model_validator

from modules.talkinghead.filters.base import Filter, Moment, choice, number
from modules.talkinghead.filters.chance import draws, held, spread, white_noise
from modules.talkinghead.filters.light import Light
from modules.talkinghead.filters.share import each
from modules.talkinghead.filters.steps import Floats

LEAN = 0.25
"""Share of the picture's height over which its edge is distorted."""
STREAK = 24
"""Length of a streak on tape, in pixels."""


class AnalogLowres(Filter):
    """A blur of colour and outline."""

    help: ClassVar[str] = "Soft, as a signal of low bandwidth."

    kernel_size: int = number(5, 1, 63, 2, "taps of the blur, odd")
    sigma: float = number(0.75, 0.05, 16.0, 0.05, "standard deviation of the blur, in pixels")

    @field_validator("kernel_size")
    @classmethod
    def _odd(cls, size: int) -> int:
        if size % 2 == 0:
            raise ValueError("a kernel has an odd number of taps")
        return size

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        planes = light.premultiplied(spill=self.kernel_size // 2)
        each(lambda plane: cv2.GaussianBlur(plane, (self.kernel_size,) * 2, self.sigma, dst=plane), planes)


class AnalogBadhsync(Filter):
    """Rows slide sideways in the sum of three waves, which run down the picture."""

    help: ClassVar[str] = "Lines wobble, as with bad horizontal sync."
    moves: ClassVar[bool] = True

    speed: float = number(8.0, -512.0, 512.0, 0.5, "of the waves: lines a frame, in a picture of 512 lines")
    amplitude1: float = number(0.001, 0.0, 0.5, 0.001, "of the first wave, in widths of the picture")
    density1: float = number(4.0, 0.0, 256.0, 0.5, "periods of the first wave in the picture's height")
    amplitude2: float = number(0.001, 0.0, 0.5, 0.001, "of the second wave, in widths of the picture")
    density2: float = number(13.0, 0.0, 256.0, 0.5, "periods of the second wave in the picture's height")
    amplitude3: float = number(0.001, 0.0, 0.5, 0.001, "of the third wave, in widths of the picture")
    density3: float = number(27.0, 0.0, 256.0, 0.5, "periods of the third wave in the picture's height")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        at = heights(light.height) - moment.travelled(self.speed)
        waves = ((self.amplitude1, self.density1), (self.amplitude2, self.density2), (self.amplitude3, self.density3))
        shift = sum(amplitude * np.sin(2 * np.pi * density * at) for amplitude, density in waves)
        slide_sideways(light, shift * light.width)


class AnalogDistort(Filter):
    """Near one edge rows lean to the right, more and more, and ripple."""

    help: ClassVar[str] = "One edge of the picture is bent and ripples, as where a video head switches."
    moves: ClassVar[bool] = True

    speed: float = number(8.0, -512.0, 512.0, 0.5, "of the ripples: lines a frame, in a picture of 512 lines")
    strength: float = number(0.1, -1.0, 1.0, 0.01, "how far the edge leans, in widths of the picture")
    ripple_amplitude: float = number(0.05, 0.0, 1.0, 0.01, "of the ripples at the edge, in widths of the picture")
    ripple_density1: float = number(4.0, 0.0, 256.0, 0.5, "periods of the first ripple in the picture's height")
    ripple_density2: float = number(13.0, 0.0, 256.0, 0.5, "periods of the second ripple in the picture's height")
    ripple_density3: float = number(27.0, 0.0, 256.0, 0.5, "periods of the third ripple in the picture's height")
    edge: Literal["top", "bottom"] = choice("top", "which edge")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        from_edge = heights(light.height) if self.edge == "top" else 1.0 - heights(light.height)
        at = from_edge - moment.travelled(self.speed)
        densities = (self.ripple_density1, self.ripple_density2, self.ripple_density3)
        ripples = sum(np.sin(2 * np.pi * density * at) for density in densities) / len(densities)
        share = np.clip(1.0 - from_edge / LEAN, 0.0, 1.0) ** 3
        slide_sideways(light, share * (self.strength + self.ripple_amplitude * ripples) * light.width)


class Glitches(Filter):
    """What glitches have in common: when they come, how many and how high."""

    moves: ClassVar[bool] = True

    unboost: float = number(4.0, 0.0, 100.0, 0.5, "the higher, the rarer are glitches, and many at once above all")
    max_glitches: int = number(3, 0, 64, 1, "most glitches at once")
    min_glitch_height: int = number(3, 1, 512, 1, "lines of the smallest glitch")
    max_glitch_height: int = number(6, 1, 512, 1, "lines of the highest glitch")
    hold_min: int = number(1, 1, 1000, 1, "frames that glitches stay at least")
    hold_max: int = number(3, 1, 1000, 1, "frames that glitches stay at most")

    @model_validator(mode="after")
    def _in_order(self) -> Glitches:
        if self.min_glitch_height > self.max_glitch_height:
            raise ValueError("min_glitch_height is above max_glitch_height")
        if self.hold_min > self.hold_max:
            raise ValueError("hold_min is above hold_max")
        return self

    def bands(self, chance: np.random.Generator, height: int) -> list[slice]:
        """Rows of the glitches of one hold."""
        count = round(self.max_glitches * chance.random() ** self.unboost)
        sizes = chance.integers(self.min_glitch_height, self.max_glitch_height + 1, count)
        tops = (chance.random(count) * np.maximum(height - sizes + 1, 1)).astype(int)
        return [slice(int(top), int(min(top + size, height))) for top, size in zip(tops, sizes, strict=True)]

    def chance(self, moment: Moment, name: str) -> np.random.Generator:
        """The draws of the hold that a moment falls into."""
        hold = held(moment.frame, self.hold_min, self.hold_max, moment.seed, name)
        return draws(moment.seed, name, *hold)


class AnalogVhsglitches(Glitches):
    """Bands of white streaks over the picture."""

    help: ClassVar[str] = "Bright streaks flash up, as from dirt on a tape."

    strength: float = number(0.1, 0.0, 1.0, 0.01, "light of the streaks; 1 is white")
    name: str = choice("analog_vhsglitches0", "two of different names have different glitches")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        for rows in self.bands(self.chance(moment, self.name), light.height):
            frame = math.floor(moment.frame)
            noise = streaks(rows.stop - rows.start, light.width, moment.seed, self.name, frame, rows.start)
            light.lay(rows, noise * np.float32(math.sqrt(self.strength)), 1.0)


class ShiftDistort(Glitches):
    """Bands of the picture jump sideways."""

    help: ClassVar[str] = "Bands of the picture jump sideways, as when sync is lost."

    strength: float = number(0.05, 0.0, 1.0, 0.01, "farthest jump, in widths of the picture")
    min_glitch_height: int = number(20, 1, 512, 1, "lines of the smallest glitch")
    max_glitch_height: int = number(30, 1, 512, 1, "lines of the highest glitch")
    name: str = choice("shift_distort0", "two of different names have different glitches")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        chance = self.chance(moment, self.name)
        shift = np.zeros(light.height)
        for rows in self.bands(chance, light.height):
            shift[rows] = round(chance.uniform(-1.0, 1.0) * self.strength * light.width)
        slide_sideways(light, shift)


class AnalogVhstracking(Filter):
    """The picture stands a little too high and floats; black and white noise fills the strip below it."""

    help: ClassVar[str] = "The picture floats above a strip of noise, as with bad tracking."
    moves: ClassVar[bool] = True

    base_offset: float = number(0.03, 0.0, 1.0, 0.01, "height of the strip, in heights of the picture")
    max_dynamic_offset: float = number(0.01, 0.0, 1.0, 0.01, "how far it floats, in heights of the picture")
    speed: float = number(2.5, -512.0, 512.0, 0.5, "at 1 it floats up and down once in 512 frames")

    def apply(self, light: Light, moment: Moment) -> None:
        """See the class."""
        swing = math.sin(2 * math.pi * moment.travelled(self.speed))
        offset = min(max(self.base_offset + self.max_dynamic_offset * swing, 0.0), 1.0) * light.height
        rows = np.arange(light.height, dtype=np.float32) + np.float32(offset)
        light.slide(rows, np.zeros(light.height, np.float32))
        strip = slice(light.height - math.ceil(offset), light.height)
        lines = strip.stop - strip.start
        if lines:
            noise = streaks(lines, light.width, moment.seed, "analog_vhstracking", math.floor(moment.frame))
            light.lay(strip, 1.0, noise)


def heights(height: int) -> NDArray[np.float64]:
    """(H,): where each row is, 0 at the top, 1 at the bottom."""
    return np.linspace(0.0, 1.0, height)


def slide_sideways(light: Light, shift: NDArray[np.float64]) -> None:
    """Move each row by `shift[y]` pixels to the right."""
    if np.any(shift):
        light.slide(np.arange(light.height, dtype=np.float32), shift.astype(np.float32))


def streaks(height: int, width: int, *key: object) -> Floats:
    """(H, W) in 0..1: short bright dashes along the rows, each with a sharp head and a fading tail."""
    noise = spread(white_noise(height, width, *key))
    dust = np.where(noise > 0.93, np.float32(4.0), np.float32(0.0))
    return np.asarray(np.clip(cv2.blur(dust, (STREAK, 1)), 0.0, 1.0), np.float32)
