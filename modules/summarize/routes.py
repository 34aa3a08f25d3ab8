"""/api/summarize, as SillyTavern-Extras has it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, TooLarge
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from modules.summarize.engines import engines

LONGEST = 200_000
"""Characters of a text: two or three hours of reading, and seconds of work for the embedded engine."""


class SummarizeBody(BaseModel):
    """POST /api/summarize; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    text: Any = Field(None, description="what to make short", json_schema_extra={"type": "string"})
    params: Any = Field(None, description="ignored; clients send it")


def blueprint(services: Services) -> Blueprint:
    """The route."""
    routes = Blueprint("summarize", __name__)
    known = engines(services.settings.plugin("summarize"), services.settings.folders.models)

    @routes.post("")
    @only_with(services, "summarize")
    @takes(body=SummarizeBody)
    def summarize() -> Response:
        """A text, made short."""
        text = checked_text(json_body(SummarizeBody).text)
        return jsonify(summary=known.get().summarize(text))

    return routes


def checked_text(text: object) -> str:
    """What is to be made short. Raises BadRequest for no text, TooLarge for one beyond `LONGEST`."""
    if not isinstance(text, str):
        raise BadRequest('"text" is required', hint='send {"text": "a long story"}')
    if len(text) > LONGEST:
        raise TooLarge(f"the text has {len(text)} characters", hint=f"at most {LONGEST}: send it in parts")
    return text
