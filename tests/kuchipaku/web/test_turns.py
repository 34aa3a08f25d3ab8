"""Long work: some at once, some who wait, and no more."""

from __future__ import annotations

import threading

import pytest

from kuchipaku import EngineUnavailable
from kuchipaku.web import turns as module
from kuchipaku.web.turns import Turns


def test_who_finds_too_many_waiting_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 0)
    turns = Turns(1)
    with turns.turn(), pytest.raises(EngineUnavailable, match="too many"), turns.turn():
        pass
    with turns.turn():
        pass


def test_a_turn_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 1)
    turns, done = Turns(1), threading.Event()

    def wait() -> None:
        with turns.turn():
            done.set()

    waiting = threading.Thread(target=wait)
    with turns.turn():
        waiting.start()
        assert not done.wait(0.05)
    waiting.join(5.0)
    assert done.is_set()


def test_a_turn_that_fails_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 0)
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass
