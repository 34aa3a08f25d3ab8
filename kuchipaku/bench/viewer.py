"""A viewer of the live stream: a socket, and the parts that come out of it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BLANK_LINE = b"\r\n\r\n"
LENGTH = b"content-length:"
CHUNK = 256 * 1024
"""Bytes asked for at once."""
SIP = 8 * 1024
"""Bytes that a slow viewer asks for at once, at most; it never asks for more than a twentieth of a second's."""


@dataclass(frozen=True, slots=True)
class Part:
    """One picture as it arrived."""

    media_time: float
    performance: str
    body: bytes
    arrived: float
    """When its last byte was read, seconds on time.monotonic."""


class PartCutter:
    """Cuts bytes of a multipart stream into (headers, body), whether or not they come in HTTP chunks."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def push(self, received: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The parts that `received` completes."""
        self._bytes += received
        while (part := self._next()) is not None:
            yield part

    def _next(self) -> tuple[bytes, bytes] | None:
        start = self._bytes.find(b"--frame\r\n")
        head_end = self._bytes.find(BLANK_LINE, start)
        if start < 0 or head_end < 0:
            return None
        head = bytes(self._bytes[start:head_end])
        begin, length = head_end + len(BLANK_LINE), _length_of(head)
        if len(self._bytes) < begin + length:
            return None
        body = bytes(self._bytes[begin : begin + length])
        del self._bytes[: begin + length]
        return head, body


def _length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(LENGTH):
            return int(line[len(LENGTH) :])
    raise ValueError("a part of the stream does not say its length")


def connect(port: int, path: str) -> socket.socket:
    """An open stream on this machine, its request sent."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=10.0)
    # To close is to reset, as a browser does that has unread pictures.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return sock


def parts(sock: socket.socket, bandwidth: Callable[[], float] = lambda: 0.0) -> Iterator[Part]:
    """What a viewer reads; with a `bandwidth` in bytes a second (0: all there is), no faster than that."""
    cutter, due = PartCutter(), time.monotonic()
    while received := sock.recv(max(1, min(SIP, int(bandwidth() / 20))) if bandwidth() else CHUNK):
        for head, body in cutter.push(received):
            yield _part(head, body)
        if bandwidth():
            due = max(due, time.monotonic() - 0.05) + len(received) / bandwidth()
            time.sleep(max(0.0, due - time.monotonic()))


def _part(head: bytes, body: bytes) -> Part:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n"))
    known = {name.lower(): value.strip() for name, _, value in lines}
    return Part(float(known.get("x-media-time", "nan")), known.get("x-performance", ""), body, time.monotonic())


class Watching:
    """A context in which a thread reads a stream and calls `see` with each part."""

    def __init__(self, port: int, path: str, see: Callable[[Part], None], bandwidth: float = 0.0) -> None:
        self._sock = connect(port, path)
        self.bandwidth = bandwidth
        """Bytes read a second; 0: all there are. May change."""
        self._see = see
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.bandwidth = 0.0
        self._sock.shutdown(socket.SHUT_RD)
        self._thread.join(5.0)
        self._sock.close()

    def _read(self) -> None:
        try:
            for part in parts(self._sock, lambda: self.bandwidth):
                self._see(part)
        except OSError:
            return
