"""What is rendered for an atlas, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kuchipaku import Pose, Rig
from kuchipaku.pose import OPENINGS

STAGES = (("breathing", "head_y", "head_x", "body_y"), ("neck_z",), ("body_z",))
"""Morphs that move the whole picture. Those of one stage add up; each stage carries the ones before it along.

A tilt of the neck carries the turned head along, and a lean of the body both: pairs of turns measured on THA4 came out
3 to 6 dB nearer in this order than as a mere sum, and those within the first stage no more than 0.2 dB.
"""
TURNS = tuple(morph for stage in STAGES for morph in stage)
PROBES: tuple[Pose, ...] = (
    {"mouth_aaa": 1.0},
    {"eye_wink_left": 1.0, "eye_wink_right": 1.0},
    {"eyebrow_raised_left": 1.0, "eyebrow_raised_right": 1.0},
)
"""Three faces of which no two move the same part: what changes in most of them is no morph's own doing."""

CLOSING = ("eye_wink_left", "eye_wink_right", "eye_happy_wink_left", "eye_happy_wink_right")
"""Lids that hide what is under them."""
_CORNERS = tuple(f"mouth_{way}_corner_{side}" for way in ("raised", "lowered") for side in ("left", "right"))


@dataclass(frozen=True, slots=True)
class Sample:
    """An exact picture that the atlas wants: one morph at one strength, all others at rest."""

    morph: str
    strength: float

    @property
    def name(self) -> str:
        """Unique, and fit for a file."""
        return f"{self.morph}{self.strength:+.2f}"

    @property
    def pose(self) -> Pose:
        """What to paint."""
        return {self.morph: self.strength}

    @property
    def turns(self) -> bool:
        """Whether it moves the whole picture, rather than a part of the face."""
        return self.morph in TURNS


def plan(rig: Rig) -> list[Sample]:
    """Every sample for an avatar of this rig: first what talks, then what lives, then what is finer."""
    wanted = [Sample(morph, strength) for morph, strength in _in_order(rig) if morph in rig.ranges]
    return list(dict.fromkeys(sample for sample in wanted if _within(rig, sample)))


def _in_order(rig: Rig) -> Iterator[tuple[str, float]]:
    face = [morph for morph in rig.morphs if morph not in TURNS]
    yield from _each(OPENINGS, 1.0)
    yield from _each(CLOSING[:2], 1.0, 0.5)
    yield from _each(OPENINGS, 0.5)
    yield from _each(TURNS, 0.5, -0.5)
    yield from _each(_CORNERS, 1.0)
    yield from _each(CLOSING[2:], 1.0, 0.5)
    yield from _each(face, 1.0, -1.0)
    yield from _each(TURNS, 1.0, -1.0)
    yield from _each(face, 0.5, -0.5)
    yield from _each((*OPENINGS, *CLOSING), 0.25, 0.75)


def _each(morphs: Iterable[str], *strengths: float) -> Iterator[tuple[str, float]]:
    for morph in morphs:
        for strength in strengths:
            yield morph, strength


def _within(rig: Rig, sample: Sample) -> bool:
    low, high = rig.ranges[sample.morph]
    return low <= sample.strength <= high


def fits(rig: Rig) -> bool:
    """Whether an avatar of this rig can have an atlas: one with the morphs that it is built on."""
    needed = {morph for pose in PROBES for morph in pose} | set(OPENINGS)
    return needed <= rig.ranges.keys()
