"""The THA4 student on a CPU, many times as fast as layer by layer: a tile of pixels goes through a level at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels
from modules.talkinghead.kernels import Workers, aligned
from modules.talkinghead.tha4.composing import CURVE, compose_strips
from modules.talkinghead.tha4.coverage import Mask, below, blocks
from modules.talkinghead.tha4.fields import Floats, Level, Precision, body_levels, face_level
from modules.talkinghead.tha4.networks import FACE_LEFT, FACE_POSE, FACE_SIZE, FACE_TOP, SIZE
from modules.talkinghead.tha4.opening import BLOCK, MARGIN
from modules.talkinghead.tha4.tiles import ACROSS, LANES, doubled_rows, level_tiles

_NEAR = (slice(FACE_TOP + 16, FACE_TOP + 112), slice(FACE_LEFT, FACE_LEFT + FACE_SIZE))
"""Rows and columns of eyes and mouth, where half the size would be seen: by measurement on two characters."""
_NOTHING = np.zeros((0, 1, 1), np.float32)
_PIECE = max(1, 1024 // (ACROSS * LANES))
"""Tiles that a thread takes at a time."""
Tiles = NDArray[np.int64]
"""(tiles, across, 2): the places (x, y) of the strips of each tile."""


class FusedStudent:
    """A student on all processors. By value: the same pose gives the same picture, whatever came before."""

    def __init__(
        self,
        image: Floats,
        face: Mapping[str, Any],
        body: Mapping[str, Any],
        precision: Precision = "float",
        *,
        half: bool = False,
    ) -> None:
        """image: (4, 512, 512) premultiplied linear light in -1..1; face, body: the published tensors.

        half: whether the body is evaluated at half its size, but round eyes and mouth, and its outputs are upsampled;
        the picture that they warp, and the face, keep their size.
        """
        self._workers = Workers()
        self._face, self._body = face_level(face, precision), body_levels(body, precision)
        self._picture = np.ascontiguousarray(image.transpose(1, 2, 0))
        self._doubled = fields_of(self._body[-1]) if half else None
        self._near = self._body if half else []
        self._near_out = [fields_of(level) for level in self._near]
        box = np.zeros((SIZE, SIZE), bool)
        box[_NEAR] = True
        self._near_tiles = covering(box)
        if half:
            self._body = [replace(level, size=level.size // 2) for level in self._body]
        self._face_out = fields_of(self._face)
        self._body_out = [fields_of(level) for level in self._body]
        self._face_tiles = tiled(places_of(np.ones((FACE_SIZE, FACE_SIZE), bool), BLOCK))
        self._face_pose: Floats | None = None
        self.cover(np.ones((SIZE, SIZE), bool))

    def cover(self, seen: Mask) -> None:
        """Evaluate only where `seen` (512, 512), and a little beside; the rest of every frame is clear."""
        self.seen = seen
        self._shown = places_of(seen, LANES)
        self._rows = np.flatnonzero(seen.any(axis=1))
        self._body_tiles = covering(seen if self._doubled is None else below(seen, LANES))

    def move(self, moving: Mask) -> None:
        """Evaluate the face only where it is `moving` (128, 128), and a little beside; the rest stays as at rest."""
        self._face_tiles = tiled(places_of(np.ones_like(moving), BLOCK))
        self._face_pose = None
        self._show_face(np.zeros(FACE_POSE, np.float32))
        self._face_tiles = tiled(places_of(moving, BLOCK))

    def paint(self, pose: Floats, *, straight: bool = True) -> Pixels:
        """RGBA (512, 512, 4) of a pose (45,) float32; with `straight` off, colour stays multiplied by alpha."""
        self._show_face(pose[:FACE_POSE])
        fields = self._fields(pose)
        frame = np.zeros((SIZE, SIZE, 4), np.uint8)
        shown = self._shown
        self._workers.share(compose_strips, len(shown), 256, shown, fields, self._picture, CURVE, straight, frame)
        return frame

    def outputs(self, pose: Floats) -> Floats:
        """The seven outputs of the body for a pose, (7, 512, 512): step x and y, alpha, RGBA."""
        return self._fields(pose)[:, :, MARGIN:-MARGIN].transpose(1, 0, 2).copy()

    def face(self, pose: Floats) -> Floats:
        """The face of a pose, (4, 128, 128): RGBA in -1..1, linear light, premultiplied."""
        self._show_face(pose[:FACE_POSE])
        return self._face_out[:, :, MARGIN:-MARGIN].transpose(1, 0, 2).copy()

    def close(self) -> None:
        """End the threads."""
        self._workers.close()

    def _fields(self, pose: Floats) -> Floats:
        """What the last level gives, overwritten by the next pose."""
        low = _NOTHING
        for level, tiles, out in zip(self._body, self._body_tiles, self._body_out, strict=True):
            self._evaluate(level, tiles, pose, low, out)
            low = out
        return low if self._doubled is None else self._enlarged(low, pose, self._doubled)

    def _enlarged(self, low: Floats, pose: Floats, doubled: Floats) -> Floats:
        """`low` upsampled into `doubled`, with what is evaluated at full size put in."""
        self._workers.share(doubled_rows, len(self._rows), 16, self._rows, low, doubled)
        near = _NOTHING
        for level, tiles, out in zip(self._near, self._near_tiles, self._near_out, strict=True):
            self._evaluate(level, tiles, pose, near, out)
            near = out
        rows, columns = _NEAR[0], slice(MARGIN + _NEAR[1].start, MARGIN + _NEAR[1].stop)
        doubled[rows, :, columns] = near[rows, :, columns]
        return doubled

    def _show_face(self, pose: Floats) -> None:
        """Paste the face into the picture, if it has changed."""
        if self._face_pose is not None and np.array_equal(pose, self._face_pose):
            return
        self._face_pose = None
        self._evaluate(self._face, self._face_tiles, pose, _NOTHING, self._face_out)
        pasted = self._picture[FACE_TOP : FACE_TOP + FACE_SIZE, FACE_LEFT : FACE_LEFT + FACE_SIZE]
        pasted[:] = self._face_out[:, :, MARGIN:-MARGIN].transpose(0, 2, 1)
        self._face_pose = pose.copy()

    def _evaluate(self, level: Level, tiles: Tiles, pose: Floats, low: Floats, out: Floats) -> None:
        self._workers.share(level_tiles, len(tiles), _PIECE, tiles, level.at(pose), low, level.layers, level.last, out)


def fields_of(level: Level) -> Floats:
    """Memory for what a level gives: (size, channels, MARGIN + size + MARGIN)."""
    return aligned((level.size, level.outputs, level.size + 2 * MARGIN))


def places_of(wanted: Mask, width: int) -> Tiles:
    """(count, 2): x and y of the vectors, `width` pixels wide, that hold a pixel of `wanted`."""
    y, x = np.nonzero(blocks(wanted, LANES // width, width))
    return np.stack([x * width, y * (LANES // width)], axis=1)


def tiled(places: Tiles) -> Tiles:
    """(count, 2) -> (tiles, across, 2); the last place may be there more than once."""
    missing = -len(places) % ACROSS
    return np.concatenate([places, places[-1:].repeat(missing, axis=0)]).reshape(-1, ACROSS, 2)


def covering(last: Mask) -> list[Tiles]:
    """Of each level, the tiles that are needed for `last` of the last one."""
    middle = below(last, LANES)
    first = below(middle, LANES)
    return [tiled(places_of(first, BLOCK)), tiled(places_of(middle, LANES)), tiled(places_of(last, LANES))]
