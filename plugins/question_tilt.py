"""Tilts the head while a question is asked."""

from __future__ import annotations

from kuchipaku import Cue, Layer, Line, Speech, Timeline, hookimpl
from kuchipaku.pose import smoothstep

TILT, EASE = 0.4, 0.5  # units of 15 degrees; seconds of the way there, and of the way back


@hookimpl
def compose_cues(line: Line, speech: Speech) -> dict[str, list[Cue]] | None:
    """Writes into the score that a question is asked."""
    asked = any(mark in line.text for mark in "?？؟")
    return {"gesture": [Cue(0.0, speech.duration, "question")]} if asked else None


@hookimpl
def animate(timeline: Timeline) -> Layer:
    """Reads it there: a tilt that eases in with the question and out after it; pieces of one question join."""
    asked = [cue for cue in timeline.track("gesture") if cue.name == "question"]
    return lambda t: {
        "neck_z": TILT * sum(smoothstep((t - c.start) / EASE) - smoothstep((t - c.end) / EASE) for c in asked)
    }
