"""Life: a body that breathes, blinks, sways, looks around and nods while it speaks."""

from __future__ import annotations

from kuchipaku import Character, Layer, Timeline, hookimpl


@hookimpl
def animate(timeline: Timeline, character: Character) -> Layer:
    """Small motions on top of the emotion."""
    from modules.life.layer import Life

    return Life(timeline, character)
