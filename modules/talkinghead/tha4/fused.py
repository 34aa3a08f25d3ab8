"""The THA4 student on a CPU, many times as fast as layer by layer: a tile of pixels goes through a level at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kuchipaku import Pixels
from modules.talkinghead.kernels import Workers
from modules.talkinghead.tha4.body import NOTHING, WHOLE, Body, Plan, evaluate, memory, places_of, tiled
from modules.talkinghead.tha4.composing import CURVE, compose_strips
from modules.talkinghead.tha4.coverage import Mask
from modules.talkinghead.tha4.fields import Floats, Precision, face_level
from modules.talkinghead.tha4.networks import FACE_LEFT, FACE_POSE, FACE_SIZE, FACE_TOP, SIZE
from modules.talkinghead.tha4.opening import BLOCK, MARGIN
from modules.talkinghead.tha4.tiles import LANES


class FusedStudent:
    """A student on all processors. By value: the same pose gives the same picture, whatever came before."""

    def __init__(
        self,
        image: Floats,
        face: Mapping[str, Any],
        body: Mapping[str, Any],
        precision: Precision = "float",
        plan: Plan = WHOLE,
    ) -> None:
        """image: (4, 512, 512) premultiplied linear light in -1..1; face, body: the published tensors.

        plan: the sizes at which the body is evaluated; the picture that it warps, and the face, keep theirs.
        """
        self.plan = plan
        self._workers = Workers()
        self._face, self._body = face_level(face, precision), Body(body, precision, plan, self._workers)
        self._picture = np.ascontiguousarray(image.transpose(1, 2, 0))
        self._face_out = memory(self._face.size, self._face.outputs)
        self._face_tiles = tiled(np.ones((FACE_SIZE, FACE_SIZE), bool), BLOCK)
        self._face_pose: Floats | None = None
        self.cover(np.ones((SIZE, SIZE), bool))

    def cover(self, seen: Mask) -> None:
        """Evaluate only where `seen` (512, 512), and a little beside; the rest of every frame is clear."""
        self.seen = seen
        self._shown = places_of(seen, LANES)
        self._body.cover(seen)

    def move(self, moving: Mask) -> None:
        """Evaluate the face only where it is `moving` (128, 128), and a little beside; the rest stays as at rest."""
        self._face_tiles = tiled(np.ones_like(moving), BLOCK)
        self._face_pose = None
        self._show_face(np.zeros(FACE_POSE, np.float32))
        self._face_tiles = tiled(moving, BLOCK)

    def paint(self, pose: Floats, *, straight: bool = True) -> Pixels:
        """RGBA (512, 512, 4) of a pose (45,) float32; with `straight` off, colour stays multiplied by alpha."""
        self._show_face(pose[:FACE_POSE])
        fields = self._body.fields(pose)
        frame = np.zeros((SIZE, SIZE, 4), np.uint8)
        shown = self._shown
        self._workers.share(compose_strips, len(shown), 256, shown, fields, self._picture, CURVE, straight, frame)
        return frame

    def outputs(self, pose: Floats) -> Floats:
        """The seven outputs of the body for a pose, (7, 512, 512): step x and y, alpha, RGBA."""
        return self._body.fields(pose)[:, :, MARGIN:-MARGIN].transpose(1, 0, 2).copy()

    def face(self, pose: Floats) -> Floats:
        """The face of a pose, (4, 128, 128): RGBA in -1..1, linear light, premultiplied."""
        self._show_face(pose[:FACE_POSE])
        return self._face_out[:, :, MARGIN:-MARGIN].transpose(1, 0, 2).copy()

    def close(self) -> None:
        """End the threads."""
        self._workers.close()

    def _show_face(self, pose: Floats) -> None:
        """Paste the face into the picture, if it has changed."""
        if self._face_pose is not None and np.array_equal(pose, self._face_pose):
            return
        self._face_pose = None
        evaluate(self._workers, self._face, self._face_tiles, pose, NOTHING, self._face_out)
        pasted = self._picture[FACE_TOP : FACE_TOP + FACE_SIZE, FACE_LEFT : FACE_LEFT + FACE_SIZE]
        pasted[:] = self._face_out[:, :, MARGIN:-MARGIN].transpose(0, 2, 1)
        self._face_pose = pose.copy()
