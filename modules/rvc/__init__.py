"""One voice made into another by retrieval-based voice conversion (RVC), at a server of yours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.rvc]."""
    from modules.rvc.settings import RvcSettings

    return RvcSettings


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/voice-conversion."""
    from modules.rvc.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("rvc",)
