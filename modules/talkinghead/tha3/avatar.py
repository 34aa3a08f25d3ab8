"""The avatar kind "tha3": a character's picture, posed by the THA3 networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from kuchipaku import THA_RIG, BadRequest, Character, Pixels, Pose
from modules.talkinghead.tha3.files import VARIANTS, Shared, is_complete, is_separable, load
from modules.talkinghead.tha3.pixels import read_picture
from modules.talkinghead.tha3.poser import SIZE
from modules.talkinghead.tha3.posing import Engine, PlainEngine, PosedPicture, PoseVector


class Tha3Avatar:
    """A picture and the networks that pose it; the networks are shared with other characters."""

    rig = THA_RIG
    size = (SIZE, SIZE)

    def __init__(self, picture: PosedPicture, note: str) -> None:
        self._picture: PosedPicture | None = picture
        self.note = note

    def paint(self, pose: Pose) -> Pixels:
        """The picture in `pose`: RGBA, uint8 (512, 512, 4), straight alpha."""
        assert self._picture, "a closed avatar is not asked to paint"
        return self._picture.frame(vector_of(pose)).numpy().copy()

    def close(self) -> None:
        """Let go of the picture, and of the networks when nobody else poses with them."""
        self._picture = None


def tha3_avatar(character: Character, models: Path, variant: str = "auto", device: str = "auto") -> Tha3Avatar:
    """The avatar of a character; `models` is the folder of the variants' folders.

    The option `variant` of the character goes before `variant`. Raises BadRequest for options that are wrong,
    UnknownName for a variant there is not, EngineUnavailable for files that are missing or wrong.
    """
    if unknown := set(character.options) - {"variant"}:
        raise BadRequest(f"[tha3] of {character.name} has {', '.join(sorted(unknown))}", hint="known: variant")
    on = device_of(device)
    chosen = variant_of(str(character.options.get("variant", variant)), models, on)
    image = read_picture(character.folder / character.picture)
    return Tha3Avatar(PosedPicture(_engines.get(models, chosen, on), image), note_of(chosen, on))


def device_of(device: str) -> str:
    """ "auto", "cpu" or "cuda" -> where networks run."""
    return ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device


def variant_of(variant: str, models: Path, device: str) -> str:
    """The variant to load: for "auto" the one that suits the device, or else one that is there."""
    if variant != "auto":
        return variant
    suits = "separable_half" if device == "cuda" else "separable_float"
    present = (name for name in (suits, *reversed(VARIANTS)) if is_complete(models, name))
    return next(present, suits)


def note_of(variant: str, device: str) -> str:
    """A line for people on how it is rendered."""
    return f"THA3 {variant.replace('_', ' ')}, exact on the CPU" if device == "cpu" else f"THA3 {variant}, on {device}"


def vector_of(pose: Pose) -> PoseVector:
    """A pose as the networks take it, (45,), held inside the rig's ranges."""
    held = THA_RIG.clamp(pose)
    return np.array([held.get(morph, 0.0) for morph in THA_RIG.morphs], np.float32)


def build_engine(models: Path, variant: str, device: str) -> Engine:
    """The fastest engine for a variant on a device, its weights loaded."""
    if device != "cpu":
        from modules.talkinghead.tha3.cuda import GraphEngine

        return GraphEngine(load(models, variant, device, torch.float16))
    networks = load(models, variant)
    if is_separable(variant):
        from modules.talkinghead.tha3.fused.engine import FusedEngine

        return FusedEngine(networks)
    return PlainEngine(networks)


_engines: Shared[Engine] = Shared(build_engine)
