"""Chance that can be asked again: the same key and the same moment give the same draw, so no filter keeps a state."""

from __future__ import annotations

import hashlib
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.filters.steps import Floats

HOLDS_IN_A_PAGE = 32
_LEVELS = (np.arange(256) / 255.0).astype(np.float32)


def draws(*key: object) -> np.random.Generator:
    """A generator of its own for a key; equal keys draw equally, on every machine."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "little")))


def held(frame: float, shortest: int, longest: int, *key: object) -> tuple[int, int]:
    """The hold that a frame falls into: (page, number in the page).

    Time is cut into holds of `shortest` to `longest` frames. They are drawn page by page, so that any moment is found
    at once; the last hold of a page may be cut short.
    """
    length = HOLDS_IN_A_PAGE * longest
    page = math.floor(frame / length)
    holds = draws("hold", page, *key).integers(shortest, longest + 1, length)
    return page, int(np.searchsorted(np.cumsum(holds), math.floor(frame) - page * length, side="right"))


def white_noise(height: int, width: int, *key: object) -> NDArray[np.uint8]:
    """(H, W), every level as likely as any other."""
    words = draws("noise", *key).bit_generator.random_raw(-(-height * width // 8))
    return words.astype("<u8", copy=False).view(np.uint8)[: height * width].reshape(height, width)


def spread(levels: NDArray[np.uint8], most: float = 1.0) -> Floats:
    """Levels as numbers between 0 and `most`."""
    return np.asarray(cv2.LUT(levels, _LEVELS * np.float32(most)), np.float32)
