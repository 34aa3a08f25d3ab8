"""Stages are evaluated again when what they look at has changed, and only then; and a pose always gives its frame."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from modules.talkinghead.tha3.posing import PosedPicture, PoseVector, TakenApart


class Sums:
    """An engine whose frames tell what they were made of, and which remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def take_apart(self, image: Tensor) -> TakenApart:
        self.asked.append("apart")
        return TakenApart(image, image + 1, image + 2)

    def move_eyebrows(self, background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        self.asked.append("eyebrows")
        return background + 3 * eyebrows + _weighed(pose)

    def move_face(self, image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        self.asked.append("face")
        return image + 5 * brows + 7 * _weighed(pose)

    def turn(self, full: Tensor, pose: Tensor) -> Tensor:
        self.asked.append("turn")
        return full + 11 * _weighed(pose)


def _weighed(pose: Tensor) -> Tensor:
    return (pose * torch.arange(1, pose.shape[1] + 1)).sum()


def pose(**morphs: float) -> PoseVector:
    """A pose at rest but for morph number N, given as mN."""
    vector = np.zeros(45, np.float32)
    for name, value in morphs.items():
        vector[int(name[1:])] = value
    return vector


def test_a_stage_is_evaluated_again_only_if_its_part_of_the_pose_or_a_stage_before_it_changed() -> None:
    engine = Sums()
    picture = PosedPicture(engine, torch.ones(1, 1))
    walk = (pose(), pose(), pose(m44=1), pose(m44=1, m26=1), pose(m44=1, m26=1, m0=1), pose(m44=1, m26=1, m0=1))
    asked = []
    for step in walk:
        engine.asked.clear()
        picture.frame(step)
        asked.append(tuple(engine.asked))
    assert asked == [
        ("eyebrows", "face", "turn"),
        (),
        ("turn",),
        ("face", "turn"),
        ("eyebrows", "face", "turn"),
        (),
    ]


STEPS = st.lists(st.tuples(st.sampled_from((0, 11, 12, 38, 39, 44)), st.sampled_from((0.0, 0.5, 1.0))), max_size=12)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_no_walk_of_poses_gives_a_stale_frame(steps: list[tuple[int, float]]) -> None:
    walked = PosedPicture(Sums(), torch.ones(1, 1))
    vector = pose()
    for morph, value in steps:
        vector[morph] = value  # the caller's array is used again
        fresh = PosedPicture(Sums(), torch.ones(1, 1))
        assert torch.equal(walked.frame(vector), fresh.frame(vector.copy()))


def test_two_pictures_of_one_engine_do_not_mix() -> None:
    engine = Sums()
    ones, twos = PosedPicture(engine, torch.ones(1, 1)), PosedPicture(engine, torch.full((1, 1), 2.0))
    first, second = ones.frame(pose(m0=1)).clone(), twos.frame(pose(m0=1)).clone()
    assert not torch.equal(first, second)
    assert torch.equal(ones.frame(pose(m0=1)), first) and torch.equal(twos.frame(pose(m0=1)), second)
