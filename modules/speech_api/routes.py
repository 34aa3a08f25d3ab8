"""/v1/audio/speech and its kin, compatible with OpenAI's API."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.voices import voices_of
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.saying import STREAMED, Part, Saying
from modules.speech_api.settings import SpeechApiSettings
from modules.speech_api.voices import CHARACTER, OPENAI_VOICES, meant

MODEL = "tts-1"
"""The one model there is, by the name that clients have set from the start."""


class SpeechBody(BaseModel):
    """POST /v1/audio/speech; unknown fields are ignored, since each client has its own."""

    model_config = ConfigDict(extra="ignore", strict=True)

    input: str = Field(description="what to say")
    model: str = Field("", description="ignored: the voice decides")
    voice: str = Field("", max_length=200, description="an id of GET /v1/audio/voices, or one of OpenAI's names")
    response_format: str = Field("mp3", max_length=20, description="mp3, wav, flac, ogg, opus or pcm")
    speed: float = Field(1.0, ge=0.25, le=4.0, description="times the usual rate")
    stream_format: Literal["audio"] = Field("audio", description="sound; events are not offered")
    character: str = Field("", max_length=40, description="who speaks; empty: the one the voice names, or the chosen")


class SpeechApi:
    """Views of the OpenAI-compatible routes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._own: SpeechApiSettings = services.settings.plugin("speech_api")
        self._saying = Saying(services, perform=self._own.perform)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("speech-api", __name__, url_prefix="/v1")
        routes.post("/audio/speech")(self.speech)
        routes.get("/audio/voices")(self.voices)
        routes.get("/models")(self.models)
        return routes

    @takes(body=SpeechBody)
    def speech(self) -> Response:
        """A text spoken, as a file, or for wav and pcm as a stream; the character moves its lips with it."""
        body = json_body(SpeechBody)
        character, voice = meant(body.voice, self._own.voices)
        part = Part(body.input, Delivery(voice, speed=body.speed))
        answer = self._saying.stream if body.response_format in STREAMED else self._saying.answer
        return answer([part], body.response_format, body.character or character)

    def voices(self) -> Response:
        """Every name that `voice` takes: characters, installed voices, and OpenAI's own."""
        characters = [
            {"id": f"{CHARACTER}{name}", "name": self._services.characters.get(name).title or name, "language": ""}
            for name in self._services.characters.names()
        ]
        installed = [
            {"id": voice, "name": info.label, "language": info.language}
            for voice, info in voices_of(self._services.voices).items()
        ]
        names = dict.fromkeys((*OPENAI_VOICES, *self._own.voices))
        return jsonify(voices=characters + installed + [{"id": n, "name": n, "language": ""} for n in names])

    def models(self) -> Response:
        """The one model there is."""
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "kuchipaku"}
        return jsonify(object="list", data=[model])


def blueprint(services: Services) -> Blueprint:
    """The OpenAI-compatible routes."""
    return SpeechApi(services).blueprint()
