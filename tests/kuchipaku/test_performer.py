from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from kuchipaku.avatar import Avatar, Pixels
from kuchipaku.errors import EngineUnavailable
from kuchipaku.performer import EASE, PATIENCE, SHUT, WATCHED_LEAD, NamedLayer, Performer
from kuchipaku.pose import THA_RIG, Pose
from kuchipaku.speech import Speech
from kuchipaku.timeline import Cue, Timeline, cue_at

SPEECH = Speech(np.zeros(16_000, np.float32), 16_000)
LINE = Timeline(1.0, {"mouth": (Cue(0.0, 1.0, "aa"),)})


class Recorder:
    """An avatar that remembers the poses it was asked to paint."""

    rig = THA_RIG
    size = (1, 1)

    def __init__(self) -> None:
        self.poses: list[Pose] = []

    def paint(self, pose: Pose) -> Pixels:
        self.poses.append(pose)
        return np.full((1, 1, 4), len(self.poses) % 256, np.uint8)

    def close(self) -> None:
        self.poses.clear()


def mouth_layer(timeline: Timeline) -> list[NamedLayer]:
    cues = timeline.track("mouth")
    return [("mouth", lambda t: {"=mouth_aaa": 1.0 if cue_at(cues, t) else 0.0, "head_x": 0.1})]


class Clock:
    def __init__(self) -> None:
        self.t = 100.0

    def __call__(self) -> float:
        return self.t


class Rehearsal:
    """A performer with a hand-driven clock, painted frame by frame."""

    def __init__(self, layers: Callable[[Timeline], list[NamedLayer]] = mouth_layer) -> None:
        self.clock, self.avatar = Clock(), Recorder()
        self.performer = Performer("test", lambda: self.avatar, layers, fps=25, clock=self.clock)

    def frame(self, t: float) -> dict[str, float]:
        """Paint at stage time `t`; the pose that was painted."""
        self.clock.t = 100.0 + t
        self.performer._paint()
        return dict(self.avatar.poses[-1])

    @property
    def newest(self) -> tuple[float, int, str]:
        shot = self.performer.hub.newest()
        assert shot is not None
        return round(shot.frame.time, 3), shot.frame.generation, shot.frame.performance


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    made = Rehearsal()
    yield made
    made.performer.end()


def test_a_watched_performance_begins_by_itself(rehearsal: Rehearsal) -> None:
    rehearsal.performer.begin("p", 1)
    assert rehearsal.performer.add("p", LINE, SPEECH, player=False) == 0.0
    assert rehearsal.frame(WATCHED_LEAD / 2)["mouth_aaa"] == 0.0
    assert rehearsal.frame(WATCHED_LEAD + 0.5)["mouth_aaa"] == 1.0
    assert rehearsal.newest == (0.5, 1, "p")


def test_a_player_is_waited_for_and_then_followed(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=True)
    rehearsal.frame(0.5)
    assert rehearsal.newest[0] == pytest.approx(0.5 - PATIENCE)
    assert performer.anchor("p", media_time=0.0, ahead=0.12)
    assert rehearsal.frame(0.61)["mouth_aaa"] == 0.0
    rehearsal.frame(0.72)
    assert rehearsal.newest[0] == pytest.approx(0.1)


def test_a_report_for_another_performance_or_before_the_first_piece_is_not_taken(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    assert not performer.anchor("p", 0.0, 0.0)
    performer.begin("p", 1)
    assert not performer.anchor("p", 0.0, 0.0)
    performer.add("p", LINE, SPEECH, player=True)
    assert not performer.anchor("q", 0.0, 0.0)
    assert performer.anchor("p", 0.0, 0.0)


def test_a_player_that_begins_very_late_is_followed_all_the_same(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=True)
    rehearsal.frame(30.0)
    assert performer.anchor("p", 0.0, 0.0)
    rehearsal.frame(30.0 + EASE)
    assert rehearsal.newest == (EASE, 1, "p")
    assert rehearsal.avatar.poses[-1]["mouth_aaa"] == 1.0


def test_an_older_stop_that_comes_late_silences_nothing_newer(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    performer.begin("p", 3)
    performer.add("p", LINE, SPEECH, player=False)
    performer.hush(2)
    assert (performer.score.performance, performer.score.generation) == ("p", 3)


def test_what_is_added_after_a_stop_is_refused(rehearsal: Rehearsal) -> None:
    rehearsal.performer.begin("p", 1)
    rehearsal.performer.hush(2)
    assert rehearsal.performer.add("p", LINE, SPEECH, player=False) is None


def test_a_stop_shuts_the_mouth_within_two_frames(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=False)
    assert rehearsal.frame(0.6)["mouth_aaa"] == 1.0
    performer.hush(2)
    assert rehearsal.newest[1] == 1
    assert rehearsal.frame(0.6 + 1 / 25)["mouth_aaa"] < 0.5
    assert rehearsal.newest[1:] == (2, "")
    assert rehearsal.frame(0.6 + 2 / 25)["mouth_aaa"] == 0.0
    assert SHUT < 2 / 25


def test_the_face_eases_over_to_the_next_performance() -> None:
    rehearsal = Rehearsal(lambda timeline: [("turn", lambda t: {"head_y": 1.0 if timeline.track("mouth") else 0.0})])
    performer = rehearsal.performer
    rehearsal.frame(0.0)
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=False)
    rehearsal.frame(EASE + 0.1)
    performer.hush(2)
    turns = [rehearsal.frame(EASE + 0.1 + n / 50)["head_y"] for n in range(20)]
    performer.end()
    assert turns[0] == 1.0
    assert turns[-1] == 0.0
    assert max(np.abs(np.diff(turns))) < 0.12


def test_frames_belong_to_the_performance_until_all_is_said(rehearsal: Rehearsal) -> None:
    performer = rehearsal.performer
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=False)
    rehearsal.frame(5.0)
    assert rehearsal.newest[2] == "p"
    performer.complete("p")
    rehearsal.frame(5.1)
    assert rehearsal.newest == (5.1, 1, "")


def test_a_frame_painted_for_a_stopped_performance_is_thrown_away(rehearsal: Rehearsal) -> None:
    performer, avatar = rehearsal.performer, rehearsal.avatar
    rehearsal.frame(0.0)
    paint = avatar.paint

    def stopped_meanwhile(pose: Pose) -> Pixels:
        performer.hush(7)
        return paint(pose)

    avatar.paint = stopped_meanwhile  # type: ignore[method-assign]
    number = performer.hub.newest().number  # type: ignore[union-attr]
    rehearsal.frame(0.1)
    assert performer.hub.newest().number == number  # type: ignore[union-attr]


def test_a_layer_that_raises_is_logged_once_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    def bad(t: float) -> Pose:
        raise ValueError("no pose today")

    rehearsal = Rehearsal(lambda timeline: [("bad", bad), *mouth_layer(timeline)])
    for n in range(3):
        assert rehearsal.frame(n / 25)["head_x"] == 0.1
    rehearsal.performer.end()
    assert caplog.text.count("the layer of plugin 'bad' failed") == 1


def test_an_avatar_that_fails_leaves_its_last_picture(caplog: pytest.LogCaptureFixture) -> None:
    rehearsal = Rehearsal()
    rehearsal.frame(0.0)
    before = rehearsal.performer.hub.newest()
    rehearsal.avatar.paint = lambda pose: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    for _ in range(2):
        rehearsal.performer._paint()
    after = rehearsal.performer.hub.newest()
    rehearsal.performer.end()
    assert before is not None
    assert after is not None
    assert after.number == before.number + 2
    assert (after.frame.pixels == before.frame.pixels).all()
    assert caplog.text.count("the avatar of 'test' failed") == 1


def test_an_avatar_that_cannot_be_built_is_told_to_who_asks() -> None:
    def missing() -> Avatar:
        raise EngineUnavailable("no weights")

    performer = Performer("test", missing, mouth_layer, fps=25)
    with pytest.raises(EngineUnavailable, match="no weights"):
        performer.prepare()
    performer.end()


def test_the_resting_emotion_reaches_the_layers() -> None:
    seen: list[str] = []

    def layers(timeline: Timeline) -> list[NamedLayer]:
        seen.extend(cue.name for cue in timeline.track("rest"))
        return []

    performer = Performer("test", Recorder, layers, fps=25, rest="joy")
    performer.begin("p", 1)
    performer.hush(2)
    performer.end()
    assert seen == ["joy", "joy"]


def test_a_layer_that_cannot_be_hashed_is_a_layer_like_any() -> None:
    @dataclass
    class Turn:
        strength: float

        def __call__(self, t: float) -> Pose:
            return {"head_y": self.strength}

    rehearsal = Rehearsal(lambda timeline: [("turn", Turn(0.5))])
    assert rehearsal.frame(0.0)["head_y"] == 0.5
    rehearsal.performer.end()


def test_a_slow_avatar_keeps_nobody_waiting() -> None:
    begun, ready = threading.Event(), threading.Event()

    def slow() -> Avatar:
        begun.set()
        ready.wait(10.0)
        return Recorder()

    performer = Performer("test", slow, mouth_layer, fps=25)
    builder = threading.Thread(target=performer.prepare)
    builder.start()
    begun.wait(5.0)
    performer.begin("p", 1)
    performer.hush(2)
    assert performer.score.generation == 2
    ready.set()
    builder.join()
    performer.end()


def test_ending_lets_the_avatar_go() -> None:
    rehearsal = Rehearsal()
    rehearsal.frame(0.0)
    rehearsal.performer.end()
    assert rehearsal.avatar.poses == []


class Listener:
    """An avatar that is driven by sound."""

    size = (1, 1)

    def __init__(self) -> None:
        self.heard: list[float] = []
        self.asked: list[float | None] = []
        self.hushed = 0

    def hear(self, speech: Speech, start: float) -> None:
        self.heard.append(round(start, 3))

    def frame_at(self, t: float, media_time: float | None) -> Pixels:
        self.asked.append(None if media_time is None else round(media_time, 3))
        return np.zeros((1, 1, 4), np.uint8)

    def close(self) -> None:
        self.heard.clear()

    def hush(self) -> None:
        self.hushed += 1


def test_an_audio_avatar_hears_each_piece_in_media_time_and_the_stop() -> None:
    clock, avatar = Clock(), Listener()
    performer = Performer("test", lambda: avatar, mouth_layer, fps=25, clock=clock)
    performer.begin("p", 1)
    performer.add("p", LINE, SPEECH, player=True)
    performer.prepare()
    performer.add("p", LINE, SPEECH, player=True)
    performer.anchor("p", media_time=0.0, ahead=-0.5)
    performer._paint()
    performer.hush(2)
    performer._paint()
    assert avatar.heard == [0.0, 1.0]
    assert avatar.asked == [0.5, None]
    assert avatar.hushed == 1
    performer.end()


def test_it_paints_while_somebody_watches_and_rests_otherwise() -> None:
    avatar = Recorder()
    performer = Performer("test", lambda: avatar, mouth_layer, fps=100)
    time.sleep(0.05)
    assert avatar.poses == []
    with performer.hub.watching():
        assert performer.hub.after(3, timeout=5.0) is not None
    time.sleep(0.05)
    painted = len(avatar.poses)
    time.sleep(0.1)
    rested = len(avatar.poses)
    performer.end()
    assert rested == painted
