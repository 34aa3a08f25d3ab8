"""Frames fast enough for a live picture: 16-bit fixed point, and no work where a character is never seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.talkinghead.kernels.fixed import can_fixed_point
from modules.talkinghead.tha4.coverage import Mask, coverage, looked_at, moving
from modules.talkinghead.tha4.fields import Floats, Precision
from modules.talkinghead.tha4.fused import FusedStudent

Tensors = Mapping[str, Any]


def live_student(image: Floats, face: Tensors, body: Tensors, *, seen: Mask | None = None) -> FusedStudent:
    """A student for live use: the body at half its size, but round the face, and of the face what moves.

    It is evaluated where the character is `seen`, (512, 512); that is found out, in a second or so, if it is not given.
    """
    student = FusedStudent(image, face, body, _precision(), half=True)
    student.cover(_seen(student) if seen is None else seen)
    student.move(moving(student.face))
    return student


def fine_student(image: Floats, face: Tensors, body: Tensors, *, seen: Mask | None = None) -> FusedStudent:
    """A student at full size, evaluated where the character is `seen`."""
    student = FusedStudent(image, face, body, _precision())
    student.cover(_seen(student) if seen is None else seen)
    return student


def _seen(student: FusedStudent) -> Mask:
    student.cover(looked_at())
    return coverage(student.paint)


def _precision() -> Precision:
    """16-bit where the processor multiplies and adds such numbers, else float32."""
    return "fixed" if can_fixed_point() else "float"
