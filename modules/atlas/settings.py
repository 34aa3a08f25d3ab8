"""Settings of the pose atlas: [plugins.atlas] in the settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kuchipaku import Section


class AtlasSettings(Section):
    """The pose atlas: exact pictures of a character, rendered once, from which a slow machine composes its frames."""

    mode: Literal["auto", "always", "never"] = "auto"
    """Whether frames are composed from an atlas; "auto": where the avatar itself cannot keep up with stream.fps."""
    folder: Path = Path(".cache/atlas")
    """Where atlases are kept, one folder for each."""
    max_mb: int = Field(500, ge=20)
    """Megabytes that all atlases together may take on the disk; the ones not used for longest go first."""
