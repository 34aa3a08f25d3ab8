"""/api/tts as SillyTavern-Extras has it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.voices import voices_of
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.origins import absolute_url
from kuchipaku.web.saying import Part, Saying
from modules.silero_routes.speakers import names_of, sample_of, voice_of


class GenerateBody(BaseModel):
    """POST /api/tts/generate; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: str
    speaker: str = Field(max_length=200)


class SileroRoutes:
    """Views of the module `silero-tts`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saying = Saying(services, perform=services.settings.plugin("silero_routes").perform)
        self._sampling = Saying(services, perform=False)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("tts", __name__)
        gated = only_with(self._services, "silero-tts")
        routes.get("/speakers")(gated(self.speakers))
        routes.post("/generate")(gated(self.generate))
        routes.get("/sample/<path:speaker>")(gated(self.sample))
        routes.post("/session")(gated(self.session))
        return routes

    def speakers(self) -> Response:
        """Every installed voice, with the address of a sample."""
        voices = voices_of(self._services.voices)
        return jsonify(
            [
                {"name": name, "voice_id": voice, "preview_url": _sample_url(voice), "lang": voices[voice].language}
                for voice, name in names_of(voices).items()
            ]
        )

    @takes(body=GenerateBody)
    def generate(self) -> Response:
        """A text spoken, as WAV; the chosen character moves its lips with it."""
        body = json_body(GenerateBody)
        voice = voice_of(body.speaker, voices_of(self._services.voices))
        return self._saying.answer([Part(body.text, Delivery(voice))], "wav")

    def sample(self, speaker: str) -> Response:
        """A sentence in a voice, as WAV."""
        voices = voices_of(self._services.voices)
        voice = voice_of(speaker, voices)
        return self._sampling.answer([Part(sample_of(voices[voice].language), Delivery(voice))], "wav")

    def session(self) -> str:
        """Nothing: clients of Silero's own server announce where it may keep its files."""
        return "OK"


def _sample_url(voice: str) -> str:
    return absolute_url(f"api/tts/sample/{quote(voice)}")


def blueprint(services: Services) -> Blueprint:
    """The routes of the module `silero-tts`."""
    return SileroRoutes(services).blueprint()
