"""Emotion -> pose: the faces of templates.toml, or the character's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kuchipaku import THA_RIG, Character, Pose


@cache
def templates() -> Mapping[str, Pose]:
    """The common pose of every label, at full strength; morph names as in THA_RIG."""
    written = tomllib.loads(files(__package__).joinpath("templates.toml").read_text(encoding="utf-8"))
    return {label: spread(pose) for label, pose in written.items()}


def spread(pose: Pose) -> dict[str, float]:
    """`pose` with each morph that names no side given to both: `eye_wink` means left and right.

    Raises ValueError for a morph the rig does not have.
    """
    spread_out: dict[str, float] = {}
    for name, value in pose.items():
        sides = [name] if name in THA_RIG.ranges else [f"{name}_left", f"{name}_right"]
        if unknown := [side for side in sides if side not in THA_RIG.ranges]:
            raise ValueError(f"no morph is called {unknown[0]!r}")
        spread_out |= dict.fromkeys(sides, float(value))
    return spread_out


def pose_of(label: str, strength: float, character: Character) -> Pose:
    """The face of `label` at `strength` (0 to 1): the character's own if it has one; at rest for an unknown label."""
    full = character.emotions.get(label) or templates().get(label, {})
    return {name: value * strength for name, value in full.items()}
