"""Settings of the OpenAI-compatible routes."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class SpeechApiSettings(Section):
    """Who speaks for clients of OpenAI's API, and what moves meanwhile."""

    perform: bool = True
    """Whether the character moves its lips with what is spoken."""
    voices: dict[str, str] = Field({})
    """A voice of yours for a name that clients send, such as nova = "espeak/en-us+annie"."""
