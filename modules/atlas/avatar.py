"""The avatar that answers from an atlas while another thread renders it."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np

from kuchipaku import Avatar, Pixels, Pose
from modules.atlas.atlas import Atlas, Part, packed, part_of, unpacked
from modules.atlas.face import Ground
from modules.atlas.picture import premultiplied, psnr
from modules.atlas.samples import PROBES, Sample, plan
from modules.atlas.speed import MOVING, Look
from modules.atlas.store import Store

log = logging.getLogger(__name__)

_WATCHED = 1.0
"""Seconds after a live frame for which somebody is taken to be watching."""
_BREAK = 0.5
"""Share of a sample's time that the renderer leaves to live frames after it, while somebody watches."""


class _Stopped(Exception):
    """The avatar was closed."""


class AtlasAvatar:
    """Paints from what is rendered so far. The slow avatar is painted by one thread alone, which also closes it."""

    def __init__(self, avatar: Avatar, look: Look, store: Store, kind: str) -> None:
        self.rig, self.size = avatar.rig, avatar.size
        self.progress: float | None = 0.0
        """Of the rendering, 0 to 1; None when it is over."""
        self._about = str(getattr(avatar, "note", "")).partition(",")[0] or kind
        self.note = f"rendering the pose atlas of {self._about}"
        self._avatar, self._look, self._store = avatar, look, store
        self._atlas = Atlas.of(look.rest)
        self._asked = float("-inf")
        self._stop = threading.Event()
        self._renderer = threading.Thread(target=self._run, name="pose-atlas", daemon=True)
        self._renderer.start()

    def paint(self, pose: Pose) -> Pixels:
        """RGBA, uint8 (H, W, 4), straight alpha: at once, from what there is. Unknown morphs are ignored."""
        self._asked = time.monotonic()
        return self._atlas.compose(self.rig.clamp(pose))

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the rendering to end; whether it has, within `seconds`."""
        self._renderer.join(seconds)
        return not self._renderer.is_alive()

    def close(self) -> None:
        """End the rendering; a sample under way is the last, and what is stored is gone on with next time."""
        self._stop.set()
        self._renderer.join(2.0)

    def _run(self) -> None:
        try:
            self._render(plan(self.rig))
            self.note = f"pose atlas of {self._about}, {self._nearness():.1f} dB against exact frames"
        except _Stopped:
            pass
        except Exception as error:
            log.exception("the pose atlas of %s could not be finished", self._about)
            share = round(100 * (self.progress or 0.0))
            self.note = f"pose atlas of {self._about}, left at {share} %: {type(error).__name__}: {error}"
        finally:
            self.progress = None
            self._avatar.close()

    def _render(self, samples: list[Sample]) -> None:
        ground = self._ground()
        for done, sample in enumerate(samples):
            self._atlas = self._atlas.having(sample, self._part(sample, ground))
            self.progress = (done + 1) / len(samples)

    def _ground(self) -> Ground:
        """The face at rest as stored, if it shows this character; else all is rendered anew."""
        rest = premultiplied(self._look.rest)
        stored = self._store.load("ground")
        if stored and stored.keys() == {"thumbs", "common", "features"} and self._look.is_of(stored["thumbs"]):
            return Ground(rest, stored["common"].astype(np.uint8), stored["features"].astype(np.uint8))
        self._store.clear()
        ground = Ground.of(rest, [premultiplied(self._exact(probe)) for probe in PROBES])
        arrays = {"thumbs": self._look.thumbs, "common": ground.common, "features": ground.features}
        self._store.save("ground", arrays)
        return ground

    def _part(self, sample: Sample, ground: Ground) -> Part:
        if self._stop.is_set():
            raise _Stopped
        stored = self._store.load(sample.name)
        if stored is not None:
            try:
                return unpacked(stored, self.size)
            except (KeyError, ValueError) as error:
                log.warning("%s of the pose atlas is rendered anew: %r", sample.name, error)
        arrays = packed(part_of(sample, ground, self._exact(sample.pose)))
        self._store.save(sample.name, arrays)
        return unpacked(arrays, self.size)  # as it will be when it is read

    def _exact(self, pose: Pose) -> Pixels:
        """The slow avatar's picture; then a rest, so that live frames keep coming."""
        if self._stop.is_set():
            raise _Stopped
        began = time.monotonic()
        picture = self._avatar.paint(pose).copy()
        now = time.monotonic()
        if now - self._asked < _WATCHED:
            self._stop.wait(_BREAK * (now - began))
        return picture

    def _nearness(self) -> float:
        """Mean PSNR of a few moving poses, dB; stored, for it takes exact frames."""
        stored = self._store.load("nearness")
        if stored is not None and "psnr" in stored:
            return float(stored["psnr"])
        composed = [self._atlas.compose(self.rig.clamp(pose)) for pose in MOVING]
        exact = [self._exact(self.rig.clamp(pose)) for pose in MOVING]
        pairs = zip(composed, exact, strict=True)
        mean = float(np.mean([psnr(premultiplied(a), premultiplied(b)) for a, b in pairs]))
        self._store.save("nearness", {"psnr": np.array(mean)})
        return mean
