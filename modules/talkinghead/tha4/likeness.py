"""How like two ways of painting a character are."""

from __future__ import annotations

import math
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

from kuchipaku import Pixels
from modules.talkinghead.tha4.coverage import random_pose

if TYPE_CHECKING:
    from modules.talkinghead.tha4.fused import FusedStudent


def likeness(one: FusedStudent, other: FusedStudent, poses: int = 3) -> float:
    """Mean PSNR in dB over a few random poses, as they look on a ground: colour multiplied by alpha."""
    rng = np.random.default_rng(0)
    chosen = [random_pose(rng) for _ in range(poses)]
    return mean(psnr(one.paint(pose, straight=False), other.paint(pose, straight=False)) for pose in chosen)


def psnr(a: Pixels, b: Pixels) -> float:
    """Peak signal-to-noise ratio of two pictures in dB; 99 for equal ones."""
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return min(99.0, 10 * math.log10(255.0**2 / error)) if error else 99.0
