"""One live avatar: the score it plays, and the loop that paints it while somebody watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from typing_extensions import TypeIs

from kuchipaku.avatar import AudioAvatar, Avatar, Frame, Pixels
from kuchipaku.loop import Worker, run_at
from kuchipaku.pose import OPENINGS, Layer, Pose, lay, mix, shut_once, smoothstep
from kuchipaku.score import Piece, Score
from kuchipaku.speech import Speech
from kuchipaku.stream import FrameHub
from kuchipaku.timeline import Timeline

log = logging.getLogger(__name__)

EASE = 0.35
"""Seconds in which the face passes from one performance to the next, or to rest after a stop; by eye."""
SHUT = 0.03
"""Seconds in which the mouth shuts at a stop: less than a frame, so that the second one shows it shut."""
PATIENCE = 1.5
"""Seconds for which a performance waits for its player to report that sound begins."""
WATCHED_LEAD = 0.1
"""Seconds between the first piece and its sound where nobody plays the audio for the server to follow."""
LATE_MARGIN = 0.25
"""Seconds that a player gets to fetch a piece which comes after the one before has ended."""
JITTER = 0.004
"""Seconds by which a report may differ without moving anything; less cannot be seen."""
JUMP = 0.25
"""Seconds from which on a report moves so much that the face is eased over."""

NamedLayer = tuple[str, Layer]


@dataclass(frozen=True, slots=True)
class _Play:
    """What the loop reads: a score, its layers, and the pose from which it is being eased in."""

    score: Score
    layers: tuple[NamedLayer, ...] = ()
    eased_from: Pose | None = None
    eased_at: float = 0.0


class Performer:
    """Plays scores on one avatar. Any thread may change the score; one thread paints."""

    def __init__(
        self,
        name: str,
        build_avatar: Callable[[], Avatar | AudioAvatar],
        build_layers: Callable[[Timeline], Sequence[NamedLayer]],
        fps: float,
        rest: str = "neutral",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.hub = FrameHub(self._wake)
        self._build_avatar, self._build_layers = build_avatar, build_layers
        self._avatar: Avatar | AudioAvatar | None = None
        self._building = threading.Lock()
        self._fps, self._clock, self._born = fps, clock, clock()
        self._lock = threading.RLock()
        self._play = _Play(Score(rest=rest))
        self._painted: Pose = {}
        self._broken: set[int] = set()
        self._complained = False
        self._worker = Worker(f"performer-{name}", self._paint_while_watched)

    @property
    def score(self) -> Score:
        """What is being played."""
        return self._play.score

    def now(self) -> float:
        """The stage clock, seconds."""
        return self._clock() - self._born

    def media_time(self) -> float | None:
        """Where the performance is, media seconds; None while nothing is said."""
        return self.score.media_time(self.now())

    def prepare(self) -> None:
        """Build the avatar if need be, which may take long. Raises what the avatar's factory raises."""
        with self._building:
            if self._avatar is None:
                avatar = self._build_avatar()
                with self._lock:
                    self._avatar = avatar
                    self._change(self.score)
                    self._let_hear(self.score.pieces)

    def begin(self, performance: str, generation: int) -> None:
        """A new performance: whatever was being said is dropped, and the face eases over."""
        self._turn_to(Score(performance, generation, self.score.rest, complete=False))

    def hush(self, generation: int) -> None:
        """Nothing more is said: the mouth shuts within two frames and the face eases to rest."""
        self._turn_to(Score("", generation, self.score.rest))

    def add(self, performance: str, timeline: Timeline, speech: Speech, *, player: bool) -> float | None:
        """Append a piece; the media second at which it begins, or None if the performance is no longer on."""
        with self._lock:
            if self.score.performance != performance:
                return None
            patience, margin = (PATIENCE, LATE_MARGIN) if player else (WATCHED_LEAD, WATCHED_LEAD)
            self._change(self.score.with_piece(timeline, speech, self.now(), patience, margin))
            piece = self.score.pieces[-1]
            self._let_hear([piece])
            return piece.start

    def complete(self, performance: str) -> None:
        """Nothing will be added to the performance any more."""
        with self._lock:
            if self.score.performance == performance:
                self._play = replace(self._play, score=replace(self.score, complete=True))

    def anchor(self, performance: str, media_time: float, ahead: float) -> bool:
        """A player's report: media second `media_time` sounds in `ahead` seconds. Whether it was taken."""
        with self._lock:
            score = self.score
            if score.performance != performance or score.origin is None:
                return False
            anchored = score.anchored(media_time, self.now() + ahead)
            moved = abs((anchored.origin or 0.0) - score.origin)
            if moved > JITTER:
                self._change(anchored, ease=moved > JUMP)
            return True

    def end(self) -> None:
        """Stop painting for good, let the viewers go, and the avatar too."""
        self.hub.close()
        self._worker.end()
        with self._building:
            if self._avatar is not None:
                self._avatar.close()

    def _wake(self) -> None:
        self._worker.wake()

    def _turn_to(self, score: Score) -> None:
        with self._lock:
            if score.generation < self.score.generation:
                return  # an older stop that comes late silences nothing newer
            if self._avatar is not None and not _is_posed(self._avatar):
                self._avatar.hush()
            self._change(score, ease=True)

    def _let_hear(self, pieces: Sequence[Piece]) -> None:
        if self._avatar is not None and not _is_posed(self._avatar):
            for piece in pieces:
                self._avatar.hear(piece.speech, piece.start)

    def _change(self, score: Score, *, ease: bool = False) -> None:
        layers = tuple(self._build_layers(score.on_stage()))
        eased_from, eased_at = self._play.eased_from, self._play.eased_at
        if ease:
            eased_from, eased_at = dict(self._painted), self.now()
        self._play = _Play(score, layers, eased_from, eased_at)
        self._broken.clear()

    def _paint_while_watched(self) -> None:
        run_at(self._fps, lambda _: self._paint(), lambda: self.hub.viewers > 0 and not self._worker.ended)

    def _paint(self) -> None:
        play, t = self._play, self.now()
        try:
            pixels = self._pixels(play, t)
            self._complained = False
        except Exception:
            if not self._complained:
                log.exception("the avatar of %r failed; its last picture stays", self.name)
            self._complained = True
            newest = self.hub.newest()
            if newest is None:
                return
            pixels = newest.frame.pixels
        with self._lock:
            if self._play.score.generation == play.score.generation:
                self.hub.publish(_frame(pixels, play.score, t))

    def _pixels(self, play: _Play, t: float) -> Pixels:
        if self._avatar is None:
            self.prepare()
            play = self._play
        avatar = self._avatar
        assert avatar is not None
        if not _is_posed(avatar):
            return avatar.frame_at(t, None if play.score.over(t) else play.score.media_time(t))
        pose = self._eased(play, avatar.rig.clamp(self._laid(play.layers, t)), t)
        self._painted = pose
        return avatar.paint(pose)

    def _laid(self, layers: Sequence[NamedLayer], t: float) -> Pose:
        pose: dict[str, float] = {}
        for number, (owner, layer) in enumerate(layers):
            if number in self._broken:
                continue
            try:
                lay(pose, layer(t))
            except Exception:
                log.exception("the layer of plugin %r failed; it is left out until the score changes", owner)
                self._broken.add(number)
        return shut_once(pose)

    def _eased(self, play: _Play, pose: Pose, t: float) -> Pose:
        since = t - play.eased_at
        if play.eased_from is None or since >= EASE:
            return pose
        eased = mix(play.eased_from, pose, smoothstep(since / EASE))
        shut = min(1.0, since / SHUT)
        mouth = {m: play.eased_from.get(m, 0.0) * (1 - shut) + pose.get(m, 0.0) * shut for m in OPENINGS}
        return eased | mouth


def _is_posed(avatar: Avatar | AudioAvatar) -> TypeIs[Avatar]:
    return hasattr(avatar, "rig")


def _frame(pixels: Pixels, score: Score, t: float) -> Frame:
    media = score.media_time(t)
    if media is None or score.over(t):
        return Frame(pixels, t, score.generation)
    return Frame(pixels, media, score.generation, score.performance)
