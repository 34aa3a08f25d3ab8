"""Settings of the Silero routes."""

from __future__ import annotations

from kuchipaku import Section


class SileroSettings(Section):
    """What speaking through /api/tts does beside the sound."""

    perform: bool = True
    """Whether the chosen character moves its lips with what is spoken."""
