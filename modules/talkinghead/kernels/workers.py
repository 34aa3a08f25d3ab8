"""Threads that share the pieces of one calculation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def processors() -> int:
    """Processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Workers:
    """A few threads for compiled kernels that run without the interpreter's lock.

    Each owner has its own, so that several can calculate at once from different threads; Numba's own parallel loops
    are no choice here, for the threading layer that all its wheels carry may be entered by one thread only.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or processors()
        self._pool = ThreadPoolExecutor(self.threads - 1, thread_name_prefix="kernel") if self.threads > 1 else None

    def share(self, kernel: Callable[..., Any], count: int, piece: int, *arguments: Any) -> None:
        """Call kernel(start, stop, *arguments) for range(count) in pieces, on all threads; return when all is done.

        The pieces come in order, to whoever is free. The first exception of a kernel is raised again here.
        """
        starts = iter(range(0, count, piece))
        if self._pool is None or count <= piece:
            _drain(starts, kernel, count, piece, arguments)
            return
        helpers = [self._pool.submit(_drain, starts, kernel, count, piece, arguments) for _ in range(self.threads - 1)]
        try:
            _drain(starts, kernel, count, piece, arguments)
        finally:
            errors = [helper.exception() for helper in helpers]
        for error in filter(None, errors):
            raise error

    def close(self) -> None:
        """End the threads; the workers are not asked again."""
        if self._pool is not None:
            self._pool.shutdown()


def _drain(
    starts: Iterator[int], kernel: Callable[..., Any], count: int, piece: int, arguments: tuple[Any, ...]
) -> None:
    for start in starts:
        kernel(start, min(count, start + piece), *arguments)
