"""Settings of Edge's voices and routes."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class EdgeSettings(Section):
    """Whether texts may go to Microsoft, which voice speaks by default, and what moves meanwhile."""

    online: bool = True
    """Whether Microsoft's service may be asked, which happens only for a voice of its own; false: never."""
    voice: str = "en-US-EmmaMultilingualNeural"
    """The voice of "edge" alone, and of its language."""
    timeout: int = Field(10, ge=1, le=120)
    """Longest silence of the service, in seconds."""
    perform: bool = True
    """Whether the chosen character moves its lips with what is spoken through /api/edge-tts."""
