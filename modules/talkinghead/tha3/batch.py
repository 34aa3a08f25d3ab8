"""Work that several threads ask for at a time, done as one batch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batch(Generic[Asked, Answer]):
    """Whoever comes first works for all who wait: nobody waits for a batch to fill, and none is left waiting."""

    def __init__(self, evaluate: Callable[[Sequence[Asked]], Sequence[Answer]], most: int) -> None:
        self._evaluate = evaluate
        self._most = most
        self._waiting: deque[tuple[Asked, Future[Answer]]] = deque()
        self._working = threading.Lock()

    def ask(self, asked: Asked) -> Answer:
        """What `evaluate` answers, for this and whatever else was waiting; raises what it raised."""
        answer: Future[Answer] = Future()
        self._waiting.append((asked, answer))
        with self._working:
            while not answer.done():
                self._work()
        return answer.result()

    def _work(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            answers = self._evaluate([asked for asked, _ in taken])
        except Exception as error:
            for _, answer in taken:
                answer.set_exception(error)
        else:
            for (_, answer), value in zip(taken, answers, strict=True):
                answer.set_result(value)
