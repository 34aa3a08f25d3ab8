from __future__ import annotations

import pytest

from kuchipaku import Cue, Timeline
from modules.talkinghead.extras.lips import Lips
from modules.talkinghead.extras.moods import Mood, carried, mood_at, moods_of


def score(*cues: Cue, rest: str = "neutral") -> Timeline:
    return Timeline(60.0, {"emotion": cues, "rest": (Cue(0.0, float("inf"), rest),)})


def test_the_moods_of_a_score_come_before_their_words_and_linger() -> None:
    moods = moods_of(score(Cue(10.0, 12.0, "joy", 0.5), rest="caring"))
    assert moods == [Mood(0.0, "caring"), Mood(9.9, "joy", 0.5), Mood(14.5, "caring")]


def test_lines_that_follow_each_other_have_no_rest_between() -> None:
    moods = moods_of(score(Cue(1.0, 2.0, "joy"), Cue(2.0, 3.0, "joy"), Cue(3.0, 4.0, "anger"), Cue(9.0, 9.5, "joy")))
    assert [mood.emotion for mood in moods] == ["neutral", "joy", "anger", "neutral", "joy", "neutral"]


def test_a_score_without_words_is_its_rest() -> None:
    assert moods_of(Timeline(0.0)) == [Mood(0.0, "neutral")]


@pytest.mark.parametrize(("t", "number"), [(-5.0, 0), (0.0, 0), (9.9, 1), (50.0, 2)])
def test_the_mood_at_a_time(t: float, number: int) -> None:
    assert mood_at([Mood(0.0, "a"), Mood(9.9, "b"), Mood(14.5, "c")], t) == number


def test_what_was_felt_stays_felt_when_the_score_changes() -> None:
    past = [Mood(0.0, "neutral"), Mood(5.0, "joy"), Mood(20.0, "neutral")]
    assert carried(past, [Mood(0.0, "anger")], 8.0) == [Mood(0.0, "neutral"), Mood(5.0, "joy"), Mood(8.0, "anger")]


def test_the_same_score_again_changes_nothing() -> None:
    moods = moods_of(score(Cue(10.0, 12.0, "joy")))
    assert carried(moods, moods, 11.0) == moods


def test_the_first_score_is_taken_as_it_is_and_the_past_is_forgotten_at_last() -> None:
    assert carried([], [Mood(0.0, "joy")], 100.0) == [Mood(0.0, "joy")]
    moods = [Mood(0.0, "neutral")]
    for n in range(200):
        moods = carried(moods, [Mood(0.0, "joy" if n % 2 else "anger")], float(n))
    assert len(moods) <= 33 and moods[-1] == Mood(199.0, "joy")


def test_lips_belong_to_the_score_around_its_sounds() -> None:
    lips = Lips((Cue(1.0, 1.2, "aa"), Cue(1.2, 1.6, "sil"), Cue(1.6, 2.0, "oh"), Cue(5.0, 5.5, "aa")))
    assert [lips(t) for t in (0.95, 1.1, 1.4, 2.05, 5.2)] == [1.0] * 5
    assert [lips(t) for t in (0.0, 0.6, 2.4, 4.5, 9.0)] == [0.0] * 5
    assert 0.0 < lips(0.8) < lips(0.85) < 1.0
    assert 0.0 < lips(2.25) < lips(2.2) < 1.0


def test_silence_is_nobodys() -> None:
    assert Lips(())(1.0) == 0.0
    assert Lips((Cue(0.0, 9.0, "sil"),))(3.0) == 0.0
