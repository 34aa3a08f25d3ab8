"""Posing one picture again and again: what has not changed since the last time is not evaluated again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from modules.talkinghead.tha3 import poser
from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.networks import Combined
from modules.talkinghead.tha3.pixels import to_pixels
from modules.talkinghead.tha3.poser import EYEBROWS, FACE, ROTATION

T = TypeVar("T")

PoseVector = NDArray[np.float32]
"""(45,), in the order of THA_RIG."""


class TakenApart(NamedTuple):
    """A picture and the two layers of its eyebrows, where the engine wants them."""

    image: Tensor
    background: Tensor
    eyebrows: Tensor


class Engine(Protocol):
    """Evaluates the stages of the poser; may be shared by several characters and called from several threads.

    Pictures are (1, 4, H, W), parts of a pose (1, P), float32; what an engine gives is not changed by a later call.
    """

    def take_apart(self, image: Tensor) -> TakenApart:
        """Picture of 512x512 -> it, and background and eyebrows, 128x128."""
        ...

    def move_eyebrows(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        """Pose (1, 12) -> the two put together again, 128x128."""
        ...

    def move_face(self, image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        """Pose (1, 27) -> the picture of 512x512 with its face moved."""
        ...

    def turn(self, full: Tensor, pose: Tensor) -> Tensor:
        """Pose (1, 6) -> the frame: RGBA, uint8 (1, 512, 512, 4), straight alpha."""
        ...


class PlainEngine:
    """The networks evaluated layer by layer, by torch."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._device = networks.like.device

    @torch.inference_mode()
    def take_apart(self, image: Tensor) -> TakenApart:
        """See Engine."""
        held = image.to(self._device)
        decomposed = poser.decompose(self._networks, held)
        return TakenApart(held, decomposed.background, decomposed.eyebrows)

    @torch.inference_mode()
    def move_eyebrows(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        made: Combined = self._networks.eyebrow_morphing_combiner(background, eyebrows, pose.to(self._device))
        return made.image

    @torch.inference_mode()
    def move_face(self, image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        face = poser.face_with(image, brows)
        return poser.with_face(image, self._networks.face_morpher(face, pose.to(self._device)).image)

    @torch.inference_mode()
    def turn(self, full: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        there = pose.to(self._device)
        rotated = poser.rotate(self._networks, full, there)
        return to_pixels(poser.edit(self._networks, full, rotated, there).image).cpu()


class Last(Generic[T]):
    """A value and what it was made from; it is made anew when that changes."""

    def __init__(self) -> None:
        self._made: tuple[Hashable, T] | None = None

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value for `key`: the last one, if that was its key too."""
        if self._made is None or self._made[0] != key:
            self._made = None  # what is made next may need the room
            self._made = (key, make())
        return self._made[1]


class PosedPicture:
    """One picture and an engine that poses it. By value: a pose always gives the same frame."""

    def __init__(self, engine: Engine, image: Tensor) -> None:
        self._engine = engine
        self._apart = engine.take_apart(image)
        self._brows: Last[Tensor] = Last()
        self._full: Last[Tensor] = Last()
        self._frame: Last[Tensor] = Last()

    def frame(self, pose: PoseVector) -> Tensor:
        """RGBA, uint8 (512, 512, 4), straight alpha; not to be changed."""

        def turn() -> Tensor:
            return self._engine.turn(self._moved(pose), _part(pose, ROTATION))

        return self._frame.get(pose.tobytes(), turn)[0]

    def _moved(self, pose: PoseVector) -> Tensor:
        def move() -> Tensor:
            return self._engine.move_face(self._apart.image, self._browed(pose), _part(pose, FACE))

        return self._full.get(pose[: FACE.stop].tobytes(), move)

    def _browed(self, pose: PoseVector) -> Tensor:
        def move() -> Tensor:
            return self._engine.move_eyebrows(self._apart.background, self._apart.eyebrows, _part(pose, EYEBROWS))

        return self._brows.get(pose[EYEBROWS].tobytes(), move)


def _part(pose: PoseVector, part: slice) -> Tensor:
    return torch.from_numpy(pose[part].copy())[None]
