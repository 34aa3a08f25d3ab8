"""How loud a voice is over time, and what can be seen of speech by loudness alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Phone, Samples

HOP = 0.010
"""Seconds between two values of the envelope."""

_SMOOTH = 0.030
"""Seconds: half the window of the envelope used to find silence."""
_FLOOR_DB = -30.0
"""Decibels below the loud parts from which on it is silence."""
_HISS = 0.30
"""Zero crossings a sample at 16 kHz from which a sound is a hiss (s, sh); a voiced one stays well below 0.2."""
_PIECE = 0.075
"""Seconds of voice that share one opening of the mouth."""


class Envelope:
    """Root mean square of audio in short windows, for questions about spans of time."""

    def __init__(self, samples: Samples, rate: int) -> None:
        """`samples`: mono, float32 (n,); `rate` in Hz."""
        hop = max(1, round(rate * HOP))
        count = max(1, -(-len(samples) // hop))
        padded = np.zeros(count * hop)
        padded[: len(samples)] = samples
        self.power: NDArray[np.float64] = (padded.reshape(count, hop) ** 2).mean(axis=1)
        """Mean square of each window of `HOP` seconds, float64 (m,)."""
        self._sums = np.concatenate([[0.0], np.cumsum(self.power)])
        self.loud = float(np.percentile(self.power, 90)) or 1.0
        """Mean square of the loud parts: the 90th percentile; 1 for silence."""

    def level(self, start: float, end: float) -> float:
        """Decibels of start <= t < end (seconds) against the loud parts of the whole: 0 is loud, -60 the least."""
        last = len(self.power)
        first = min(last - 1, max(0, round(start / HOP)))
        stop = min(last, max(first + 1, round(end / HOP)))
        power = (self._sums[stop] - self._sums[first]) / (stop - first)
        return max(-60.0, 10.0 * float(np.log10(max(power, 1e-12) / self.loud)))


class LoudnessAligner:
    """Finds the open sounds, hisses and pauses of any audio, in any language; see `phones_by_loudness`."""

    def align(self, samples: Samples, rate: int, text: str, language: str) -> tuple[Phone, ...]:
        """The phones of the audio in order of time; text and language are not looked at. Raises nothing."""
        return phones_by_loudness(samples, rate)


def phones_by_loudness(samples: Samples, rate: int) -> tuple[Phone, ...]:
    """The floor of lip-sync, for audio without phones: open sounds as large as they are loud, hisses, and pauses.

    Loudness cannot tell vowels apart and cannot see closed lips; a real aligner should replace it where there is one.
    """
    envelope = Envelope(samples, rate)
    smooth = _smoothed(envelope.power)
    quiet = smooth < envelope.loud * 10 ** (_FLOOR_DB / 10)
    hiss = _crossings(samples, rate, len(smooth)) > _HISS
    kinds = np.where(quiet, "", np.where(hiss, "s", "a"))
    edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1), len(kinds)]
    phones: list[Phone] = []
    for first, stop in pairwise(float(edge) * HOP for edge in edges):
        kind = str(kinds[round(first / HOP)])
        phones += _open_sounds(envelope, first, stop) if kind == "a" else [Phone(kind, first, stop)]
    return tuple(phones)


def _open_sounds(envelope: Envelope, start: float, end: float) -> list[Phone]:
    """Open vowels of three sizes over start <= t < end, the louder the larger."""
    count = max(1, round((end - start) / _PIECE))
    bounds = [start + (end - start) * n / count for n in range(count + 1)]
    return [Phone(_sized(envelope.level(a, b)), a, b) for a, b in pairwise(bounds)]


def _sized(level: float) -> str:
    return "a" if level > -4.0 else "ɐ" if level > -9.0 else "ə"


def _smoothed(power: NDArray[np.float64]) -> NDArray[np.float64]:
    half = round(_SMOOTH / HOP)
    window = np.hanning(2 * half + 3)[1:-1]
    return np.convolve(np.pad(power, half, mode="edge"), window / window.sum(), mode="valid")


def _crossings(samples: Samples, rate: int, count: int) -> NDArray[np.float64]:
    """Zero crossings a sample in each window, as they would be at 16 kHz. (m,)"""
    hop = max(1, round(rate * HOP))
    padded = np.zeros(count * hop + 1)
    padded[: len(samples)] = samples
    crossed = np.signbit(padded[1:]) != np.signbit(padded[:-1])
    share: NDArray[np.float64] = crossed.reshape(count, hop).mean(axis=1)
    return share * rate / 16_000
