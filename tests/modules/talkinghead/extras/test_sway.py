from __future__ import annotations

import numpy as np
import pytest

from modules.talkinghead.extras.moods import Mood
from modules.talkinghead.extras.settings import AnimatorSettings
from modules.talkinghead.extras.sway import Sway, Turns

CALM = AnimatorSettings(sway_micro_strength=0.0)
REST = np.zeros(5)
TIMES = np.linspace(0.0, 120.0, 3001)


def sway(settings: AnimatorSettings = CALM, pose: np.ndarray = REST, seed: int = 1) -> Sway:
    return Sway(settings, [Mood(0.0, "neutral")], [pose], seed)


@pytest.mark.parametrize(("shortest", "longest"), [(5.0, 10.0), (3.0, 3.0), (10.0, 5.0), (0.0, 0.0), (0.1, 1e6)])
def test_turns_come_no_sooner_and_no_later_than_the_settings_say(shortest: float, longest: float) -> None:
    turns = Turns(7, 100, shortest, longest)
    gaps = np.diff([turns.step(n) for n in range(-50, 50)])
    low, high = sorted((min(600.0, shortest), min(600.0, longest)))
    assert gaps.min() >= max(1, round(25 * low) - 1) and gaps.max() <= max(1, round(25 * high) + 1)
    assert turns.step(0) == 100
    for step in (-1000, 99, 100, 101, 5000):
        n = turns.last(step)
        assert turns.step(n) <= step < turns.step(n + 1)


def test_a_body_sways_within_the_macro_strength_and_uses_most_of_it() -> None:
    swayed = np.array(list(map(sway(), TIMES)))
    assert np.abs(swayed).max() <= 0.6
    assert np.abs(swayed).max() > 0.4
    assert swayed.std(axis=0).min() > 0.1


@pytest.mark.parametrize("pose", [0.9, -0.9, 0.3])
def test_it_sways_from_a_leaning_pose_towards_the_middle(pose: float) -> None:
    goals = pose + np.array(list(map(sway(pose=np.full(5, pose)).goal, TIMES)))
    assert goals.min() >= min(pose, -0.6) - 1e-9
    assert goals.max() <= max(pose, 0.6) + 1e-9


def test_a_strong_tremble_stays_inside_the_range() -> None:
    goals = np.array(list(map(sway(AnimatorSettings(sway_micro_strength=0.8)).goal, TIMES)))
    assert np.abs(goals).max() == 1.0


def test_the_tremble_is_a_walk_in_small_steps_between_two_turns() -> None:
    settings = AnimatorSettings(sway_macro_strength=0.0, sway_interval_min=60.0, sway_interval_max=60.0)
    goals = np.array(list(map(sway(settings).goal, np.arange(1, 1400) / 25 + 0.001)))
    assert 0.015 < np.abs(np.diff(goals, axis=0)).max() <= 0.02
    assert np.abs(goals).max() > 0.1  # it adds up


def test_no_strength_is_no_sway() -> None:
    still = AnimatorSettings(sway_macro_strength=0.0, sway_micro_strength=0.0)
    assert not np.array(list(map(sway(still), TIMES[::50]))).any()


def test_the_same_time_gives_the_same_place_in_any_order() -> None:
    forwards = sway(AnimatorSettings())
    ahead = [forwards(t).tolist() for t in TIMES[::20]]
    backwards = sway(AnimatorSettings())
    assert [backwards(t).tolist() for t in TIMES[::-20]][::-1] == ahead


def test_it_moves_without_jumps_over_turns_and_moods() -> None:
    moods = [Mood(0.0, "neutral"), Mood(31.013, "joy"), Mood(31.5, "anger")]
    moving = Sway(CALM, moods, [REST, REST + 0.5, REST - 0.5], 3)
    places = np.array([moving(t) for t in np.arange(0.0, 60.0, 0.01)])
    # At most a tenth of the way, 1.2 at the furthest, in a step of 1/25 s.
    assert np.abs(np.diff(places, axis=0)).max() < 0.06


def test_a_change_of_mood_is_a_new_turn_and_seeds_differ() -> None:
    plain = sway()
    changed = Sway(CALM, [Mood(0.0, "neutral"), Mood(20.0, "joy")], [REST, REST], 1)
    assert plain.goal(19.9).tolist() == changed.goal(19.9).tolist()
    assert plain.goal(20.1).tolist() != changed.goal(20.1).tolist()
    assert sway(seed=1).goal(3.0).tolist() != sway(seed=-1 - 1).goal(3.0).tolist()


@pytest.mark.parametrize("step", [1.0, 0.5, 0.001])
def test_every_step_of_the_interpolator_works(step: float) -> None:
    swayed = np.array(list(map(sway(AnimatorSettings(pose_interpolator_step=step)), TIMES[::100])))
    assert np.isfinite(swayed).all() and np.abs(swayed).max() <= 1.0
