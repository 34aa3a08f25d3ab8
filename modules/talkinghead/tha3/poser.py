"""The five networks as one poser, in stages, each with its outputs.

A picture is (1, 4, 512, 512): linear light, straight alpha, -1..1. A pose is (1, 45) in the order of THA_RIG.
Source: Talking-Head-Anime 3 (Khungurn 2022).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.networks import Combined, Decomposed, Edited, Morphed, Rotated

SIZE = 512
"""Width and height of the picture and of the frame."""
EYEBROWS, FACE, ROTATION = slice(0, 12), slice(12, 39), slice(39, 45)
"""The parts of the pose that the stages look at."""
BROW_BOX = (..., slice(64, 192), slice(192, 320))
"""Where the eyebrow networks look in the picture: rows, columns."""
FACE_BOX = (..., slice(32, 224), slice(160, 352))
"""Where the face morpher looks in the picture."""
BROWS_IN_FACE = (..., slice(32, 160), slice(32, 160))
"""Where the eyebrow networks' box lies in the face morpher's."""


class Stages(NamedTuple):
    """All that the networks gave for one pose."""

    decomposed: Decomposed
    combined: Combined
    morphed: Morphed
    rotated: Rotated
    edited: Edited

    def outputs(self) -> tuple[Tensor, ...]:
        """The 29 outputs in the published order; the first is the frame."""
        return (*self.edited, *self.rotated, *self.morphed, *self.combined, *self.decomposed)


@torch.inference_mode()
def pose_stages(networks: Networks, image: Tensor, pose: Tensor) -> Stages:
    """Everything about one picture in one pose, nothing remembered."""
    decomposed = decompose(networks, image)
    combined = move_eyebrows(networks, decomposed, pose[:, EYEBROWS])
    morphed = move_face(networks, image, combined.image, pose[:, FACE])
    full = with_face(image, morphed.image)
    rotated = rotate(networks, full, pose[:, ROTATION])
    return Stages(decomposed, combined, morphed, rotated, edit(networks, full, rotated, pose[:, ROTATION]))


def decompose(networks: Networks, image: Tensor) -> Decomposed:
    """The eyebrows taken off the face; depends on the picture alone."""
    made: Decomposed = networks.eyebrow_decomposer(image[BROW_BOX])
    return made


def move_eyebrows(networks: Networks, decomposed: Decomposed, pose: Tensor) -> Combined:
    """The eyebrows moved and put back; `pose` is its part for the eyebrows, (1, 12)."""
    made: Combined = networks.eyebrow_morphing_combiner(decomposed.background, decomposed.eyebrows, pose)
    return made


def move_face(networks: Networks, image: Tensor, brows: Tensor, pose: Tensor) -> Morphed:
    """Eyes, irises and mouth moved on a face with its eyebrows moved; `pose` is its part for the face, (1, 27)."""
    made: Morphed = networks.face_morpher(face_with(image, brows), pose)
    return made


def face_with(image: Tensor, brows: Tensor) -> Tensor:
    """The face morpher's part of the picture, with the eyebrows replaced."""
    face = image[FACE_BOX].clone()
    face[BROWS_IN_FACE] = brows
    return face


def with_face(image: Tensor, face: Tensor) -> Tensor:
    """The whole picture with its face replaced."""
    full = image.clone()
    full[FACE_BOX] = face
    return full


def rotate(networks: Networks, full: Tensor, pose: Tensor) -> Rotated:
    """Head and body turned, at half size; `pose` is its part for rotations, (1, 6)."""
    half = functional.interpolate(full, scale_factor=0.5, mode="bilinear", align_corners=False)
    made: Rotated = networks.two_algo_face_body_rotator(half, pose)
    return made


def edit(networks: Networks, full: Tensor, rotated: Rotated, pose: Tensor) -> Edited:
    """Head and body turned, at full size: the frame and what it is made of; `pose` as for `rotate`."""
    rough, grid = (_doubled(plane) for plane in (rotated.warped, rotated.grid))
    made: Edited = networks.editor(full, rough, grid, pose)
    return made


def _doubled(planes: Tensor) -> Tensor:
    return functional.interpolate(planes, scale_factor=2, mode="bilinear", align_corners=False)
