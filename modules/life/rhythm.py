"""Repeatable chance, and events that come at irregular times: everything here is a function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=4096)
def chance(seed: int, topic: str, n: int) -> float:
    """A number in [0, 1) for the n-th choice about a topic: always the same one for a seed."""
    digest = blake2b(f"{seed}/{topic}/{n}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


@dataclass(frozen=True, slots=True)
class Beat:
    """Events number ..., -1, 0, 1, ... at irregular times."""

    seed: int
    topic: str
    period: float
    """Seconds between two events, on average."""
    jitter: float
    """Seconds an event may be early or late, at most half the period; intervals are period +- 2 jitter."""

    def time(self, n: int) -> float:
        """When the n-th event comes, in seconds."""
        return self.period * (n + 0.5) + self.jitter * (2.0 * chance(self.seed, self.topic, n) - 1.0)

    def last(self, t: float) -> int:
        """The number of the latest event at or before `t`, seconds."""
        n = int(t // self.period)
        if self.time(n) <= t:
            return n
        return n - 1
