"""Text that is still being written while it is performed: pieces come in on one side and are read on the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from kuchipaku.errors import Busy, TooLarge

PATIENCE = 120.0
"""Seconds without a piece after which the rest is taken as not coming."""


class Manuscript:
    """Written by one client, read once."""

    def __init__(self, most: int) -> None:
        """most: characters that it may have in all."""
        self._room = most
        self._pieces: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False

    def write(self, piece: str, *, end: bool = False) -> None:
        """Add a piece, the last one with `end`. Raises Busy after the end, TooLarge beyond the limit."""
        with self._lock:
            if self._closed:
                raise Busy("that text has ended", hint="begin another with POST /api/perform")
            if len(piece) > self._room:
                raise TooLarge("the text has grown too long", hint=f"{self._room} characters are left")
            self._room -= len(piece)
            if piece:
                self._pieces.put(piece)
        if end:
            self.close()

    def close(self) -> None:
        """Nothing more comes."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._pieces.put("")

    def __iter__(self) -> Iterator[str]:
        """The pieces as they come, to the end."""
        try:
            while piece := self._pieces.get(timeout=PATIENCE):
                yield piece
        except queue.Empty:
            self.close()
