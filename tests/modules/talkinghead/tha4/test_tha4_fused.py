"""The fast evaluators against the reference, on a student made by rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from modules.talkinghead.kernels.fixed import can_fixed_point
from modules.talkinghead.tha4.benchmark import timed
from modules.talkinghead.tha4.body import Plan
from modules.talkinghead.tha4.coverage import below, blocks, grown, moving, random_pose, sampled_poses
from modules.talkinghead.tha4.fused import FusedStudent
from modules.talkinghead.tha4.gpu import CudaStudent
from modules.talkinghead.tha4.likeness import psnr
from modules.talkinghead.tha4.live import LIVE_PLANS, fine_student, live_student
from modules.talkinghead.tha4.networks import Student
from modules.talkinghead.tha4.opening import MARGIN
from modules.talkinghead.tha4.tiles import doubled_rows

POSE = random_pose(np.random.default_rng(3))
OTHER = random_pose(np.random.default_rng(4))


@pytest.fixture(scope="module")
def exact(ruled) -> Iterator[FusedStudent]:
    student = FusedStudent(ruled.image, ruled.face, ruled.body)
    yield student
    student.close()


@pytest.fixture(scope="module")
def reference(ruled):
    with torch.inference_mode():
        return Student(torch.from_numpy(ruled.image)[None], ruled.face, ruled.body)(torch.from_numpy(POSE))


def test_the_fused_evaluator_is_the_reference(exact: FusedStudent, reference) -> None:
    outputs = torch.cat([reference.grid, reference.alpha, reference.colour], dim=1)[0].numpy()
    np.testing.assert_allclose(exact.outputs(POSE), outputs, atol=1e-4)
    np.testing.assert_allclose(exact.face(POSE), reference.face[0].numpy(), atol=1e-4)


def test_the_painted_frame_is_the_encoded_reference(exact: FusedStudent, ruled) -> None:
    on_torch = CudaStudent(ruled, "cpu")
    difference = np.abs(exact.paint(POSE).astype(int) - on_torch.paint(POSE))
    on_torch.close()
    assert difference.max() <= 2
    assert (difference <= 1).mean() >= 0.999


def test_a_pose_gives_the_same_picture_whatever_came_before(exact: FusedStudent) -> None:
    first = exact.paint(POSE)
    exact.paint(OTHER)
    assert (exact.paint(POSE) == first).all()


@pytest.mark.skipif(not can_fixed_point(), reason="this processor has no 16-bit multiply-adds")
def test_fixed_point_is_seen_by_nobody(exact: FusedStudent, ruled) -> None:
    fixed = FusedStudent(ruled.image, ruled.face, ruled.body, "fixed")
    try:
        assert np.abs(fixed.outputs(POSE) - exact.outputs(POSE)).max() <= 2e-3
        assert psnr(fixed.paint(POSE, straight=False), exact.paint(POSE, straight=False)) >= 45.0
    finally:
        fixed.close()


def test_half_the_size_changes_the_outputs_a_little_but_near_eyes_and_mouth(ruled, exact: FusedStudent) -> None:
    half = FusedStudent(ruled.image, ruled.face, ruled.body, plan=Plan((64, 128, 256), near=3))
    difference = np.abs(half.outputs(POSE) - exact.outputs(POSE))
    half.close()
    assert 1e-6 < difference.mean() < 0.02
    assert difference[:, 96:192, 192:320].max() < 1e-4 < difference.max()


def test_a_smaller_first_level_is_upsampled_to_what_the_next_one_reads(ruled, exact: FusedStudent) -> None:
    small = FusedStudent(ruled.image, ruled.face, ruled.body, plan=Plan((16, 128, 256), near=1))
    first, other, again = (small.outputs(pose) for pose in (POSE, OTHER, POSE))
    small.close()
    assert 1e-6 < np.abs(first - exact.outputs(POSE)).mean() < 0.02
    assert (first == again).all() and (first != other).any()


def test_a_plan_is_not_taken_where_it_is_not_like_the_character(ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []
    for good in (0.0, 99.5):
        monkeypatch.setattr("modules.talkinghead.tha4.live.GOOD", good)
        student = live_student(ruled.image, ruled.face, ruled.body)
        chosen.append(student.plan)
        student.close()
    assert chosen == [LIVE_PLANS[0], LIVE_PLANS[-1]]


def test_what_moves_in_a_face_is_the_cells_that_hold_most_of_it() -> None:
    def face(pose: np.ndarray) -> np.ndarray:
        planes = np.zeros((4, 128, 128), np.float32)
        planes[:, 40:48, 64:70] = pose[5]
        planes[:, 100, 100] = pose[6] * 0.1
        return planes

    found = np.zeros((128, 128), bool)
    found[40:48, 64:72] = True
    assert (moving(face) == found).all()


@pytest.mark.shared
def test_live_is_near_exact_and_gives_a_pose_the_same_picture(published, golden_poses) -> None:
    name, model = published
    tensors = model.image, model.face, model.body
    exact, fine = FusedStudent(*tensors), fine_student(*tensors)
    live = live_student(*tensors, fine=fine)
    poses = list(golden_poses.values())[::3]
    truth = [exact.paint(pose, straight=False) for pose in poses]
    painted = {way: [way.paint(pose, straight=False) for pose in poses] for way in (fine, live)}
    again = live.paint(poses[0], straight=False)
    for student in (exact, fine, live):
        student.close()
    assert np.mean([psnr(a, b) for a, b in zip(truth, painted[live], strict=True)]) >= 36.0, name
    assert np.mean([psnr(a, b) for a, b in zip(truth, painted[fine], strict=True)]) >= 45.0, name
    assert (again == painted[live][0]).all()


def test_a_face_that_is_moved_only_in_part_rests_elsewhere(ruled) -> None:
    student = FusedStudent(ruled.image, ruled.face, ruled.body)
    rest, whole = student.face(np.zeros(45, np.float32)), student.face(POSE)
    part = np.zeros((128, 128), bool)
    part[40:60, 30:70] = True
    student.move(part)
    moved = student.face(POSE)
    student.close()
    assert (moved[:, part] == whole[:, part]).all()
    assert (moved[:, 110:] == rest[:, 110:]).all()


def test_doubling_is_bilinear_upsampling_of_the_rows_that_are_asked_for() -> None:
    low = np.random.default_rng(0).random((8, 3, 8), np.float32)
    wide = np.pad(low, ((0, 0), (0, 0), (MARGIN, MARGIN)), mode="edge")
    out = np.zeros((16, 3, 16 + 2 * MARGIN), np.float32)
    doubled_rows(0, 15, np.arange(1, 16), wide, out)
    planes = torch.from_numpy(low.transpose(1, 0, 2).copy())[None]
    expected = torch.nn.functional.interpolate(planes, scale_factor=2.0, mode="bilinear")[0].numpy()
    np.testing.assert_allclose(out[1:, :, MARGIN:-MARGIN].transpose(1, 0, 2), expected[:, 1:], atol=1e-6)
    assert not out[0].any()


def test_what_is_covered_is_exact_and_what_is_not_is_clear(ruled, exact: FusedStudent) -> None:
    seen = np.zeros((512, 512), bool)
    seen[100:140, 0:90] = seen[500:, 470:] = True
    student = FusedStudent(ruled.image, ruled.face, ruled.body)
    student.cover(seen)
    painted = student.paint(POSE)
    student.close()
    assert (painted[seen] == exact.paint(POSE)[seen]).all()
    far = ~grown(seen, 32)
    assert far.any() and not painted[far].any()


def test_a_level_below_covers_all_that_is_read_from_it() -> None:
    seen = np.zeros((64, 64), bool)
    seen[32, 16] = True
    assert np.argwhere(blocks(seen, 1, 16)).tolist() == [[32, 1]]
    assert np.argwhere(blocks(seen, 4, 4)).tolist() == [[8, 4]]
    rows, columns = np.nonzero(below(seen, 16))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (15, 17, 7, 16)


def test_sampled_poses_reach_every_corner_of_the_turns() -> None:
    corners = {tuple(pose[39:44]) for pose in sampled_poses(count=0)}
    assert len(corners) == 32 and all(abs(turn) == 1.0 for corner in corners for turn in corner)


def test_times_are_told_with_ratios_to_the_first() -> None:
    figures = timed({"plain": lambda pose: pose, "fast": lambda pose: pose}, rounds=3)
    assert set(figures) == {"plain_ms", "fast_ms", "fast_ratio"}
    assert figures["fast_ratio"] == pytest.approx(figures["plain_ms"] / figures["fast_ms"])


def test_psnr_is_that_of_the_mean_square() -> None:
    black = np.zeros((4, 4, 4), np.uint8)
    assert psnr(black, black) == 99.0
    assert psnr(black, black + 255) == pytest.approx(0.0)
    assert psnr(black, black + 1) == pytest.approx(48.13, abs=0.01)
