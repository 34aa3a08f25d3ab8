"""The THA4 student, layer by layer: the reference that faster evaluators are held to, and what runs on a GPU.

A student is a field: every pixel's colour follows from its place and the pose alone, through layers of sines (SIREN,
Sitzmann 2020). Source: "Talking Head(?) Anime from a Single Image 4" (Khungurn 2023); weights are published as
"character models", one a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample, interpolate

SIZE = 512
"""Width and height of a picture."""
FACE_SIZE = 128
FACE_TOP, FACE_LEFT = 80, 192
"""Where the face is pasted."""
POSE = 45
FACE_POSE = 39
"""How many of the 45 strengths, the first ones, move the face."""
OMEGA = 30.0
"""Times what a sine layer's weights give, its angle in radians."""
FACE_WIDTHS = (2 + FACE_POSE, *(128,) * 8, 4)
LEVELS = ((128, (360, 360, 180)), (256, (180, 180, 90)), (512, (90, 90, 90)))
"""Size of the picture, and outputs of the sine layers, at each level of the body."""
OUTPUTS = 7
"""Of the body for each pixel: a step (x, y) to the place its colour is fetched from, alpha, and RGBA to lay over."""


class Outputs(NamedTuple):
    """One frame and what it was made from; linear light in -1..1, premultiplied; float32 (1, channels, H, W)."""

    frame: Tensor
    alpha: Tensor
    """How much of `colour` is laid over `warped`; it goes a little below 0 and above 1."""
    colour: Tensor
    warped: Tensor
    grid: Tensor
    """How far away a pixel's colour is fetched, x and y; the picture is 2 wide."""
    face: Tensor
    """(1, 4, 128, 128)."""


class SineLayer(nn.Module):
    """sin(30 (W x + b)) at every pixel."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(OMEGA * self.linear(x))


class Siren(nn.Module):
    """Sine layers, and a linear one at the end."""

    def __init__(self, widths: Iterable[int]) -> None:
        super().__init__()
        *sines, last = pairwise(widths)
        self.sine_layers = nn.Sequential(*(SineLayer(*pair) for pair in sines))
        self.last_linear = nn.Conv2d(*last, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.last_linear(self.sine_layers(x))  # type: ignore[no-any-return]


class FaceMorpher(nn.Module):
    """pose[0:39] -> the face, RGBA (1, 4, 128, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.siren = Siren(FACE_WIDTHS)

    def forward(self, pose: Tensor) -> Tensor:
        return self.siren(place_and_pose(pose[:FACE_POSE], FACE_SIZE))  # type: ignore[no-any-return]


class BodyMorpher(nn.Module):
    """The whole pose -> the seven outputs (1, 7, 512, 512), through levels of growing size."""

    def __init__(self) -> None:
        super().__init__()
        features, levels = 0, []
        for _, widths in LEVELS:
            pairs = pairwise((features + 2 + POSE, *widths))
            levels.append(nn.Sequential(*(SineLayer(*pair) for pair in pairs)))
            features = widths[-1]
        self.siren_layers = nn.ModuleList(levels)
        self.last_linear = nn.Conv2d(features, OUTPUTS, 1)

    def forward(self, pose: Tensor) -> Tensor:
        features: tuple[Tensor, ...] = ()
        for (size, _), layers in zip(LEVELS, self.siren_layers, strict=True):
            raised = (interpolate(f, size=(size, size), mode="bilinear", align_corners=False) for f in features)
            features = (layers(torch.cat([*raised, place_and_pose(pose, size)], dim=1)),)
        return self.last_linear(features[0])  # type: ignore[no-any-return]


class Student(nn.Module):
    """A character: its picture, (1, 4, 512, 512) premultiplied linear light in -1..1, moved by a pose of 45."""

    image: Tensor

    def __init__(self, image: Tensor, face: Mapping[str, Tensor], body: Mapping[str, Tensor]) -> None:
        """Raises RuntimeError if a tensor of a network is missing, extra, or of another shape."""
        super().__init__()
        self.face, self.body = FaceMorpher(), BodyMorpher()
        self.face.load_state_dict(face)
        self.body.load_state_dict(body)
        self.register_buffer("image", image)
        self.eval().requires_grad_(False)

    def forward(self, pose: Tensor) -> Outputs:
        """pose: (45,)."""
        face = self.face(pose)
        pasted = self.image.clone()
        pasted[:, :, FACE_TOP : FACE_TOP + FACE_SIZE, FACE_LEFT : FACE_LEFT + FACE_SIZE] = face
        grid, alpha, colour = self.body(pose).split((2, 1, 4), dim=1)
        places = (places_of(SIZE, pose) + grid).permute(0, 2, 3, 1)
        warped = grid_sample(pasted, places, mode="bilinear", padding_mode="border", align_corners=False)
        return Outputs(torch.lerp(warped, colour, alpha), alpha, colour, warped, grid, face)


def places_of(size: int, like: Tensor) -> Tensor:
    """x and y of the centres of the pixels, -1 to 1 from edge to edge: (1, 2, size, size)."""
    line = (torch.arange(size, device=like.device, dtype=like.dtype) * 2 + 1) / size - 1
    return torch.stack(torch.meshgrid(line, line, indexing="xy"))[None]


def place_and_pose(pose: Tensor, size: int) -> Tensor:
    """What every pixel's first layer sees: x, y, and the pose, (1, 2 + len(pose), size, size)."""
    everywhere = pose.reshape(1, -1, 1, 1).expand(-1, -1, size, size)
    return torch.cat([places_of(size, pose), everywhere], dim=1)
