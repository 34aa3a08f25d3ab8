"""The figures are of what they say: times by name, the ratio of the first two, errors in levels."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import torch
from torch import Tensor

from modules.talkinghead.tha3 import benchmark
from modules.talkinghead.tha3.posing import TakenApart


class Slow:
    """An engine that takes its time and is off by some levels."""

    def __init__(self, seconds: float, level: int) -> None:
        self._seconds = seconds
        self._frame = torch.full((1, 4, 4, 4), level, dtype=torch.uint8)

    def take_apart(self, image: Tensor) -> TakenApart:
        return TakenApart(image, image, image)

    def move_eyebrows(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        return background

    def move_face(self, image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        return image

    def turn(self, full: Tensor, pose: Tensor) -> Tensor:
        time.sleep(self._seconds)
        return self._frame


def test_engines_are_compared_in_one_run() -> None:
    result = benchmark._compared({"plain": Slow(0.05, 100), "fused": Slow(0.005, 103)}, frames=3)
    assert set(result) == {"plain_ms", "fused_ms", "ratio", "worst_levels", "rms_levels"}
    assert result["plain_ms"] >= 50 and result["fused_ms"] >= 5  # type: ignore[operator]
    assert result["ratio"] == pytest.approx(result["plain_ms"] / result["fused_ms"])  # type: ignore[operator]
    assert result["worst_levels"] == 3.0 and result["rms_levels"] == 3.0


def test_errors_are_measured_against_the_exact_engine_where_there_is_one() -> None:
    engines = {"eager": Slow(0, 100), "graphs": Slow(0, 103)}
    assert benchmark._compared(engines, frames=1, exact=Slow(0, 104))["worst_levels"] == 1.0


def test_it_says_where_the_weights_are_from(tmp_path: Path) -> None:
    assert benchmark._origin(tmp_path, "separable_float") == "made by a rule"


def test_every_stage_has_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "_networks", lambda models, variant: None)
    monkeypatch.setattr(benchmark, "FusedEngine", lambda networks: Slow(0.001, 0))
    result = benchmark.measure_stages(tmp_path, "separable_float", frames=2)
    assert set(result) == {"rotation_ms", "face_ms", "eyebrows_ms", "still_ms", "first_ms"}
    assert result["rotation_ms"] >= 1.0 > result["still_ms"]  # type: ignore[operator]
