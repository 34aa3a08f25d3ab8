"""The weights of a student, arranged for tiles of pixels: sine layers by level, folded, and packed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from modules.talkinghead.kernels import block_rows, pack
from modules.talkinghead.kernels.fixed import pack_fixed
from modules.talkinghead.tha4.networks import FACE_POSE, FACE_SIZE, LEVELS, OMEGA, POSE

Floats = NDArray[np.float32]
Precision = Literal["float", "fixed"]
"""float32; or 16-bit fixed point, twice as fast where the machine can."""

ROWS = block_rows(90)
"""Of a block; nearly all widths of the student are multiples of it."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a field: what `level_tiles` reads, beside the level below and the pose."""

    size: int
    """Pixels of its side."""
    places: Floats
    """(channels, 2): the first layer's weights of x and y."""
    poses: Floats
    """(channels, 1 + strengths): the first layer's bias, and its weights of the pose."""
    layers: tuple[NDArray[Any], ...]
    """The other sine layers, packed."""
    last: NDArray[Any]
    """The linear map that follows, packed: the next level's first layer as far as it sees features, or the end."""
    outputs: int

    def at(self, pose: Floats) -> Floats:
        """(channels, 3): the weights of x and y, and the bias that goes with `pose`."""
        bias = self.poses[:, 1:] @ pose[: self.poses.shape[1] - 1] + self.poses[:, 0]
        return np.ascontiguousarray(np.concatenate([self.places, bias[:, None]], axis=1))


def face_level(state: Mapping[str, Any], precision: Precision) -> Level:
    """The face: eight sine layers, then RGBA."""
    sines = [_layer(state, f"siren.sine_layers.{i}.linear") for i in range(8)]
    return _Packing(precision).level(FACE_SIZE, sines, _layer(state, "siren.last_linear"), FACE_POSE)


def body_levels(state: Mapping[str, Any], precision: Precision) -> list[Level]:
    """The levels of the body, from coarse to fine."""
    packing = _Packing(precision)
    sines = [[_layer(state, f"siren_layers.{n}.{i}.linear") for i in range(3)] for n in range(len(LEVELS))]
    following = [_features(level[0]) for level in sines[1:]]
    levels = []
    for (size, _), layers, last in zip(LEVELS, sines, following, strict=False):
        levels.append(packing.level(size, layers, (packing.angle(last), np.zeros(len(last))), POSE))
    last_size = LEVELS[-1][0]
    return [*levels, packing.level(last_size, sines[-1], _layer(state, "last_linear"), POSE)]


Layer = tuple[NDArray[Any], NDArray[Any]]
"""Weight (outputs, inputs) and bias (outputs,)."""


def _layer(state: Mapping[str, Any], name: str) -> Layer:
    weight, bias = (np.asarray(state[f"{name}.{part}"], np.float64) for part in ("weight", "bias"))
    return weight[:, :, 0, 0], bias


def _features(layer: Layer) -> NDArray[Any]:
    return layer[0][:, : -2 - POSE]


@dataclass(frozen=True, slots=True)
class _Packing:
    """How numbers are stored."""

    precision: Precision

    def angle(self, weight: NDArray[Any]) -> NDArray[Any]:
        """What a sine layer's weights are multiplied by: angles come out in radians, or in turns for fixed point."""
        return weight * (OMEGA if self.precision == "float" else OMEGA / math.tau)

    def level(self, size: int, sines: Sequence[Layer], last: Layer, strengths: int) -> Level:
        (weight, bias), *others = [(self.angle(weight), self.angle(bias)) for weight, bias in sines]
        seen = weight[:, -2 - strengths :].astype(np.float32)
        poses = np.concatenate([bias[:, None].astype(np.float32), seen[:, 2:]], axis=1)
        packed = tuple(self.packed(*layer, sines=True) for layer in others)
        return Level(size, seen[:, :2].copy(), poses, packed, self.packed(*last, sines=False), len(last[1]))

    def packed(self, weight: NDArray[Any], bias: NDArray[Any], *, sines: bool) -> NDArray[Any]:
        if self.precision == "float":
            return pack(weight.astype(np.float32), bias.astype(np.float32), ROWS)
        return pack_fixed(weight, bias, ROWS, sines=sines)
