"""Emotion templates: SillyTavern-Extras' `_emotions.json`, one pose for each emotion.

A morph that a template leaves out is at rest; names are taken with and without the suffix "_index"; values outside the
usual range are kept, and held inside it by the rig at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuchipaku import THA_RIG, Pose
from modules.talkinghead.extras.reading import (
    Complaint,
    extras_morph,
    number,
    plain_morph,
    refuse,
    refuse_harm,
    shown,
)

Templates = Mapping[str, Pose]
"""Emotion -> pose, morphs by the names of our rig."""

BREATH = "breathing"
"""A template says nothing about it: breathing goes on."""


def read_templates(sent: Mapping[str, Any]) -> tuple[dict[str, Pose], list[Complaint]]:
    """What is right of an `_emotions.json`, and what is wrong with the rest. An unknown morph is harmless."""
    templates: dict[str, Pose] = {}
    complaints: list[Complaint] = []
    for emotion, pose in sent.items():
        if isinstance(pose, Mapping):
            read, wrong = _read_pose(pose, f"{emotion}.")
            templates[emotion] = {morph: strength for morph, strength in read.items() if morph != BREATH}
            complaints += wrong
        else:
            complaints.append(Complaint(emotion, f"is {shown(pose)}", "an object of morphs and numbers"))
    return templates, complaints


def _read_pose(sent: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, float], list[Complaint]]:
    pose: dict[str, float] = {}
    complaints: list[Complaint] = []
    for name, value in sent.items():
        morph, strength = plain_morph(name), number(value)
        if morph is None:
            complaints.append(Complaint(prefix + name, "is no morph", "such as mouth_aaa_index, head_x_index", True))
        elif strength is None:
            complaints.append(Complaint(prefix + name, f"is {shown(value)}", "a number, -1 to 1"))
        else:
            pose[morph] = strength
    return pose, complaints


def strict(sent: Mapping[str, Any], where: str) -> dict[str, Pose]:
    """The templates. Raises BadRequest naming `where`, the emotion and the morph for anything that is wrong."""
    templates, complaints = read_templates(sent)
    refuse(complaints, where)
    return templates


def lenient(sent: Mapping[str, Any], where: str) -> dict[str, Pose]:
    """The templates; unknown morphs are dropped and named in the log. Raises BadRequest for what is no number."""
    templates, complaints = read_templates(sent)
    refuse_harm(complaints, where)
    return templates


def strict_pose(sent: Mapping[str, Any], where: str) -> dict[str, float]:
    """One pose. Raises BadRequest naming `where` and the morph for anything that is wrong."""
    pose, complaints = _read_pose(sent)
    refuse(complaints, where)
    return pose


def is_same(one: Pose, other: Pose) -> bool:
    """Whether two templates are the same face."""
    return all(one.get(morph, 0.0) == other.get(morph, 0.0) for morph in {*one, *other} - {BREATH})


def to_json(templates: Templates) -> dict[str, dict[str, float]]:
    """The object of an `_emotions.json`: every morph of every template, so that none keeps what was there before."""
    morphs = [morph for morph in THA_RIG.morphs if morph != BREATH]
    return {
        emotion: {extras_morph(morph): pose.get(morph, 0.0) for morph in morphs} for emotion, pose in templates.items()
    }
