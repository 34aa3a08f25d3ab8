"""Embeddings: SillyTavern-Extras' module "embeddings", texts as vectors, by a small model or any you name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuchipaku import Section, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services
    from kuchipaku.weights import Published


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/embeddings."""
    from modules.embeddings.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The module "embeddings"."""
    return ("embeddings",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.embeddings]."""
    from modules.embeddings.settings import EmbeddingsSettings

    return EmbeddingsSettings


@hookimpl
def published_weights() -> Sequence[Published]:
    """The model that SillyTavern-Extras uses."""
    from modules.embeddings.published import EMBEDDER

    return (EMBEDDER,)
