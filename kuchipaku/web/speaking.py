"""Speech and replies for use elsewhere: audio, phones and tracks, without a performance."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from kuchipaku.audio import wav_of
from kuchipaku.cancel import CancelToken
from kuchipaku.composer import Take
from kuchipaku.director import Order
from kuchipaku.errors import BadRequest, KuchipakuError, UnknownName
from kuchipaku.script import Line, lines_of
from kuchipaku.services import Services
from kuchipaku.speech import Speech, VoiceInfo
from kuchipaku.timeline import Timeline, merge
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.orders import character_of, checked_text, order_of, speakable
from kuchipaku.web.schemas import ReplyBody, SpeechBody
from kuchipaku.web.turns import Turns

log = logging.getLogger(__name__)

SPEAKING_AT_ONCE = 2
"""Requests whose whole audio is being made in memory; others wait for their turn."""


class Speaking:
    """Views that answer with sound, with phones, or with a model's words."""

    def __init__(self, services: Services) -> None:
        self._services, self._director, self._limits = services, services.director, services.settings.limits
        self._turns = Turns(SPEAKING_AT_ONCE)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("speaking", __name__, url_prefix="/api")
        routes.post("/speech")(self.speech)
        routes.get("/audio/<name>.wav")(self.audio)
        routes.get("/voices")(self.voices)
        routes.post("/llm/reply")(self.reply)
        return routes

    @takes(body=SpeechBody)
    def speech(self) -> Response:
        """Audio of a text with its phones, words, mouth and emotions in time, without performing it."""
        body = json_body(SpeechBody)
        lines = speakable(lines_of([checked_text(body.text, self._limits.speech_chars)]))
        with self._turns.turn():
            whole, timeline = joined(list(self._takes(lines, order_of(self._services, body))))
        return jsonify(
            audio_url=self._director.keep_audio(wav_of(whole)),
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

    def audio(self, name: str) -> Response:
        """A piece of audio that was made a while ago."""
        wav = self._director.audio.get(name)
        if wav is None:
            raise UnknownName("there is no such audio", hint="old audio is let go after a while")
        return Response(wav, mimetype="audio/wav", headers={"Cache-Control": "private, max-age=600"})

    def voices(self) -> Response:
        """Every voice of every engine, and why an engine has none to offer now."""
        found, errors = [], []
        for engine in self._services.voices.names():
            try:
                found += _voice_cards(engine, self._services.voices.get(engine).voices())
            except KuchipakuError as error:
                log.debug("%s: %s (%s)", engine, error, error.hint)
                errors.append({"engine": engine, "error": str(error), "hint": error.hint})
        return jsonify(voices=found, errors=errors, default=self._services.settings.speech.voice)

    @takes(body=ReplyBody)
    def reply(self) -> Response:
        """The language model's answer as lines, without performing it."""
        body = json_body(ReplyBody)
        text = checked_text(body.text, self._limits.text_chars)
        character = character_of(self._services, body.character)
        name, model = self._services.llms.first(self._services.settings.reply.llms)
        lines = self._director.reply(text, character, body.conversation, model, CancelToken())
        felt = [self._services.composer.felt(line) for line in lines]
        return jsonify(
            model=name,
            character=character.name,
            text=" ".join(line.text for line in felt),
            lines=[{"n": n, "text": f.text, "emotion": f.emotion, "strength": f.strength} for n, f in enumerate(felt)],
        )

    def _takes(self, lines: Iterator[Line], order: Order) -> Iterator[Take]:
        composer = self._services.composer
        for line in lines:
            yield from composer.takes(composer.felt(line), order.character, order.delivery)


def _voice_cards(engine: str, voices: Iterable[VoiceInfo]) -> list[dict[str, Any]]:
    return [
        {"id": f"{engine}/{v.name}", "engine": engine, "name": v.name, "language": v.language}
        | {"label": v.label, "gender": v.gender, "tags": list(v.tags)}
        for v in voices
    ]


def joined(takes: Sequence[Take]) -> tuple[Speech, Timeline]:
    """Takes of one voice laid end to end, as one sound and one score. Raises BadRequest where there is no sound."""
    if not takes:
        raise BadRequest("the voice finds nothing to speak in that text", hint="send words")
    phones, words, timelines, at = [], [], [], 0.0
    for take in takes:
        phones += [replace(p, start=p.start + at, end=p.end + at) for p in take.speech.phones]
        words += [replace(w, start=w.start + at, end=w.end + at) for w in take.speech.words]
        timelines.append(take.timeline.shifted(at))
        at += take.speech.duration
    first = takes[0].speech
    samples = np.concatenate([take.speech.samples for take in takes])
    return Speech(samples, first.rate, tuple(phones), tuple(words), first.timing), merge(timelines)
