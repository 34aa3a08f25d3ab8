"""The body of a student at chosen sizes: level by level, from coarse to fine, and only where it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.kernels import Workers, aligned
from modules.talkinghead.tha4.coverage import Mask, below, blocks
from modules.talkinghead.tha4.fields import Floats, Level, Precision, body_levels
from modules.talkinghead.tha4.networks import FACE_LEFT, FACE_SIZE, FACE_TOP, SIZE
from modules.talkinghead.tha4.opening import BLOCK, MARGIN
from modules.talkinghead.tha4.tiles import ACROSS, LANES, doubled_rows, level_tiles

NEAR = (slice(FACE_TOP + 16, FACE_TOP + 112), slice(FACE_LEFT, FACE_LEFT + FACE_SIZE))
"""Rows and columns of eyes and mouth, where a smaller size would be seen: by measurement on two characters."""
NOTHING = np.zeros((0, 1, 1), np.float32)
"""What is below the first level."""
_PIECE = max(1, 1024 // (ACROSS * LANES))
"""Tiles that a thread takes at a time."""
Tiles = NDArray[np.int64]
"""(tiles, across, 2): the places (x, y) of the strips of each tile."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes at which the levels are evaluated, powers of two; what must be larger is upsampled."""

    sizes: tuple[int, int, int] = (128, 256, 512)
    near: int = 0
    """How many levels, the last ones, are evaluated at full size as well, round eyes and mouth."""


WHOLE = Plan()
"""As it was trained."""


@dataclass(frozen=True, slots=True)
class _Doubling:
    """An upsampling to twice the size."""

    rows: NDArray[np.int64]
    """Those that are needed."""
    out: Floats


@dataclass(frozen=True, slots=True)
class _Step:
    """One level, evaluated where it is needed."""

    doublings: Sequence[_Doubling]
    """What is done first with what the level below gave."""
    level: Level
    tiles: Tiles
    out: Floats


class Body:
    """Gives the seven outputs of the body for a pose, on the threads of `workers`."""

    def __init__(self, state: Mapping[str, Any], precision: Precision, plan: Plan, workers: Workers) -> None:
        self._full = body_levels(state, precision)
        self._levels = [replace(level, size=size) for level, size in zip(self._full, plan.sizes, strict=True)]
        self._plan, self._workers = plan, workers
        self.cover(np.ones((SIZE, SIZE), bool))

    def cover(self, seen: Mask) -> None:
        """Evaluate only where `seen` (512, 512), and a little beside."""
        self._enlarging, last = _doublings(seen, self._levels[-1].size, self._levels[-1].outputs)
        self._steps = _steps(self._levels, last)
        box = np.zeros_like(seen)
        box[NEAR] = seen[NEAR]
        split = len(self._full) - self._plan.near
        self._near = _steps(self._full[split:], box, self._levels[:split])

    def fields(self, pose: Floats) -> Floats:
        """(512, 7, MARGIN + 512 + MARGIN): step x and y, alpha, RGBA; overwritten by the next pose."""
        given = [NOTHING]
        for step in self._steps:
            given.append(self._taken(step, pose, given[-1]))
        fields = self._doubled(self._enlarging, given[-1])
        if self._near:
            self._sharpen(fields, given[-1 - len(self._near)], pose)
        return fields

    def _sharpen(self, fields: Floats, low: Floats, pose: Floats) -> None:
        """Put in what is evaluated at full size, from what the levels below it gave."""
        for step in self._near:
            low = self._taken(step, pose, low)
        rows, columns = NEAR[0], slice(MARGIN + NEAR[1].start, MARGIN + NEAR[1].stop)
        fields[rows, :, columns] = low[rows, :, columns]

    def _taken(self, step: _Step, pose: Floats, low: Floats) -> Floats:
        evaluate(self._workers, step.level, step.tiles, pose, self._doubled(step.doublings, low), step.out)
        return step.out

    def _doubled(self, doublings: Sequence[_Doubling], low: Floats) -> Floats:
        for doubling in doublings:
            self._workers.share(doubled_rows, len(doubling.rows), 16, doubling.rows, low, doubling.out)
            low = doubling.out
        return low


def evaluate(workers: Workers, level: Level, tiles: Tiles, pose: Floats, low: Floats, out: Floats) -> None:
    """Write into `out` what `level` gives at `tiles`; low: what the level below gave, half as large, or NOTHING."""
    workers.share(level_tiles, len(tiles), _PIECE, tiles, level.at(pose), low, level.layers, level.last, out)


def memory(size: int, channels: int) -> Floats:
    """For what a level gives: (size, channels, MARGIN + size + MARGIN)."""
    return aligned((size, channels, size + 2 * MARGIN))


def places_of(wanted: Mask, width: int) -> Tiles:
    """(count, 2): x and y of the vectors, `width` pixels wide, that hold a pixel of `wanted`."""
    y, x = np.nonzero(blocks(wanted, LANES // width, width))
    return np.stack([x * width, y * (LANES // width)], axis=1)


def tiled(wanted: Mask, width: int) -> Tiles:
    """The vectors, `width` pixels wide, that hold a pixel of `wanted`; the last one may be there more than once."""
    places = places_of(wanted, width)
    missing = -len(places) % ACROSS
    return np.concatenate([places, places[-1:].repeat(missing, axis=0)]).reshape(-1, ACROSS, 2)


def _steps(levels: Sequence[Level], wanted: Mask, lower: Sequence[Level] = ()) -> list[_Step]:
    """What gives `wanted` of the last of `levels`, from what the last of `lower` gave."""
    steps: list[_Step] = []
    for place in reversed(range(len(levels))):
        level, beneath = levels[place], [*lower, *levels[:place]][-1:]
        tiles = tiled(wanted, LANES if beneath else BLOCK)
        doublings: list[_Doubling] = []
        if beneath:
            doublings, wanted = _doublings(below(wanted, LANES), beneath[0].size, beneath[0].outputs)
        steps.insert(0, _Step(doublings, level, tiles, memory(level.size, level.outputs)))
    return steps


def _doublings(wanted: Mask, size: int, channels: int) -> tuple[list[_Doubling], Mask]:
    """What enlarges a square of `size` until it is as large as `wanted`, and what of it is needed."""
    sides = int(np.log2(len(wanted) // size))
    masks = reduce(lambda masks, _: [*masks, below(masks[-1], LANES)], range(sides), [wanted])
    doublings = [_Doubling(np.flatnonzero(mask.any(axis=1)), memory(len(mask), channels)) for mask in masks[:-1]]
    return doublings[::-1], masks[-1]
