"""Answers that stay open: live pictures and events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kuchipaku.encode import Encoder
from kuchipaku.errors import EngineUnavailable
from kuchipaku.performance import Event
from kuchipaku.serve import SEND_BUFFER
from kuchipaku.services import Services
from kuchipaku.stream import Background, FrameHub, Shot
from kuchipaku.web.extras import switched_off
from kuchipaku.web.openapi import query_of, takes
from kuchipaku.web.schemas import LiveQuery

PATIENCE = 10
"""Seconds without a frame after which a stream ends: what is never written to never tells that its viewer is gone."""
KEEP_ALIVE = b": keep-alive\n\n"
PartHead = Callable[[Shot, bytes], bytes]


class Seats:
    """How many answers of one kind may stay open at once, so that the rest of the API is always served."""

    def __init__(
        self, most: int, what: str, hint: str = "close one, or raise stream.max_viewers in the settings"
    ) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._most, self._what, self._hint = most, what, hint

    def stream(self, make: Callable[[], Iterator[bytes]], mimetype: str) -> Response:
        """A response with what `make` gives, holding a seat until it is closed.

        Raises EngineUnavailable, before anything is made, when no seat is free.
        """
        if not self._free.acquire(blocking=False):
            raise EngineUnavailable(
                f"all {self._most} {self._what} are taken",
                hint=self._hint,
            )
        try:
            chunks = make()
        except BaseException:
            self._free.release()
            raise
        response = Response(chunks, mimetype=mimetype, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.call_on_close(self._free.release)
        return response


def event_stream(events: Iterable[Event | None], number: int = 0) -> Iterator[bytes]:
    """Server-sent events with ids from `number` on; None becomes a comment that keeps the line open."""
    for event in events:
        if event is None:
            yield KEEP_ALIVE
        else:
            yield sse(number, event.kind, event.body)
            number += 1


def sse(number: int, kind: str, body: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    text = json.dumps({"type": kind, **body})
    return f"id: {number}\nevent: {kind}\ndata: {text}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Look:
    """What a viewer asked for."""

    format: str
    encoder: Encoder
    head: PartHead
    fps: float = 0.0
    """At most so many frames a second; 0: all."""
    background: Background | None = None


def parts(hub: FrameHub, look: Look, sent: Callable[[], None] = lambda: None) -> Iterator[bytes]:
    """Multipart pieces: the newest frame each time the viewer is ready for one. `sent` is called for each frame."""
    for shot in paced(hub, look.fps):
        picture = shot.picture(look.format, look.encoder, look.background)
        part = b"--frame\r\n" + look.head(shot, picture) + b"\r\n" + picture + b"\r\n"
        sent()
        if len(part) > SEND_BUFFER:
            # waitress takes the end only once the rest is mostly out: so the next picture chosen is a new one.
            yield part[:-2]
            part = part[-2:]
        yield part


def paced(hub: FrameHub, fps: float) -> Iterator[Shot]:
    """The newest frame each time, at most `fps` a second (0: all), until the hub is closed or no frame comes."""
    newest = hub.newest()
    number, due, patience = newest.number if newest else 0, time.monotonic(), PATIENCE
    with hub.watching():
        while not hub.closed and patience:
            time.sleep(max(0.0, due - time.monotonic()))
            shot = hub.after(number, 1.0)
            patience = PATIENCE if shot else patience - 1
            if shot is not None:
                number = shot.number
                due = max(due, time.monotonic() - 1.0 / fps) + 1.0 / fps if fps else 0.0
                yield shot


def timed_head(mimetype: str) -> PartHead:
    """Part headers that tell length, media time, generation, performance and number."""

    def head(shot: Shot, picture: bytes) -> bytes:
        frame = shot.frame
        return (
            f"Content-Type: {mimetype}\r\nContent-Length: {len(picture)}\r\nX-Media-Time: {frame.time:.4f}\r\n"
            f"X-Generation: {frame.generation}\r\nX-Performance: {frame.performance}\r\nX-Frame: {shot.number}\r\n"
        ).encode()

    return head


def plain_head(mimetype: str) -> PartHead:
    """The one part header that SillyTavern-Extras sends."""
    return lambda shot, picture: f"Content-Type: {mimetype}\r\n".encode()


class Live:
    """Views of a character, live."""

    def __init__(self, services: Services, viewers: Seats) -> None:
        self._services, self._viewers = services, viewers

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("live", __name__)
        routes.get("/live/<name>.mjpg")(self.live)
        routes.get("/api/talkinghead/result_feed")(self.result_feed)
        return routes

    @takes(query=LiveQuery)
    def live(self, name: str) -> Response:
        """The character, live: one part a frame, with its media time in the part's headers."""
        query = query_of(LiveQuery)
        encoder = self._services.encoders.get(query.format)
        look = Look(query.format, encoder, timed_head(encoder.mimetype), query.fps, query.rgb)
        return self._watched(name, look)

    def result_feed(self) -> Response:
        """The chosen character, live, as SillyTavern-Extras sends it: PNG parts with alpha."""
        if "talkinghead" not in self._services.settings.modules:
            raise switched_off("talkinghead")
        png = self._services.encoders.get("png")
        return self._watched(self._services.characters.chosen().name, Look("png", png, plain_head("image/png")))

    def _watched(self, name: str, look: Look) -> Response:
        performer = self._services.stage.performer(name)
        performer.prepare()
        sent = self._services.metrics.frames.inc
        return self._viewers.stream(
            lambda: parts(performer.hub, look, sent), "multipart/x-mixed-replace; boundary=frame"
        )
