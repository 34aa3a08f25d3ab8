"""/api/websearch, as SillyTavern-Extras has it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, EngineUnavailable, TooLarge
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes

LONGEST = 2000
"""Characters of a question; the engines themselves take no more."""


class SearchBody(BaseModel):
    """POST /api/websearch; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    query: Any = Field(None, json_schema_extra={"type": "string"})
    engine: Any = Field("google", json_schema_extra={"type": "string"})


def checked_query(query: object) -> str:
    """What is looked for. Raises BadRequest or TooLarge where it cannot be."""
    if not isinstance(query, str) or not query.strip():
        raise BadRequest('"query" is required', hint='send {"query": "what to look for"}')
    if len(query) > LONGEST:
        raise TooLarge(f"the question has {len(query)} characters", hint=f"at most {LONGEST}")
    return query


def blueprint(services: Services) -> Blueprint:
    """The one route."""
    routes = Blueprint("websearch", __name__)

    @routes.post("")
    @only_with(services, "websearch")
    @takes(body=SearchBody)
    def websearch() -> Response:
        """What a search engine finds: snippets, one a line, and links."""
        body = json_body(SearchBody)
        query = checked_query(body.query)
        if find_spec("bs4") is None:
            raise EngineUnavailable(
                "beautifulsoup4 is not installed", hint="python -m pip install -r requirements-extras.txt"
            )
        from modules.websearch.engines import search

        found = search(query, str(body.engine), services.settings.plugin("websearch"))
        return jsonify(
            results="\n".join(result.snippet for result in found if result.snippet),
            links=list(dict.fromkeys(result.link for result in found)),
        )

    return routes
