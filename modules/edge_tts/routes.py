"""/api/edge-tts as SillyTavern-Extras has it; without Microsoft's service another installed voice stands in."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, Delivery, EngineUnavailable, VoiceInfo
from kuchipaku.services import Services
from kuchipaku.voices import voice_for, voices_of
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.saying import Part, Saying
from modules.edge_tts.catalogue import EdgeName, named

log = logging.getLogger(__name__)

ENGINE = "edge"
"""The engine whose voices are Edge's own."""
FORMAT = "mp3"


class GenerateBody(BaseModel):
    """POST /api/edge-tts/generate; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: str
    voice: str = Field(max_length=200)
    rate: Any = Field(0, json_schema_extra={"type": "integer"}, description="percent; no number counts as 0")


class EdgeRoutes:
    """Views of the module `edge-tts`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saying = Saying(services, perform=services.settings.plugin("edge_tts").perform)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("edge-tts", __name__)
        gated = only_with(self._services, "edge-tts")
        routes.get("/list")(gated(self.listing))
        routes.post("/generate")(gated(self.generate))
        return routes

    def listing(self) -> Response:
        """Every installed voice in the shape of Edge's list."""
        return jsonify([_card(voice, info) for voice, info in voices_of(self._services.voices).items()])

    @takes(body=GenerateBody)
    def generate(self) -> Response:
        """A text spoken, as MP3; the chosen character moves its lips with it."""
        body = json_body(GenerateBody)
        edge, speed = named(body.voice), _speed(body.rate)
        if edge is None:
            return self._spoken(body.text, self._installed(body.voice), speed)
        try:
            return self._spoken(body.text, f"{ENGINE}/{edge.short}", speed)
        except EngineUnavailable as error:
            log.warning("%s; another voice stands in for %s", error, edge.short)
        return self._spoken(body.text, self._stand_in(edge), speed)

    def _spoken(self, text: str, voice: str, speed: float) -> Response:
        return self._saying.answer([Part(text, Delivery(voice, speed=speed))], FORMAT)

    def _installed(self, voice: str) -> str:
        if voice not in voices_of(self._services.voices):
            raise BadRequest(f"no voice is called {voice!r}", hint="GET /api/edge-tts/list lists them")
        return voice

    def _stand_in(self, edge: EdgeName) -> str:
        return voice_for(voices_of(self._services.voices), edge.language, gender=edge.gender)


def _speed(percent: object) -> float:
    whole = percent if isinstance(percent, int) and not isinstance(percent, bool) else 0
    return 1 + min(300, max(-75, whole)) / 100


def _card(voice: str, info: VoiceInfo) -> dict[str, Any]:
    edge = named(info.name) if voice.startswith(f"{ENGINE}/") else None
    return {
        "Name": edge.full if edge else voice,
        "ShortName": edge.short if edge else voice,
        "Gender": info.gender.capitalize(),
        "Locale": edge.locale if edge else _locale(info.language),
        "SuggestedCodec": "audio-24khz-48kbitrate-mono-mp3",
        "FriendlyName": info.label,
        "Status": "GA",
        "VoiceTag": {"ContentCategories": ["General"], "VoicePersonalities": []},
    }


def _locale(language: str) -> str:
    """A language as Edge writes it: "en-US"."""
    first, *rest = language.split("-")
    return "-".join([first, *(part.upper() if len(part) == 2 else part for part in rest)])


def blueprint(services: Services) -> Blueprint:
    """The routes of the module `edge-tts`."""
    return EdgeRoutes(services).blueprint()
