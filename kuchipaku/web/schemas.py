"""Request bodies and queries: checked here, once, and never again."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kuchipaku.emotion import LABELS
from kuchipaku.stream import Background


class Body(BaseModel):
    """A JSON body: unknown fields and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Manner(Body):
    """How something is to be spoken; what is left out is the character's own."""

    character: str = Field("", max_length=40, description="its name; empty: the chosen one")
    voice: str = Field("", max_length=100, description='"engine" or "engine/voice"')
    language: str = Field("", max_length=20, description='BCP 47, such as "en" or "pt-br"')
    speed: float = Field(1.0, ge=0.25, le=4.0, description="times the usual rate")
    pitch: float = Field(1.0, ge=0.25, le=4.0, description="times the usual pitch")


class SpeechBody(Manner):
    """POST /api/speech."""

    text: str = Field(description="what to say; *marks* are read, not spoken")


class PerformLine(Body):
    """A line that is known already."""

    text: str
    emotion: Literal["", *LABELS] = Field("", description="empty: found from the text")  # type: ignore[valid-type]
    strength: float = Field(1.0, ge=0.0, le=1.0)


class PerformBody(Manner):
    """POST /api/perform: `text`, or `lines`."""

    text: str = ""
    lines: list[PerformLine] = Field(default_factory=list, max_length=1000)
    player: bool = Field(False, description="whether you play the audio and report its clock")
    open: bool = Field(False, description="whether more of the text follows")


class PerformForm(BaseModel):
    """POST /api/perform as a form: the fields beside the file `audio`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = ""
    character: str = Field("", max_length=40)
    language: str = Field("", max_length=20)
    emotion: Literal["", *LABELS] = ""  # type: ignore[valid-type]
    player: bool = False


class TextBody(Body):
    """POST /api/performances/<name>/text."""

    text: str = ""
    end: bool = Field(False, description="whether that was the last of it")


class ChatBody(Manner):
    """POST /api/chat."""

    text: str
    conversation: str = Field("", max_length=64, description="from an earlier `start` event, to go on with it")
    player: bool = Field(False, description="whether you play the audio and report its clock")


class ReplyBody(Body):
    """POST /api/llm/reply."""

    text: str
    character: str = Field("", max_length=40)
    conversation: str = Field("", max_length=64)


class CharacterBody(Body):
    """PATCH /api/characters/<name>; what is left out stays."""

    title: str = Field("", max_length=80)
    voice: str = Field("", max_length=100, description='"engine" or "engine/voice"; empty: the server\'s')
    language: str = Field("", max_length=20, description="BCP 47; empty: found from the text")
    temperament: float = Field(0.5, ge=0.0, le=1.0, description="0 calm to 1 lively")


class StopBody(Body):
    """POST /api/stop."""

    character: str = Field("", max_length=40, description="empty: everybody")


class ClockBody(Body):
    """POST /api/performances/<name>/clock."""

    media_time: float = Field(ge=0, le=1e6, description="seconds of the performance's audio")
    ahead: float = Field(0.0, ge=-2.0, le=2.0, description="in how many seconds that sounds")


class LiveQuery(BaseModel):
    """Query of GET /live/<name>.mjpg."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = Field("jpeg", max_length=20, description="a picture format of a plugin: jpeg, png")
    fps: float = Field(0.0, ge=0.0, le=120.0, description="at most so many frames a second, from 0.5; 0: all")
    background: str = Field("", pattern="^([0-9a-fA-F]{6})?$", description="RRGGBB laid under the picture")

    @field_validator("fps")
    @classmethod
    def _not_too_slow(cls, fps: float) -> float:
        if 0.0 < fps < 0.5:
            raise ValueError("0, or 0.5 to 120")
        return fps

    @property
    def rgb(self) -> Background | None:
        """The background as red, green, blue; None where none was asked for."""
        if not self.background:
            return None
        red, green, blue = bytes.fromhex(self.background)
        return red, green, blue
