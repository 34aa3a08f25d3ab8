"""Captions: SillyTavern-Extras' module "caption", by a neural network, or plainly by a picture's colours."""

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
    """/api/caption."""
    from modules.caption.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The module "caption"."""
    return ("caption",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.caption]."""
    from modules.caption.settings import CaptionSettings

    return CaptionSettings


@hookimpl
def published_weights() -> Sequence[Published]:
    """The network that SillyTavern-Extras uses."""
    from modules.caption.published import CAPTIONER

    return (CAPTIONER,)
