"""/api/speech-recognition, as SillyTavern-Extras has it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, Busy
from kuchipaku.registry import Registry
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes

if TYPE_CHECKING:
    from modules.stt.recogniser import Recogniser
    from modules.stt.settings import SttSettings


class RecordBody(BaseModel):
    """POST streaming/record-and-transcript, as JSON or as a form; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    language: Any = Field("", json_schema_extra={"type": "string"})


class Hearing:
    """Views of /api/speech-recognition."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings: SttSettings = services.settings.plugin("stt")
        self._recording = threading.Lock()
        self._recognisers: Registry[Recogniser] = Registry("speech recogniser")
        self._recognisers.register("whisper", self._whisper)
        self._recognisers.register("vosk", self._vosk)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("speech-recognition", __name__)
        for path, module, view in (
            ("/whisper/process-audio", "whisper-stt", self.whisper),
            ("/vosk/process-audio", "vosk-stt", self.vosk),
            ("/streaming/record-and-transcript", "streaming-stt", self.streaming),
        ):
            routes.post(path)(only_with(self._services, module, hidden=True)(view))
        return routes

    @takes(form="AudioFile", fields={"language": False})
    def whisper(self) -> Response:
        """What is said in a recording, heard by Whisper."""
        return self._transcript("whisper")

    @takes(form="AudioFile", fields={"language": False})
    def vosk(self) -> Response:
        """What is said in a recording, heard by Vosk."""
        return self._transcript("vosk")

    @takes(body=RecordBody)
    def streaming(self) -> Response:
        """Listen to the server's own microphone until a pause: what was said, heard by Whisper."""
        from modules.stt.microphone import record

        body = json_body(RecordBody) if request.is_json else RecordBody(**request.form.to_dict())
        whisper = self._recognisers.get("whisper")
        if not self._recording.acquire(blocking=False):
            raise Busy("somebody is being listened to already", hint="wait until they have finished")
        try:
            samples = record(self._settings)
        finally:
            self._recording.release()
        return jsonify(transcript=whisper.transcript(samples, code_of(body.language)) if len(samples) else "")

    def _transcript(self, engine: str) -> Response:
        from modules.stt.recogniser import heard

        upload = request.files.get("AudioFile")
        if upload is None:
            raise BadRequest("no audio was sent", hint="send a multipart form with the file field `AudioFile`")
        samples = heard(upload.read())
        language = code_of(request.form.get("language"))
        return jsonify(transcript=self._recognisers.get(engine).transcript(samples, language))

    def _whisper(self) -> Recogniser:
        from modules.stt.whisper import Whisper

        return Whisper(self._folder("whisper", self._settings.whisper_model), self._settings)

    def _vosk(self) -> Recogniser:
        from modules.stt.vosk import Vosk

        return Vosk(self._folder("vosk", self._settings.vosk_model))

    def _folder(self, engine: str, model: Path) -> Path:
        """A path to a folder is meant as it is; a mere name lies in the folder of models."""
        return model if model.is_dir() else self._services.settings.folders.models / engine / model


def code_of(language: object) -> str:
    """The code of a language however a client writes it: "en" of "en-GB"; empty where none is meant."""
    return language.replace("_", "-").partition("-")[0].strip().lower() if isinstance(language, str) else ""


def blueprint(services: Services) -> Blueprint:
    """Everything under /api/speech-recognition."""
    return Hearing(services).blueprint()
