"""Emotion -> pose: the faces of templates.toml, or the character's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kuchipaku import Character, Pose
from kuchipaku.pose import spread


@cache
def templates() -> Mapping[str, Pose]:
    """The common pose of every label, at full strength; morph names as in THA_RIG."""
    written = tomllib.loads(files(__package__).joinpath("templates.toml").read_text(encoding="utf-8"))
    return {label: spread(pose) for label, pose in written.items()}


def pose_of(label: str, strength: float, character: Character) -> Pose:
    """The face of `label` at `strength` (0 to 1): the character's own if it has one; at rest for an unknown label."""
    full = character.emotions[label] if label in character.emotions else templates().get(label, {})
    return {name: value * strength for name, value in full.items()}
