"""The avatar kind "tha4"."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from kuchipaku import THA_RIG, BadRequest, Character, EngineUnavailable, Pixels, Pose
from kuchipaku.settings import Section, checked
from modules.talkinghead.tha4.character_model import CharacterModel, read_character_model
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.networks import POSE, SIZE, Student

if TYPE_CHECKING:
    from modules.talkinghead.tha4.fused import FusedStudent

Quality = Literal["auto", "exact", "fine", "live"]
Device = Literal["auto", "cpu", "cuda"]


class Tha4Options(Section):
    """The table [tha4] of character.toml."""

    model: str = "character_model.yaml"
    """The character model's YAML file, inside the character's folder."""
    quality: Quality | None = None
    """How it is rendered; the server's setting where it is not given."""


class Painter(Protocol):
    """Who paints a pose vector."""

    def paint(self, pose: Floats) -> Pixels:
        """RGBA (512, 512, 4), straight alpha, of a pose (45,) float32."""
        ...

    def close(self) -> None:
        """Let go of threads and devices."""
        ...


class Tha4Avatar:
    """A posed avatar painted by a THA4 character model; a pose that is asked for twice is painted once."""

    rig = THA_RIG
    size = (SIZE, SIZE)

    def __init__(self, painter: Painter, way: str) -> None:
        """way: how it is rendered, for people: "exact on this CPU"."""
        self._painter: Painter | None = painter
        self._last: tuple[bytes, Pixels] | None = None
        self.note = f"THA4, {way}"

    def paint(self, pose: Pose) -> Pixels:
        """RGBA, uint8 (512, 512, 4), straight alpha. Strengths are clamped, unknown morphs ignored."""
        if self._painter is None:
            raise EngineUnavailable("this avatar is closed", hint="build it anew")
        vector = pose_vector(self.rig.clamp(pose))
        key = vector.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._painter.paint(vector)
        return self._last[1].copy()

    def close(self) -> None:
        """Let go of the networks and their memory."""
        if self._painter is not None:
            self._painter.close()
        self._painter = self._last = None


def pose_vector(pose: Pose) -> Floats:
    """(45,) float32 in the order of the rig."""
    return np.array([pose.get(name, 0.0) for name in THA_RIG.morphs], np.float32)


def tha4_avatar(character: Character, quality: Quality, device: Device, fps: float) -> Tha4Avatar:
    """The avatar of a character's model, painting `fps` frames a second if it can.

    quality: "auto" is the best of exact, fine and live that is fast enough; `quality` of the character's own table
    comes before it. Raises BadRequest naming the file or key that is wrong, EngineUnavailable without a model.
    """
    options = checked(Tha4Options, dict(character.options), f"{character.name}/character.toml")
    model = read_character_model(_model_path(character.folder, options.model))
    _check_tensors(model)
    if device == "cuda" or (device == "auto" and _has_cuda()):
        return _on_cuda(model)
    return _on_cpu(model, options.quality or quality, fps)


def _model_path(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BadRequest(f"[tha4] model: {name!r} lies outside of the character's folder", hint="name a file inside")
    return path


def _check_tensors(model: CharacterModel) -> None:
    """Raises BadRequest unless names and shapes are those of a student; the reference is strict about them."""
    import torch

    try:
        Student(torch.from_numpy(model.image)[None], model.face, model.body)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise BadRequest(f"no THA4 student: {reason}", hint="the files of one published character model") from error


def _on_cuda(model: CharacterModel) -> Tha4Avatar:
    from modules.talkinghead.tha4.gpu import CudaStudent

    return Tha4Avatar(CudaStudent(model), "exact, on CUDA")


def _on_cpu(model: CharacterModel, quality: Quality, fps: float) -> Tha4Avatar:
    """The best way that is fast enough; of a named quality, whatever it takes."""
    with ExitStack() as rejected:
        for way, painter in _ways(model, quality):
            seconds = frame_seconds(painter, enough=2.0 / fps)
            if way in (quality, "live") or seconds * fps <= 1.0:
                return Tha4Avatar(painter, f"{way}, {seconds * 1000:.0f} ms a frame")
            rejected.callback(painter.close)
    raise AssertionError("the last way is always taken")


def _ways(model: CharacterModel, quality: Quality) -> Iterator[tuple[str, FusedStudent]]:
    """Students from the best to the fastest, each made when it is asked for; the named one alone."""
    from modules.talkinghead.tha4.fused import FusedStudent
    from modules.talkinghead.tha4.live import fine_student, live_student

    tensors = model.image, model.face, model.body
    fine = None
    if quality in ("auto", "exact"):
        yield "exact", FusedStudent(*tensors)
    if quality in ("auto", "fine"):
        fine = fine_student(*tensors)
        yield "fine", fine
    yield "live", live_student(*tensors, fine=fine)


def frame_seconds(painter: Painter, frames: int = 3, enough: float = math.inf) -> float:
    """How long a frame takes in which everything moves, in seconds: the least of a few, after one to warm up.

    enough: seconds of a frame beyond which nothing more is measured.
    """
    poses = [np.full(POSE, 0.1 * i, np.float32) for i in range(frames + 1)]
    _seconds(painter, poses[0])
    least = math.inf
    for pose in poses[1:]:
        least = min(least, _seconds(painter, pose))
        if least > enough:
            break
    return least


def _seconds(painter: Painter, pose: Floats) -> float:
    start = time.perf_counter()
    painter.paint(pose)
    return time.perf_counter() - start


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
