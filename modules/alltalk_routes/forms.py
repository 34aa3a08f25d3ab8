"""The forms and queries of AllTalk's API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SUFFIX = ".wav"
"""What version 1 of AllTalk, and so its clients, put behind the name of a voice."""


class Form(BaseModel):
    """A form or a query, all of it text; unknown fields are ignored, since versions differ."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class GenerateForm(Form):
    """POST /alltalk/api/tts-generate."""

    text_input: str = Field(description="what to say")
    character_voice_gen: str = Field("", max_length=200, description="a voice of GET /alltalk/api/voices")
    narrator_enabled: Literal["true", "false", "silent"] = Field("false", description="whether a narrator tells a part")
    narrator_voice_gen: str = Field("", max_length=200, description="the narrator's voice")
    text_not_inside: Literal["character", "narrator", "silent"] = Field("character", description="who has the rest")
    language: str = Field("", max_length=20, description="BCP 47; auto or empty: by the voice")
    speed: float = Field(1.0, ge=0.25, le=4.0, description="times the usual rate")


class StreamForm(Form):
    """GET and POST /alltalk/api/tts-generate-streaming."""

    text: str = Field(description="what to say")
    voice: str = Field("", max_length=200, description="a voice of GET /alltalk/api/voices")
    language: str = Field("", max_length=20, description="BCP 47; auto or empty: by the voice")
    output_file: str = Field("", max_length=200, description="ignored: the file is named here")


class PreviewForm(Form):
    """POST /alltalk/api/previewvoice/."""

    voice: str = Field(max_length=200, description="a voice of GET /alltalk/api/voices")


class ReloadQuery(Form):
    """POST /alltalk/api/reload."""

    tts_method: str = Field("", max_length=200, description="the name of a model")


class DeepSpeedQuery(Form):
    """POST /alltalk/api/deepspeed."""

    new_deepspeed_value: str = Field("", max_length=10, description="True or False")


class LowVramQuery(Form):
    """POST /alltalk/api/lowvramsetting."""

    new_low_vram_value: str = Field("", max_length=10, description="True or False")


def plain(voice: str) -> str:
    """The id of a voice, without what version 1 puts behind it."""
    return voice.removesuffix(SUFFIX)
