"""Frames fast enough for a live picture: 16-bit fixed point, and no work where a character is never seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.talkinghead.kernels.fixed import can_fixed_point
from modules.talkinghead.tha4.coverage import Mask, coverage, looked_at
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.fused import FusedStudent


def live_student(
    image: Floats, face: Mapping[str, Any], body: Mapping[str, Any], *, coarse: bool = False, seen: Mask | None = None
) -> FusedStudent:
    """A student for live use, `coarse` or not; it is evaluated where the character is `seen`, (512, 512).

    Where that is not given it is found out, which takes a second or two. On processors without 16-bit multiply-adds
    float32 is used.
    """
    student = FusedStudent(image, face, body, "fixed" if can_fixed_point() else "float", coarse=coarse)
    if seen is None:
        student.cover(looked_at())
        seen = coverage(student.paint)
    student.cover(seen)
    return student
