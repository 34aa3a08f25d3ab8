"""python -m modules.atlas.render CHARACTER: render its pose atlas now, and say how near it comes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kuchipaku import Avatar, BadRequest, KuchipakuError
from kuchipaku.commands.project import built_in
from kuchipaku.live_avatar import is_posed
from kuchipaku.plugins import load_plugins
from kuchipaku.services import Services, build_services
from kuchipaku.settings import load_settings
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.benchmark import compared, live_poses, painted
from modules.atlas.samples import fits
from modules.atlas.speed import look_at
from modules.atlas.store import Store

_WIDTH = 40
"""Characters of the bar."""
_BEAT = 0.25
"""Seconds between two looks at the progress."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status."""
    asked = _parser().parse_args(argv)
    try:
        settings = load_settings(asked.settings, os.environ, {})
        services = build_services(load_plugins(_modules(), settings.folders.plugins, installed=True), settings)
        try:
            render(services, asked.character, asked.frames)
        finally:
            services.shutdown()
    except KuchipakuError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    return 0


def _modules() -> list[str]:
    return list(dict.fromkeys((*built_in(), "modules.atlas")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m modules.atlas.render", description=__doc__)
    parser.add_argument("character", help="name of a character")
    parser.add_argument("--settings", type=Path, help="settings file")
    parser.add_argument("--frames", type=int, default=16, help="exact frames to compare with (16)")
    return parser


def render(services: Services, name: str, frames: int) -> None:
    """Render the atlas of a character, and print how near it comes to `frames` exact ones."""
    character = services.characters.get(name)
    factory = services.avatars.get(character.avatar)
    chosen = services.settings.plugin("atlas")

    def build() -> Avatar:
        avatar = factory(character)
        if not (is_posed(avatar) and fits(avatar.rig)):
            raise BadRequest(f"{name} has an avatar without the morphs of an atlas", hint="none is needed for it")
        return avatar

    avatar = build()
    store = Store.of(chosen.folder, character, avatar.size, chosen.max_mb)
    atlas = AtlasAvatar(avatar, look_at(avatar, services.settings.stream.fps), store, character.avatar)
    try:
        show(atlas, print)
        _compare(atlas, build, frames)
        print(f"kept in {store.folder}, {store.megabytes:.1f} MB")
    finally:
        atlas.close()


def show(atlas: AtlasAvatar, write: Callable[..., None]) -> None:
    """A bar that grows until the atlas is rendered, then what it says of itself."""
    while not atlas.wait(_BEAT):
        write("\r" + bar(atlas.progress or 0.0), end="", flush=True)
    write("\r" + bar(1.0))
    write(atlas.note)


def bar(progress: float) -> str:
    """A line of text for a progress of 0 to 1."""
    done = round(_WIDTH * progress)
    return f"[{'#' * done}{'.' * (_WIDTH - done)}] {100 * progress:3.0f} %"


def _compare(atlas: Avatar, build: Callable[[], Avatar], frames: int) -> None:
    poses = live_poses(frames)
    exact = build()
    pictures, spans = painted(exact, poses)
    exact.close()
    figures = compared(atlas, poses, pictures)
    print(f"{'':8}{'mean':>8}{'worst':>8}   over {frames} moving poses against exact frames")
    print(f"{'PSNR':8}{figures['psnr_mean']:8.1f}{figures['psnr_min']:8.1f}   dB")
    print(f"{'SSIM':8}{figures['ssim_mean']:8.4f}{figures['ssim_min']:8.4f}")
    print(f"{figures['ms']:.1f} ms a frame ({figures['fps']:.0f} fps); exact {1000 * sum(spans) / len(spans):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
