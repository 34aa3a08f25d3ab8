"""Microsoft Edge's voices, online, for whoever asks for one by name; and SillyTavern-Extras' module `edge-tts`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, Settings, Voice, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_voices(register: Callable[[str, Callable[[], Voice]], None], settings: Settings) -> None:
    """Offer the engine "edge"; building it raises EngineUnavailable where its package is missing."""

    def build() -> Voice:
        from modules.edge_tts.voice import EdgeVoice

        return EdgeVoice(settings.plugin("edge_tts"))

    register("edge", build)


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/edge-tts."""
    from modules.edge_tts.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("edge-tts",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.edge_tts]."""
    from modules.edge_tts.settings import EdgeSettings

    return EdgeSettings
