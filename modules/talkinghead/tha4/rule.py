"""A student made by rule, for measuring and testing where no published character is at hand."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from modules.talkinghead.color import premultiplied_planes
from modules.talkinghead.tha4.character_model import CharacterModel
from modules.talkinghead.tha4.networks import OMEGA, SIZE, BodyMorpher, FaceMorpher, places_of


def ruled_model(seed: int = 0) -> CharacterModel:
    """Weights as a SIREN starts its training with, and a round picture; it takes as long as any real one."""
    generator = torch.Generator().manual_seed(seed)
    face, body = _filled(FaceMorpher(), generator), _filled(BodyMorpher(), generator)
    x, y = places_of(SIZE, torch.zeros(1))[0].numpy()
    disc = (x * x + y * y < 0.5) * 255.0
    picture = torch.from_numpy(disc)[..., None] * torch.tensor([0.8, 0.5, 0.4, 1.0])
    return CharacterModel(premultiplied_planes(picture.to(torch.uint8).numpy()), face, body)


def _filled(network: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
    """Weights within sqrt(6 / inputs) / 30, the last layer's within 0.1 / sqrt(inputs) (Sitzmann 2020, section 3.2)."""
    state = {}
    for name, tensor in network.state_dict().items():
        inputs = tensor[0].numel() if tensor.dim() > 1 else 100
        reach = 0.1 / math.sqrt(inputs) if "last_linear" in name else math.sqrt(6 / inputs) / OMEGA
        state[name] = (torch.rand(tensor.shape, generator=generator) * 2 - 1) * reach
    return state
