from __future__ import annotations

import threading

import numpy as np

from kuchipaku.avatar import Frame, Pixels
from kuchipaku.encode import Encoder
from kuchipaku.stream import FrameHub, laid_on


def grey(value: int, alpha: int = 255) -> Pixels:
    pixels = np.full((2, 2, 4), value, np.uint8)
    pixels[..., 3] = alpha
    return pixels


def test_a_frame_is_encoded_once_per_format_and_shared() -> None:
    calls: list[int] = []
    encoder = Encoder("x/y", alpha=True, encode=lambda pixels: calls.append(1) or pixels.tobytes())  # type: ignore[func-returns-value]
    shot = FrameHub().publish(Frame(grey(7), 0.0))
    threads = [threading.Thread(target=shot.picture, args=("raw", encoder)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shot.picture("raw", encoder) == grey(7).tobytes()
    assert len(calls) == 1
    shot.picture("raw", encoder, (1, 2, 3))
    assert len(calls) == 2


def test_a_picture_that_stands_still_is_encoded_once() -> None:
    calls: list[int] = []
    encoder = Encoder("x/y", alpha=True, encode=lambda pixels: calls.append(1) or pixels.tobytes())  # type: ignore[func-returns-value]
    hub, pixels = FrameHub(), grey(7)
    first = hub.publish(Frame(pixels, 0.0))
    second = hub.publish(Frame(pixels, 1.0, generation=4), again=first)
    assert second.picture("raw", encoder) == first.picture("raw", encoder) == pixels.tobytes()
    assert (second.number, second.frame.time, second.frame.generation, len(calls)) == (2, 1.0, 4, 1)
    assert hub.publish(Frame(grey(8), 2.0)).picture("raw", encoder) == grey(8).tobytes()


def test_a_format_without_alpha_gets_a_background() -> None:
    encoder = Encoder("x/y", alpha=False, encode=lambda pixels: pixels.tobytes())
    shot = FrameHub().publish(Frame(grey(200, alpha=0), 0.0))
    assert shot.picture("raw", encoder, (10, 20, 30)) == bytes([10, 20, 30, 255] * 4)
    assert shot.picture("raw", encoder) == bytes([0, 0, 0, 255] * 4)


def test_half_transparent_pixels_mix_with_the_background() -> None:
    assert laid_on(grey(100, alpha=128), (0, 0, 200))[0, 0].tolist() == [50, 50, 150, 255]


def test_a_viewer_gets_the_newest_frame_and_no_backlog() -> None:
    hub = FrameHub()
    assert hub.after(0, timeout=0.01) is None
    for value in range(3):
        hub.publish(Frame(grey(value), value))
    shot = hub.after(0, timeout=0.0)
    assert shot is not None
    assert (shot.number, shot.frame.time) == (3, 2)
    assert hub.after(3, timeout=0.01) is None


def test_viewers_are_counted_and_the_first_one_starts_the_picture() -> None:
    started: list[int] = []
    hub = FrameHub(lambda: started.append(1))
    with hub.watching(), hub.watching():
        assert hub.viewers == 2
    assert hub.viewers == 0
    assert started == [1]


def test_closing_wakes_whoever_waits() -> None:
    hub = FrameHub()
    got: list[object] = ["nothing yet"]
    waiting = threading.Thread(target=lambda: got.append(hub.after(0, timeout=30.0)))
    waiting.start()
    hub.close()
    waiting.join(2.0)
    assert got[-1] is None
    assert hub.closed
