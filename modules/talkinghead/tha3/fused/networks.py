"""The separable networks as tapes: what the poser uses of their outputs, and nothing else."""

from __future__ import annotations

from itertools import accumulate
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from modules.talkinghead.kernels import Workers
from modules.talkinghead.tha3 import networks
from modules.talkinghead.tha3.blocks import LEAK, mix, mix_rgb, warp
from modules.talkinghead.tha3.fused.finish import frame_rows
from modules.talkinghead.tha3.fused.tape import Arena, Tape
from modules.talkinghead.tha3.fused.tiles import Floats, Source
from modules.talkinghead.tha3.poser import SIZE


class EyebrowMorphingCombiner:
    """Eyebrows moved and put back on their background."""

    def __init__(self, network: networks.EyebrowMorphingCombiner, arena: Arena, workers: Workers) -> None:
        self._tape = Tape(arena, workers)
        self._given = self._tape.given(8, 128)
        features, self._pose = _encoder_decoder(self._tape, self._given, network.body, 12)
        convolutions = (
            network.morphed_eyebrow_layer_grid_change,
            network.morphed_eyebrow_layer_alpha[0],
            network.morphed_eyebrow_layer_color_change[0],
        )
        self._heads = torch.from_numpy(self._tape.heads(features, convolutions))[None]

    def __call__(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        """Two pictures (1, 4, 128, 128), pose (1, 12) -> picture (1, 4, 128, 128)."""
        _put(self._given, background, eyebrows)
        _put_pose(self._pose, pose)
        self._tape.run()
        grid, alpha, colour = _split(self._heads, 2, 1, 4)
        morphed = mix(alpha.sigmoid(), colour.tanh(), warp(grid, eyebrows))
        return mix_rgb((morphed[:, 3:] + 1) / 2, morphed, background)


class FaceMorpher:
    """Eyes, irises and mouth moved."""

    def __init__(self, network: networks.FaceMorpher, arena: Arena, workers: Workers) -> None:
        self._tape = Tape(arena, workers)
        self._given = self._tape.given(4, 192)
        features, self._pose = _encoder_decoder(
            self._tape, self._given, cast(networks.EncoderDecoder, network.body), 27
        )
        convolutions = (
            network.iris_mouth_grid_change,
            network.iris_mouth_alpha[0],
            network.iris_mouth_color_change[0],
            network.eye_alpha[0],
            network.eye_color_change[0],
        )
        self._heads = torch.from_numpy(self._tape.heads(features, convolutions))[None]

    def __call__(self, image: Tensor, pose: Tensor) -> Tensor:
        """Picture (1, 4, 192, 192), pose (1, 27) -> picture (1, 4, 192, 192)."""
        _put(self._given, image)
        _put_pose(self._pose, pose)
        self._tape.run()
        grid, alpha, colour, eye_alpha, eye_colour = _split(self._heads, 2, 1, 4, 1, 4)
        iris_mouth = mix(alpha.sigmoid(), colour.tanh(), warp(grid, image))
        return mix(eye_alpha.sigmoid(), eye_colour.tanh(), iris_mouth)


class Rotator:
    """Where head and body go when they turn, at half size."""

    def __init__(self, network: networks.Rotator, arena: Arena, workers: Workers) -> None:
        tape, body = Tape(arena, workers), network.encoder_decoder
        self._tape = tape
        self._given = tape.given(10, 256)
        encoded = _encoded(tape, self._given, body.downsample_blocks, LEAK)[-1]
        features = tape.residuals(encoded, body.bottleneck_blocks, LEAK)
        for block in body.upsample_blocks:
            features = tape.doubled(features, list(block.children())[1].children(), LEAK)
        self._grid = torch.from_numpy(tape.heads(features, [network.grid_change_creator]))[None]

    def __call__(self, image: Tensor, pose: Tensor) -> tuple[Tensor, Tensor]:
        """Picture (1, 4, 256, 256), pose (1, 6) -> the picture warped, and the grid (1, 2, 256, 256) it was warped by.

        The grid is good until the next network runs.
        """
        _put(self._given, image)
        _put_pose(self._given.planes[4:], pose)
        self._tape.run()
        return warp(self._grid, image), self._grid


class Editor:
    """Head and body turned, at full size."""

    def __init__(self, network: networks.Editor, arena: Arena, workers: Workers) -> None:
        tape, body = Tape(arena, workers), network.body
        self._tape = tape
        self._given = tape.given(16, 512)
        *skips, encoded = _encoded(tape, self._given, body.downsample_blocks, LEAK)
        features = tape.residuals(encoded, body.bottleneck_blocks, LEAK)
        for block, skip in zip(body.upsample_blocks, reversed(skips), strict=True):
            features = tape.doubled(features, block.children(), LEAK, skip)
        convolutions = (network.grid_change_creator, network.alpha_creator[0], network.color_change_creator[0])
        self._heads = tape.heads(features, convolutions)
        self._planes = self._given.planes[:, : SIZE * SIZE].reshape(-1, SIZE, SIZE)
        self._workers = workers

    def __call__(self, original: Tensor, rough: Tensor, rough_grid: Tensor, pose: Tensor) -> Tensor:
        """Picture (1, 4, 512, 512), rough picture and grid of half that size, pose (1, 6) -> the frame."""
        _put(self._given, original, _doubled(rough), _doubled(rough_grid))
        _put_pose(self._given.planes[10:], pose)
        self._tape.run()
        frame = torch.empty_like(original)
        picture, grid = self._planes[:4], self._planes[8:10]
        self._workers.share(frame_rows, SIZE, SIZE // 8, self._heads, grid, picture, frame[0].numpy())
        return frame


def _encoder_decoder(tape: Tape, given: Source, body: networks.EncoderDecoder, pose_size: int) -> tuple[Source, Floats]:
    """The features of an encoder-decoder, and the planes that are to hold the pose."""
    encoded = _encoded(tape, given, body.downsample_blocks, 0.0, spare=pose_size)[-1]
    first, *blocks = body.bottleneck_blocks
    features = tape.residuals(tape.same(encoded, first.children(), 0.0), blocks, 0.0)
    for block in body.upsample_blocks:
        features = tape.doubled(features, block.children(), 0.0)
    return features, encoded.planes[-pose_size:]


def _encoded(tape: Tape, given: Source, blocks: nn.ModuleList, leak: float, spare: int = 0) -> list[Source]:
    """What each downsampling block makes; the last has `spare` more planes."""
    first, *halving, last = blocks
    made = [tape.same(given, first.children(), leak)]
    for block in halving:
        made.append(tape.halved(made[-1], block.children(), leak))
    return [*made, tape.halved(made[-1], last.children(), leak, spare)]


def _put(given: Source, *pictures: Tensor) -> None:
    """Pictures (1, C, H, W) -> the first planes of `given`."""
    pixels = given.width * given.height
    planes = torch.from_numpy(given.planes)[:, :pixels]
    first = 0
    for picture in pictures:
        count = picture.shape[1]
        planes[first : first + count].copy_(picture[0].reshape(count, pixels))
        first += count


def _put_pose(planes: Floats, pose: Tensor) -> None:
    planes[:] = pose.numpy().T


def _split(planes: Tensor, *counts: int) -> list[Tensor]:
    """Planes (1, C, H, W) in groups of so many."""
    ends = list(accumulate(counts))
    return [planes[:, end - count : end] for count, end in zip(counts, ends, strict=True)]


def _doubled(planes: Tensor) -> Tensor:
    return functional.interpolate(planes, scale_factor=2, mode="bilinear", align_corners=False)
