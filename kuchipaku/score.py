"""What one live avatar is to play: the pieces of a performance, laid on the stage clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kuchipaku.speech import Speech
from kuchipaku.timeline import Cue, Timeline, merge

KEEP = 8.0
"""Seconds for which a piece stays in the score after its end, so that what lingers can be eased out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of speech that begins at `start`, media seconds: since the audio of the performance began."""

    start: float
    timeline: Timeline
    speech: Speech
    """The sound itself, for avatars that are driven by it."""

    @property
    def end(self) -> float:
        """Media second at which it is over."""
        return self.start + self.timeline.duration


@dataclass(frozen=True, slots=True)
class Score:
    """One performance on the stage clock: seconds, from an arbitrary zero, that only grow."""

    performance: str = ""
    generation: int = 0
    rest: str = "neutral"
    """The emotion worn when nothing is said."""
    origin: float | None = None
    """Stage time of media time 0, which may be still to come; None before the first piece."""
    pieces: tuple[Piece, ...] = ()
    complete: bool = True
    """Whether the last piece is known."""

    @property
    def end(self) -> float:
        """Media second at which the last known piece is over; 0 before the first."""
        return self.pieces[-1].end if self.pieces else 0.0

    def media_time(self, stage_time: float) -> float | None:
        """Media seconds at `stage_time`, negative before the first sound; None before the first piece."""
        return None if self.origin is None else stage_time - self.origin

    def over(self, stage_time: float) -> bool:
        """Whether all has been said, so that frames belong to no performance any more."""
        media = self.media_time(stage_time)
        return self.complete and (media is None or media >= self.end)

    def with_piece(self, timeline: Timeline, speech: Speech, now: float, patience: float, margin: float) -> Score:
        """One piece more, at stage time `now`.

        The first one begins in `patience` seconds, unless a player says otherwise by then (`anchored`). A later
        one begins right after the one before, or in `margin` seconds if that has passed.
        """
        origin = now + patience if self.origin is None else self.origin
        media = now - origin
        start = max(self.end, media + margin) if self.pieces else 0.0
        kept = tuple(p for p in self.pieces if p.end > media - KEEP)
        return replace(self, origin=origin, pieces=(*kept, Piece(start, timeline, speech)))

    def anchored(self, media_time: float, stage_time: float) -> Score:
        """The same with media second `media_time` at `stage_time`."""
        return replace(self, origin=stage_time - media_time)

    def on_stage(self) -> Timeline:
        """All cues on the stage clock, with the resting emotion in the track `rest`."""
        origin = self.origin or 0.0
        shifted = [piece.timeline.shifted(origin + piece.start) for piece in self.pieces]
        end = max((s.duration for s in shifted), default=0.0)
        return merge([*shifted, Timeline(end, {"rest": (Cue(0.0, float("inf"), self.rest),)})])
