"""A pose atlas: where an avatar is too slow, live frames are composed from exact ones that were rendered once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kuchipaku import Avatar, Character, Settings, hookimpl
from modules.atlas.settings import AtlasSettings

if TYPE_CHECKING:
    from kuchipaku.bench.figures import Benchmark
    from modules.atlas.avatar import AtlasAvatar


@hookimpl
def settings_model() -> type[AtlasSettings]:
    """[plugins.atlas]."""
    return AtlasSettings


@hookimpl
def wrap_avatar(avatar: Avatar, character: Character, settings: Settings) -> AtlasAvatar | None:
    """Put an atlas in front of an avatar that cannot keep up."""
    chosen: AtlasSettings = settings.plugin("atlas")
    if chosen.mode == "never":
        return None
    from modules.atlas.avatar import AtlasAvatar
    from modules.atlas.samples import fits
    from modules.atlas.speed import look_at
    from modules.atlas.store import Store

    if not fits(avatar.rig):
        return None
    look = look_at(avatar, settings.stream.fps)
    if look.keeps_up and chosen.mode == "auto":
        return None
    store = Store.of(chosen.folder, character, avatar.size, chosen.max_mb)
    return AtlasAvatar(avatar, look, store, character.avatar)


@hookimpl
def register_benchmarks(register: Callable[[Benchmark], None], settings: Settings) -> None:
    """How fast an atlas composes, and how near it comes to exact frames."""
    from modules.atlas.benchmark import benchmark

    register(benchmark(settings.folders.models / "tha4"))
