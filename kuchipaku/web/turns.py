"""Work that takes long: a little of it at once, a few who wait, and a quick refusal for all others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kuchipaku.errors import EngineUnavailable

WAITING = 8
"""Requests that may wait for a turn; each holds a thread of the server."""


class Turns:
    """Turns at one kind of work. Any thread may ask."""

    def __init__(self, at_once: int) -> None:
        self._turns = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + WAITING)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn, which may have to be waited for. Raises EngineUnavailable where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise EngineUnavailable("too many requests wait for their turn", hint="ask again in a moment")
        try:
            with self._turns:
                yield
        finally:
            self._places.release()
