"""What a plugin puts on a live character: motion over all others, a finish for its frames, a rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kuchipaku.avatar import Pixels
from kuchipaku.pose import Layer
from kuchipaku.timeline import Timeline

Finish = Callable[[Pixels, float], Pixels]
"""(RGBA pixels, stage time in seconds) -> RGBA pixels, of any size. May write into what it is given."""


@dataclass(frozen=True, slots=True)
class Costume:
    """What is worn by one character; each part may be left out."""

    animate: Callable[[Timeline], Layer | None] | None = None
    """Asked for a layer whenever the score changes; the layer lies above all others, the mouth too."""
    finish: Finish | None = None
    """Changes every painted frame before it is shown."""
    fps: float | None = None
    """Frames a second, in place of the server's."""
