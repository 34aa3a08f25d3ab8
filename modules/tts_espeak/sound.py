"""The engine's samples made fit to be played in a row: even loudness, no clicks, a natural gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Samples

LOUDNESS = 0.1
"""Root mean square of what sounds: -20 dBFS."""

_PEAK = 0.95
_GAIN = (0.1, 3.0)
_SILENT = 0.005  # of full scale
_RELEASE = 0.04  # seconds the last phone may ring on
_FADE_IN, _FADE_OUT = 0.004, 0.012  # seconds


def finish(samples: NDArray[np.int16], rate: int, end: float, gap: float) -> Samples:
    """Playable audio, float32 (n,): speech that ends at `end` (seconds), levelled, faded, and `gap` seconds silent."""
    heard = samples[: round((end + _RELEASE) * rate)].astype(np.float32) / 32768.0
    heard = _faded(heard * _gain(heard), rate)
    length = max(len(heard), round((end + gap) * rate))
    return np.pad(heard, (0, length - len(heard)))


def _gain(heard: Samples) -> float:
    loud = heard[np.abs(heard) > _SILENT]
    if not len(loud):
        return 1.0
    gain = float(np.clip(LOUDNESS / np.sqrt(np.mean(loud**2)), *_GAIN))
    return min(gain, _PEAK / float(np.max(np.abs(loud))))


def _faded(heard: Samples, rate: int) -> Samples:
    rise, fall = (min(round(seconds * rate), len(heard) // 2) for seconds in (_FADE_IN, _FADE_OUT))
    heard[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    heard[len(heard) - fall :] *= np.linspace(1.0, 0.0, fall, dtype=np.float32)
    return heard
