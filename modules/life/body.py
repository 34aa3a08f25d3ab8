"""Breath, sway and nods."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import pi, sin

from kuchipaku import Cue
from kuchipaku.pose import smoothstep
from modules.life.rhythm import chance

NOD = 0.25
"""How far the head dips in a nod (rig units: 15 degrees each); scaled by temperament and the weight of the cue."""
NOD_SECONDS = 0.35
"""Length of a nod; its deepest point is in the middle of its cue."""

_SWAY = {"head_x": 0.20, "head_y": 0.16, "neck_z": 0.25, "body_y": 0.22, "body_z": 0.18}
"""Largest sway at temperament 1 (rig units)."""
_CALM = ((0.09, 0.45), (0.21, 0.25))
"""Waves that are always there: frequency in Hz and share of the sway. No two have a common beat."""
_LIVELY = ((0.43, 0.18), (0.71, 0.12))
"""Waves that join while somebody speaks."""

Wave = tuple[float, float, float]
"""Amplitude, angular frequency in radians a second, phase in radians."""


class Breath:
    """Breathing in cycles of 3.5 to 5 s by seed, slightly irregular."""

    def __init__(self, seed: int) -> None:
        self._cycle = 3.5 + 1.5 * chance(seed, "breath", 0)
        self._drift = 2.0 * pi * chance(seed, "breath", 1)

    def __call__(self, t: float) -> float:
        """How full the chest is at `t`, seconds: 0 to 1."""
        phase = t / self._cycle + 0.06 * sin(0.83 * t + self._drift)
        return sin(pi * phase) ** 2


class Sway:
    """Head and body drift slowly, and livelier while speaking; sums of waves that never repeat together."""

    def __init__(self, seed: int, temperament: float) -> None:
        """`temperament` 0 to 1."""
        gain = temperament * (1.5 - 0.5 * temperament)  # a middling temperament is already seen to move
        self._calm = {name: _waves(seed, name, size * gain, _CALM) for name, size in _SWAY.items()}
        self._lively = {name: _waves(seed, name, size * gain, _LIVELY) for name, size in _SWAY.items()}

    def __call__(self, t: float, speaking: float) -> dict[str, float]:
        """The rotations at `t` (seconds); `speaking` 0 to 1 brings in the livelier waves."""
        rotations = {name: _sum(waves, t) for name, waves in self._calm.items()}
        if speaking > 0.0:
            for name, waves in self._lively.items():
                rotations[name] += speaking * _sum(waves, t)
        return rotations


def _waves(seed: int, name: str, size: float, shares: Sequence[tuple[float, float]]) -> list[Wave]:
    """The waves of one rotation; seeds differ in pace and in phase."""
    paces = [0.85 + 0.3 * chance(seed, f"{name} pace", round(100 * hertz)) for hertz, _ in shares]
    phases = [2.0 * pi * chance(seed, f"{name} phase", round(100 * hertz)) for hertz, _ in shares]
    return [
        (size * share, 2.0 * pi * hertz * pace, phase)
        for (hertz, share), pace, phase in zip(shares, paces, phases, strict=True)
    ]


def _sum(waves: Sequence[Wave], t: float) -> float:
    total = 0.0
    for size, angular, phase in waves:
        total += size * sin(angular * t + phase)
    return total


class Nods:
    """Dips of the head on the cues "nod" of the gesture track."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """`cues` of the gesture track; the others are not ours."""
        nods = [cue for cue in cues if cue.name == "nod"]
        self._nods = sorted(((cue.start + cue.end - NOD_SECONDS) / 2, cue.weight) for cue in nods)
        self._starts = [start for start, _ in self._nods]

    def __call__(self, t: float) -> float:
        """How deep the nod is at `t`, seconds: 0 to 1."""
        last = bisect_right(self._starts, t)
        first = bisect_right(self._starts, t - NOD_SECONDS)
        return max((_dip(t - start, weight) for start, weight in self._nods[first:last]), default=0.0)


def _dip(since: float, weight: float) -> float:
    way = since / NOD_SECONDS
    return weight * smoothstep(2.0 * way) * smoothstep(2.0 - 2.0 * way)
