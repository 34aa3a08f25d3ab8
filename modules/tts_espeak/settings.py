"""The table [plugins.tts_espeak] of the settings file."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class EspeakSettings(Section):
    """How the embedded voice speaks when a line does not say."""

    voice: str = ""
    """A voice, "en-us+f3", or a variant for every language, "f3"; empty: the usual one of the text's language."""
    language: str = "en-us"
    """BCP 47: the language of texts in Latin letters."""
    pause: float = Field(default=0.2, ge=0.0, le=2.0)
    """Silence after a sentence, seconds at usual speed; half of it after a clause."""
