"""Pixels to bytes: the formats of the live stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kuchipaku.avatar import Pixels


class EncodeFunction(Protocol):
    """Turns straight-alpha RGBA pixels into the bytes of a picture."""

    def __call__(self, pixels: Pixels) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A picture format of the live stream."""

    mimetype: str
    """"image/png"."""
    alpha: bool
    """Whether it keeps transparency; without it, frames are laid on a background first."""
    encode: EncodeFunction
