"""The five networks of Talking-Head-Anime 3, standard and separable.

Pictures are (B, 4, H, W), linear light, straight alpha, -1..1; poses (B, P) are slices of the 45-parameter rig. Both
are float32, as are outputs, which keep the published order; features have the dtype of the weights.
Source: Talking-Head-Anime 3 (Khungurn 2022).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from modules.talkinghead.tha3.blocks import (
    LEAK,
    GridHead,
    Residual,
    Style,
    alpha_head,
    block,
    colour_head,
    mix,
    mix_rgb,
    spread_pose,
    upsample_block,
    warp,
)


class Decomposed(NamedTuple):
    """A face taken apart: the eyebrows, and what is behind them."""

    eyebrows: Tensor
    eyebrow_alpha: Tensor
    eyebrow_colour: Tensor
    background: Tensor
    background_alpha: Tensor
    background_colour: Tensor


class Combined(NamedTuple):
    """The eyebrows moved and put back."""

    learned: Tensor
    """Put back by a learned alpha; the poser does not use it."""
    learned_alpha: Tensor
    image: Tensor
    """Put back by the eyebrows' own alpha: what the poser uses."""
    morphed: Tensor
    alpha: Tensor
    colour: Tensor
    warped: Tensor
    grid: Tensor


class Morphed(NamedTuple):
    """Eyes, irises and mouth moved."""

    image: Tensor
    eye_alpha: Tensor
    eye_colour: Tensor
    iris_mouth: Tensor
    iris_mouth_alpha: Tensor
    iris_mouth_colour: Tensor
    iris_mouth_warped: Tensor


class Rotated(NamedTuple):
    """Head and body turned, at half size."""

    direct: Tensor
    """Painted anew; the poser does not use it."""
    warped: Tensor
    grid: Tensor


class Edited(NamedTuple):
    """Head and body turned, at full size."""

    image: Tensor
    alpha: Tensor
    colour: Tensor
    warped: Tensor
    grid: Tensor


class EncoderDecoder(nn.Module):
    """(B, C, S, S) and a pose -> 64 features (B, 64, S, S); the pose joins at S/8."""

    def __init__(self, c_in: int, pose_size: int, style: Style) -> None:
        super().__init__()
        self.downsample_blocks = _encoder((c_in, 64, 128, 256, 512), 3, style)
        first = block(512 + pose_size, 512, 3, style)
        self.bottleneck_blocks = nn.ModuleList([first, *(Residual(512, style) for _ in range(5))])
        widths = ((512, 256), (256, 128), (128, 64))
        self.upsample_blocks = nn.ModuleList([upsample_block(*pair, style) for pair in widths])

    def forward(self, image: Tensor, pose: Tensor | None = None) -> Tensor:
        x = _through(self.downsample_blocks, image)
        if pose is not None:
            x = torch.cat([x, spread_pose(pose, x).to(x.dtype)], dim=1)
        return _through(self.upsample_blocks, _through(self.bottleneck_blocks, x))


class EyebrowDecomposer(nn.Module):
    """Face (B, 4, 128, 128) -> eyebrows and background."""

    def __init__(self, *, separable: bool) -> None:
        super().__init__()
        self.body = EncoderDecoder(4, 0, Style(separable))
        self.background_layer_alpha = alpha_head(64)
        self.background_layer_color_change = colour_head(64)
        self.eyebrow_layer_alpha = alpha_head(64)
        self.eyebrow_layer_color_change = colour_head(64)

    def forward(self, image: Tensor) -> Decomposed:
        x = self.body(image)
        alpha, colour = self.eyebrow_layer_alpha(x), self.eyebrow_layer_color_change(x)
        behind_alpha, behind = self.background_layer_alpha(x), self.background_layer_color_change(x)
        eyebrows = mix(alpha, image, colour)  # here alone, alpha weighs the picture and not the colour
        return Decomposed(eyebrows, alpha, colour, mix(behind_alpha, behind, image), behind_alpha, behind)


class EyebrowMorphingCombiner(nn.Module):
    """Background and eyebrows (B, 4, 128, 128), pose (B, 12) -> face with eyebrows moved."""

    def __init__(self, *, separable: bool) -> None:
        super().__init__()
        self.body = EncoderDecoder(8, 12, Style(separable))
        self.morphed_eyebrow_layer_grid_change = GridHead(64)
        self.morphed_eyebrow_layer_alpha = alpha_head(64)
        self.morphed_eyebrow_layer_color_change = colour_head(64)
        self.combine_alpha = alpha_head(64)

    def forward(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Combined:
        x = self.body(torch.cat([background, eyebrows], dim=1), pose)
        grid, alpha = self.morphed_eyebrow_layer_grid_change(x), self.morphed_eyebrow_layer_alpha(x)
        colour, learned = self.morphed_eyebrow_layer_color_change(x), self.combine_alpha(x)
        warped = warp(grid, eyebrows)
        morphed = mix(alpha, colour, warped)
        image = mix_rgb((morphed[:, 3:] + 1) / 2, morphed, background)
        return Combined(mix_rgb(learned, morphed, background), learned, image, morphed, alpha, colour, warped, grid)


class FaceMorpher(nn.Module):
    """Face (B, 4, 192, 192), pose (B, 27) -> face with eyes, irises and mouth moved."""

    def __init__(self, *, separable: bool) -> None:
        super().__init__()
        body = EncoderDecoder(4, 27, Style(separable))
        self.features = body.forward
        # The published standard file names the body's blocks without a prefix.
        for name, part in [("body", body)] if separable else list(body.named_children()):
            self.add_module(name, part)
        self.iris_mouth_grid_change = GridHead(64)
        self.iris_mouth_color_change = colour_head(64)
        self.iris_mouth_alpha = alpha_head(64)
        self.eye_color_change = colour_head(64)
        self.eye_alpha = alpha_head(64)

    def forward(self, image: Tensor, pose: Tensor) -> Morphed:
        x = self.features(image, pose)
        warped = warp(self.iris_mouth_grid_change(x), image)
        alpha, colour = self.iris_mouth_alpha(x), self.iris_mouth_color_change(x)
        iris_mouth = mix(alpha, colour, warped)
        eye_alpha, eye_colour = self.eye_alpha(x), self.eye_color_change(x)
        return Morphed(mix(eye_alpha, eye_colour, iris_mouth), eye_alpha, eye_colour, iris_mouth, alpha, colour, warped)


class Turner(nn.Module):
    """(B, 10, S, S) -> 64 features (B, 64, S, S); its upsampling repeats pixels before it convolves."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.downsample_blocks = _encoder((10, 64, 128, 256, 512), 7, style)
        self.bottleneck_blocks = nn.ModuleList([Residual(512, style) for _ in range(6)])
        widths = ((512, 256), (256, 128), (128, 64))
        self.upsample_blocks = nn.ModuleList(
            [nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), block(*pair, 3, style)) for pair in widths]
        )

    def forward(self, x: Tensor) -> Tensor:
        for blocks in (self.downsample_blocks, self.bottleneck_blocks, self.upsample_blocks):
            x = _through(blocks, x)
        return x


class Rotator(nn.Module):
    """Picture (B, 4, 256, 256), pose (B, 6) -> head and body turned, by painting and by warping."""

    def __init__(self, *, separable: bool) -> None:
        super().__init__()
        self.encoder_decoder = Turner(Style(separable, LEAK))
        self.direct_creator = colour_head(64)
        self.grid_change_creator = GridHead(64)

    def forward(self, image: Tensor, pose: Tensor) -> Rotated:
        x = self.encoder_decoder(torch.cat([image, spread_pose(pose, image)], dim=1))
        grid = self.grid_change_creator(x)
        return Rotated(self.direct_creator(x), warp(grid, image), grid)


class SkipNet(nn.Module):
    """(B, 16, S, S) -> 32 features (B, 32, S, S); the decoder sees the encoder's features of each size."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.downsample_blocks = _encoder((16, 32, 64, 128, 256), 3, style)
        self.bottleneck_blocks = nn.ModuleList([Residual(256, style) for _ in range(6)])
        widths = ((256 + 128, 128), (128 + 64, 64), (64 + 32, 32))
        self.upsample_blocks = nn.ModuleList([block(*pair, 3, style) for pair in widths])

    def forward(self, x: Tensor) -> Tensor:
        x, seen = x.to(next(self.parameters()).dtype), []
        for down in self.downsample_blocks:
            seen.append(x := down(x))
        x = _through(self.bottleneck_blocks, x)
        for up, skip in zip(self.upsample_blocks, reversed(seen[:-1]), strict=True):
            x = up(torch.cat([functional.interpolate(x, scale_factor=2, mode="nearest"), skip], dim=1))
        return x


class Editor(nn.Module):
    """Picture, rough picture (B, 4, 512, 512), rough grid (B, 2, 512, 512), pose (B, 6) -> the frame."""

    def __init__(self, *, separable: bool) -> None:
        super().__init__()
        self.body = SkipNet(Style(separable, LEAK))
        self.color_change_creator = colour_head(32)
        self.alpha_creator = alpha_head(32, planes=4)
        self.grid_change_creator = GridHead(32)

    def forward(self, original: Tensor, rough: Tensor, rough_grid: Tensor, pose: Tensor) -> Edited:
        x = self.body(torch.cat([original, rough, rough_grid, spread_pose(pose, original)], dim=1))
        grid = rough_grid + self.grid_change_creator(x)
        warped = warp(grid, original)
        alpha, colour = self.alpha_creator(x), self.color_change_creator(x)
        return Edited(mix(alpha, colour, warped), alpha, colour, warped, grid)


def _encoder(widths: tuple[int, int, int, int, int], kernel: int, style: Style) -> nn.ModuleList:
    first = block(widths[0], widths[1], kernel, style)
    halvings = pairwise(widths[1:])
    return nn.ModuleList([first, *(block(*pair, 4, style.down, stride=2) for pair in halvings)])


def _through(blocks: nn.ModuleList, x: Tensor) -> Tensor:
    x = x.to(next(blocks.parameters()).dtype)
    for part in blocks:
        x = part(x)
    return x
