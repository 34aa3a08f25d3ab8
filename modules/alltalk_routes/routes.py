"""AllTalk's HTTP API under /alltalk: the endpoints that SillyTavern's provider calls."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from kuchipaku.errors import UnknownName
from kuchipaku.services import Services
from kuchipaku.settings import checked
from kuchipaku.speech import Delivery
from kuchipaku.voices import voices_of
from kuchipaku.web.openapi import Model, json_body, query_of, takes
from kuchipaku.web.origins import absolute_url
from kuchipaku.web.saying import Part, Saying
from modules.alltalk_routes.forms import (
    SUFFIX,
    DeepSpeedQuery,
    GenerateForm,
    LowVramQuery,
    PreviewForm,
    ReloadQuery,
    StreamForm,
    plain,
)
from modules.alltalk_routes.narration import told

MODEL = "kuchipaku"
"""The one model, and engine, there is."""
PREVIEW = "Hello there! This is how I sound."


class AllTalkRoutes:
    """Views of AllTalk's API."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saying = Saying(services, perform=services.settings.plugin("alltalk_routes").perform)
        self._previewing = Saying(services, perform=False)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("alltalk", __name__, url_prefix="/alltalk")
        routes.get("/api/ready")(self.ready)
        routes.get("/api/voices")(self.voices)
        routes.get("/api/rvcvoices")(self.rvcvoices)
        routes.get("/api/currentsettings")(self.currentsettings)
        routes.post("/api/reload")(self.reload)
        routes.post("/api/deepspeed")(self.deepspeed)
        routes.post("/api/lowvramsetting")(self.lowvramsetting)
        routes.post("/api/previewvoice/")(self.previewvoice)
        routes.post("/api/tts-generate")(self.generate)
        routes.get("/api/tts-generate-streaming")(self.stream)
        routes.post("/api/tts-generate-streaming")(self.stream_to_file)
        routes.get("/audio/<name>.wav")(self.audio)
        return routes

    def ready(self) -> Response:
        """The one word that says so."""
        return Response("Ready", mimetype="text/plain")

    def voices(self) -> Response:
        """Every installed voice."""
        return jsonify(status="success", voices=list(voices_of(self._services.voices)))

    def rvcvoices(self) -> Response:
        """The voices that others can be converted to: none."""
        return jsonify(status="success", rvcvoices=["Disabled"])

    def currentsettings(self) -> Response:
        """What AllTalk's clients want to know of a server, by the names of version 1 and of version 2."""
        off = dict.fromkeys(
            (
                "deepspeed_available", "deepspeed_capable", "deepspeed_enabled", "deepspeed_status",
                "low_vram_status", "lowvram_capable", "lowvram_enabled", "finetuned_model",
            ),
            False,
        )  # fmt: skip
        return jsonify(
            engines_available=[MODEL],
            current_engine_loaded=MODEL,
            models_available=[{"name": MODEL, "model_name": MODEL}],
            current_model_loaded=MODEL,
            audio_format="wav",
            streaming_capable=True,
            generationspeed_capable=True,
            **off,
        )

    @takes(query=ReloadQuery)
    def reload(self) -> Response:
        """Load a model: the one there is, is loaded."""
        known = query_of(ReloadQuery).tts_method == MODEL
        return jsonify(status="model-success" if known else "model-failure")

    @takes(query=DeepSpeedQuery)
    def deepspeed(self) -> Response:
        """Switch DeepSpeed: there is none."""
        query_of(DeepSpeedQuery)
        return jsonify(status="error", message="the voices here do not use DeepSpeed")

    @takes(query=LowVramQuery)
    def lowvramsetting(self) -> Response:
        """Switch the saving of graphics memory: there is nothing to save."""
        query_of(LowVramQuery)
        return jsonify(status="error", message="the voices here need no graphics memory")

    @takes(body=PreviewForm)
    def previewvoice(self) -> Response:
        """A sentence in a voice, as the address of a file."""
        form = _sent(PreviewForm)
        file, _ = self._previewing.file([Part(PREVIEW, Delivery(plain(form.voice)))], "wav")
        return self._generated(file, form.voice)

    @takes(body=GenerateForm)
    def generate(self) -> Response:
        """A text spoken, as the address of a file; the chosen character moves its lips with it."""
        form = _sent(GenerateForm)
        file, _ = self._saying.file(parts_of(form), "wav")
        return self._generated(file, form.character_voice_gen)

    @takes(query=StreamForm)
    def stream(self) -> Response:
        """A text spoken, as WAV that is sent while it is made; the chosen character moves its lips with it."""
        return self._saying.stream([_streamed(query_of(StreamForm))], "wav")

    @takes(body=StreamForm)
    def stream_to_file(self) -> Response:
        """A text spoken, as the path of a file: with a form nothing is streamed."""
        form = _sent(StreamForm)
        file, _ = self._saying.file([_streamed(form)], "wav")
        return jsonify(output_file_path=f"/audio/{self._keep(file)}")

    def audio(self, name: str) -> Response:
        """A file that was made a while ago."""
        wav = self._services.director.audio.get(name)
        if wav is None:
            raise UnknownName("there is no such audio", hint="old audio is let go after a while")
        return Response(wav, mimetype="audio/wav", headers={"Cache-Control": "private, max-age=600"})

    def _generated(self, file: bytes, voice: str) -> Response:
        """The address: absolute for clients of version 1, which show themselves by how they name the voice."""
        path = f"/audio/{self._keep(file)}"
        url = absolute_url(f"alltalk{path}") if voice.endswith(SUFFIX) else path
        return jsonify(status="generate-success", output_file_path=path, output_file_url=url, output_cache_url=url)

    def _keep(self, file: bytes) -> str:
        """Keep a file for a while; its name."""
        return self._services.director.keep_audio(file).rpartition("/")[2]


def parts_of(form: GenerateForm) -> list[Part]:
    """What a form has spoken, by whom: the character alone, or together with a narrator."""
    character = _delivery(form.character_voice_gen, form.language, form.speed)
    if form.narrator_enabled == "false":
        return [Part(form.text_input, character)]
    narrator = _delivery(form.narrator_voice_gen, form.language, form.speed)
    silent = ("narrator",) if form.narrator_enabled == "silent" else ()
    return [
        Part(words, character if who == "character" else narrator)
        for who, words in told(form.text_input, form.text_not_inside)
        if who not in silent
    ]


def _sent(model: type[Model]) -> Model:
    """The request's form; its JSON, where it sends that."""
    return json_body(model) if request.is_json else checked(model, request.form.to_dict(), "request")


def _streamed(form: StreamForm) -> Part:
    return Part(form.text, _delivery(form.voice, form.language, 1.0))


def _delivery(voice: str, language: str, speed: float) -> Delivery:
    return Delivery(plain(voice), "" if language == "auto" else language, speed)


def blueprint(services: Services) -> Blueprint:
    """AllTalk's routes."""
    return AllTalkRoutes(services).blueprint()
