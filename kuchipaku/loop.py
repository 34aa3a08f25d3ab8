"""The clock loop: something done at a steady rate, on one thread, while it is wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def run_at(
    fps: float,
    draw: Callable[[float], None],
    wanted: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call draw(t), t in seconds on `clock`, `fps` times a second while `wanted()`; late frames are skipped."""
    start, frame = clock(), 0
    while wanted():
        due = start + frame / fps
        if (early := due - clock()) > 0:
            sleep(early)
        draw(max(due, clock()))
        frame = max(frame + 1, int((clock() - start) * fps))


class Worker:
    """A daemon thread that runs `job` again and again whenever it is woken, and sleeps otherwise."""

    def __init__(self, name: str, job: Callable[[], None]) -> None:
        self._job = job
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Have the job run, now or as soon as its present run ends."""
        self._wake.set()

    def end(self) -> None:
        """Let the thread finish; waits for it up to two seconds."""
        self._ended.set()
        self._wake.set()
        if self._thread is not threading.current_thread():
            self._thread.join(2.0)

    @property
    def ended(self) -> bool:
        """Whether `end` has been called; a long job looks at it."""
        return self._ended.is_set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self._ended.is_set():
                self._job()
