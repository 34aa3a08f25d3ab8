"""/api/text-to-speech/coqui as SillyTavern-Extras has it, without Coqui: no model is fetched or needed."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.voices import voices_of
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.saying import Part, Saying
from modules.coqui_routes.voices import voice_of


class CoquiBody(BaseModel):
    """A body that names a model; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore", strict=True)

    model_id: str = Field(max_length=300)


class InstallBody(CoquiBody):
    """POST .../coqui-api/install-model."""

    action: Literal["download", "repare"] = "download"


class GenerateBody(CoquiBody):
    """POST .../generate-tts: every field is needed, though it may be null."""

    text: str
    language_id: int | Literal["none"] | None
    speaker_id: int | Literal["none"] | None


class CoquiRoutes:
    """Views of the module `coqui-tts`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saying = Saying(services, perform=services.settings.plugin("coqui_routes").perform)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("text-to-speech", __name__)
        gated = only_with(self._services, "coqui-tts", hidden=True)
        routes.post("/coqui/coqui-api/check-model-state")(gated(self.state))
        routes.post("/coqui/coqui-api/install-model")(gated(self.install))
        routes.post("/coqui/local/get-models")(gated(self.models))
        routes.post("/coqui/generate-tts")(gated(self.generate))
        return routes

    @takes(body=CoquiBody)
    def state(self) -> Response:
        """Whether a model is there: always, since an installed voice speaks for it."""
        json_body(CoquiBody)
        return jsonify(model_state="installed")

    @takes(body=InstallBody)
    def install(self) -> Response:
        """Have a model: nothing is to be done."""
        json_body(InstallBody)
        return jsonify(status="done")

    def models(self) -> Response:
        """The installed voices, as local models."""
        return jsonify(models_list=list(voices_of(self._services.voices)))

    @takes(body=GenerateBody)
    def generate(self) -> Response:
        """A text spoken, as WAV; the chosen character moves its lips with it."""
        body = json_body(GenerateBody)
        language, speaker = (n if isinstance(n, int) else None for n in (body.language_id, body.speaker_id))
        voice = voice_of(body.model_id, language, speaker, voices_of(self._services.voices))
        return self._saying.answer([Part(body.text, Delivery(voice))], "wav")


def blueprint(services: Services) -> Blueprint:
    """The routes of the module `coqui-tts`."""
    return CoquiRoutes(services).blueprint()
