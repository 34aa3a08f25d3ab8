"""How fast an atlas composes, and how near its frames come to exact ones."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from typing import cast

from kuchipaku import Avatar, Character, Pixels, Pose
from kuchipaku.bench.figures import Benchmark, Effort, Figure, Values
from kuchipaku.bench.painting import parts_of_a_server, talking
from kuchipaku.pose import pose_at, shut_once
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.picture import premultiplied, psnr, ssim
from modules.atlas.speed import look_at
from modules.atlas.store import Store

TEXT = (
    "*joy* Papa, you are finally home! I have been waiting all day.",
    "*curiosity* Did you bring me something from the market?",
    "*surprise* Oh my, what a beautiful blue umbrella that is!",
    "*sadness* I wish that you could stay a little longer with us.",
    "*anger* You never told me about the broken window!",
    "*love* You are the best friend that I have ever had.",
    "*neutral* Well, let us talk about the weather instead, shall we?",
)
_WANTED_FPS = 30

FIGURES = (
    Figure("atlas_fps", "pose atlas of a THA4 character, frames a second", least=30),
    Figure("atlas_psnr", "pose atlas against exact frames of a talk, mean, dB"),
    Figure("atlas_psnr_min", "the same, worst frame, dB"),
    Figure("atlas_ssim", "pose atlas against exact frames of a talk, mean"),
    Figure("atlas_render_s", "rendering it, seconds"),
    Figure("atlas_mb", "its size on the disk, megabytes"),
)


def benchmark(models: Path) -> Benchmark:
    """The atlas of a published THA4 model in `models`; of the embedded puppet, which is its hardest case, without."""

    def figures(effort: Effort) -> Values:
        with parts_of_a_server() as services:
            character = _character(models) or services.characters.chosen()
            measured = measure(cast(Avatar, services.avatars.get(character.avatar)(character)))
        return {
            "atlas_fps": measured["fps"],
            "atlas_psnr": measured["psnr_mean"],
            "atlas_psnr_min": measured["psnr_min"],
            "atlas_ssim": measured["ssim_mean"],
            "atlas_render_s": measured["render_seconds"],
            "atlas_mb": measured["megabytes"],
        }

    return Benchmark(FIGURES, figures)


def _character(models: Path) -> Character | None:
    model = next(iter(sorted(models.glob("*/character_model.yaml"))), None)
    if model is None:
        return None
    return Character(model.parent.name, model.parent, avatar="tha4", options={"quality": "exact"})


def measure(avatar: Avatar, count: int = 64) -> dict[str, float]:
    """Render an atlas of `avatar`, which is closed, and compare `count` frames of a talk with exact ones.

    fps and ms of composing (median, one frame after the other), psnr_mean and psnr_min in dB, ssim_mean and ssim_min,
    exact_ms (median), render_seconds and megabytes of the atlas.
    """
    poses = live_poses(count)
    exact, spans = painted(avatar, poses)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        atlas = AtlasAvatar(avatar, look_at(avatar, _WANTED_FPS), Store(Path(folder) / "atlas"), "avatar")
        atlas.wait()
        seconds = time.perf_counter() - began
        megabytes = Store(Path(folder) / "atlas").megabytes
        figures = compared(atlas, poses, exact)
    return figures | {"exact_ms": 1000 * median(spans), "render_seconds": seconds, "megabytes": megabytes}


def compared(atlas: Avatar, poses: Sequence[Pose], exact: Sequence[Pixels]) -> dict[str, float]:
    """Speed and errors of what `atlas` paints for `poses`; the errors are those of premultiplied pictures, 8 bits."""
    composed, spans = painted(atlas, poses)
    pairs = [(premultiplied(a), premultiplied(b)) for a, b in zip(composed, exact, strict=True)]
    noise, likeness = [psnr(a, b) for a, b in pairs], [ssim(a, b) for a, b in pairs]
    return {
        "fps": 1.0 / median(spans),
        "ms": 1000 * median(spans),
        "psnr_mean": fmean(noise),
        "psnr_min": min(noise),
        "ssim_mean": fmean(likeness),
        "ssim_min": min(likeness),
    }


def painted(avatar: Avatar, poses: Sequence[Pose]) -> tuple[list[Pixels], list[float]]:
    """The pictures of `poses`, and the seconds that each took."""
    pictures, spans = [], []
    avatar.paint(poses[0])
    for pose in poses:
        began = time.perf_counter()
        picture = avatar.paint(pose)
        spans.append(time.perf_counter() - began)
        pictures.append(picture.copy())
    return pictures, spans


def live_poses(count: int = 64, seed: int = 1) -> list[Pose]:
    """Poses of a character that says TEXT, at random times: what all layers of a server make together."""
    chance = random.Random(seed)
    with parts_of_a_server() as services:
        scene = talking(services, TEXT)
        return [shut_once(pose_at(scene.layers, chance.uniform(0.0, scene.seconds))) for _ in range(count)]
