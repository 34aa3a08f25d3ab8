"""The main job over HTTP: chat, perform, follow, stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from kuchipaku.errors import BadRequest, UnknownName
from kuchipaku.performance import Performance
from kuchipaku.script import Line, lines_of
from kuchipaku.services import Services
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.orders import checked_text, order_of, speakable
from kuchipaku.web.schemas import ChatBody, ClockBody, PerformBody, PerformLine, StopBody
from kuchipaku.web.streams import Seats, event_stream


class Performing:
    """Views that make a character perform, and that follow what came of it."""

    def __init__(self, services: Services, followers: Seats) -> None:
        self._services, self._followers = services, followers
        self._director = services.director
        self._most = services.settings.limits.text_chars

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("performing", __name__, url_prefix="/api")
        routes.post("/chat")(self.chat)
        routes.post("/perform")(self.perform)
        routes.post("/stop")(self.stop)
        routes.get("/performances/<name>")(self.performance)
        routes.get("/performances/<name>/events")(self.events)
        routes.post("/performances/<name>/clock")(self.clock)
        return routes

    @takes(body=ChatBody)
    def chat(self) -> Response:
        """Ask the character something; the reply is told as events while it performs it."""
        body = json_body(ChatBody)
        text = checked_text(body.text, self._most)
        order = order_of(self._services, body, player=body.player, conversation=body.conversation)
        return self._followed(lambda: self._director.chat(text, order))

    @takes(body=PerformBody)
    def perform(self) -> Response:
        """Have the character say a text, or lines with their emotions; told as events."""
        body = json_body(PerformBody)
        if body.text and body.lines:
            raise BadRequest("text and lines were both sent", hint="send one of them")
        text = checked_text(body.text or "".join(line.text for line in body.lines), self._most)
        lines = speakable(known_lines(body.lines) if body.lines else lines_of([text]))
        order = order_of(self._services, body, player=body.player)
        return self._followed(lambda: self._director.perform(lines, order))

    @takes(body=StopBody)
    def stop(self) -> Response:
        """Silence one character, or everybody."""
        body = json_body(StopBody)
        name = self._services.characters.get(body.character).name if body.character else None
        return jsonify(ok=True, generation=self._director.stop(name))

    def performance(self, name: str) -> Response:
        """All that is known of a performance."""
        return jsonify(self._performance_of(name).to_json())

    def events(self, name: str) -> Response:
        """The events of a performance, from the first one on, or from behind the `Last-Event-ID` of the request."""
        performance = self._performance_of(name)
        last = request.headers.get("Last-Event-ID", "")
        return self._followed(lambda: performance, begin=int(last) + 1 if last.isdecimal() else 0)

    @takes(body=ClockBody)
    def clock(self, name: str) -> Response:
        """A player's report of when the audio sounds; the face follows it."""
        report = json_body(ClockBody)
        performer = self._services.stage.performer(self._performance_of(name).character)
        return jsonify(ok=True, taken=performer.anchor(name, report.media_time, report.ahead))

    def _followed(self, perform: Callable[[], Performance], begin: int = 0) -> Response:
        return self._followers.stream(lambda: event_stream(perform().events(begin), begin), "text/event-stream")

    def _performance_of(self, name: str) -> Performance:
        found = self._director.performances.get(name)
        if found is None:
            raise UnknownName("there is no such performance", hint="old ones are let go after a while")
        return found


def known_lines(lines: list[PerformLine]) -> Iterator[Line]:
    """Lines from a client, cleaned of marks and markup; a stated emotion beats a mark."""
    for given in lines:
        for line in lines_of([given.text]):
            yield replace(line, emotion=given.emotion, strength=given.strength) if given.emotion else line
