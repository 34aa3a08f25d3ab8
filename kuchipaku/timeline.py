"""The score: named tracks of timed cues, looked up by time; JSON version 1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
"""Version of the JSON form."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A named shape held over start <= t < end, seconds on the clock of its timeline."""

    start: float
    end: float
    name: str
    weight: float = 1.0
    """0 to 1: how much of the shape."""


Tracks = Mapping[str, tuple[Cue, ...]]


def _tidy(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tracks of cues over 0 <= t < duration, seconds. Cues of a track are in order of their start.

    The house's tracks: `mouth` (visemes), `emotion` (labels), `gesture` ("nod"), `word` (the spoken text).
    """

    duration: float
    tracks: Tracks = field(default_factory=dict)

    def track(self, name: str) -> tuple[Cue, ...]:
        """The cues of one track; none if there is no such track."""
        return self.tracks.get(name, ())

    def shifted(self, seconds: float) -> Timeline:
        """The same score, `seconds` later; its duration grows by as much."""
        moved = {
            name: tuple(Cue(c.start + seconds, c.end + seconds, c.name, c.weight) for c in cues)
            for name, cues in self.tracks.items()
        }
        return Timeline(self.duration + seconds, moved)

    def to_json(self) -> dict[str, Any]:
        """A JSON object: version, duration, and tracks of {start, end, name, weight}, times in seconds."""
        tracks = {
            name: [
                {
                    "start": round(c.start, 4),
                    "end": round(c.end, 4),
                    "name": c.name,
                    "weight": round(c.weight, 4),
                }
                for c in cues
            ]
            for name, cues in sorted(self.tracks.items())
        }
        return {"version": VERSION, "duration": round(self.duration, 4), "tracks": tracks}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Timeline:
        """Reads what `to_json` wrote. Raises ValueError for another version."""
        if value.get("version") != VERSION:
            raise ValueError(f"timeline version {value.get('version')!r} is not {VERSION}")
        tracks = {name: _tidy(Cue(**cue) for cue in cues) for name, cues in value["tracks"].items()}
        return cls(value["duration"], tracks)


def merge(timelines: Iterable[Timeline]) -> Timeline:
    """One timeline with the cues of all, track by track; as long as the longest."""
    tracks: dict[str, list[Cue]] = {}
    duration = 0.0
    for timeline in timelines:
        duration = max(duration, timeline.duration)
        for name, cues in timeline.tracks.items():
            tracks.setdefault(name, []).extend(cues)
    return Timeline(duration, {name: _tidy(cues) for name, cues in tracks.items()})


def cue_at(cues: Sequence[Cue], t: float) -> Cue | None:
    """The cue sounding at time `t`: the latest begun that has not ended, by binary search."""
    index = bisect_right(cues, t, key=lambda cue: cue.start) - 1
    if index >= 0 and t < cues[index].end:
        return cues[index]
    return None
