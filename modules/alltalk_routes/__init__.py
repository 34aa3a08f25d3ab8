"""AllTalk's routes under /alltalk, for SillyTavern's provider of that name, spoken by any installed voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/alltalk."""
    from modules.alltalk_routes.routes import blueprint

    return blueprint(services)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.alltalk_routes]."""
    from modules.alltalk_routes.settings import AllTalkRoutesSettings

    return AllTalkRoutesSettings
