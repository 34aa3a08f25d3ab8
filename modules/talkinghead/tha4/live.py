"""Frames fast enough for a live picture: 16-bit fixed point, smaller levels, and no work where nothing is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.talkinghead.kernels.fixed import can_fixed_point
from modules.talkinghead.tha4.body import Plan
from modules.talkinghead.tha4.coverage import Mask, coverage, looked_at, moving
from modules.talkinghead.tha4.fields import Floats, Precision
from modules.talkinghead.tha4.fused import FusedStudent
from modules.talkinghead.tha4.likeness import likeness

Tensors = Mapping[str, Any]

LIVE_PLANS = (Plan((16, 128, 256), near=1), Plan((32, 128, 256), near=1), Plan((64, 128, 256), near=3))
"""From the fastest to the best. Where the first level knows broad shapes only, little of it is enough; some characters
keep lines in it."""
SCOUTING = Plan((64, 128, 256))
GOOD = 36.8
"""Mean PSNR, in dB, of a plan that will do."""


def live_student(image: Floats, face: Tensors, body: Tensors, *, fine: FusedStudent | None = None) -> FusedStudent:
    """A student for live use: by the fastest plan that is good enough for the character, and of the face what moves.

    fine: the character's fine student, if there is one; it is left as it is, and open.
    """
    judge = fine or fine_student(image, face, body)
    moved = moving(judge.face)
    for plan in LIVE_PLANS:
        student = FusedStudent(image, face, body, _precision(), plan)
        student.cover(judge.seen)
        student.move(moved)
        if plan is LIVE_PLANS[-1] or likeness(student, judge) >= GOOD:
            break
        student.close()
    if fine is None:
        judge.close()
    return student


def fine_student(image: Floats, face: Tensors, body: Tensors) -> FusedStudent:
    """A student at full size, evaluated where the character is ever seen."""
    student = FusedStudent(image, face, body, _precision())
    student.cover(_seen(image, face, body))
    return student


def _seen(image: Floats, face: Tensors, body: Tensors) -> Mask:
    """Where the character is ever seen, found out in a second or so: half the size shows as much of it."""
    scout = FusedStudent(image, face, body, _precision(), SCOUTING)
    scout.cover(looked_at())
    try:
        return coverage(scout.paint)
    finally:
        scout.close()


def _precision() -> Precision:
    """16-bit where the processor multiplies and adds such numbers, else float32."""
    return "fixed" if can_fixed_point() else "float"
