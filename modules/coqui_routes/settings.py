"""Settings of the Coqui routes."""

from __future__ import annotations

from kuchipaku import Section


class CoquiSettings(Section):
    """What speaking through /api/text-to-speech/coqui does beside the sound."""

    perform: bool = True
    """Whether the chosen character moves its lips with what is spoken."""
