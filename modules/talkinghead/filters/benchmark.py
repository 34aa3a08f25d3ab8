"""How long filters take: `python -m modules.talkinghead.filters.benchmark`."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kuchipaku import Pixels
from modules.talkinghead.filters.base import FPS
from modules.talkinghead.filters.chain import FILTERS, Chain, parse_chain

CHAINS: Mapping[str, tuple[str, ...]] = {
    "lens_and_tape": ("bloom", "chromatic_aberration", "vignetting", "scanlines", "analog_vhsglitches"),
    "grain_and_tube": ("bloom", "lumanoise", "analog_lowres", "vignetting", "scanlines"),
}
"""Five filters each, in the order in which they are usually chained."""


def measure(size: int = 512, rounds: int = 40) -> dict[str, dict[str, float]]:
    """Milliseconds for a frame of size * size, medians: {chain: {ms, one_by_one_ms, ratio}, "filters": {name: ms}}.

    `one_by_one_ms` is the same chain as one picture after the other, decoded and encoded at each filter. The ratio is
    the median over rounds that do one right after the other, so a busy machine hardly moves it.
    """
    pixels = portrait(size)
    figures = {name: _compared(_chain(*names), pixels, rounds) for name, names in CHAINS.items()}
    alone = {name: statistics.median(_times(_chain(name), pixels, rounds)) for name in FILTERS}
    return figures | {"filters": alone}


def portrait(size: int) -> Pixels:
    """RGBA (size, size, 4): a soft-edged, colourful egg that covers about half of the picture."""
    y, x = np.mgrid[0:size, 0:size] / np.float32(max(size - 1, 1))
    inside = np.clip((1.0 - np.hypot((x - 0.5) / 0.36, (y - 0.55) / 0.46)) * size / 8, 0.0, 1.0)
    colours = [0.5 + 0.5 * np.sin(9.0 * x + shift) * np.cos(7.0 * y) for shift in (0.0, 2.0, 4.0)]
    return np.rint(np.stack([*colours, inside], axis=-1) * 255.0).astype(np.uint8)


def _chain(*names: str) -> Chain:
    return parse_chain([[name, {}] for name in names])


def _compared(chain: Chain, pixels: Pixels, rounds: int) -> dict[str, float]:
    steps = [Chain((step,), chain.seed) for step in chain.filters]

    def one_by_one(picture: Pixels, t: float) -> Pixels:
        for step in steps:
            picture = step(picture, t)
        return picture

    pairs = [(_timed(chain, pixels, n), _timed(one_by_one, pixels, n)) for n in range(-3, rounds)][3:]
    together, apart = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(slow / fast for fast, slow in pairs)
    return {"ms": together, "one_by_one_ms": apart, "ratio": ratio}


def _times(chain: Chain, pixels: Pixels, rounds: int) -> list[float]:
    return [_timed(chain, pixels, n) for n in range(-3, rounds)][3:]


def _timed(work: Callable[[Pixels, float], Any], pixels: Pixels, number: int) -> float:
    start = time.perf_counter()
    work(pixels, number / FPS)
    return (time.perf_counter() - start) * 1000.0


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
