from __future__ import annotations

import math

import numpy as np
import pytest

from modules.talkinghead.extras.follow import Course, left_over, memory


def test_half_way_takes_six_and_a_half_frames_of_25() -> None:
    half = math.log(0.5) / math.log(0.9)
    assert half == pytest.approx(6.58, abs=0.01)
    assert left_over(0.1, half / 25) == pytest.approx(0.5)


@pytest.mark.parametrize("step", [0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("fps", [7, 25, 60])
def test_a_course_is_the_same_at_every_frame_rate(step: float, fps: int) -> None:
    """The Extras scale the step by the frame rate: s' = 1 - (1 - s)^(25 / fps), once a frame."""
    x, scaled = 0.0, 1.0 - (1.0 - step) ** (25.0 / fps)
    course = Course([0.0, 1.0], [np.array(0.0), np.array(1.0)], step)
    for frame in range(3 * fps):
        assert course(1.0 + frame / fps) == pytest.approx(x, abs=1e-9)
        x += scaled * (1.0 - x)


def test_a_new_target_is_followed_from_wherever_it_is() -> None:
    course = Course([0.0, 1.0, 1.1], [np.array(0.0), np.array(1.0), np.array(-1.0)], 0.1)
    assert course(1.1 - 1e-9) == pytest.approx(course(1.1), abs=1e-6)
    assert 0.0 < course(1.1) < 0.3
    assert course(20.0) == pytest.approx(-1.0, abs=1e-8)
    assert (course.target(0.5), course.target(1.05), course.target(2.0)) == (0.0, 1.0, -1.0)


def test_it_starts_on_the_first_target_and_stands_there_before() -> None:
    course = Course([5.0], [np.array([0.3, -0.2])], 0.1)
    assert course(-100.0).tolist() == course(5.0).tolist() == [0.3, -0.2]


def test_nothing_of_what_is_forgotten_is_left() -> None:
    assert left_over(0.1, memory(0.1) / 25) <= 1e-8
    assert (memory(1.0), memory(1e-6)) == (1, 1500)
