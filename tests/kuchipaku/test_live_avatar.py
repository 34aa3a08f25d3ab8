from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kuchipaku.avatar import Avatar, Pixels
from kuchipaku.errors import EngineUnavailable
from kuchipaku.live_avatar import STRIKES, AnyAvatar, LiveAvatar
from kuchipaku.pose import THA_RIG, Pose


class Fragile:
    """An avatar that paints, or raises what it is told to."""

    rig, size = THA_RIG, (1, 1)
    note, progress = "glass", 0.25

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.closed = False

    def paint(self, pose: Pose) -> Pixels:
        if self.error:
            raise self.error
        return np.zeros((1, 1, 4), np.uint8)

    def close(self) -> None:
        self.closed = True


class Shelf:
    """Builds avatars and keeps them; the clock is driven by hand."""

    def __init__(self) -> None:
        self.built: list[Fragile] = []
        self.refusal: Exception | None = None
        self.t = 0.0
        self.live = LiveAvatar("test", self.build, lambda: self.t)

    def build(self) -> Avatar:
        if self.refusal:
            raise self.refusal
        self.built.append(Fragile())
        return self.built[-1]

    def picture(self) -> Pixels | None:
        def paint(avatar: AnyAvatar) -> Pixels:
            assert isinstance(avatar, Fragile)
            return avatar.paint({})

        return self.live.picture(lambda: None, paint)

    def strike(self, times: int = STRIKES) -> None:
        for _ in range(times):
            self.built[-1].error = MemoryError("no room")
            assert self.picture() is None


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_it_is_built_once_and_says_how_it_is_rendered(shelf: Shelf) -> None:
    told: list[Callable[[], None]] = []
    assert (shelf.live.note, shelf.live.progress) == ("", None)
    assert shelf.live.prepare(lambda: told.append(lambda: None)) is shelf.live.prepare(lambda: told.clear())
    assert len(shelf.built) == len(told) == 1
    assert (shelf.live.note, shelf.live.progress) == ("glass", 0.25)


def test_one_failure_is_told_until_the_next_picture(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    assert shelf.picture() is not None
    shelf.strike(1)
    assert shelf.live.trouble == "MemoryError: no room"
    assert "its last picture stays" in caplog.text
    shelf.built[-1].error = None
    assert shelf.picture() is not None
    assert shelf.live.trouble == ""
    assert len(shelf.built) == 1


def test_an_avatar_that_keeps_failing_is_let_go_of_and_built_anew(shelf: Shelf) -> None:
    assert shelf.picture() is not None
    shelf.strike()
    assert shelf.built[0].closed and shelf.live.now is None
    assert shelf.picture() is None, "not before the wait is over"
    shelf.t = 1.0
    assert shelf.picture() is not None
    assert len(shelf.built) == 2 and shelf.live.trouble == ""


def test_the_waits_grow_and_end_with_success(shelf: Shelf) -> None:
    shelf.live.prepare()
    shelf.strike()
    shelf.t = 1.0
    shelf.live.prepare()
    shelf.strike()
    shelf.t = 2.5
    assert shelf.picture() is None
    shelf.t = 3.0
    assert shelf.picture() is not None


def test_a_factory_that_refuses_is_told_with_its_hint_and_asked_again(shelf: Shelf) -> None:
    shelf.refusal = EngineUnavailable("no weights", hint="fetch them")
    assert shelf.picture() is None
    assert shelf.live.trouble == "no weights: fetch them"
    shelf.refusal = None
    assert shelf.picture() is not None


def test_paused_it_neither_builds_nor_paints(shelf: Shelf) -> None:
    shelf.live.paused = True
    assert shelf.picture() is None and not shelf.built and not shelf.live.trouble
    shelf.live.paused = False
    assert shelf.picture() is not None


def test_a_pause_while_it_is_being_built_leaves_nothing_built(shelf: Shelf) -> None:
    refused: list[AnyAvatar | None] = []

    def paused_at_the_last_moment() -> float:
        shelf.live.paused = True  # another thread's doing, once the painter has looked
        return 0.0

    shelf.live._clock = paused_at_the_last_moment
    assert shelf.picture() is None
    refused.append(shelf.live.prepare())
    assert refused == [None] and not shelf.built and not shelf.live.trouble


def test_dropped_by_hand_it_is_built_anew_without_a_wait(shelf: Shelf) -> None:
    shelf.refusal = EngineUnavailable("the file is wrong", hint="mend it")
    for _ in range(STRIKES):
        assert shelf.picture() is None
    shelf.refusal = None
    assert shelf.picture() is None, "not before the wait is over"
    shelf.live.drop()
    assert shelf.picture() is not None and not shelf.live.trouble


def test_a_hundred_rounds_leave_nothing_open(shelf: Shelf) -> None:
    for _ in range(100):
        shelf.picture()
        shelf.live.drop()
    assert len(shelf.built) == 100 and all(avatar.closed for avatar in shelf.built)


def test_one_that_cannot_be_closed_is_built_anew_all_the_same(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stuck(avatar: Fragile) -> None:
        raise RuntimeError("stuck")

    shelf.live.prepare()
    monkeypatch.setattr(Fragile, "close", stuck)
    shelf.strike()
    assert "could not be closed" in caplog.text
    shelf.t = 1.0
    assert shelf.picture() is not None
