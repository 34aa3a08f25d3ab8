from __future__ import annotations

import threading

import pytest

from kuchipaku.loop import Worker, run_at


class Clock:
    """Time that passes only when somebody sleeps or works."""

    def __init__(self) -> None:
        self.t = 0.0

    def __call__(self) -> float:
        return self.t

    def sleep(self, seconds: float) -> None:
        self.t += seconds


def test_it_draws_at_a_steady_rate() -> None:
    clock, drawn = Clock(), list[float]()
    run_at(10, drawn.append, lambda: len(drawn) < 4, clock, clock.sleep)
    assert drawn == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_late_frames_are_skipped_and_the_rate_is_found_again() -> None:
    clock, drawn = Clock(), list[float]()

    def draw(t: float) -> None:
        drawn.append(t)
        clock.t += 0.25 if len(drawn) == 2 else 0.0

    run_at(10, draw, lambda: len(drawn) < 5, clock, clock.sleep)
    assert drawn == pytest.approx([0.0, 0.1, 0.35, 0.4, 0.5])


def test_a_worker_runs_when_woken_and_ends() -> None:
    ran = threading.Event()
    worker = Worker("test", ran.set)
    assert not ran.wait(0.02)
    worker.wake()
    assert ran.wait(2.0)
    worker.end()
    assert worker.ended
