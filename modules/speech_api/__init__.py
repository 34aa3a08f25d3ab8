"""Speech for clients of OpenAI's API: POST /v1/audio/speech, performed by the character while they play it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/v1/audio and /v1/models."""
    from modules.speech_api.routes import blueprint

    return blueprint(services)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.speech_api]."""
    from modules.speech_api.settings import SpeechApiSettings

    return SpeechApiSettings
