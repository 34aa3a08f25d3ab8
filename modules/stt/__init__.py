"""What was said: speech recognition by Whisper or Vosk, of recordings and of this machine's microphone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services
    from kuchipaku.weights import Published


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.stt]."""
    from modules.stt.settings import SttSettings

    return SttSettings


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/speech-recognition."""
    from modules.stt.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras modules this plugin carries; all may be on together."""
    return ("whisper-stt", "vosk-stt", "streaming-stt")


@hookimpl
def published_weights() -> Sequence[Published]:
    """Whisper in the sizes that suit a conversation."""
    from modules.stt.published import published

    return published()
