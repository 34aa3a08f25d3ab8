from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from modules.talkinghead.extras.blinks import Blinks
from modules.talkinghead.extras.settings import AnimatorSettings
from modules.talkinghead.extras.talk import Talk, opening

PLAIN = AnimatorSettings()
QUARTER = np.arange(0.0, 900.0, 0.04) + 0.001


def times(blinks: Blinks) -> np.ndarray:
    seen = np.array([blinks.last(t) for t in QUARTER])
    return np.unique(seen[np.isfinite(seen)])


def test_blinks_keep_their_distance_and_their_rate() -> None:
    """Barred for 2 to 5 s, then 3 in 100 each 1/25 s: a blink every 3.5 + 1.3 s."""
    gaps = np.diff(times(Blinks(PLAIN, seed=1)))
    assert gaps.min() >= 2.0 - 1e-9
    assert gaps.mean() == pytest.approx(3.5 + 1 / (0.03 * 25), rel=0.1)


def test_without_a_bar_they_come_by_chance_alone() -> None:
    settings = replace(PLAIN, blink_interval_min=0.0, blink_interval_max=0.0)
    assert len(times(Blinks(settings, seed=2))) == pytest.approx(0.03 * 25 * 900, rel=0.1)


@pytest.mark.parametrize(("probability", "interval"), [(0.0, 2.0), (0.03, 1000.0)])
def test_a_chance_of_none_or_an_endless_bar_is_no_blink(probability: float, interval: float) -> None:
    settings = replace(
        PLAIN, blink_probability=probability, blink_interval_min=interval, blink_interval_max=interval + 10.0
    )
    assert Blinks(settings, seed=1).last(900.0) == -math.inf


def test_certain_blinks_come_at_once_when_the_bar_falls() -> None:
    settings = replace(PLAIN, blink_probability=1.0, blink_interval_min=3.0, blink_interval_max=3.0)
    assert np.diff(times(Blinks(settings, seed=1)))[1:30] == pytest.approx(3.0)


def test_confusion_lifts_the_bar() -> None:
    hurried = times(Blinks(PLAIN, seed=5, hurried=[(100.0, 110.0), (200.0, 400.0)]))
    within = hurried[(hurried >= 200.0) & (hurried < 400.0)]
    assert len(within) == pytest.approx(0.75 * 200, rel=0.25)
    assert np.diff(within).min() < 0.2
    assert np.diff(hurried[hurried >= 401.0]).min() >= 2.0 - 1e-9


def test_the_last_blink_is_the_same_asked_in_any_order() -> None:
    ahead = [Blinks(PLAIN, 3).last(t) for t in (900.0, 500.0, 119.99, 120.01, 3.0)]
    one = Blinks(PLAIN, 3)
    assert [one.last(t) for t in (3.0, 120.01, 119.99, 500.0, 900.0)] == ahead[::-1]


def test_a_talking_mouth_is_mostly_shut_or_wide_and_changes_at_its_rate() -> None:
    talk = Talk(10.0)
    values = [opening(talk, 10.0 + (n + 0.5) / 12, 12.0, seed=1) for n in range(6000)]
    assert min(values) == 0.0 and max(values) == 1.0
    # Of |1 - x| + U(-2, 2): shut for a pull under -|1 - x|, wide for one over x.
    shut, wide = values.count(0.0) / 6000, values.count(1.0) / 6000
    assert 0.3 < shut < 0.45 and 0.3 < wide < 0.45 and shut + wide < 0.8
    assert opening(talk, 10.0 + 0.1 / 12, 12.0, 1) == opening(talk, 10.0 + 0.9 / 12, 12.0, 1)


def test_each_value_comes_of_the_one_before() -> None:
    talk, seed = Talk(2.0), 9
    values = [opening(talk, 2.0 + (n + 0.5) / 12, 12.0, seed) for n in range(400)]
    for before, value in pairwise(values):
        low, high = max(0.0, abs(1.0 - before) - 2.0), min(1.0, abs(1.0 - before) + 2.0)
        assert low <= value <= high


def test_talking_lasts_from_its_start_until_it_is_stopped() -> None:
    talk = Talk(2.0, 5.0)
    assert [talk.on(t) for t in (1.9, 2.0, 4.9, 5.0)] == [False, True, True, False]
    assert Talk(2.0).on(1e9)
