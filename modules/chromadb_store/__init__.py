"""A memory of chats that is searched by meaning: ChromaDB, in this process and on this disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.chromadb_store]."""
    from modules.chromadb_store.settings import ChromaSettings

    return ChromaSettings


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/chromadb."""
    from modules.chromadb_store.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("chromadb",)
