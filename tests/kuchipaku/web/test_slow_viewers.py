from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from kuchipaku.avatar import Frame
from kuchipaku.encode import Encoder
from kuchipaku.serve import SEND_BUFFER
from kuchipaku.stream import FrameHub
from kuchipaku.web.streams import Look, parts, timed_head

FRAME = Frame(np.zeros((2, 2, 4), np.uint8), 0.0)


def pieces(hub: FrameHub, size: int) -> Iterator[bytes]:
    encoder = Encoder("x/y", alpha=True, encode=lambda pixels: bytes(size))
    return parts(hub, Look("raw", encoder, timed_head("x/y")))


def published(hub: FrameHub, chunks: Iterator[bytes]) -> bytes:
    """The next chunk, which waits for a frame that is published meanwhile."""
    publishing = threading.Timer(0.05, hub.publish, [FRAME])
    publishing.start()
    chunk = next(chunks)
    publishing.join()
    return chunk


@pytest.mark.parametrize("size", [10, SEND_BUFFER + 1])
def test_a_part_is_the_same_on_the_wire_whatever_its_size(size: int) -> None:
    hub = FrameHub()
    chunks = pieces(hub, size)
    sent = published(hub, chunks)
    if size > SEND_BUFFER:
        sent += next(chunks)
    head, _, body = sent.partition(b"\r\n\r\n")
    assert head.startswith(b"--frame\r\nContent-Type: x/y\r\n")
    assert body == bytes(size) + b"\r\n"


def test_the_frame_after_a_large_one_is_chosen_only_when_its_end_is_taken() -> None:
    hub = FrameHub()
    chunks = pieces(hub, SEND_BUFFER + 1)
    published(hub, chunks)
    hub.publish(FRAME)
    assert next(chunks) == b"\r\n"
    hub.publish(FRAME)
    assert b"X-Frame: 3\r\n" in next(chunks)
