"""Settings of the Groq client."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kuchipaku import Section


class GroqSettings(Section):
    """Which model answers, and how long it is waited for. The key itself is never written in a settings file."""

    key_variable: str = Field("GROQ_API_KEY", pattern=r"^[A-Z][A-Z0-9_]*$")
    """Name of the environment variable that holds the key."""
    model: str = "openai/gpt-oss-120b"
    """A model's id at Groq."""
    base_url: str = Field("https://api.groq.com", pattern=r"^https?://")
    """Where the service is; it is asked for /openai/v1/chat/completions there."""
    temperature: float = Field(0.8, ge=0.0, le=2.0)
    """How freely words are chosen, 0 to 2."""
    max_tokens: int = Field(1024, ge=16, le=32768)
    """Longest reply, thinking included, in tokens."""
    reasoning_effort: Literal["", "none", "default", "low", "medium", "high"] = "low"
    """How long a model that can think does so before it speaks; empty for models that cannot."""
    timeout: float = Field(20.0, gt=0, le=600)
    """Longest silence while a reply is awaited or under way, in seconds."""
    max_retries: int = Field(1, ge=0, le=5)
    """New attempts after a failed connection or a fault at Groq, before anything was said."""
