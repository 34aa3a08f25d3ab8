"""In this process: a talking face painted and encoded, an emotion read, a sentence spoken."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import numpy as np

from kuchipaku.avatar import Avatar
from kuchipaku.bench.figures import NotMeasured, Values, median
from kuchipaku.commands.project import ROOT, built_in
from kuchipaku.plugins import load_plugins
from kuchipaku.pose import Layer, Pose, pose_at
from kuchipaku.script import lines_of
from kuchipaku.services import Services, build_services
from kuchipaku.settings import load_settings
from kuchipaku.speech import Delivery
from kuchipaku.stream import laid_on
from kuchipaku.timeline import Timeline
from kuchipaku.web.speaking import joined

MODELS = "KUCHIPAKU_FOLDERS__MODELS"
FPS = 30
WINDOW = 30
"""Frames painted between two looks at the clock."""
WHITE = (255, 255, 255)
TEXTS = (
    "*joy* Papa, you are finally home! I have been waiting all day.",
    "*curiosity* Did you bring me something from the market?",
    "*surprise* Oh my, what a beautiful blue umbrella that is!",
)
SENTENCES = (
    "What a lovely morning this is.",
    "I really cannot believe that you forgot it again!",
    "She told me about it only yesterday evening.",
    "Why would anybody do such a thing?",
)


@contextmanager
def parts_of_a_server() -> Iterator[Services]:
    """What the server is made of, on embedded defaults, in this process; let go of at the end.

    Only the folder of published weights is the user's own: KUCHIPAKU_FOLDERS__MODELS.
    """
    folders = {"folders": {"characters": str(ROOT / "characters")}}
    environ = {name: value for name, value in os.environ.items() if name == MODELS}
    services = build_services(load_plugins(built_in()), load_settings(None, environ, folders))
    try:
        yield services
    finally:
        services.shutdown()


@dataclass(frozen=True, slots=True)
class Scene:
    """A character in the middle of its talk."""

    avatar: Avatar
    layers: tuple[Layer, ...]
    seconds: float

    def pose(self, frame: int) -> Pose:
        """The whole pose of frame number `frame`, at 30 frames a second; the talk begins anew when it is over."""
        return pose_at(self.layers, frame / FPS % self.seconds)


def talking(services: Services, texts: Sequence[str] = TEXTS) -> Scene:
    """The chosen character saying `texts`. Raises NotMeasured for an avatar that is not posed."""
    character = services.characters.chosen()
    avatar = services.avatars.get(character.avatar)(character)
    if not hasattr(avatar, "rig"):
        raise NotMeasured(f"the avatar of {character.name!r} is not posed")
    timeline = _score_of(services, texts)
    known = {"timeline": timeline, "character": character, "settings": services.settings}
    layers = tuple(layer for _, layer in services.plugins.each_live("animate", **known))
    return Scene(cast(Avatar, avatar), layers, timeline.duration)


def _score_of(services: Services, texts: Sequence[str]) -> Timeline:
    character = services.characters.chosen()
    takes = [
        take
        for line in lines_of([" ".join(texts)])
        for take in services.composer.takes(services.composer.felt(line), character, Delivery())
    ]
    return joined(takes)[1]


def picture_figures(services: Services, windows: int) -> Values:
    """puppet_fps, paint_ms, png_ms, jpeg_ms: medians over windows of 30 frames that differ."""
    scene = talking(services)
    png, jpeg = services.encoders.get("png").encode, services.encoders.get("jpeg").encode
    paint = scene.avatar.paint
    scene.avatar.paint(scene.pose(0))
    whole = timed_windows(lambda n: png(paint(scene.pose(n))), windows)
    poses = [scene.pose(n) for n in range(WINDOW)]
    frames = [paint(pose).copy() for pose in poses]
    few = max(3, windows // 3)
    return {
        "puppet_fps": 1.0 / whole,
        "paint_ms": 1000 * timed_windows(lambda n: paint(poses[n % WINDOW]), few),
        "png_ms": 1000 * timed_windows(lambda n: png(frames[n % WINDOW]), few),
        "jpeg_ms": 1000 * timed_windows(lambda n: jpeg(laid_on(frames[n % WINDOW], WHITE)), few),
    }


def timed_windows(work: Callable[[int], object], windows: int) -> float:
    """Median seconds that `work(n)` takes, over windows of 30 calls with growing n."""
    spans = []
    for window in range(windows):
        began = time.perf_counter()
        for n in range(window * WINDOW, (window + 1) * WINDOW):
            work(n)
        spans.append((time.perf_counter() - began) / WINDOW)
    return median(spans)


def emotion_figures(services: Services, windows: int) -> Values:
    """emotion_ms: median of windows of sentences without a mark."""
    reader = services.readers.get(services.settings.reply.emotion_reader)
    reader.feel(SENTENCES[0])
    return {"emotion_ms": 1000 * timed_windows(lambda n: reader.feel(SENTENCES[n % len(SENTENCES)]), windows)}


def voice_figures(services: Services, times: int) -> Values:
    """espeak_first_piece_ms: median over sentences, the engine warm."""
    voice = services.voices.get(services.settings.speech.voice.partition("/")[0])
    spans = []
    for n in range(times + 1):
        began = time.perf_counter()
        speaking = iter(voice.speak(SENTENCES[n % len(SENTENCES)], Delivery(language="en")))
        next(speaking)
        spans.append(time.perf_counter() - began)
        for _ in speaking:
            continue
    return {"espeak_first_piece_ms": 1000 * median(spans[1:])}


def mouth_region(services: Services) -> tuple[slice, slice]:
    """Rows and columns in which the chosen character's mouth moves, from what an open mouth changes."""
    scene = talking(services, TEXTS[:1])
    shut, opened = (scene.avatar.paint(pose).astype(int).copy() for pose in ({}, {"mouth_aaa": 1.0}))
    rows, columns = np.nonzero(np.abs(opened - shut).max(axis=2) > 24)
    return slice(int(rows.min()), int(rows.max()) + 1), slice(int(columns.min()), int(columns.max()) + 1)
