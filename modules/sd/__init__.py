"""Pictures from a Stable Diffusion server: AUTOMATIC1111's web UI and its relatives, or ComfyUI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.sd]."""
    from modules.sd.settings import SdSettings

    return SdSettings


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/image."""
    from modules.sd.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("sd",)
