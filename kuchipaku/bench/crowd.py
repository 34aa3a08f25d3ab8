"""Many viewers in one process: python -m kuchipaku.bench.crowd PORT PATH COUNT SECONDS prints each one's rate."""

from __future__ import annotations

import json
import math
import selectors
import socket
import sys
import time
from collections.abc import Sequence

from kuchipaku.bench.viewer import CHUNK, connect

BOUNDARY = b"--frame\r\nContent-Type"
SETTLING = 1.0
"""Seconds after the last viewer has come that are not counted."""


class Counter:
    """Counts the parts of one stream without looking into them."""

    def __init__(self) -> None:
        self._tail = b""
        self.moments: list[float] = []
        """When each part began to arrive."""

    def push(self, received: bytes, now: float) -> None:
        """Bytes of the stream, wherever they were cut."""
        joined = self._tail + received
        self.moments += [now] * joined.count(BOUNDARY)
        # One byte less than a boundary, so that none is counted twice.
        self._tail = joined[-(len(BOUNDARY) - 1) :]

    def rate(self, begin: float, end: float) -> float:
        """Parts a second over begin <= t < end; 0 of a stream that stands still."""
        return sum(begin <= moment < end for moment in self.moments) / (end - begin)


def watch(port: int, path: str, count: int, seconds: float) -> list[float]:
    """Pictures a second that each of `count` viewers gets, over `seconds`."""
    counters = [Counter() for _ in range(count)]
    socks = [connect(port, path) for _ in counters]
    with selectors.DefaultSelector() as selector:
        for sock, counter in zip(socks, counters, strict=True):
            selector.register(sock, selectors.EVENT_READ, counter)
        begin = time.monotonic() + SETTLING
        _read_until(selector, begin + seconds)
    for sock in socks:
        sock.close()
    return [counter.rate(begin, begin + seconds) for counter in counters]


def _read_until(selector: selectors.BaseSelector, end: float) -> None:
    while (left := end - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            sock, counter = key.fileobj, key.data
            assert isinstance(sock, socket.socket)
            received = sock.recv(CHUNK)
            counter.push(received, time.monotonic())
            if not received:
                selector.unregister(sock)


def main(argv: Sequence[str]) -> int:
    """Watch, and print a JSON list of rates."""
    port, path, count, seconds = argv
    rates = watch(int(port), path, int(count), float(seconds))
    print(json.dumps([rate for rate in rates if math.isfinite(rate)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
