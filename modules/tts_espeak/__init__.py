"""The embedded voice: espeak-ng, about 140 languages, with the time of every phone."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from kuchipaku import Settings, Voice, hookimpl


@hookimpl
def register_voices(register: Callable[[str, Callable[[], Voice]], None], settings: Settings) -> None:
    """Offer the engine "espeak"."""

    def build() -> Voice:
        from modules.tts_espeak.engine import shared
        from modules.tts_espeak.voice import EspeakVoice

        return EspeakVoice(shared(), settings.plugin("tts_espeak"))

    register("espeak", build)


@hookimpl
def settings_model() -> type[BaseModel]:
    """The table [plugins.tts_espeak]."""
    from modules.tts_espeak.settings import EspeakSettings

    return EspeakSettings


@hookimpl
def shutdown() -> None:
    """End the engine's process."""
    from modules.tts_espeak.engine import shared

    shared().close()
