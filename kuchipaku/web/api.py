"""The main job over HTTP: chat, perform, speak, stop, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify

import kuchipaku
from kuchipaku.audio import wav_of
from kuchipaku.cancel import CancelToken
from kuchipaku.character import Character
from kuchipaku.composer import Take
from kuchipaku.director import Order
from kuchipaku.errors import BadRequest, TooLarge, UnknownName
from kuchipaku.performance import Performance
from kuchipaku.plugins import as_json
from kuchipaku.script import Line, lines_of
from kuchipaku.services import Services
from kuchipaku.speech import Delivery, Speech
from kuchipaku.timeline import Timeline, merge
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.schemas import (
    ChatBody,
    ClockBody,
    Manner,
    PerformBody,
    PerformLine,
    ReplyBody,
    SpeechBody,
    StopBody,
)
from kuchipaku.web.streams import Seats, event_stream


def blueprint(services: Services, followers: Seats) -> Blueprint:
    """Everything under /api that makes somebody speak."""
    routes = Blueprint("api", __name__, url_prefix="/api")
    director, limits = services.director, services.settings.limits

    def performer_of(name: str) -> Character:
        return services.characters.get(name) if name else services.characters.chosen()

    def checked_text(text: str) -> str:
        if not text.strip():
            raise BadRequest("the text is empty", hint="send something to say")
        if len(text) > limits.text_chars:
            raise TooLarge(f"the text has {len(text)} characters", hint=f"at most {limits.text_chars}")
        return text

    def order(body: Manner, player: bool, conversation: str = "") -> Order:
        character = performer_of(body.character)
        wish = Delivery(body.voice, body.language, body.speed, body.pitch)
        services.composer.check(character, wish)
        return Order(character, wish, conversation, player)

    def followed(performance: Performance) -> Response:
        return followers.stream(event_stream(performance.events()), "text/event-stream")

    def performance_of(name: str) -> Performance:
        found = director.performances.get(name)
        if found is None:
            raise UnknownName("there is no such performance", hint="old ones are let go after a while")
        return found

    @routes.post("/chat")
    @takes(body=ChatBody)
    def chat() -> Response:
        """Ask the character something; the reply is told as events while it performs it."""
        body = json_body(ChatBody)
        return followed(director.chat(checked_text(body.text), order(body, body.player, body.conversation)))

    @routes.post("/perform")
    @takes(body=PerformBody)
    def perform() -> Response:
        """Have the character say a text, or lines with their emotions; told as events."""
        body = json_body(PerformBody)
        if body.text and body.lines:
            raise BadRequest("text and lines were both sent", hint="send one of them")
        lines = list(known_lines(body.lines)) if body.lines else lines_of([checked_text(body.text)])
        checked_text("".join(line.text for line in body.lines) or body.text)
        return followed(director.perform(iter(lines), order(body, body.player)))

    @routes.post("/llm/reply")
    @takes(body=ReplyBody)
    def reply() -> Response:
        """The language model's answer as lines, without performing it."""
        body = json_body(ReplyBody)
        name, model = services.llms.first(services.settings.reply.llms)
        character = performer_of(body.character)
        text = checked_text(body.text)
        lines = director.reply(text, character, body.conversation, model, CancelToken())
        felt = [services.composer.felt(line) for line in lines]
        return jsonify(
            model=name,
            character=character.name,
            text=" ".join(line.text for line in felt),
            lines=[{"n": n, "text": f.text, "emotion": f.emotion, "strength": f.strength} for n, f in enumerate(felt)],
        )

    @routes.post("/speech")
    @takes(body=SpeechBody)
    def speech() -> Response:
        """Audio of a text with its phones, words, mouth and emotions in time, without performing it."""
        body = json_body(SpeechBody)
        asked = order(body, player=False)
        takes = list(spoken(services, checked_text(body.text), asked))
        if not takes:
            raise BadRequest("there is nothing to speak in that text", hint="marks, code and emoji are not spoken")
        whole, timeline = joined(takes)
        return jsonify(
            audio_url=director.keep_audio(wav_of(whole)),
            duration=round(whole.duration, 4),
            rate=whole.rate,
            timing=whole.timing,
            phones=[
                {"symbol": p.symbol, "start": round(p.start, 4), "end": round(p.end, 4), "stress": p.stress}
                for p in whole.phones
            ],
            words=[{"text": w.text, "start": round(w.start, 4), "end": round(w.end, 4)} for w in whole.words],
            timeline=timeline.to_json(),
        )

    @routes.get("/audio/<name>.wav")
    def audio(name: str) -> Response:
        """A piece of audio that was made a while ago."""
        wav = director.audio.get(name)
        if wav is None:
            raise UnknownName("there is no such audio", hint="old audio is let go after a while")
        return Response(wav, mimetype="audio/wav", headers={"Cache-Control": "private, max-age=600"})

    @routes.get("/performances/<name>")
    def performance(name: str) -> Response:
        """All that is known of a performance."""
        return jsonify(performance_of(name).to_json())

    @routes.get("/performances/<name>/events")
    def events(name: str) -> Response:
        """The events of a performance, from the first one on."""
        return followed(performance_of(name))

    @routes.post("/performances/<name>/clock")
    @takes(body=ClockBody)
    def clock(name: str) -> Response:
        """A player's report of when the audio sounds; the face follows it."""
        report = json_body(ClockBody)
        performer = services.stage.performer(performance_of(name).character)
        return jsonify(ok=True, taken=performer.anchor(name, report.media_time, report.ahead))

    @routes.post("/stop")
    @takes(body=StopBody)
    def stop() -> Response:
        """Silence one character, or everybody."""
        body = json_body(StopBody)
        name = services.characters.get(body.character).name if body.character else None
        return jsonify(ok=True, generation=director.stop(name))

    @routes.get("/voices")
    def voices() -> Response:
        """Every voice of every engine."""
        found = [
            {"id": f"{engine}/{v.name}", "engine": engine, "name": v.name, "language": v.language, "label": v.label}
            | {"gender": v.gender, "tags": list(v.tags)}
            for engine in services.voices.names()
            for v in services.voices.get(engine).voices()
        ]
        return jsonify(voices=found, default=services.settings.speech.voice)

    @routes.get("/plugins")
    def plugins() -> Response:
        """Every plugin: its name, version, state, hooks and error."""
        return jsonify(plugins=[as_json(info) for info in services.plugins.infos()])

    return routes


def known_lines(lines: list[PerformLine]) -> Iterator[Line]:
    """Lines from a client, cleaned of marks and markup; a stated emotion beats a mark."""
    for given in lines:
        for line in lines_of([given.text]):
            yield replace(line, emotion=given.emotion or line.emotion, strength=given.strength)


def spoken(services: Services, text: str, asked: Order) -> Iterator[Take]:
    """Every line of `text`, felt and spoken, one after the other."""
    for line in lines_of([text]):
        yield from services.composer.takes(services.composer.felt(line), asked.character, asked.delivery)


def joined(takes: list[Take]) -> tuple[Speech, Timeline]:
    """Takes laid end to end, as one sound and one score."""
    import numpy as np

    phones, words, timelines, at = [], [], [], 0.0
    for take in takes:
        phones += [replace(p, start=p.start + at, end=p.end + at) for p in take.speech.phones]
        words += [replace(w, start=w.start + at, end=w.end + at) for w in take.speech.words]
        timelines.append(take.timeline.shifted(at))
        at += take.speech.duration
    first = takes[0].speech
    samples = np.concatenate([take.speech.samples for take in takes])
    return Speech(samples, first.rate, tuple(phones), tuple(words), first.timing), merge(timelines)


def health(services: Services, started: float) -> dict[str, Any]:
    """What runs here, for people and for monitors."""
    name, note = answering(services)
    return {
        "ok": True,
        "version": kuchipaku.__version__,
        "llm": {"name": name, "note": note},
        "voice": services.settings.speech.voice,
        "characters": len(services.characters.names()),
        "viewers": sum(performer.hub.viewers for performer in services.stage.performers()),
        "uptime": round(time.monotonic() - started, 1),
    }


def answering(services: Services) -> tuple[str, str]:
    """The language model that would answer now, and what it says of itself."""
    try:
        name, model = services.llms.first(services.settings.reply.llms)
    except kuchipaku.EngineUnavailable as error:
        return "", f"{error}: {error.hint}"
    return name, getattr(model, "description", "")
