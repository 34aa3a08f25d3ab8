"""One live avatar: the score it plays, and the loop that paints it while somebody watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kuchipaku.avatar import AudioAvatar, Avatar, Frame, Pixels
from kuchipaku.costume import Costume, Finish
from kuchipaku.live_avatar import LiveAvatar, is_posed
from kuchipaku.loop import Worker, run_at
from kuchipaku.pose import OPENINGS, Layer, Pose, lay, mix, shut_once, smoothstep
from kuchipaku.score import Piece, Score
from kuchipaku.speech import Speech
from kuchipaku.stream import FrameHub, Shot
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
STANDING = 0.25
"""Seconds between two frames of a paused picture: its viewers need them only to keep their lines open."""

NamedLayer = tuple[str, Layer]
NamedFinish = tuple[str, Finish]


@dataclass(frozen=True, slots=True)
class _Play:
    """What the loop reads: a score, its layers, and the pose from which it is being eased in."""

    score: Score
    layers: tuple[NamedLayer, ...] = ()
    finishes: tuple[NamedFinish, ...] = ()
    eased_from: Pose | None = None
    eased_at: float = 0.0
    broken: set[object] = field(default_factory=set)
    """Layers, by number, and finishes, by owner, that raised: left out for as long as this is played."""


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
        worn: Mapping[str, Costume] | None = None,
    ) -> None:
        self.name = name
        self.hub = FrameHub(self._wake)
        self._build_layers = build_layers
        self._live = LiveAvatar(name, build_avatar, clock)
        self._fps, self._clock, self._born = fps, clock, clock()
        self._lock = threading.RLock()
        self._worn = dict(worn or {})
        self._play = _Play(Score(rest=rest))
        self._painted: Pose = {}
        self._shown_at = float("-inf")
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

    @property
    def fps(self) -> float:
        """Frames painted a second while somebody watches."""
        worn = [costume.fps for costume in self._worn.values() if costume.fps]
        return worn[-1] if worn else self._fps

    @property
    def ready(self) -> bool:
        """Whether its avatar is built."""
        return self._live.now is not None

    @property
    def note(self) -> str:
        """What the avatar says of how it is rendered."""
        return self._live.note

    @property
    def progress(self) -> float | None:
        """How far the avatar is with what it prepares, 0 to 1; None when it prepares nothing."""
        return self._live.progress

    @property
    def trouble(self) -> str:
        """Why the last picture could not be painted; empty when all is well."""
        return self._live.trouble

    @property
    def paused(self) -> bool:
        """Whether the last picture stands still."""
        return self._live.paused

    def prepare(self) -> None:
        """Build the avatar if need be, unless paused; it may take long. Raises what the avatar's factory raises."""
        self._live.prepare(self._introduce)

    def pause(self) -> None:
        """Let go of the avatar and its memory; viewers keep the last picture until `resume`, or a performance."""
        if self.hub.newest() is None:
            self._paint()  # so that there is a last picture
        self._live.paused = True
        self._live.drop()

    def resume(self) -> None:
        """Paint again after a pause; the avatar is built anew. Nothing comes back after `end`."""
        if not self.hub.closed:
            self._live.paused = False

    def recast(self) -> None:
        """Build the avatar anew, for its character has changed; viewers keep the last picture meanwhile."""
        self._live.drop()

    def wear(self, owner: str, costume: Costume | None, *, ease: bool = True) -> None:
        """Put on what the plugin `owner` gives, in place of what it gave before; None takes it off.

        The face eases over, unless it is to follow a hand.
        """
        with self._lock:
            # Not changed in place: the painting thread reads it.
            others = {name: worn for name, worn in self._worn.items() if name != owner}
            self._worn = others if costume is None else others | {owner: costume}
            self._change(self.score, ease=ease)

    def feel(self, emotion: str) -> None:
        """From now on wear `emotion` when nothing is said."""
        with self._lock:
            self._change(replace(self.score, rest=emotion), ease=True)

    def begin(self, performance: str, generation: int) -> None:
        """A new performance: whatever was being said is dropped, and the face eases over; it ends a pause."""
        self.resume()
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
        self._live.paused = True
        self._live.drop()

    def _wake(self) -> None:
        self._worker.wake()

    def _turn_to(self, score: Score) -> None:
        with self._lock:
            if score.generation < self.score.generation:
                return  # an older stop that comes late silences nothing newer
            avatar = self._live.now
            if avatar is not None and not is_posed(avatar):
                avatar.hush()
            self._change(score, ease=True)

    def _introduce(self) -> None:
        with self._lock:
            self._change(self.score)
            self._let_hear(self.score.pieces)

    def _let_hear(self, pieces: Sequence[Piece]) -> None:
        avatar = self._live.now
        if avatar is not None and not is_posed(avatar):
            for piece in pieces:
                avatar.hear(piece.speech, piece.start)

    def _change(self, score: Score, *, ease: bool = False) -> None:
        timeline = score.on_stage()
        layers = (*self._build_layers(timeline), *self._worn_layers(timeline))
        finishes = tuple((owner, costume.finish) for owner, costume in self._worn.items() if costume.finish)
        eased_from, eased_at = self._play.eased_from, self._play.eased_at
        if ease:
            eased_from, eased_at = dict(self._painted), self.now()
        self._play = _Play(score, layers, finishes, eased_from, eased_at)

    def _worn_layers(self, timeline: Timeline) -> list[NamedLayer]:
        layers: list[NamedLayer] = []
        for owner, costume in self._worn.items():
            try:
                layer = costume.animate(timeline) if costume.animate else None
            except Exception:
                log.exception("plugin %r could not animate; it is left out until the score changes", owner)
                continue
            if layer is not None:
                layers.append((owner, layer))
        return layers

    def _paint_while_watched(self) -> None:
        while self._watched():
            self._paint_at(self.fps)

    def _paint_at(self, fps: float) -> None:
        run_at(fps, lambda _: self._paint(), lambda: self._watched() and self.fps == fps)

    def _watched(self) -> bool:
        return self.hub.viewers > 0 and not self._worker.ended

    def _paint(self) -> None:
        play, t = self._play, self.now()
        pixels = self._live.picture(self._introduce, lambda avatar: self._pixels(avatar, t))
        if pixels is not None:
            self._show(play, t, pixels)
        elif (newest := self.hub.newest()) and not (self.paused and t - self._shown_at < STANDING):
            self._show(play, t, newest.frame.pixels, newest)

    def _show(self, play: _Play, t: float, pixels: Pixels, again: Shot | None = None) -> None:
        with self._lock:
            if self._play.score.generation == play.score.generation:
                self._shown_at = t
                self.hub.publish(_frame(pixels, play.score, t), again)

    def _pixels(self, avatar: Avatar | AudioAvatar, t: float) -> Pixels:
        play = self._play
        if is_posed(avatar):
            pose = self._eased(play, avatar.rig.clamp(self._laid(play, t)), t)
            self._painted = pose
            pixels = avatar.paint(pose)
        else:
            pixels = avatar.frame_at(t, None if play.score.over(t) else play.score.media_time(t))
        return self._finished(play, pixels, t)

    def _finished(self, play: _Play, pixels: Pixels, t: float) -> Pixels:
        for owner, finish in play.finishes:
            if owner in play.broken:
                continue
            try:
                pixels = finish(pixels, t)
            except Exception:
                log.exception("the finish of plugin %r failed; it is left out until the score changes", owner)
                play.broken.add(owner)
        return pixels

    def _laid(self, play: _Play, t: float) -> Pose:
        pose: dict[str, float] = {}
        for number, (owner, layer) in enumerate(play.layers):
            if number in play.broken:
                continue
            try:
                lay(pose, layer(t))
            except Exception:
                log.exception("the layer of plugin %r failed; it is left out until the score changes", owner)
                play.broken.add(number)
        return shut_once(pose)

    def _eased(self, play: _Play, pose: Pose, t: float) -> Pose:
        since = t - play.eased_at
        if play.eased_from is None or since >= EASE:
            return pose
        eased = mix(play.eased_from, pose, smoothstep(since / EASE))
        shut = min(1.0, since / SHUT)
        mouth = {m: play.eased_from.get(m, 0.0) * (1 - shut) + pose.get(m, 0.0) * shut for m in OPENINGS}
        return eased | mouth


def _frame(pixels: Pixels, score: Score, t: float) -> Frame:
    media = score.media_time(t)
    if media is None or score.over(t):
        return Frame(pixels, t, score.generation)
    return Frame(pixels, media, score.generation, score.performance)
