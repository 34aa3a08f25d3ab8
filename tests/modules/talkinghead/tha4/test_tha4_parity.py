"""The evaluators of the student against what the original networks gave for the published characters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from modules.talkinghead.color import to_srgb
from modules.talkinghead.tha4.fused import FusedStudent
from modules.talkinghead.tha4.networks import Student

pytestmark = pytest.mark.shared
GOLDEN = Path(__file__).resolve().parents[4].parent / "shared" / "golden" / "tha" / "tha4"
TOLERANCES = {"frame": 1.5e-3, "alpha": 5e-4, "colour": 5e-4, "warped": 1e-2, "grid": 2e-4, "face": 1e-4}
"""Largest differences allowed, from the README of the golden data; outputs in their order there."""


def golden_picture(name: str, pose: str) -> np.ndarray:
    return np.asarray(Image.open(GOLDEN / name / f"{pose}.png")).astype(int)


def assert_same_picture(picture: np.ndarray, golden: np.ndarray) -> None:
    difference = np.abs(picture.astype(int) - golden)
    assert difference.max() <= 2
    assert (difference <= 1).mean() >= 0.999


def subsampled(planes: np.ndarray) -> np.ndarray:
    step = planes.shape[-1] // 64
    return planes[:, step // 2 :: step, step // 2 :: step]


@pytest.mark.parametrize("pose", ["03_head_turn", "12_extreme_pos"])
def test_the_reference_gives_what_the_original_gave(published, golden_poses, pose: str) -> None:
    name, model = published
    golden = np.load(GOLDEN / name / "outputs.npz")
    with torch.inference_mode():
        outputs = Student(torch.from_numpy(model.image)[None], model.face, model.body)(
            torch.from_numpy(golden_poses[pose])
        )
    for i, (output, tolerance) in enumerate(TOLERANCES.items()):
        difference = np.abs(subsampled(outputs[i][0].numpy()) - golden[f"{pose}/out{i}_sub"])
        assert difference.max() <= tolerance, output
    frame = subsampled(outputs.frame[0].numpy()) - golden[f"{pose}/out0_sub"]
    assert np.sqrt((frame**2).mean()) <= 2e-5
    unit = (outputs.frame[0].permute(1, 2, 0).numpy() + 1.0) / 2.0
    encoded = np.concatenate([to_srgb(unit[..., :3]), unit[..., 3:].clip(0.0, 1.0)], axis=-1)
    assert_same_picture(np.rint(encoded * 255), golden_picture(name, pose))


@pytest.fixture(scope="module")
def fused(published):
    name, model = published
    student = FusedStudent(model.image, model.face, model.body)
    yield name, student
    student.close()


def test_the_fused_evaluator_paints_all_golden_pictures(fused, golden_poses) -> None:
    name, student = fused
    for pose, vector in golden_poses.items():
        assert_same_picture(student.paint(vector, straight=False), golden_picture(name, pose))


def test_the_fused_evaluator_gives_the_outputs_of_the_original(fused, golden_poses) -> None:
    name, student = fused
    golden = np.load(GOLDEN / name / "outputs.npz")
    for pose in ("05_random_1234", "13_extreme_neg"):
        outputs = student.outputs(golden_poses[pose])
        for i, planes in ((4, outputs[:2]), (1, outputs[2:3]), (2, outputs[3:]), (5, student.face(golden_poses[pose]))):
            tolerance = list(TOLERANCES.values())[i]
            assert np.abs(subsampled(planes) - golden[f"{pose}/out{i}_sub"]).max() <= tolerance
