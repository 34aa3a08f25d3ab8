"""What the animator's settings do to a painted picture: cut off its edges, then lay filters on it."""

from __future__ import annotations

import numpy as np

from kuchipaku import Pixels
from kuchipaku.costume import Finish
from modules.talkinghead.extras.settings import AnimatorSettings


def finish_of(settings: AnimatorSettings, seed: int = 0) -> Finish | None:
    """Crop and filters as one function of (pixels, t); None where there are none of either. `seed` lays out noise."""
    crops = any((settings.crop_left, settings.crop_right, settings.crop_top, settings.crop_bottom))
    if not settings.postprocessor_chain:
        return (lambda pixels, t: cropped(pixels, settings)) if crops else None
    from modules.talkinghead.filters.chain import parse_chain

    chain = parse_chain([[name, dict(parameters)] for name, parameters in settings.postprocessor_chain], seed)
    return lambda pixels, t: chain(cropped(pixels, settings), t)


def cropped(pixels: Pixels, settings: AnimatorSettings) -> Pixels:
    """RGBA (H, W, 4) without its edges; at least one pixel each way is left."""
    height, width = pixels.shape[:2]
    rows = _kept(height, settings.crop_top, settings.crop_bottom)
    columns = _kept(width, settings.crop_left, settings.crop_right)
    return np.ascontiguousarray(pixels[rows, columns])


def _kept(size: int, before: float, after: float) -> slice:
    """What is left of `size` pixels when `before` and `after` of a whole of 2 are cut off."""
    start = min(size - 1, round(size * before / 2))
    return slice(start, max(start + 1, size - round(size * after / 2)))
