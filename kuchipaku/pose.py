"""What a face does: morph names and strengths, the rig that limits them, and layers that move them in time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Pose = Mapping[str, float]
"""Morph name -> strength. A morph that is absent is at rest. Poses merge with `|`, the right one winning."""

Layer = Callable[[float], Pose]
"""A motion: time in seconds -> the part of the pose it moves. Pure, so that any time can be looked up.

A plain morph name adds to what the layers below give; "*name" multiplies what is below (0 hides it, 1 keeps
it), before the same layer's plain strengths are added; "=name" replaces it.
"""


@dataclass(frozen=True, slots=True)
class Rig:
    """The morphs an avatar has, in order, with their ranges. Rest is 0 for every morph."""

    morphs: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]

    def clamp(self, pose: Pose) -> dict[str, float]:
        """`pose` with every known morph held inside its range and unknown ones left out."""
        kept: dict[str, float] = {}
        for name, value in pose.items():
            if name in self.ranges:
                low, high = self.ranges[name]
                kept[name] = min(high, max(low, value))
        return kept


def _paired(*groups: str) -> tuple[str, ...]:
    return tuple(f"{group}_{side}" for group in groups for side in ("left", "right"))


_ONE_SIDED = (
    _paired("eyebrow_troubled", "eyebrow_angry", "eyebrow_lowered")
    + _paired("eyebrow_raised", "eyebrow_happy", "eyebrow_serious")
    + _paired("eye_wink", "eye_happy_wink", "eye_surprised", "eye_relaxed", "eye_unimpressed")
    + _paired("eye_raised_lower_eyelid", "iris_small")
    + ("mouth_aaa", "mouth_iii", "mouth_uuu", "mouth_eee", "mouth_ooo", "mouth_delta")
    + _paired("mouth_lowered_corner", "mouth_raised_corner")
    + ("mouth_smirk",)
)  # fmt: skip
_TWO_SIDED = ("iris_rotation_x", "iris_rotation_y", "head_x", "head_y", "neck_z", "body_y", "body_z")

THA_RIG = Rig(
    (*_ONE_SIDED, *_TWO_SIDED, "breathing"),
    dict.fromkeys((*_ONE_SIDED, "breathing"), (0.0, 1.0)) | dict.fromkeys(_TWO_SIDED, (-1.0, 1.0)),
)
"""The 45 parameters of Talking-Head-Anime 3 and 4, in their vector order; "left" is the character's own left.

Strengths of rotations are in units of 15 degrees. Source: the pose parameters of THA3 (Khungurn 2022).
"""


OPENINGS = ("mouth_aaa", "mouth_iii", "mouth_uuu", "mouth_eee", "mouth_ooo", "mouth_delta")
"""The morphs that open the mouth; the lip-sync layer owns them while somebody speaks."""


def pose_at(layers: Iterable[Layer], t: float) -> dict[str, float]:
    """The whole pose at time `t` (seconds): every layer in order, laid on those below. Not yet clamped."""
    pose: dict[str, float] = {}
    for layer in layers:
        lay(pose, layer(t))
    return pose


def lay(below: dict[str, float], above: Pose) -> None:
    """Lay a layer's pose on the one below, in place: "*" multiplies, "=" replaces, plain names add."""
    for name, value in above.items():
        if name.startswith("*"):
            below[name[1:]] = below.get(name[1:], 0.0) * value
        elif name.startswith("="):
            below[name[1:]] = 0.0
    for name, value in above.items():
        if not name.startswith("*"):
            plain = name.removeprefix("=")
            below[plain] = below.get(plain, 0.0) + value


def spread(pose: Pose) -> dict[str, float]:
    """`pose` with each morph of the THA rig that names no side given to both: `eye_wink` means left and right.

    Raises ValueError for a morph the rig does not have, and for a strength that is no number.
    """
    both: dict[str, float] = {}
    for name, value in pose.items():
        sides = [name] if name in THA_RIG.ranges else [f"{name}_left", f"{name}_right"]
        if unknown := [side for side in sides if side not in THA_RIG.ranges]:
            raise ValueError(f"no morph is called {unknown[0]!r}")
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}")
        both |= dict.fromkeys(sides, float(value))
    return both


def shut_once(pose: dict[str, float]) -> dict[str, float]:
    """`pose` with no lid closed twice: what is shut smiling (`eye_happy_wink`) is shut no further by a blink."""
    for side in ("left", "right"):
        smiling, blinking = pose.get(f"eye_happy_wink_{side}", 0.0), f"eye_wink_{side}"
        if smiling > 0.0 and blinking in pose:
            pose[blinking] = min(pose[blinking], max(0.0, 1.0 - smiling))
    return pose


def smoothstep(x: float) -> float:
    """An ease from 0 at x <= 0 to 1 at x >= 1, level at both ends (3x^2 - 2x^3)."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)


def mix(a: Pose, b: Pose, share: float) -> dict[str, float]:
    """Between two poses: `a` at share 0, `b` at share 1."""
    return {name: a.get(name, 0.0) * (1.0 - share) + b.get(name, 0.0) * share for name in {*a, *b}}
