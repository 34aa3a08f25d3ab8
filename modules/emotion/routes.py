"""/api/classify, as SillyTavern-Extras has it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict

from kuchipaku import EmotionReader
from kuchipaku.services import Services
from kuchipaku.web.extras import check_on
from kuchipaku.web.openapi import json_body, takes


class ClassifyBody(BaseModel):
    """POST /api/classify; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: str


def blueprint(services: Services) -> Blueprint:
    """The emotions in a text, by the reader that the settings name."""
    routes = Blueprint("classify", __name__)

    def reader() -> EmotionReader:
        check_on(services, "classify")
        return services.readers.get(services.settings.reply.emotion_reader)

    @routes.post("")
    @takes(body=ClassifyBody)
    def classify() -> Response:
        """The emotions in a text, every label with its score, the strongest first."""
        engine = reader()
        return jsonify(classification=ranked(engine, json_body(ClassifyBody).text))

    @routes.get("/labels")
    def labels() -> Response:
        """Every label that /api/classify can give."""
        return jsonify(labels=[entry["label"] for entry in ranked(reader(), "")])

    return routes


def ranked(reader: EmotionReader, text: str) -> list[dict[str, str | float]]:
    """{label, score} of every label, the highest score first."""
    scores = sorted(reader.scores(text).items(), key=lambda item: -item[1])
    return [{"label": label, "score": float(score)} for label, score in scores]
