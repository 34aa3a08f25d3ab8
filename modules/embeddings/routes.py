"""/api/embeddings, as SillyTavern-Extras has it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from kuchipaku import BadRequest, TooLarge
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from modules.embeddings.engines import embedders

ONE_OR_MANY: JsonDict = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
HINT = 'send {"text": "a sentence"} or {"text": ["one", "another"]}'

MOST = 10_000
"""Texts at once: their vectors and the answer are held in memory as a whole."""


class ComputeBody(BaseModel):
    """POST /api/embeddings/compute; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    text: Any = Field(None, description="a text, or a list of texts", json_schema_extra=ONE_OR_MANY)


def blueprint(services: Services) -> Blueprint:
    """The route."""
    routes = Blueprint("embeddings", __name__)
    mine = services.settings.plugin("embeddings")
    known = embedders(mine, services.settings.folders.models)

    @routes.post("/compute")
    @only_with(services, "embeddings")
    @takes(body=ComputeBody)
    def compute() -> Response:
        """A vector of length 1 for a text, or one for each of a list."""
        text = json_body(ComputeBody).text
        texts = texts_of(text)
        vectors = known.get(mine.model).embed(texts).tolist() if texts else []
        return jsonify(embedding=vectors[0] if isinstance(text, str) else vectors)

    return routes


def texts_of(text: object) -> list[str]:
    """One text or many as a list. Raises BadRequest for anything else, TooLarge for more than `MOST`."""
    if text is None:
        raise BadRequest('"text" is required', hint=HINT)
    texts = [text] if isinstance(text, str) else text
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BadRequest('"text" must be string or array of strings', hint=HINT)
    if len(texts) > MOST:
        raise TooLarge(f"these are {len(texts)} texts", hint=f"at most {MOST} at once")
    return texts
