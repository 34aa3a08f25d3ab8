"""What has been rendered so far, and the frames composed from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuchipaku import Pixels, Pose
from modules.atlas.face import Face, Ground, Patch, patch_of
from modules.atlas.picture import Floats, premultiplied, straightened
from modules.atlas.samples import Sample
from modules.atlas.store import Arrays
from modules.atlas.turns import Turns, turn_of
from modules.atlas.warp import fetched, halved

Part = Patch | Floats
"""What one sample gives: a patch of the face, or the flow of a turn."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """Composes frames. A value: one with another part is a new one, so that a thread can paint while one renders."""

    rest: Pixels
    """Straight alpha."""
    face: Face
    turns: Turns

    @classmethod
    def of(cls, rest: Pixels) -> Atlas:
        """One that knows nothing but the picture at rest."""
        height, width = rest.shape[:2]
        return cls(rest, Face(premultiplied(rest)), Turns((width, height)))

    def having(self, sample: Sample, part: Part) -> Atlas:
        """The same with one part more."""
        if isinstance(part, Patch):
            return Atlas(self.rest, self.face.having(sample, part), self.turns)
        return Atlas(self.rest, self.face, self.turns.having(sample, part))

    def compose(self, pose: Pose) -> Pixels:
        """The picture of a clamped pose: RGBA, straight alpha."""
        lookup = self.turns.lookup(pose)
        if lookup is None:
            return self._still(pose)
        return straightened(np.asarray(fetched(self._faced(pose), lookup), np.uint8))

    def _faced(self, pose: Pose) -> Pixels:
        top, left, bottom, right = self.face.box
        picture = self.face.rest.copy()
        picture[top:bottom, left:right] = self.face.compose(pose)
        return picture

    def _still(self, pose: Pose) -> Pixels:
        """Nothing turns: what the face leaves alone is the picture at rest to the bit."""
        if not self.face.patches:
            return self.rest.copy()
        top, left, bottom, right = self.face.box
        faced = self.face.compose(pose)
        changed = (faced != self.face.rest[top:bottom, left:right]).any(axis=2)
        picture = self.rest.copy()
        picture[top:bottom, left:right][changed] = straightened(faced)[changed]
        return picture


def part_of(sample: Sample, ground: Ground, painted: Pixels) -> Part:
    """What a painted sample, straight alpha, gives the atlas."""
    picture = premultiplied(painted)
    return turn_of(ground.rest, picture) if sample.turns else patch_of(sample, ground, picture)


def packed(part: Part) -> Arrays:
    """A part as it is stored."""
    if isinstance(part, Patch):
        return {"place": np.array([part.top, part.left]), "change": part.change, "flow": part.flow}
    return {"turn": part.astype(np.float16)}


def unpacked(arrays: Arrays, size: tuple[int, int]) -> Part:
    """A part from the store, for pictures of `size`, width and height. Raises KeyError or ValueError if it is none."""
    width, height = size
    if "turn" in arrays:
        if arrays["turn"].shape[:2] != halved(np.zeros((height, width, 2), np.float32)).shape[:2]:
            raise ValueError(f"a turn of shape {arrays['turn'].shape}")
        return arrays["turn"].astype(np.float32)
    top, left = (int(value) for value in arrays["place"])
    patch = Patch(top, left, arrays["change"].astype(np.int16), arrays["flow"].astype(np.float16))
    if top < 0 or left < 0 or patch.box[2] > height or patch.box[3] > width:
        raise ValueError(f"a patch at {patch.box}")
    return patch
