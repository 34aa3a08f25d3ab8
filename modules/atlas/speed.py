"""A first look at an avatar: how fast it paints, and what it paints."""

from __future__ import annotations

import time
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Avatar, Pixels, Pose
from modules.atlas.picture import premultiplied

ENOUGH = 0.8
"""Share of the wanted frames a second at which an avatar is left alone: exact frames, a few less of them."""
_HOPELESS = 3.0
"""Times longer than allowed that two pictures may take before no third one is tried; one may have met a busy moment."""
_NEAR = 1.5
"""Times longer than allowed up to which the machine may just have been busy, so that a few more pictures are tried."""
_MORE = 6
"""Pictures that are tried then, at most."""
_THUMB = 64
_TOLERANCE = 6.0
"""Steps of 255 by which a thumbnail may differ at any place: arithmetic on another machine is not another picture."""

MOVING: tuple[Pose, ...] = (
    {"mouth_aaa": 0.7, "head_y": 0.4, "breathing": 0.5, "eye_wink_left": 0.5, "eye_wink_right": 0.5},
    {"mouth_iii": 0.6, "head_x": -0.3, "body_z": 0.2, "breathing": 0.8, "iris_rotation_y": 0.4},
    {"mouth_ooo": 0.8, "neck_z": 0.4, "body_y": -0.3, "eyebrow_raised_left": 0.6, "eyebrow_raised_right": 0.6},
)
"""Poses of which no two share anything that an avatar might keep from one picture to the next."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen."""

    rest: Pixels
    """The picture at rest."""
    thumbs: NDArray[np.uint8]
    """Small, of the picture at rest and of a moving pose: tells one character from another."""
    seconds: float
    """The least time of a picture."""
    keeps_up: bool

    def is_of(self, thumbs: NDArray[np.generic]) -> bool:
        """Whether these thumbnails show the same."""
        if thumbs.shape != self.thumbs.shape:
            return False
        return bool(np.abs(thumbs.astype(np.float32) - self.thumbs).max() <= _TOLERANCE)


def look_at(avatar: Avatar, fps: float) -> Look:
    """Paint a few pictures; the first one, at rest, lets the avatar warm up and is not timed. As few as tell."""
    allowed = 1.0 / (ENOUGH * fps)
    rest = avatar.paint({}).copy()
    first, least = _timed(avatar, MOVING[0])
    first = first.copy()
    tried = 1
    while tried < 2 or _is_open(least / allowed, tried):
        # The least of all: on a busy machine a picture may have to wait for its turn.
        least = min(least, _timed(avatar, MOVING[tried % len(MOVING)])[1])
        tried += 1
    return Look(rest, _thumbs(rest, first), least, least <= allowed)


def _is_open(slowness: float, tried: int) -> bool:
    """Whether one more picture could tell more; `slowness`: the least time so far, in times of what is allowed."""
    if tried < len(MOVING):
        return slowness <= _HOPELESS
    return 1.0 < slowness <= _NEAR and tried < len(MOVING) + _MORE


def _timed(avatar: Avatar, pose: Pose) -> tuple[Pixels, float]:
    """The picture of a pose, and the seconds that it took."""
    began = time.perf_counter()
    picture = avatar.paint(pose)
    return picture, time.perf_counter() - began


def _thumbs(*pictures: Pixels) -> NDArray[np.uint8]:
    small = [cv2.resize(premultiplied(p), (_THUMB, _THUMB), interpolation=cv2.INTER_AREA) for p in pictures]
    return np.concatenate(small).astype(np.uint8)
