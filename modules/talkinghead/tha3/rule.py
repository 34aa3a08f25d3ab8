"""Weights made by a rule, for tests of parity and for figures where no published weights are at hand."""

from __future__ import annotations

import math
import zlib

import numpy as np
import torch
from torch import Tensor

from modules.talkinghead.tha3.files import Networks, assemble, empty

SMALL = 0.02
"""How much weaker the grid heads are filled than all else, so that nothing is looked up far away."""


def rule_networks(variant: str, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Networks:
    """The networks of a variant with weights that keep activations at the scale of trained ones."""
    return assemble(variant, lambda name: rule_state(name, variant), device, dtype)


def rule_state(name: str, variant: str) -> dict[str, Tensor]:
    """The state dict of one network; values of the `half` variants are those that half precision can hold."""
    stored = torch.float16 if variant.endswith("half") else torch.float32
    shapes = {key: tuple(value.shape) for key, value in empty(name, variant).state_dict().items()}
    return {key: torch.from_numpy(_filled(f"{name}/{key}", shape)).to(stored) for key, shape in shapes.items()}


def _filled(key: str, shape: tuple[int, ...]) -> np.ndarray:
    """Normal noise seeded by the key: scaled by its fan-in, about 1 for scales of norms, about 0 for biases."""
    noise = np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape)
    if len(shape) > 1:
        noise *= (SMALL if "grid_change" in key else 1.0) / math.sqrt(math.prod(shape[1:]))
    else:
        noise = 0.1 * noise + key.endswith(".weight")
    return noise.astype(np.float32)
