"""Visemes -> the mouth: lip shapes in a plane of width and height, and the rig morphs that draw them.

The five vowel morphs of the rig lie in that plane like the vowels in the vowel chart, closed lips at the origin:

    height            aaa
      ^        ooo          eee
      |     uuu                iii
      +----------- closed -----------> width (round ... spread)

Shapes are blended in the plane, as lips are: between "ee" and "oo" the mouth passes a small neutral opening, not a
gaping one. A point between two neighbouring morphs is drawn by these two alone, so that never more than two show
and their sum never passes 1. All values are our own, chosen by eye on the puppet and by plots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuchipaku.pose import OPENINGS

CLOSED: Mapping[str, float] = dict.fromkeys(OPENINGS, 0.0)
"""Lips together."""

_FAN = (
    ("mouth_iii", 0.90, 0.35),
    ("mouth_eee", 0.60, 0.70),
    ("mouth_aaa", 0.00, 1.00),
    ("mouth_ooo", -0.60, 0.70),
    ("mouth_uuu", -0.85, 0.33),
)
"""Morph, lip width (-1 round to 1 spread) and lip height (0 to 1) at full strength; by angle, spread to round.

The fan is convex: a blend of shapes inside it stays inside.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A mouth shape, and how it holds its own against its neighbours (see `layer`)."""

    pose: Mapping[str, float]
    """Morph -> strength at weight 1; one morph, or two neighbours of the fan."""
    width_pull: float = 1.0
    """Dominance over the width of the lips, 0 to 1."""
    height_pull: float = 1.0
    """Dominance over the height of the opening, 0 to 1."""
    lead: float = 0.055
    """Seconds: time constant of the rise before it; longer for rounded lips, which are prepared early."""
    ceiling: float | None = None
    """The largest lip height during the sound, whatever the neighbours pull; None: free."""


SHAPES: Mapping[str, Shape] = {
    "sil": Shape({}, 0.2, 0.6),
    "PP": Shape({}, 0.05, 0.10, ceiling=0.0),
    "FF": Shape({"mouth_iii": 0.12}, 0.15, 0.25, ceiling=0.04),
    "TH": Shape({"mouth_eee": 0.28}, 0.2, 0.6),
    "DD": Shape({"mouth_eee": 0.25}, 0.15, 0.45),
    "kk": Shape({"mouth_aaa": 0.15, "mouth_eee": 0.15}, 0.1, 0.25),
    "CH": Shape({"mouth_uuu": 0.55}, 0.8, 0.8, lead=0.065),
    "SS": Shape({"mouth_iii": 0.40}, 0.35, 0.8),
    "nn": Shape({"mouth_eee": 0.30}, 0.15, 0.4),
    "RR": Shape({"mouth_uuu": 0.35, "mouth_ooo": 0.15}, 0.5, 0.5, lead=0.065),
    "aa": Shape({"mouth_aaa": 0.90}),
    "E": Shape({"mouth_eee": 0.85}),
    "ih": Shape({"mouth_iii": 0.85}),
    "oh": Shape({"mouth_ooo": 0.90}, lead=0.065),
    "ou": Shape({"mouth_uuu": 0.90}, lead=0.070),
}
"""The 15 visemes."""

NEUTRAL = Shape({"mouth_aaa": 0.30}, 0.3, 0.5)
"""A slightly open mouth, for names that are no viseme."""


def lips_of(pose: Mapping[str, float]) -> tuple[float, float]:
    """Width (-1 round to 1 spread) and height (0 to 1) of the lips in a pose of fan morphs."""
    width = sum(pose.get(name, 0.0) * x for name, x, _ in _FAN)
    return width, sum(pose.get(name, 0.0) * y for name, _, y in _FAN)


def morphs_of(width: float, height: float) -> dict[str, float]:
    """The opening morphs that draw these lips: at most two above 0, their sum at most 1. `height` is above 0."""
    drawn = dict(CLOSED)
    for i in range(len(_FAN) - 1):
        (right, x1, y1), (left, x2, y2) = _FAN[i], _FAN[i + 1]
        if width * y2 - height * x2 >= 0.0 or i == len(_FAN) - 2:
            area = x1 * y2 - x2 * y1
            a, b = (width * y2 - height * x2) / area, (height * x1 - width * y1) / area
            break
    # beyond the outermost rays the lips are as spread, or as round, as the rig can show
    if b < 0.0:
        a, b = height / y1, 0.0
    elif a < 0.0:
        a, b = 0.0, height / y2
    scale = 1.0 / max(1.0, a + b)
    drawn[right], drawn[left] = a * scale, b * scale
    return drawn
