"""/api/classify, as SillyTavern-Extras has it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, EmotionReader
from kuchipaku.services import Services
from kuchipaku.web.extras import check_on
from kuchipaku.web.openapi import json_body, takes


class ClassifyBody(BaseModel):
    """POST /api/classify; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    text: Any = Field(None, description="what to read", json_schema_extra={"type": "string"})


def blueprint(services: Services) -> Blueprint:
    """The emotions in a text, by the reader that the settings name."""
    routes = Blueprint("classify", __name__)

    def reader() -> EmotionReader:
        check_on(services, "classify")
        return services.readers.get(services.settings.reply.emotion_reader)

    @routes.post("")
    @takes(body=ClassifyBody)
    def classify() -> Response:
        """The emotions in a text, every label with its score, the strongest first.

        With the module `talkinghead` on, the chosen character wears the strongest one when nothing is said.
        """
        engine, text = reader(), json_body(ClassifyBody).text
        if not isinstance(text, str):
            raise BadRequest('"text" is required', hint='send {"text": "What a day!"}')
        found = ranked(engine, text)
        if talking_head(services) and (name := services.characters.chosen_name()):
            services.stage.performer(name).feel(str(found[0]["label"]))
        return jsonify(classification=found)

    @routes.get("/labels")
    def labels() -> Response:
        """Every label that /api/classify can give; "talkinghead" after them while that module is on."""
        known = [entry["label"] for entry in ranked(reader(), "")]
        return jsonify(labels=[*known, *(["talkinghead"] if talking_head(services) else [])])

    return routes


def talking_head(services: Services) -> bool:
    """Whether the module `talkinghead` is on."""
    return "talkinghead" in services.extras_modules()


def ranked(reader: EmotionReader, text: str) -> list[dict[str, str | float]]:
    """{label, score} of every label, the highest score first."""
    scores = sorted(reader.scores(text).items(), key=lambda item: -item[1])
    return [{"label": label, "score": float(score)} for label, score in scores]
