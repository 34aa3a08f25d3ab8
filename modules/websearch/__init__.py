"""What the web says about a question: DuckDuckGo's and Google's result pages, read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.websearch]."""
    from modules.websearch.settings import WebSearchSettings

    return WebSearchSettings


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/websearch."""
    from modules.websearch.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("websearch",)
