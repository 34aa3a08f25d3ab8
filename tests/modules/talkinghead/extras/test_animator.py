from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kuchipaku import THA_RIG, Pose
from kuchipaku.pose import OPENINGS, lay
from modules.talkinghead.extras.animator import Animator, Script, laid_on_lips
from modules.talkinghead.extras.moods import Mood
from modules.talkinghead.extras.reading import LARGEST
from modules.talkinghead.extras.settings import KEYS, AnimatorSettings, strict
from modules.talkinghead.extras.talk import Talk

STILL = AnimatorSettings(blink_probability=0.0, sway_morphs=())
FACES: dict[str, Pose] = {
    "neutral": {},
    "joy": {"mouth_aaa": 1.0, "head_x": -0.4, "eyebrow_happy_left": 1.0, "breathing": 0.7},
    "anger": {"eyebrow_angry_left": 1.0},
    "broad": {"mouth_raised_corner_left": 1.2},
}


def animator(
    settings: AnimatorSettings = STILL,
    moods: tuple[Mood, ...] = (Mood(0.0, "neutral"),),
    talk: Talk | None = None,
    lips: Callable[[float], float] = lambda t: 0.0,
    seed: int = 1,
) -> Animator:
    return Animator(Script(settings, moods, lambda name: FACES.get(name, {}), talk, lips, seed))


def at(layer: Animator, t: float, below: Pose | None = None) -> dict[str, float]:
    pose = dict(below or {})
    lay(pose, layer(t))
    return pose


def test_it_replaces_the_whole_face() -> None:
    pose = at(animator(), 3.0, dict.fromkeys(THA_RIG.morphs, 0.9))
    assert set(pose) == set(THA_RIG.morphs)
    assert {name for name, value in pose.items() if value} == {"breathing"}


def test_it_starts_in_its_emotion() -> None:
    pose = at(animator(moods=(Mood(0.0, "joy"),)), 0.0)
    assert (pose["mouth_aaa"], pose["head_x"], pose["eyebrow_happy_left"]) == (1.0, -0.4, 1.0)


def test_a_new_emotion_is_half_there_after_6_6_frames_and_clears_the_old_one() -> None:
    """A morph that a template leaves out goes back to rest; the Extras kept it by mistake."""
    moods = (Mood(0.0, "joy"), Mood(2.0, "anger"))
    half = at(animator(moods=moods), 2.0 + 6.5788 / 25)
    assert half["eyebrow_angry_left"] == pytest.approx(0.5, abs=1e-4)
    assert half["eyebrow_happy_left"] == pytest.approx(0.5, abs=1e-4)
    there = at(animator(moods=moods), 30.0)
    assert there["eyebrow_angry_left"] == pytest.approx(1.0, abs=1e-8)
    assert there["eyebrow_happy_left"] == pytest.approx(0.0, abs=1e-8)


def test_strength_scales_a_face_and_values_beyond_the_range_are_the_rigs_to_hold() -> None:
    assert at(animator(moods=(Mood(0.0, "joy", 0.25),)), 0.0)["head_x"] == -0.1
    pose = at(animator(moods=(Mood(0.0, "broad"),)), 0.0)
    assert pose["mouth_raised_corner_left"] == 1.2
    assert THA_RIG.clamp(pose)["mouth_raised_corner_left"] == 1.0


@pytest.mark.parametrize("cycle", [4.0, 2.5])
def test_a_breath_is_a_squared_sine_whatever_the_template_says(cycle: float) -> None:
    breathing = animator(replace(STILL, breathing_cycle_duration=cycle), (Mood(0.0, "joy"),))
    for share, strength in ((0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.0, 0.0), (7.5, 1.0)):
        assert at(breathing, share * cycle)["breathing"] == pytest.approx(strength, abs=1e-9)


def test_a_blink_shuts_both_lids_for_a_frame_and_opens_by_the_step() -> None:
    settings = replace(STILL, blink_probability=1.0, blink_interval_min=5.0, blink_interval_max=5.0)
    blinking = animator(settings)
    for lid in ("eye_wink_left", "eye_wink_right"):
        assert at(blinking, 4.99)[lid] == pytest.approx(0.0, abs=1e-6)
        assert (at(blinking, 5.0)[lid], at(blinking, 5.039)[lid]) == (1.0, 1.0)
        assert at(blinking, 5.04 + 6.5788 / 25)[lid] == pytest.approx(0.5, abs=1e-4)


def test_no_blink_is_lost_at_a_low_rate_or_a_full_step() -> None:
    settings = replace(
        STILL, blink_probability=1.0, blink_interval_min=5.0, blink_interval_max=5.0, target_fps=10.0,
        pose_interpolator_step=1.0,
    )  # fmt: skip
    shut = [at(animator(settings), 4.06 + n / 10)["eye_wink_left"] for n in range(20)]
    assert shut.count(1.0) == 1 and shut.count(0.0) == 19


def test_a_talking_mouth_moves_one_morph_and_shuts_the_other_five() -> None:
    settings = replace(STILL, talking_morph="mouth_ooo")
    talking = animator(settings, (Mood(0.0, "joy"),), Talk(1.0))
    poses = [at(talking, 1.0 + n / 25) for n in range(200)]
    assert {pose["mouth_aaa"] for pose in poses} == {0.0}
    values = [pose["mouth_ooo"] for pose in poses]
    assert min(values) == 0.0 and max(values) == 1.0
    assert at(talking, 0.99)["mouth_aaa"] == 1.0


def test_a_mouth_that_stops_is_at_once_where_the_face_was_going() -> None:
    moods = (Mood(0.0, "neutral"), Mood(2.0, "joy"))
    stopped = animator(moods=moods, talk=Talk(1.0, 2.05))
    assert at(stopped, 2.05)["mouth_aaa"] == pytest.approx(1.0)
    assert at(stopped, 2.5)["mouth_aaa"] == pytest.approx(1.0)
    assert at(stopped, 2.05)["head_x"] > -0.1  # all else goes its way


def test_the_lips_are_the_scores_own_while_it_is_spoken() -> None:
    below = {"mouth_aaa": 0.3, "mouth_ooo": 0.6}
    spoken = animator(moods=(Mood(0.0, "joy"),), talk=Talk(0.0), lips=lambda t: 1.0)
    pose = at(spoken, 1.0, below)
    assert {name: pose[name] for name in below} == below
    assert pose["head_x"] == -0.4


def test_half_way_from_the_score_both_mouths_count_half() -> None:
    pose = {"mouth_aaa": 0.3}
    lay(pose, laid_on_lips({"mouth_aaa": 1.0, "head_x": 0.5}, 0.5))
    assert pose == pytest.approx({"mouth_aaa": 0.65, "head_x": 0.5})


def test_a_lively_face_is_a_function_of_time_alone_and_in_range() -> None:
    lively = replace(AnimatorSettings(), blink_probability=0.2)
    moods = (Mood(0.0, "neutral"), Mood(3.0, "joy"), Mood(3.2, "anger"), Mood(40.0, "joy"))
    times = np.linspace(-2.0, 60.0, 301)
    one, other = animator(lively, moods, Talk(5.0, 9.0)), animator(lively, moods, Talk(5.0, 9.0))
    ahead = [at(one, t) for t in times]
    assert [at(other, t) for t in times[::-1]][::-1] == ahead
    assert at(one, 12.3) == at(one, 12.3)
    for pose in ahead:
        assert all(abs(value) <= 1.0 + 1e-9 for value in pose.values())


def test_it_moves_without_jumps_but_for_lids_and_mouth() -> None:
    moods = (Mood(0.0, "neutral"), Mood(3.0, "joy"), Mood(3.2, "anger"))
    moving = animator(AnimatorSettings(), moods, Talk(5.0, 9.0))
    poses = [at(moving, t) for t in np.arange(0.0, 20.0, 0.01)]
    for morph in set(THA_RIG.morphs) - {*OPENINGS, "eye_wink_left", "eye_wink_right"}:
        assert np.abs(np.diff([pose[morph] for pose in poses])).max() < 0.08, morph


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if key.kind == "number"])
def test_no_number_that_is_taken_ends_it(name: str) -> None:
    key = KEYS[name]
    for number in (math.ulp(0.0) if key.above else key.least, min(key.most, LARGEST)):
        assert strict({name: number}, "") == {name: number}
        talking = Talk(0.0)
        layer = animator(AnimatorSettings(**{name: number}), (Mood(0.0, "joy"), Mood(2.0, "anger")), talking)
        poses = [at(layer, t) for t in (0.0, 2.5, 777.7)]
        assert all(math.isfinite(strength) for pose in poses for strength in pose.values())


def test_only_what_is_to_sway_sways() -> None:
    settings = replace(AnimatorSettings(), sway_morphs=("neck_z",))
    swaying = animator(settings)
    poses = [at(swaying, t) for t in np.arange(0.0, 30.0, 0.5)]
    assert np.std([pose["neck_z"] for pose in poses]) > 0.05
    assert {pose["head_x"] for pose in poses} == {0.0}
    assert at(animator(replace(settings, sway_morphs=())), 3.0)["neck_z"] == 0.0
