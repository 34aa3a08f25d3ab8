"""/api/caption, as SillyTavern-Extras has it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from kuchipaku import BadRequest
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from modules.caption.engines import engines
from modules.caption.picture import decoded, on_white, thumbnail


class CaptionBody(BaseModel):
    """POST /api/caption; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    image: Any = Field(None, description="a picture in base64", json_schema_extra={"type": "string"})


def blueprint(services: Services) -> Blueprint:
    """The route."""
    routes = Blueprint("caption", __name__)
    known = engines(services.settings.plugin("caption"), services.settings.folders.models)

    @routes.post("")
    @only_with(services, "caption")
    @takes(body=CaptionBody)
    def caption() -> Response:
        """What is in a picture, in a phrase, and a thumbnail of it."""
        image = json_body(CaptionBody).image
        if not isinstance(image, str):
            raise BadRequest('"image" is required', hint='send {"image": "the picture in base64"}')
        picture = decoded(image, services.settings.limits.picture_megapixels)
        return jsonify(caption=known.get().caption(picture), thumbnail=thumbnail(on_white(picture)))

    return routes
