"""What every filter is: a checked, frozen set of parameters, and one thing that it does to a `Light`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from modules.talkinghead.filters.light import Light

FPS = 25.0
"""The unit of time of all filters is a frame, at so many per second."""
SPEED_UNIT = 512.0
"""At speed 1 something takes so many frames for the height of a picture: a line a frame, in pictures of 512 lines."""


@dataclass(frozen=True)
class Moment:
    """When a frame is, and which chance it has."""

    frame: float
    """t * 25."""
    seed: int

    def travelled(self, speed: float) -> float:
        """Heights of the picture that something of this speed has moved."""
        return self.frame * speed / SPEED_UNIT


class Filter(BaseModel, ABC):
    """Parameters are validated as they are made: strictly typed, finite, in their range, no others."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    help: ClassVar[str]
    """What it does, in one sentence for people."""
    moves: ClassVar[bool] = False
    """Whether it changes from frame to frame."""

    @abstractmethod
    def apply(self, light: Light, moment: Moment) -> None:
        """Change the light in place."""


def number(default: float, low: float, high: float, step: float, text: str) -> Any:
    """A parameter of low..high; `step` is for whoever turns it by hand."""
    return Field(default, ge=low, le=high, description=text, json_schema_extra={"min": low, "max": high, "step": step})


def choice(default: Any, text: str) -> Any:
    """A parameter whose type says what it may be."""
    return Field(default, description=text)
