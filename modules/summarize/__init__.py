"""Summaries: SillyTavern-Extras' module "summarize", by the text's own best sentences or a neural network."""

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
    """/api/summarize."""
    from modules.summarize.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The module "summarize"."""
    return ("summarize",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.summarize]."""
    from modules.summarize.settings import SummarizeSettings

    return SummarizeSettings


@hookimpl
def published_weights() -> Sequence[Published]:
    """The network that SillyTavern-Extras uses."""
    from modules.summarize.published import SUMMARIZER

    return (SUMMARIZER,)
