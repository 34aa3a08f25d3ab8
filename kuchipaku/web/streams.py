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
from kuchipaku.web.openapi import query_of, takes
from kuchipaku.web.schemas import LiveQuery

KEEP_ALIVE = b": keep-alive\n\n"
PartHead = Callable[[Shot, bytes], bytes]


class Seats:
    """How many answers of one kind may stay open at once, so that the rest of the API is always served."""

    def __init__(self, most: int, what: str) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._most, self._what = most, what

    def stream(self, chunks: Iterator[bytes], mimetype: str) -> Response:
        """A response that holds a seat until it is closed. Raises EngineUnavailable when none is free."""
        if not self._free.acquire(blocking=False):
            raise EngineUnavailable(
                f"all {self._most} {self._what} are taken",
                hint="close one, or raise stream.max_viewers in the settings",
            )
        response = Response(chunks, mimetype=mimetype, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.call_on_close(self._free.release)
        return response


def event_stream(events: Iterable[Event | None]) -> Iterator[bytes]:
    """Server-sent events; None becomes a comment that keeps the line open."""
    for number, event in enumerate(events):
        yield sse(number, event.kind, event.body) if event else KEEP_ALIVE


def sse(number: int, kind: str, body: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    text = json.dumps({"type": kind, **body}, ensure_ascii=False)
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
    """The newest frame each time, at most `fps` a second (0: all), until the hub is closed."""
    newest = hub.newest()
    number, due = newest.number if newest else 0, 0.0
    with hub.watching():
        while not hub.closed:
            time.sleep(max(0.0, due - time.monotonic()))
            shot = hub.after(number, 1.0)
            if shot is not None:
                number = shot.number
                due = max(due + 1.0 / fps, time.monotonic()) if fps else 0.0
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
        png = self._services.encoders.get("png")
        return self._watched(self._services.characters.chosen().name, Look("png", png, plain_head("image/png")))

    def _watched(self, name: str, look: Look) -> Response:
        performer = self._services.stage.performer(name)
        performer.prepare()
        chunks = parts(performer.hub, look, self._services.metrics.frames.inc)
        return self._viewers.stream(chunks, "multipart/x-mixed-replace; boundary=frame")
