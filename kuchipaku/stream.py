"""The newest frame, encoded once per format, handed to every viewer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from kuchipaku.avatar import Frame, Pixels
from kuchipaku.encode import Encoder

Background = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Pictures:
    """What has been encoded of some pixels so far."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Background | None], bytes] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[str, Background | None], encode: Callable[[], bytes]) -> bytes:
        """What was encoded under `key`; by the first who asks, while others wait and share it."""
        with self._lock:
            if key not in self._made:
                self._made[key] = encode()
            return self._made[key]


@dataclass(frozen=True, eq=False, slots=True)
class Shot:
    """A published frame and the pictures made of it so far."""

    number: int
    """Counts the frames of its hub from 1."""
    frame: Frame
    pictures: Pictures
    """Shared by the shots of a picture that stands still."""

    def picture(self, name: str, encoder: Encoder, background: Background | None = None) -> bytes:
        """The frame in one format, encoded by the first viewer who asks; others wait and share it."""
        return self.pictures.get((name, background), lambda: encoder.encode(self._on_ground(encoder, background)))

    def _on_ground(self, encoder: Encoder, background: Background | None) -> Pixels:
        if background is None and encoder.alpha:
            return self.frame.pixels
        return laid_on(self.frame.pixels, background or (0, 0, 0))


def laid_on(pixels: Pixels, background: Background) -> Pixels:
    """`pixels` over a plain background: RGBA uint8 (H, W, 4), opaque; exact to one step of 255."""
    weighted = cv2.cvtColor(pixels, cv2.COLOR_RGBA2mRGBA)
    clear = cv2.bitwise_not(cv2.extractChannel(pixels, 3))
    behind = cv2.merge([cv2.convertScaleAbs(clear, alpha=value / 255) for value in (*background, 255)])
    return np.asarray(cv2.add(weighted, behind), np.uint8)


class FrameHub:
    """Where one performer publishes and its viewers wait. A viewer gets the newest frame, never a backlog."""

    def __init__(self, on_first_viewer: Callable[[], None] = lambda: None) -> None:
        self._changed = threading.Condition()
        self._newest: Shot | None = None
        self._viewers = 0
        self._closed = False
        self._on_first_viewer = on_first_viewer

    @property
    def viewers(self) -> int:
        """How many are watching now."""
        return self._viewers

    @property
    def closed(self) -> bool:
        """Whether no frame will come any more."""
        return self._closed

    def close(self) -> None:
        """Let every viewer go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Counts as a viewer inside; the first one starts the picture, after the last one it rests."""
        with self._changed:
            self._viewers += 1
            first = self._viewers == 1
        if first:
            self._on_first_viewer()
        try:
            yield
        finally:
            with self._changed:
                self._viewers -= 1

    def publish(self, frame: Frame, again: Shot | None = None) -> Shot:
        """Make `frame` the newest and wake whoever waits. `again`: a shot of the same pixels, encoded only once."""
        with self._changed:
            self._newest = Shot(self._count() + 1, frame, again.pictures if again else Pictures())
            self._changed.notify_all()
            return self._newest

    def newest(self) -> Shot | None:
        """The newest frame, however old."""
        return self._newest

    def after(self, number: int, timeout: float) -> Shot | None:
        """The newest frame once there is one later than `number`; None after `timeout` seconds without."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count() > number, timeout)
            return self._newest if self._count() > number else None

    def _count(self) -> int:
        return self._newest.number if self._newest else 0
