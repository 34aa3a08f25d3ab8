"""A bounded store: what is old or too much is let go."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Items by id, at most `most` of them and none older than `max_age` seconds. Safe to use from any thread.

    With `weigh`, `most` bounds the sum of the items' weights instead of their number; the newest always stays.
    """

    def __init__(
        self,
        most: float,
        max_age: float,
        clock: Callable[[], float] = time.monotonic,
        weigh: Callable[[T], float] = lambda item: 1,
    ) -> None:
        self._most, self._max_age, self._clock, self._weigh = most, max_age, clock, weigh
        self._weight = 0.0
        self._items: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, name: str, item: T) -> None:
        """Store `item` as the newest; the oldest goes where there are too many."""
        with self._lock:
            self._drop(name)
            self._items[name] = (self._clock(), item)
            self._weight += self._weigh(item)
            self._sweep()

    def get(self, name: str) -> T | None:
        """The item, or None where it is unknown or has been let go."""
        with self._lock:
            self._sweep()
            found = self._items.get(name)
        return found[1] if found else None

    def __len__(self) -> int:
        return len(self._items)

    def _sweep(self) -> None:
        oldest_kept = self._clock() - self._max_age
        while self._items:
            name, (stored, _) = next(iter(self._items.items()))
            if stored >= oldest_kept and (self._weight <= self._most or len(self._items) == 1):
                return
            self._drop(name)

    def _drop(self, name: str) -> None:
        if name in self._items:
            self._weight -= self._weigh(self._items.pop(name)[1])
