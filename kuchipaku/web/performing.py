"""The main job over HTTP: chat, perform, follow, stop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from kuchipaku.director import Order
from kuchipaku.errors import BadRequest, Busy, TooLarge, UnknownName
from kuchipaku.manuscript import Manuscript
from kuchipaku.performance import Performance
from kuchipaku.recording import decoded, lines_in
from kuchipaku.script import Line, lines_of
from kuchipaku.services import Services
from kuchipaku.settings import checked
from kuchipaku.speech import Delivery
from kuchipaku.web.fitting import uploaded
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.orders import character_of, checked_text, order_of, speakable
from kuchipaku.web.schemas import ChatBody, ClockBody, PerformBody, PerformForm, PerformLine, StopBody, TextBody
from kuchipaku.web.streams import Seats, event_stream
from kuchipaku.web.turns import Turns

EVENT_ID = re.compile(r"[0-9]{1,9}")
DECODING_AT_ONCE = 2
"""Recordings that are unpacked in memory, where a small file can be large; others wait for their turn."""


class Performing:
    """Views that make a character perform, and that follow what came of it."""

    def __init__(self, services: Services, followers: Seats) -> None:
        self._services, self._followers = services, followers
        self._director = services.director
        self._most = services.settings.limits.text_chars
        self._decoding = Turns(DECODING_AT_ONCE)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("performing", __name__, url_prefix="/api")
        routes.post("/chat")(self.chat)
        routes.post("/perform")(self.perform)
        routes.post("/stop")(self.stop)
        routes.get("/performances/<name>")(self.performance)
        routes.get("/performances/<name>/events")(self.events)
        routes.post("/performances/<name>/text")(self.text)
        routes.post("/performances/<name>/clock")(self.clock)
        return routes

    @takes(body=ChatBody)
    def chat(self) -> Response:
        """Ask the character something; the reply is told as events while it performs it."""
        body = json_body(ChatBody)
        text = checked_text(body.text, self._most)
        order = order_of(self._services, body, player=body.player, conversation=body.conversation)
        return self._followed(lambda: self._director.chat(text, order))

    @takes(body=PerformBody, form="audio", fields=dict.fromkeys(PerformForm.model_fields, False))
    def perform(self) -> Response:
        """Have the character say a text, lines with their emotions, or a recording; told as events."""
        if request.mimetype == "multipart/form-data":
            return self._recording()
        body = json_body(PerformBody)
        if body.open:
            return self._open(body)
        if body.text and body.lines:
            raise BadRequest("text and lines were both sent", hint="send one of them")
        text = checked_text(body.text or "".join(line.text for line in body.lines), self._most)
        lines = speakable(known_lines(body.lines) if body.lines else lines_of([text]))
        order = order_of(self._services, body, player=body.player)
        return self._followed(lambda: self._director.perform(lines, order))

    def _open(self, body: PerformBody) -> Response:
        if body.lines:
            raise BadRequest("an open text has no lines", hint="send text, and the rest of it as it is written")
        manuscript = Manuscript(self._most)
        manuscript.write(body.text)
        order = order_of(self._services, body, player=body.player)
        return self._followed(lambda: self._director.recite(manuscript, order))

    def _recording(self) -> Response:
        audio = uploaded("audio", tuple(PerformForm.model_fields))
        form = checked(PerformForm, request.form.to_dict(), "request")
        if len(form.text) > self._most:
            raise TooLarge(f"the text has {len(form.text)} characters", hint=f"at most {self._most}")
        written = [replace(line, emotion=form.emotion or line.emotion) for line in lines_of([form.text])]
        with self._decoding.turn():
            lines, pieces = lines_in(decoded(audio), written)
        order = Order(
            character_of(self._services, form.character),
            Delivery(language=form.language),
            player=form.player,
            recording=pieces.__getitem__,
        )
        return self._followed(lambda: self._director.perform(iter(lines), order))

    @takes(body=TextBody)
    def text(self, name: str) -> Response:
        """More of a text that was begun with `open`: the character goes on with it."""
        body = json_body(TextBody)
        manuscript = self._performance_of(name).manuscript
        if manuscript is None:
            raise Busy("that performance was not begun with open = true", hint="begin another")
        manuscript.write(body.text, end=body.end)
        return jsonify(ok=True)

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
        return self._followed(lambda: performance, begin=int(last) + 1 if EVENT_ID.fullmatch(last) else 0)

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
