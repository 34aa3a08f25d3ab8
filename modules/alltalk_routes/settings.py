"""Settings of the AllTalk routes."""

from __future__ import annotations

from kuchipaku import Section


class AllTalkRoutesSettings(Section):
    """What speaking through /alltalk does beside the sound."""

    perform: bool = True
    """Whether the chosen character moves its lips with what is spoken."""
