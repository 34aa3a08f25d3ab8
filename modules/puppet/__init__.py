"""The embedded avatar: a picture in layers, moved by the 45-parameter rig. No network, no weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kuchipaku import Avatar, Character, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_avatars(register: Callable[[str, Callable[[Character], Avatar]], None]) -> None:
    """Offer the avatar kind "puppet"."""

    def build(character: Character) -> Avatar:
        from modules.puppet.avatar import Puppet

        return Puppet.of(character)

    register("puppet", build)


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/puppet: the anchors of a face."""
    from modules.puppet.routes import blueprint

    return blueprint(services)
