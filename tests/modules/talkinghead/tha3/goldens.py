"""Where the goldens lie, how their inputs are made, and how near an output must come to them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from modules.talkinghead.color import straight_planes
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared"
GOLDEN = SHARED / "golden" / "tha"
PICTURE = SHARED / "characters" / "lambda_00" / "character.png"


def shared(*paths: Path) -> None:
    """Skip the test, naming the first of `paths` that is not here."""
    for path in paths:
        if not path.exists():
            pytest.skip(f"{path} is absent")


@lru_cache(maxsize=1)
def picture() -> Tensor:
    """The picture of the goldens, (1, 4, 512, 512)."""
    shared(PICTURE)
    return torch.from_numpy(straight_planes(np.asarray(Image.open(PICTURE).convert("RGBA"))))[None]


def random_pose(seed: int = 1234) -> Tensor:
    """Some pose (1, 45): a third of the morphs at work, and all rotations."""
    random = np.random.default_rng(seed)
    pose = random.uniform(0, 1, 45) * (random.uniform(0, 1, 45) < 0.35)
    pose[37:44] = random.uniform(-1, 1, 7)
    pose[44] = random.uniform(0, 1)
    return torch.from_numpy(pose.astype(np.float32))[None]


def smooth(planes: int, size: int, seed: int, low: float = -1.0, high: float = 1.0) -> Tensor:
    """A soft picture (1, planes, size, size): each plane the sum of six seeded cosine waves, in low..high."""
    random = np.random.default_rng(seed)
    at = (np.arange(size) + 0.5) / size
    out = np.zeros((planes, size, size))
    for plane in out:
        for _ in range(6):
            fy, fx, phase = random.uniform(0, 6), random.uniform(0, 6), random.uniform(0, 2 * np.pi)
            plane += np.cos(2 * np.pi * (fy * at[:, None] + fx * at[None, :]) + phase) / 6.0
    return torch.from_numpy((low + (high - low) * (out + 1) / 2).astype(np.float32))[None]


def inputs(name: str) -> tuple[Tensor, ...]:
    """What the goldens gave the network `name`."""
    image, pose = picture(), random_pose()
    brows = image[..., 64:192, 192:320]
    rolled = torch.roll(image, (5, 3), dims=(2, 3))
    return {
        "eyebrow_decomposer": (brows,),
        "eyebrow_morphing_combiner": (brows, smooth(4, 128, 2), pose[:, :12]),
        "face_morpher": (image[..., 32:224, 160:352], pose[:, 12:39]),
        "two_algo_face_body_rotator": (image[..., ::2, ::2], pose[:, 39:]),
        "editor": (image, rolled, smooth(2, 512, 5, -0.03, 0.03), pose[:, 39:]),
    }[name]


class Golden:
    """One file of goldens: samples of outputs, and figures of the whole ones."""

    def __init__(self, path: Path) -> None:
        shared(path)
        self._arrays = np.load(path)
        self._meta: dict[str, Any] = json.loads(str(self._arrays["meta"]))

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name]

    def check(self, name: str, output: Tensor, *, worst: float, rms: float = 1.0, mean: float = 1e-5) -> None:
        """Assert that `output` (1, C, H, W) is what the golden `name` tells of it."""
        meta, plane = self._meta[name], output[0].float().cpu().numpy()
        step, first = meta["sub_stride"], meta["sub_offset"]
        error = [plane[:, first::step, first::step] - self._arrays[f"{name}_sub"]]
        if "patch" in meta:
            centre = (plane.shape[1] - 16) // 2
            patch = plane[:, centre : centre + 16, centre : centre + 16]
            error.append(patch - self._arrays[f"{name}_patch"])
        errors = np.concatenate([part.ravel() for part in error])
        assert np.abs(errors).max() <= worst, f"{name}: {np.abs(errors).max():.1e}"
        assert np.sqrt(np.mean(errors**2)) <= rms, name
        assert abs(plane.mean(dtype=np.float64) - meta["mean"]) <= mean, name
