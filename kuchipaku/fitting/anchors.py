"""What was found in a face as anchors: JSON, in pixels of the fitted picture, with the keys of a puppet's table."""

from __future__ import annotations

from typing import Any

from kuchipaku.fitting.face import UNIT, Face
from kuchipaku.fitting.features import Brows, Eyes, Mouth
from kuchipaku.fitting.place import Outline, Placement

_SURE = 0.6
"""Brows that are less sure are left alone."""


def anchors_for(
    face: Face, outline: Outline, to: Placement, eyes: Eyes, brows: Brows | None, mouth: Mouth | None
) -> dict[str, Any]:
    """Face, neck, eyes, brows and mouth. "left" is the character's own left."""
    unit, down = outline.unit, outline.chin - outline.eyes
    anchors = {
        "face": [*to.point((outline.x, outline.eyes + 0.1 * unit)), to.length(1.05 * unit), to.length(1.15 * down)],
        "neck": to.point((outline.x, outline.chin - 0.05 * unit)),
        "collar": to.point((0, outline.chin + 0.5 * unit))[1],
        "waist": to.point((outline.x, outline.chin + 4 * unit)),
        "eyes": _eyes(face, to, eyes),
        "mouth": _mouth(face, outline, to, mouth),
    }
    if brows and brows.sure >= _SURE and brows.width >= 2:
        anchors["brows"] = _brows(face, to, brows)
    return anchors


def _eyes(face: Face, to: Placement, eyes: Eyes) -> dict[str, Any]:
    return {
        "left": to.point(face.out(*eyes.left)),
        "right": to.point(face.out(*eyes.right)),
        "size": max(1.0, to.length(face.length(eyes.half_width))),
        # An eye as the puppet draws it is 0.875 times as high as wide.
        "height": round(min(3.0, max(0.3, eyes.half_height / eyes.half_width / 0.875)), 2) if eyes.open else 0.9,
        "cover": "soft",
        "own": eyes.open,
        "lash": eyes.lash,
        # Of a closed eye nobody knows the colour.
        **({"iris": list(eyes.iris)} if eyes.open else {}),
    }


def _brows(face: Face, to: Placement, brows: Brows) -> dict[str, Any]:
    return {
        "left": to.point(face.out(*brows.left)),
        "right": to.point(face.out(*brows.right)),
        "size": max(1.0, to.length(face.length(brows.half_length))),
        "width": max(1.0, to.length(face.length(brows.width))),
        "colour": brows.colour,
        "cover": "soft",
        "own": True,
    }


def _mouth(face: Face, outline: Outline, to: Placement, mouth: Mouth | None) -> dict[str, Any]:
    if mouth is None or mouth.sure < 0.05:
        level = outline.eyes + 0.62 * (outline.chin - outline.eyes)
        return {"at": to.point((outline.x, level)), "size": max(1.0, to.length(0.16 * outline.unit)), "cover": "soft"}
    return {
        "at": to.point(face.out(*mouth.at)),
        "size": max(1.0, to.length(face.length(mouth.half_width))),
        # A wide mouth, as people have it, opens less in proportion.
        "height": round(min(1.0, 0.24 * UNIT / mouth.half_width), 2),
        "cover": "soft",
        "own": not mouth.open,
        "line": mouth.line,
    }
