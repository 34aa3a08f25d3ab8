"""Characters: folders with a character.toml, read, written and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kuchipaku.pose import Pose


@dataclass(frozen=True, slots=True)
class Character:
    """Who performs: a persona, a voice, and a body for an avatar to move."""

    name: str
    """Its folder's name: lower-case letters, digits, "-" and "_"; what the API takes."""
    folder: Path
    """Where its files lie."""
    title: str = ""
    """What a person reads; the name where empty."""
    avatar: str = "puppet"
    """The kind of avatar that performs it."""
    picture: str = "picture.png"
    """File name of its picture, inside the folder."""
    persona: str = ""
    """Who it is, told to the language model in the second person."""
    prompt: str = ""
    """File name of its own prompt template, inside the folder; empty: the common one."""
    voice: str = ""
    """"engine/voice", or "engine"; empty: the server's default."""
    language: str = ""
    """BCP 47, lower case; empty: found from the text."""
    speed: float = 1.0
    pitch: float = 1.0
    temperament: float = 0.5
    """Liveliness, 0 (still) to 1 (restless)."""
    seed: int = 0
    """Lays out its blinks and sways."""
    emotions: Mapping[str, Pose] = field(default_factory=dict)
    """Its own emotion poses, in place of the common ones: label -> pose."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The table of character.toml named like its avatar kind: settings of that avatar."""
