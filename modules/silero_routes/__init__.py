"""SillyTavern-Extras' module `silero-tts`: its routes, spoken by any installed voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/tts."""
    from modules.silero_routes.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("silero-tts",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.silero_routes]."""
    from modules.silero_routes.settings import SileroSettings

    return SileroSettings
