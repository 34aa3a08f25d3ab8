"""/api/image, as SillyTavern-Extras has it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from kuchipaku import BadRequest, UnknownName
from kuchipaku.registry import Registry
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from modules.sd.wish import Painter, Wish


class ImageBody(BaseModel):
    """POST /api/image; unknown fields are ignored and wrong ones left out, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore", strict=True)

    prompt: str | None = Field(None, description="what is to be seen")
    prompt_prefix: str = ""
    negative_prompt: str = Field("", description="what is not to be seen")
    sampler: str = Field("DDIM", max_length=100)
    steps: int = Field(30, ge=1, le=200)
    scale: float = Field(6.0, ge=0.0, le=100.0)
    width: int = Field(512, ge=64, le=4096)
    height: int = Field(512, ge=64, le=4096)
    seed: int = Field(-1, ge=-1, lt=2**64)
    restore_faces: bool = False
    enable_hr: bool = False
    hr_upscaler: str = Field("", max_length=100)
    hr_scale: float = Field(2.0, ge=1.0, le=4.0)
    hr_second_pass_steps: int = Field(0, ge=0, le=200)
    denoising_strength: float = Field(0.7, ge=0.0, le=1.0)
    karras: bool = False

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(cls, sent: Any, check: ValidatorFunctionWrapHandler, field: ValidationInfo) -> Any:
        try:
            return check(sent)
        except ValidationError:
            return cls.model_fields[str(field.field_name)].default

    def wish(self) -> Wish:
        """What is asked for. Raises BadRequest where there is no prompt."""
        if not self.prompt:
            raise BadRequest('"prompt" is required', hint='send {"prompt": "a cat"}')
        same = self.model_dump(exclude={"prompt", "prompt_prefix", "width", "height"})
        # Latents are an eighth of the picture's size, so whole multiples of eight pixels are painted.
        width, height = self.width // 8 * 8, self.height // 8 * 8
        return Wish(f"{self.prompt_prefix} {self.prompt}".strip(), width=width, height=height, **same)


class ModelBody(BaseModel):
    """POST /api/image/model."""

    model_config = ConfigDict(extra="ignore")

    model: Any = Field(None, json_schema_extra={"type": "string"})


class Pictures:
    """Views of /api/image."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._painters: Registry[Painter] = Registry("picture server")
        self._painters.register("sd", self._build)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("sd", __name__, url_prefix="/api/image")
        gated = only_with(self._services, "sd")
        routes.post("")(gated(self.paint))
        routes.get("/model")(gated(self.model))
        routes.post("/model")(gated(self.choose))
        routes.get("/models")(gated(self.models))
        routes.get("/samplers")(gated(self.samplers))
        return routes

    @takes(body=ImageBody)
    def paint(self) -> Response:
        """A picture of what the prompt says, as base64 of a JPEG."""
        from modules.sd.painters import jpeg

        wish = json_body(ImageBody).wish()
        return jsonify(image=jpeg(self._painter().paint(wish)))

    def model(self) -> Response:
        """The model in use."""
        return jsonify(model=self._painter().model())

    @takes(body=ModelBody)
    def choose(self) -> Response:
        """Use another model; its name comes as JSON, of whatever content type, for browsers send it as plain text."""
        body = json_body(ModelBody, any_type=True)
        if not isinstance(body.model, str) or not body.model:
            raise BadRequest('"model" is required', hint="GET /api/image/models lists them")
        painter = self._painter()
        known, previous = painter.models(), painter.model()
        if body.model not in known:
            raise UnknownName(f"no model is called {body.model!r}", hint=f"known: {', '.join(known) or 'none'}")
        painter.choose(body.model)
        return jsonify(previous_model=previous, current_model=painter.model())

    def models(self) -> Response:
        """The models there are."""
        return jsonify(models=list(self._painter().models()))

    def samplers(self) -> Response:
        """The samplers there are."""
        return jsonify(samplers=list(self._painter().samplers()))

    def _painter(self) -> Painter:
        return self._painters.get("sd")

    def _build(self) -> Painter:
        from modules.sd.painters import painter

        return painter(self._services.settings.plugin("sd"))


def blueprint(services: Services) -> Blueprint:
    """Everything under /api/image."""
    return Pictures(services).blueprint()
