"""Settings of the web search: [plugins.websearch] in the settings file."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class WebSearchSettings(Section):
    """Where a question goes when a client asks for it; nothing is sent anywhere before that."""

    google_url: str = Field("https://www.google.com", pattern=r"^https?://")
    """Where Google is; it is asked for /search there."""
    duckduckgo_url: str = Field("https://html.duckduckgo.com", pattern=r"^https?://")
    """Where DuckDuckGo's pages without scripts are; it is asked for /html/ there."""
    fall_back: bool = True
    """Whether DuckDuckGo is asked where Google refuses to answer programs, as it mostly does."""
    user_agent: str = "Mozilla/5.0 (compatible; Kuchipaku)"
    """How the engines are told who asks."""
    most: int = Field(10, ge=1, le=50)
    """Results that are passed on."""
    timeout: float = Field(10.0, gt=0, le=120)
    """Longest wait for an engine, in seconds."""
