"""The blocks that the five networks are made of, named so that published state dicts fit.

A full convolution is one layer; a separable one is two, depthwise and 1x1.
Source: Talking-Head-Anime 3 (Khungurn 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAK = 0.1
"""Slope below zero of the rotator's and the editor's activations."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a variant's blocks of one network have in common."""

    separable: bool
    leak: float = 0.0
    """Slope below zero of the activations; 0 is a plain ReLU."""

    @property
    def down(self) -> Style:
        """The style of the downsampling blocks: the published standard networks were trained with ReLU there."""
        return self if self.separable else Style(separable=False)

    def activation(self) -> nn.Module:
        """A fresh activation layer."""
        return nn.LeakyReLU(self.leak, inplace=True) if self.leak else nn.ReLU(inplace=True)


def block(c_in: int, c_out: int, kernel: int, style: Style, *, stride: int = 1) -> nn.Sequential:
    """Convolution, instance norm, activation: (B, c_in, H, W) -> (B, c_out, H/stride, W/stride)."""
    return nn.Sequential(*_convolution(c_in, c_out, kernel, stride, style), _norm(c_out), style.activation())


def upsample_block(c_in: int, c_out: int, style: Style) -> nn.Sequential:
    """Transposed convolution, instance norm, activation: (B, c_in, H, W) -> (B, c_out, 2H, 2W)."""
    return nn.Sequential(*_transposed(c_in, c_out, style), _norm(c_out), style.activation())


class Residual(nn.Module):
    """x plus two convolutions of it; keeps the shape, and nothing follows the sum."""

    def __init__(self, width: int, style: Style) -> None:
        super().__init__()
        first, second = (_as_one(_convolution(width, width, 3, 1, style)) for _ in range(2))
        self.resnet_path = nn.Sequential(first, _norm(width), style.activation(), second, _norm(width))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.resnet_path(x)
        return y


class Head(nn.Sequential):
    """A full convolution, in every variant, and what brings its sums into range.

    What is painted is float32 whatever the networks compute in: half precision is too coarse for dark colours.
    """

    def forward(self, x: Tensor) -> Tensor:
        convolution, into_range = self
        painted: Tensor = into_range(convolution(x).float())
        return painted


class GridHead(nn.Conv2d):
    """Features -> how far to look aside, x and y; 2.0 is the whole picture. It computes in float32."""

    def __init__(self, c_in: int) -> None:
        super().__init__(c_in, 2, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x.float(), self.weight.float(), padding=1)


def colour_head(c_in: int) -> Head:
    """Features -> four planes in -1..1."""
    return Head(nn.Conv2d(c_in, 4, 3, padding=1), nn.Tanh())


def alpha_head(c_in: int, planes: int = 1) -> Head:
    """Features -> planes in 0..1."""
    return Head(nn.Conv2d(c_in, planes, 3, padding=1), nn.Sigmoid())


def spread_pose(pose: Tensor, like: Tensor) -> Tensor:
    """Pose (B, P) -> constant planes (B, P, H, W) of the size of `like`."""
    return pose[:, :, None, None].expand(-1, -1, *like.shape[-2:])


def warp(change: Tensor, image: Tensor) -> Tensor:
    """`image` (B, C, H, W), looked at through a grid changed by `change` (B, 2, H, W); borders are held.

    Both are float32 whatever the networks compute in: half precision cannot tell pixels apart at 512.
    """
    height, width = image.shape[-2:]
    grid = identity_grid(height, width, image.device) + change.permute(0, 2, 3, 1)
    return functional.grid_sample(image, grid, "bilinear", "border", align_corners=False)


@lru_cache(maxsize=16)
def identity_grid(height: int, width: int, device: torch.device) -> Tensor:
    """Pixel centres (1, height, width, 2), x then y, -1..1 from edge to edge; float32."""
    with torch.inference_mode(False):
        x = (torch.arange(width, dtype=torch.float64) * 2 + 1) / width - 1
        y = (torch.arange(height, dtype=torch.float64) * 2 + 1) / height - 1
        grid = torch.stack([x[None, :].expand(height, -1), y[:, None].expand(-1, width)], dim=-1)
        return grid[None].float().contiguous().to(device)


def mix(alpha: Tensor, colour: Tensor, image: Tensor) -> Tensor:
    """`colour` where alpha is 1, `image` where it is 0."""
    return colour * alpha + image * (1 - alpha)


def mix_rgb(alpha: Tensor, colour: Tensor, image: Tensor) -> Tensor:
    """`mix` on red, green and blue; the alpha plane is that of `image`."""
    return torch.cat([mix(alpha, colour[:, :3], image[:, :3]), image[:, 3:]], dim=1)


def _convolution(c_in: int, c_out: int, kernel: int, stride: int, style: Style) -> list[nn.Module]:
    padding = (kernel - 1) // 2
    if not style.separable:
        return [nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)]
    depthwise = nn.Conv2d(c_in, c_in, kernel, stride, padding, groups=c_in, bias=False)
    return [depthwise, nn.Conv2d(c_in, c_out, 1, bias=False)]


def _transposed(c_in: int, c_out: int, style: Style) -> list[nn.Module]:
    if not style.separable:
        return [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False)]
    depthwise = nn.ConvTranspose2d(c_in, c_in, 4, 2, 1, groups=c_in, bias=False)
    return [depthwise, nn.Conv2d(c_in, c_out, 1, bias=False)]


def _as_one(layers: list[nn.Module]) -> nn.Module:
    return layers[0] if len(layers) == 1 else nn.Sequential(*layers)


def _norm(width: int) -> nn.InstanceNorm2d:
    return nn.InstanceNorm2d(width, eps=1e-5, affine=True)
