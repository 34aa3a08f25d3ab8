"""The part of the SillyTavern-Extras API that the core itself can answer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kuchipaku.emotion import EmotionReader
from kuchipaku.errors import KuchipakuError
from kuchipaku.services import Services
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.schemas import ClassifyBody


class NotEnabled(KuchipakuError):
    """An Extras module that is off."""

    status = 403


def enabled_modules(services: Services) -> list[str]:
    """The Extras modules that plugins carry and the settings leave on."""
    carried = [name for _, names in services.plugins.each_live("extras_modules") for name in names]
    wanted = services.settings.modules
    return carried if wanted is None else [name for name in wanted if name in carried]


def blueprint(services: Services) -> Blueprint:
    """/api/modules and /api/classify."""
    routes = Blueprint("extras", __name__, url_prefix="/api")

    def reader() -> EmotionReader:
        if "classify" not in enabled_modules(services):
            raise NotEnabled("Module 'classify' not enabled in config", hint="--enable-modules classify")
        return services.readers.get(services.settings.reply.emotion_reader)

    @routes.get("/modules")
    def modules() -> Response:
        """The SillyTavern-Extras modules that are on."""
        return jsonify(modules=enabled_modules(services))

    @routes.post("/classify")
    @takes(body=ClassifyBody)
    def classify() -> Response:
        """The emotions in a text, every label with its score, the strongest first."""
        engine = reader()
        return jsonify(classification=_ranked(engine, json_body(ClassifyBody).text))

    @routes.get("/classify/labels")
    def labels() -> Response:
        """Every label that /api/classify can give."""
        return jsonify(labels=[entry["label"] for entry in _ranked(reader(), "")])

    return routes


def _ranked(reader: EmotionReader, text: str) -> list[dict[str, str | float]]:
    scores = sorted(reader.scores(text).items(), key=lambda item: -item[1])
    return [{"label": label, "score": float(score)} for label, score in scores]
