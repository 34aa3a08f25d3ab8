"""The neural anime avatars THA3 and THA4, SillyTavern-Extras' animator and filters, and their studio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydantic import BaseModel

from kuchipaku import Avatar, Character, Costume, EngineUnavailable, Pose, Settings, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.bench.figures import Benchmark
    from kuchipaku.services import Services
    from kuchipaku.weights import Published

NEEDED = ("torch", "numba", "yaml", "safetensors")
"""What requirements-neural.txt brings and the networks are built on."""


@hookimpl
def settings_model() -> type[BaseModel]:
    """[plugins.talkinghead]."""
    from modules.talkinghead.settings import TalkingHeadSettings

    return TalkingHeadSettings


@hookimpl
def register_avatars(register: Callable[[str, Callable[[Character], Avatar]], None], settings: Settings) -> None:
    """Offer the avatar kinds "tha3" and "tha4"."""
    mine = settings.plugin("talkinghead")

    def tha3(character: Character) -> Avatar:
        _check_installed()
        from modules.talkinghead.tha3.avatar import tha3_avatar

        return tha3_avatar(character, settings.folders.models / "tha3", mine.variant, mine.device)

    def tha4(character: Character) -> Avatar:
        _check_installed()
        from modules.talkinghead.tha4.avatar import tha4_avatar

        return tha4_avatar(character, mine.quality, mine.device, settings.stream.fps)

    register("tha3", tha3)
    register("tha4", tha4)


@hookimpl
def dress(character: Character, face: Callable[[str], Pose]) -> Costume | None:
    """What the character's `_animator.json` and `_emotions.json` say."""
    from modules.talkinghead.extras.dressing import costume_of

    return costume_of(character, face)


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/talkinghead: SillyTavern-Extras' routes, and the studio's."""
    from modules.talkinghead.routes import routes

    return routes(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The module "talkinghead"."""
    return ("talkinghead",)


@hookimpl
def published_weights() -> Sequence[Published]:
    """The four variants of THA3, and what else is published."""
    from modules.talkinghead.published import published

    return published()


@hookimpl
def register_benchmarks(register: Callable[[Benchmark], None], settings: Settings) -> None:
    """Networks, filters: speed and error against plain evaluation."""
    from modules.talkinghead.benchmarks import benchmarks

    for benchmark in benchmarks(settings):
        register(benchmark)


def _check_installed() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"{', '.join(missing)} not installed, which this avatar needs",
            hint="python -m pip install -r requirements-neural.txt, with the Python of .venv",
        )
