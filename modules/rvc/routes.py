"""/api/voice-conversion/rvc, as SillyTavern-Extras has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest
from kuchipaku.registry import Registry
from kuchipaku.services import Services
from kuchipaku.settings import checked
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import takes
from modules.rvc.settings import RvcSettings

if TYPE_CHECKING:
    from modules.rvc.converter import Conversion, Converter


class ConversionForm(BaseModel):
    """The form field `json` of POST rvc/process-audio; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())

    modelName: str = Field(max_length=200)  # noqa: N815 - the client's names
    pitchExtraction: str = Field("rmvpe", max_length=20)  # noqa: N815
    pitchOffset: int = Field(0, ge=-36, le=36)  # noqa: N815
    indexRate: float = Field(0.5, ge=0.0, le=1.0)  # noqa: N815
    filterRadius: int = Field(3, ge=0, le=7)  # noqa: N815
    rmsMixRate: float = Field(0.25, ge=0.0, le=1.0)  # noqa: N815
    protect: float = Field(0.33, ge=0.0, le=0.5)

    def conversion(self) -> Conversion:
        """The same in our words."""
        from modules.rvc.converter import Conversion

        return Conversion(
            self.modelName,
            self.pitchExtraction,
            self.pitchOffset,
            self.indexRate,
            self.filterRadius,
            self.rmsMixRate,
            self.protect,
        )


class VoiceConversion:
    """Views of /api/voice-conversion/rvc."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings: RvcSettings = services.settings.plugin("rvc")
        self._converters: Registry[Converter] = Registry("voice converter")
        self._converters.register("rvc", self._build)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("voice-conversion", __name__)
        gated = only_with(self._services, "rvc", hidden=True)
        routes.post("/rvc/get-models-list")(gated(self.models))
        routes.post("/rvc/upload-models")(gated(self.upload))
        routes.post("/rvc/process-audio")(gated(self.process))
        return routes

    def models(self) -> Response:
        """The voices there are; none where no engine is installed."""
        return jsonify(models_list=list(self._converter().models()) if self._settings.url else [])

    @takes(form="file")
    def upload(self) -> Response:
        """Voices for the engine: zip archives, each with a folder for each model."""
        archives = [file.read() for file in request.files.values()]
        if not archives:
            raise BadRequest("no model was sent", hint="send zip archives as files of a multipart form")
        if not all(archive.startswith(b"PK") for archive in archives):
            raise BadRequest("that is no zip archive", hint="pack each model's folder into a .zip")
        for archive in archives:
            self._converter().upload(archive)
        return jsonify(status="ok")

    @takes(form="AudioFile", fields={"json": True})
    def process(self) -> Response:
        """A recording in another voice, as WAV."""
        upload = request.files.get("AudioFile")
        if upload is None:
            raise BadRequest("no audio was sent", hint="send a multipart form with the file field `AudioFile`")
        wav = self._converter().convert(upload.read(), _sent().conversion())
        return Response(wav, mimetype="audio/x-wav")

    def _converter(self) -> Converter:
        return self._converters.get("rvc")

    def _build(self) -> Converter:
        from modules.rvc.converter import Converter, not_installed

        if not self._settings.url:
            raise not_installed()
        return Converter(self._settings)


def _sent() -> ConversionForm:
    try:
        sent = json.loads(request.form.get("json", ""))
    except (ValueError, RecursionError) as error:
        raise BadRequest("the form field `json` is not JSON", hint='send {"modelName": "..."} in it') from error
    return checked(ConversionForm, sent, "json")


def blueprint(services: Services) -> Blueprint:
    """Everything under /api/voice-conversion."""
    return VoiceConversion(services).blueprint()
