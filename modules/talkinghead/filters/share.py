"""A frame's work on several threads: numpy and OpenCV let go of the interpreter while they calculate."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Part = TypeVar("Part")

MOST_THREADS = 4
"""Of one frame: with more, handing out its parts takes as long as the parts."""
GRID = 4
"""Bands start at its multiples, as windows do, so that what is worked out at a smaller size depends on neither."""
SMALL = 64 * 64
"""Pixels that are not worth a thread."""


def bands(height: int, width: int) -> list[slice]:
    """The rows of a picture, cut into one piece for each thread; one in all where the picture is small."""
    pieces = min(_threads(), height * width // SMALL + 1)
    rows = max(-(-height // pieces // GRID), 1) * GRID
    return [slice(start, min(start + rows, height)) for start in range(0, height, rows)]


def each(work: Callable[[Part], object], parts: Iterable[Part]) -> None:
    """Do `work` for each part, in any order, on this thread and on helpers that are free. Raises what it raises."""
    left = list(parts)

    def some() -> None:
        while left:
            try:
                part = left.pop()
            except IndexError:
                return
            work(part)

    helpers = [_pool().submit(some) for _ in range(min(len(left), _threads()) - 1)]
    try:
        some()
    finally:
        _join(helpers)


def _join(helpers: list[Future[None]]) -> None:
    """Wait for those who have begun; who has not is not needed any more."""
    for helper in helpers:
        if not helper.cancel():
            helper.result()


@cache
def _threads() -> int:
    """Asked once: the system takes longer to answer than a small filter takes for its work."""
    return min(os.cpu_count() or 1, MOST_THREADS)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS - 1, thread_name_prefix="filters")
