"""What is worn on stage: layers over all others, finishes, rates; pauses and moods."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kuchipaku.avatar import Pixels
from kuchipaku.costume import Costume
from kuchipaku.encode import Encoder
from kuchipaku.performer import EASE, STANDING, Performer
from kuchipaku.pose import THA_RIG, Pose
from kuchipaku.timeline import Timeline

ON = EASE + 0.1


class Rehearsal:
    """A performer of a one-pixel avatar, painted frame by frame on a clock driven by hand."""

    rig, size = THA_RIG, (1, 1)

    def __init__(self) -> None:
        self.t, self.poses, self.closed = 0.0, [], 0
        self.rests: list[str] = []
        self.performer = Performer("test", lambda: self, self.layers, fps=25, clock=lambda: self.t)
        self.poses: list[Pose]

    def layers(self, timeline: Timeline) -> list[tuple[str, object]]:
        self.rests.append(timeline.track("rest")[0].name)
        return [("mouth", lambda t: {"=mouth_aaa": 0.5, "head_x": 0.25})]

    def paint(self, pose: Pose) -> Pixels:
        self.poses.append(pose)
        return np.full((1, 1, 4), 100, np.uint8)

    def close(self) -> None:
        self.closed += 1

    def frame(self, t: float) -> Pixels:
        self.t = t
        self.performer._paint()
        newest = self.performer.hub.newest()
        assert newest is not None
        return newest.frame.pixels


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    made = Rehearsal()
    yield made
    made.performer.end()


def darker(pixels: Pixels, t: float) -> Pixels:
    pixels[..., :3] //= 2
    return pixels


def test_a_worn_layer_lies_over_the_mouth_and_is_eased_in(rehearsal: Rehearsal) -> None:
    rehearsal.frame(1.0)
    rehearsal.performer.wear("studio", Costume(animate=lambda timeline: lambda t: {"=mouth_aaa": 0.0, "head_x": 0.5}))
    rehearsal.frame(1.0 + EASE / 2)
    assert 0.25 < rehearsal.poses[-1]["head_x"] < 0.75
    rehearsal.frame(1.0 + ON)
    assert (rehearsal.poses[-1]["mouth_aaa"], rehearsal.poses[-1]["head_x"]) == (0.0, 0.75)
    rehearsal.performer.wear("studio", None)
    rehearsal.frame(1.0 + 2 * ON)
    assert (rehearsal.poses[-1]["mouth_aaa"], rehearsal.poses[-1]["head_x"]) == (0.5, 0.25)


def test_a_finish_changes_each_frame_and_may_change_its_size(rehearsal: Rehearsal) -> None:
    rehearsal.performer.wear("dark", Costume(finish=darker))
    assert rehearsal.frame(0.0).tolist() == [[[50, 50, 50, 100]]]
    rehearsal.performer.wear("wide", Costume(finish=lambda pixels, t: np.repeat(pixels, 2, axis=1)))
    assert rehearsal.frame(0.1).shape == (1, 2, 4)
    rehearsal.performer.wear("dark", None)
    assert rehearsal.frame(0.2).tolist() == [[[100] * 4, [100] * 4]]


def test_parts_that_raise_are_logged_once_and_left_out(rehearsal: Rehearsal, caplog: pytest.LogCaptureFixture) -> None:
    def broken(pixels: Pixels, t: float) -> Pixels:
        raise ValueError("torn")

    def unable(timeline: Timeline) -> None:
        raise ValueError("no idea")

    rehearsal.performer.wear("torn", Costume(animate=unable, finish=broken))
    rehearsal.performer.wear("dark", Costume(finish=darker))
    for t in (0.0, 0.1, 0.2):
        assert rehearsal.frame(t).tolist() == [[[50, 50, 50, 100]]]
    assert caplog.text.count("the finish of plugin 'torn' failed") == 1
    assert "plugin 'torn' could not animate" in caplog.text


def test_the_rate_is_that_of_the_newest_costume_with_one(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    assert performer.fps == 25
    performer.wear("slow", Costume(fps=10.0))
    performer.wear("dark", Costume(finish=darker))
    assert performer.fps == 10
    performer.wear("slow", None)
    assert performer.fps == 25


def test_what_is_worn_is_changed_while_the_rate_is_read(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer

    class Rate(Costume):
        """Changes what is worn while it is asked, as another thread may."""

        def __getattribute__(self, name: str) -> object:
            if name == "fps":
                performer.wear("late", None)
                performer.wear("later", Costume())
                return 12.0
            return super().__getattribute__(name)

    performer.wear("late", Rate())
    assert performer.fps == 12
    assert performer.fps == 25


def test_one_who_has_left_the_stage_builds_nothing_more(rehearsal: Rehearsal) -> None:
    rehearsal.performer.end()
    rehearsal.performer.begin("p", 1)
    rehearsal.performer.prepare()
    assert not rehearsal.performer.ready


def test_a_mood_is_worn_at_rest_from_then_on(rehearsal: Rehearsal) -> None:
    rehearsal.frame(0.0)
    rehearsal.performer.feel("joy")
    assert rehearsal.rests[-1] == "joy"
    rehearsal.performer.begin("p", 1)
    rehearsal.performer.hush(2)
    assert rehearsal.rests[-1] == "joy"


def test_a_pause_lets_go_of_the_avatar_and_repeats_the_last_picture(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    shown = rehearsal.frame(0.0)
    first = performer.hub.newest()
    performer.pause()
    assert (performer.paused, performer.ready, rehearsal.closed) == (True, False, 1)
    assert (rehearsal.frame(STANDING) == shown).all() and len(rehearsal.poses) == 1
    again = performer.hub.newest()
    assert first and again and again.number == first.number + 1, "viewers are still sent frames"
    performer.prepare()
    assert not performer.ready, "a new viewer wakes nobody"
    performer.resume()
    rehearsal.frame(STANDING + 0.04)
    assert performer.ready and len(rehearsal.poses) == 2
    later = performer.hub.newest()
    assert later and later.number == again.number + 1, "and the next one comes at once"


def test_a_paused_picture_is_encoded_once_and_sent_once_a_second(rehearsal: Rehearsal) -> None:
    encoded: list[Pixels] = []
    raw = Encoder("x/y", alpha=True, encode=lambda pixels: encoded.append(pixels) or b"")  # type: ignore[func-returns-value]
    rehearsal.frame(0.0)
    rehearsal.performer.pause()
    numbers = set()
    for n in range(1, 3 * 25 + 1):
        rehearsal.frame(n * STANDING / 25)
        shot = rehearsal.performer.hub.newest()
        assert shot is not None
        shot.picture("raw", raw)
        numbers.add(shot.number)
    assert numbers == {1, 2, 3, 4}
    assert len(encoded) == 1


def test_a_pause_before_the_first_picture_paints_one_for_the_viewers(rehearsal: Rehearsal) -> None:
    rehearsal.performer.pause()
    assert rehearsal.performer.hub.newest() is not None
    assert rehearsal.closed == 1


def test_a_performance_ends_a_pause(rehearsal: Rehearsal) -> None:
    rehearsal.performer.pause()
    rehearsal.performer.begin("p", 1)
    assert not rehearsal.performer.paused


def test_a_hand_on_the_sliders_is_followed_without_easing(rehearsal: Rehearsal) -> None:
    rehearsal.frame(1.0)
    rehearsal.performer.wear("studio", Costume(animate=lambda timeline: lambda t: {"=head_x": -1.0}), ease=False)
    rehearsal.frame(1.01)
    assert rehearsal.poses[-1]["head_x"] == -1.0


def test_a_changed_character_is_built_anew_at_the_next_frame(rehearsal: Rehearsal) -> None:
    rehearsal.frame(0.0)
    rehearsal.performer.recast()
    assert rehearsal.closed == 1 and not rehearsal.performer.ready
    rehearsal.frame(0.1)
    assert rehearsal.performer.ready and not rehearsal.performer.trouble
