"""Which pixels of a character can ever be seen: the others need no evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.networks import FACE_POSE, POSE, SIZE

Mask = NDArray[np.bool_]

VISIBLE = 2
"""Alpha, of 255, above which a pixel counts as seen."""
MOST = 0.985
"""Of all that moves in a face, by its squares: the share that is evaluated. The rest is a faint wobble along hair."""
CELL = 4
"""Pixels of the side of the cells that a face is divided into."""
ROWS_APART = 8
"""Rows between those that are looked at."""
BESIDE = 6
"""Pixels that count as seen round those that were: between the rows, and for the poses between those sampled."""
_TURNS = slice(39, 44)
"""The morphs that move the silhouette: head, neck and body."""


def sampled_poses(count: int = 4, seed: int = 4) -> Iterator[Floats]:
    """Poses that reach as far as any can: all corners of the five turns, and `count` random ones."""
    rng = np.random.default_rng(seed)
    for corner in product((-1.0, 1.0), repeat=5):
        pose = np.zeros(POSE, np.float32)
        pose[_TURNS], pose[44] = corner, rng.integers(2)
        yield pose
    for _ in range(count):
        yield random_pose(rng)


def random_pose(rng: np.random.Generator) -> Floats:
    """A pose (45,): about a third of the expressive morphs at random strengths, any gaze, any turn, any breath."""
    pose = rng.uniform(0, 1, POSE) * (rng.uniform(0, 1, POSE) < 0.35)
    pose[FACE_POSE - 2 : 44] = rng.uniform(-1, 1, 7)
    pose[44] = rng.uniform(0, 1)
    return pose.astype(np.float32)


def coverage(paint: Callable[[Floats], Pixels]) -> Mask:
    """(512, 512): what is seen in any of the sampled poses, in every eighth row, and what lies near it."""
    seen = np.zeros((SIZE // ROWS_APART, SIZE), bool)
    for pose in sampled_poses():
        seen |= paint(pose)[ROWS_APART // 2 :: ROWS_APART, :, 3] > VISIBLE
    return grown(seen.repeat(ROWS_APART, axis=0), BESIDE)


def looked_at() -> Mask:
    """(512, 512): the rows that `coverage` needs."""
    rows = np.zeros((SIZE, SIZE), bool)
    rows[ROWS_APART // 2 :: ROWS_APART] = True
    return rows


def moving(face: Callable[[Floats], Floats]) -> Mask:
    """(128, 128): the cells that hold most of what the morphs move; `face` gives (4, 128, 128) of a pose."""
    rest = face(np.zeros(POSE, np.float32))
    moved = sum((np.square(face(pose) - rest).sum(axis=0) for pose in face_poses()), np.zeros(rest.shape[1:]))
    cells = moved.reshape(len(moved) // CELL, CELL, -1, CELL).sum(axis=(1, 3))
    falling = np.sort(cells, axis=None)[::-1]
    least = falling[np.searchsorted(falling.cumsum(), MOST * falling.sum())]
    return np.asarray(cells >= least).repeat(CELL, axis=0).repeat(CELL, axis=1)


def face_poses() -> Iterator[Floats]:
    """Each morph of the face alone, gaze both ways."""
    for morph in range(FACE_POSE):
        for strength in (1.0, -1.0)[: 2 if morph >= FACE_POSE - 2 else 1]:
            pose = np.zeros(POSE, np.float32)
            pose[morph] = strength
            yield pose


def grown(mask: Mask, pixels: int) -> Mask:
    """`mask`, wider by some pixels on every side."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), bool)


def blocks(mask: Mask, rows: int, columns: int) -> Mask:
    """(size, size) -> (size / rows, size / columns): the blocks that hold a pixel of `mask`."""
    return np.asarray(mask.reshape(len(mask) // rows, rows, -1, columns).any(axis=(1, 3)))


def below(mask: Mask, lanes: int) -> Mask:
    """Of the level below, half as large: every pixel that is read where the strips that hold `mask` are upsampled."""
    strips = blocks(mask, 1, lanes).repeat(lanes, axis=1)
    return grown(blocks(strips, 2, 2), 1)
