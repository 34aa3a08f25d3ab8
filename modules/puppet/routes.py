"""The anchors of a puppet over HTTP: read, and changed while it lives."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest, Character
from kuchipaku.services import Services
from kuchipaku.web.openapi import json_body, takes
from modules.puppet.anchors import anchors_of, with_anchors


class AnchorsBody(BaseModel):
    """PUT /api/puppet/<name>/anchors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    anchors: dict[str, Any] = Field(description="keys of [puppet], docs/characters.md; those left out stay as they are")


def blueprint(services: Services) -> Blueprint:
    """The routes."""
    routes = Blueprint("puppet", __name__)

    @routes.get("/<name>/anchors")
    def read(name: str) -> Response:
        """Where the face of a puppet has its parts."""
        return jsonify(anchors=anchors_of(_puppet(services, name)))

    @routes.put("/<name>/anchors")
    @takes(AnchorsBody)
    def write(name: str) -> Response:
        """Move the parts of a puppet's face; the live picture follows at once."""
        body = json_body(AnchorsBody)
        character = _puppet(services, name)
        text = (character.folder / "character.toml").read_text(encoding="utf-8")
        changed = with_anchors(text, body.anchors, character.picture)
        character = services.characters.write(name, {"character.toml": changed.encode()})
        if performer := services.stage.on_stage(name):
            performer.recast()
        return jsonify(anchors=anchors_of(character))

    return routes


def _puppet(services: Services, name: str) -> Character:
    character = services.characters.get(name)
    if character.avatar != "puppet":
        raise BadRequest(f"{name} is a {character.avatar}, not a puppet", hint="only puppets have anchors")
    return character
