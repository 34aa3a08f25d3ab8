"""SillyTavern-Extras' module `coqui-tts`: its routes, spoken by any installed voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/text-to-speech/coqui."""
    from modules.coqui_routes.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("coqui-tts",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.coqui_routes]."""
    from modules.coqui_routes.settings import CoquiSettings

    return CoquiSettings
