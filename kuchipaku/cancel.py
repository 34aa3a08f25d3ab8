"""A stop that stops: one token a performance, held by every stage that works for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class CancelToken:
    """Says whether the work is still wanted, and wakes those who wait."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._closers: list[Callable[[], object]] = []

    @property
    def cancelled(self) -> bool:
        """True from the first `cancel` on."""
        return self._event.is_set()

    def on_cancel(self, close: Callable[[], object]) -> None:
        """Call `close` once at cancellation, from the thread that cancels; at once if that has been."""
        with self._lock:
            if not self._event.is_set():
                self._closers.append(close)
                return
        _call(close)

    def cancel(self) -> None:
        """End the work: every closer is called, once, whatever one of them raises."""
        with self._lock:
            self._event.set()
            closers, self._closers = self._closers, []
        for close in closers:
            _call(close)

    def wait(self, seconds: float) -> bool:
        """Sleep for `seconds` or until cancelled; whether it was cancelled."""
        return self._event.wait(seconds)


def _call(close: Callable[[], object]) -> None:
    try:
        close()
    except Exception:
        log.exception("closing on cancel failed")
