"""The separable networks, fused, as an engine for pictures to be posed by."""

from __future__ import annotations

import threading

import torch
from torch import Tensor
from torch.nn import functional

from modules.talkinghead.kernels import Workers
from modules.talkinghead.tha3 import poser
from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.fused.finish import level_tables, pixel_rows
from modules.talkinghead.tha3.fused.networks import Editor, EyebrowMorphingCombiner, FaceMorpher, Rotator
from modules.talkinghead.tha3.fused.tape import Arena
from modules.talkinghead.tha3.posing import TakenApart

PLANES = 52_000_000
"""Numbers that the planes of the largest network, the editor, take."""


class FusedEngine:
    """Weights and planes, used by one caller at a time: an evaluation is given all processors anyway."""

    def __init__(self, networks: Networks) -> None:
        arena, self._workers = Arena(PLANES), Workers()
        self._decomposer = networks.eyebrow_decomposer  # once a picture: not worth a tape
        self._combiner = EyebrowMorphingCombiner(networks.eyebrow_morphing_combiner, arena, self._workers)
        self._face_morpher = FaceMorpher(networks.face_morpher, arena, self._workers)
        self._rotator = Rotator(networks.two_algo_face_body_rotator, arena, self._workers)
        self._editor = Editor(networks.editor, arena, self._workers)
        self._levels = level_tables()
        self._using = threading.Lock()

    @torch.inference_mode()
    def take_apart(self, image: Tensor) -> TakenApart:
        """See Engine."""
        decomposed = self._decomposer(image[poser.BROW_BOX])
        return TakenApart(image, decomposed.background, decomposed.eyebrows)

    @torch.inference_mode()
    def move_eyebrows(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        with self._using:
            return self._combiner(background, eyebrows, pose)

    @torch.inference_mode()
    def move_face(self, image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        with self._using:
            return poser.with_face(image, self._face_morpher(poser.face_with(image, brows), pose))

    @torch.inference_mode()
    def turn(self, full: Tensor, pose: Tensor) -> Tensor:
        """See Engine."""
        pixels = torch.empty(1, poser.SIZE, poser.SIZE, 4, dtype=torch.uint8)
        planes = self.planes(full, pose)[0].numpy()
        self._workers.share(pixel_rows, poser.SIZE, poser.SIZE // 8, planes, *self._levels, pixels[0].numpy())
        return pixels

    @torch.inference_mode()
    def planes(self, full: Tensor, pose: Tensor) -> Tensor:
        """The frame as (1, 4, 512, 512) in -1..1, linear light."""
        with self._using:
            half = functional.interpolate(full, scale_factor=0.5, mode="bilinear", align_corners=False)
            rough, grid = self._rotator(half, pose)
            return self._editor(full, rough, grid, pose)
