from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuchipaku import LABELS, Character, Cue, Pose, Timeline
from modules.emotion.layer import EASE, FADE, HOLD, LEAD, LINGER, emotion_layer
from modules.emotion.templates import pose_of

NOBODY = Character("nobody", Path())
FASTEST = 2.0 * (1.5 / FADE + 1.5 / EASE)
"""Strength a second: the widest way (-1 to 1), the steepest point of the ease, two changes at once."""


def felt(*cues: Cue, rest: str = "") -> Timeline:
    tracks = {"emotion": cues} | ({"rest": (Cue(0.0, 0.0, rest),)} if rest else {})
    return Timeline(max((cue.end for cue in cues), default=0.0), tracks)


def face(label: str, strength: float = 1.0) -> dict[str, object]:
    return {name: pytest.approx(value) for name, value in pose_of(label, strength, NOBODY).items()}


def seen(pose: Pose) -> Pose:
    return {name: value for name, value in pose.items() if value}


def test_without_cues_the_face_is_the_resting_one() -> None:
    assert emotion_layer(felt(), NOBODY)(3.0) == face("neutral")
    assert emotion_layer(felt(rest="caring"), NOBODY)(3.0) == face("caring")


def test_a_face_turns_a_little_before_its_words_and_is_there_soon_after() -> None:
    layer = emotion_layer(felt(Cue(1.0, 4.0, "anger")), NOBODY)
    assert seen(layer(1.0 - LEAD)) == face("neutral")
    assert 0.0 < layer(1.0)["eyebrow_angry_left"] < 1.0
    assert layer(1.0 - LEAD + FADE) == face("anger")


def test_strength_is_the_weight_of_the_cue() -> None:
    assert emotion_layer(felt(Cue(0.0, 2.0, "joy", 0.5)), NOBODY)(1.0) == face("joy", 0.5)


def test_an_emotion_lingers_and_then_eases_to_rest() -> None:
    layer = emotion_layer(felt(Cue(0.0, 2.0, "joy"), rest="love"), NOBODY)
    assert seen(layer(2.0 + LINGER)) == face("joy")
    assert seen(layer(2.0 + LINGER + EASE)) == face("love")


def test_a_long_pause_between_two_cues_shows_the_resting_face() -> None:
    layer = emotion_layer(felt(Cue(0.0, 1.0, "joy"), Cue(20.0, 21.0, "fear")), NOBODY)
    assert seen(layer(10.0)) == face("neutral")
    assert layer(20.5) == face("fear")


def test_a_change_that_comes_too_soon_waits_until_the_emotion_was_held() -> None:
    layer = emotion_layer(felt(Cue(1.0, 1.2, "joy"), Cue(1.2, 4.0, "anger")), NOBODY)
    assert seen(layer(1.0 - LEAD + HOLD)) == face("joy")
    assert layer(1.0 - LEAD + HOLD + FADE) == face("anger")


def test_of_several_changes_that_wait_only_the_last_is_shown() -> None:
    cues = Cue(1.0, 1.2, "joy"), Cue(1.2, 1.4, "anger"), Cue(1.4, 4.0, "fear")
    layer = emotion_layer(felt(*cues), NOBODY)
    faces = [layer(1.0 + step / 100) for step in range(300)]
    assert max(pose.get("eyebrow_angry_left", 0.0) for pose in faces) == 0.0
    assert faces[-1] == face("fear")


def test_two_lines_of_one_emotion_are_one_face_without_a_blink_between() -> None:
    layer = emotion_layer(felt(Cue(0.0, 2.0, "pride"), Cue(2.0, 4.0, "pride")), NOBODY)
    assert all(layer(0.5 + step / 20) == face("pride") for step in range(100))


def test_old_cues_may_be_forgotten_without_a_change_of_face() -> None:
    cues = Cue(0.0, 2.0, "joy"), Cue(2.0, 4.0, "anger"), Cue(4.0, 6.0, "fear")
    whole, pruned = (emotion_layer(felt(*kept), NOBODY) for kept in (cues, cues[1:]))
    assert [seen(whole(t)) for t in (3.0, 3.95, 4.1, 9.0)] == [seen(pruned(t)) for t in (3.0, 3.95, 4.1, 9.0)]


@st.composite
def scores(draw: st.DrawFn) -> Timeline:
    starts = sorted(draw(st.lists(st.floats(0.0, 12.0), max_size=12)))
    cues = [
        Cue(start, start + draw(st.floats(0.0, 4.0)), draw(st.sampled_from(LABELS)), draw(st.floats(0.0, 1.0)))
        for start in starts
    ]
    return felt(*cues, rest=draw(st.sampled_from(LABELS)))


@settings(max_examples=60, deadline=None)
@given(scores())
def test_the_face_never_jumps(timeline: Timeline) -> None:
    layer, step = emotion_layer(timeline, NOBODY), 0.01
    faces = [layer(-1.0 + step * n) for n in range(2200)]
    for before, after in pairwise(faces):
        for name in {*before, *after}:
            assert abs(before.get(name, 0.0) - after.get(name, 0.0)) <= FASTEST * step + 1e-9


@settings(max_examples=30, deadline=None)
@given(scores(), st.lists(st.floats(-1.0, 30.0), max_size=6))
def test_a_face_depends_on_nothing_but_the_time(timeline: Timeline, times: list[float]) -> None:
    layer = emotion_layer(timeline, NOBODY)
    assert [layer(t) for t in times] == [layer(t) for t in reversed(times)][::-1]
