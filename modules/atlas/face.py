"""The face at rest rotation: what each morph changes there, and how changes are laid together.

A morph's change is stored as a patch: the rectangle in which it differs from the picture at rest. Patches are summed;
morphs that say different things of the same feature share it; closed lids hide what moves under them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pixels, Pose
from kuchipaku.pose import OPENINGS
from modules.atlas.picture import Floats
from modules.atlas.samples import CLOSING, TURNS, Sample
from modules.atlas.warp import fetched, flow_between, hats, places

Box = tuple[int, int, int, int]
"""Top, left, bottom, right; the last two lie outside."""

_COMMON = 3
"""How many times stronger than what changes with every face a change must be to be a morph's own."""
_SEEN = 1
"""Steps of 255 from which on a change is stored."""
_REACH = 3
"""Pixels by which a patch is wider than the change."""
_SPECK = 0.25
"""Share of the strongest piece of a change below which another piece is taken for a network's noise."""
_AREA, _OUT = 5, 3.0
"""Pixels, across, over which changes are averaged, and how many times the common one an own change is: lines that a
network redraws are thin, features are not."""
_SOFT, _FAINT = 1.5, 4.0
"""Pixels (sigma) over which lids are compared, and steps of 255 below which there is nothing to compare."""
_ROOM = 41
"""Pixels, across, that a feature has around what the probes change."""
_GLIDING = ("iris_",)
"""Begin of the names of morphs whose feature moves more than it changes: it is moved, and the rest is a patch."""
_UPPER_LID = ("eye_surprised", "eye_relaxed", "eye_unimpressed")


@dataclass(frozen=True, slots=True)
class Patch:
    """What one sample changes in the face."""

    top: int
    left: int
    change: NDArray[np.int16]
    """(h, w, 4), premultiplied: to be added after the movement."""
    flow: NDArray[np.float16]
    """(h, w, 2), or (0, 0, 2) where nothing moves."""

    @property
    def box(self) -> Box:
        """Where it lies."""
        height, width = self.change.shape[:2]
        return self.top, self.left, self.top + height, self.left + width

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.change.nbytes + self.flow.nbytes


@dataclass(frozen=True, slots=True)
class Ground:
    """The face at rest, and what of a change in it is a morph's own.

    A network may redraw all outlines a little whichever morph moves; that is no morph's own doing.
    """

    rest: Pixels
    """Premultiplied."""
    common: NDArray[np.uint8]
    """(H, W): how much a pixel changes with any face, whichever it is."""
    features: NDArray[np.uint8]
    """(H, W), 1 where brows, lids and mouth can be; everywhere for an avatar that redraws nothing else."""

    @classmethod
    def of(cls, rest: Pixels, probes: Sequence[Pixels]) -> Ground:
        """From the pictures of PROBES; all premultiplied."""
        changes = [_change(rest, probe) for probe in probes]
        common = np.median(changes, axis=0).astype(np.uint8)
        if not common.any():
            return cls(rest, common, np.ones_like(common))
        own = [_own(change, common) for change in changes]
        return cls(rest, common, np.asarray(cv2.dilate(np.maximum.reduce(own), np.ones((_ROOM,) * 2)), np.uint8))

    def own(self, face: Pixels) -> NDArray[np.uint8]:
        """(H, W), 1 where the change to `face` is its own, with a margin."""
        change = _change(self.rest, face)
        if not self.common.any():
            return _widened(_above(change, self.common))
        return _own(change * self.features, self.common)


def _change(rest: Pixels, face: Pixels) -> NDArray[np.uint8]:
    return np.asarray(cv2.absdiff(rest, face).max(axis=2), np.uint8)


def _above(change: NDArray[np.uint8], common: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(change > np.maximum(_SEEN, _COMMON * common.astype(np.int16)), np.uint8)


def _own(change: NDArray[np.uint8], common: NDArray[np.uint8]) -> NDArray[np.uint8]:
    area = (_AREA, _AREA)
    stands_out = cv2.blur(change, area) > np.maximum(_SEEN, _OUT * cv2.blur(common, area).astype(np.float32))
    return _without_specks(_widened(stands_out.astype(np.uint8)), change)


def _widened(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.dilate(mask, np.ones((2 * _REACH + 1,) * 2, np.uint8)), np.uint8)


def _without_specks(mask: NDArray[np.uint8], change: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask without the pieces in which little changes beside the one that changes most."""
    count, labels = cv2.connectedComponents(mask)
    sums = np.bincount(labels.ravel(), change.ravel(), count)
    sums[0] = 0.0
    return np.asarray((sums >= max(1.0, _SPECK * sums.max()))[labels], np.uint8)


def patch_of(sample: Sample, ground: Ground, face: Pixels) -> Patch:
    """What `sample`, painted as the premultiplied picture `face`, changes."""
    own = ground.own(face)
    top, left, bottom, right = _box_of(own)
    part = np.s_[top:bottom, left:right]
    before, after, mask = ground.rest[part], face[part], own[part]
    if mask.size and sample.morph.startswith(_GLIDING):
        flow = _masked_flow(before, after, mask)
        before = _moved(ground.rest, top, left, flow.astype(np.float32))
    else:
        flow = np.zeros((0, 0, 2), np.float16)
    change = (after.astype(np.int16) - before) * mask[..., None]
    return Patch(top, left, change, flow)


def _box_of(mask: NDArray[np.uint8]) -> Box:
    left, top, width, height = cv2.boundingRect(mask)
    return top, left, top + height, left + width


def _moved(rest: Pixels, top: int, left: int, flow: Floats) -> Pixels:
    """The part of the picture at rest that begins at (top, left), fetched along a flow (h, w, 2)."""
    lookup = places(*flow.shape[:2]) + np.array([left, top], np.float32) + flow
    return np.asarray(fetched(rest, lookup), np.uint8)


def _masked_flow(before: Pixels, after: Pixels, mask: NDArray[np.uint8]) -> NDArray[np.float16]:
    flow = flow_between(after, before)
    inside = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.5)
    return (flow * inside[..., None]).astype(np.float16)


Patches = Mapping[str, Mapping[float, Patch]]
"""Morph -> strength -> patch."""


def cover_of(patch: Patch, shut: Patch) -> Floats:
    """(h, w, 1) over the box of `shut`, 0 to 1: how far the lids of `patch` hide what is under them.

    Where a pixel already looks as it will when the eye is `shut`, a lid has come over it.
    """
    closing = np.zeros(shut.change.shape, np.float32)
    _lay_within(closing, shut.box, patch)
    missing = np.abs(closing - shut.change).max(axis=2)
    whole = np.abs(shut.change).max(axis=2).astype(np.float32)
    missing, whole = cv2.GaussianBlur(missing, (0, 0), _SOFT), cv2.GaussianBlur(whole, (0, 0), _SOFT)
    covered = np.where(whole > _FAINT, 1.0 - missing / np.maximum(whole, _FAINT), 0.0)
    return np.asarray(np.clip(covered, 0.0, 1.0), np.float32)[..., None]


def _lay_within(sheet: Floats, box: Box, patch: Patch) -> None:
    top, left, bottom, right = patch.box
    rows, columns = slice(max(top, box[0]), min(bottom, box[2])), slice(max(left, box[1]), min(right, box[3]))
    if rows.stop > rows.start and columns.stop > columns.start:
        part = patch.change[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        sheet[rows.start - box[0] : rows.stop - box[0], columns.start - box[1] : columns.stop - box[1]] = part


@dataclass(frozen=True, slots=True)
class Face:
    """The patches so far, and the face they make."""

    rest: Pixels
    """Premultiplied."""
    patches: Patches = field(default_factory=dict)
    box: Box = (0, 0, 0, 0)
    """Where any patch lies."""
    covers: Mapping[tuple[str, float], Floats] = field(default_factory=dict)
    """For lids at a strength: `cover_of` their patch."""

    def having(self, sample: Sample, patch: Patch) -> Face:
        """The same with one patch more."""
        if not patch.change.size:
            return self
        known = self.patches.get(sample.morph, {})
        box = _union(self.box, patch.box) if self.patches else patch.box
        covers = self.covers
        if sample.morph in CLOSING and (shut := patch if sample.strength == 1.0 else known.get(1.0)):
            covers = {**covers, (sample.morph, sample.strength): cover_of(patch, shut)}
        return Face(self.rest, {**self.patches, sample.morph: {**known, sample.strength: patch}}, box, covers)

    def compose(self, pose: Pose) -> Pixels:
        """What lies within `box` in a clamped pose: premultiplied."""
        sheet = _Sheet(self.rest, self.box)
        for share in shares(pose):
            if share.morph in self.patches:
                sheet.lay(share, self.patches[share.morph], self.covers)
        return sheet.picture()


class _Sheet:
    """A face being put together: what moves, what changes, and how far closed lids let both through."""

    def __init__(self, rest: Pixels, box: Box) -> None:
        self._top, self._left, bottom, right = box
        height, width = bottom - self._top, right - self._left
        self._rest, self._before = rest, rest[self._top : bottom, self._left : right]
        self._change = np.zeros((height, width, 4), np.float32)
        self._lids = np.zeros((height, width, 4), np.float32)
        self._through = np.ones((height, width, 1), np.float32)
        self._flow: Floats | None = None

    def lay(self, share: Share, patches: Mapping[float, Patch], covers: Mapping[tuple[str, float], Floats]) -> None:
        """Add one morph, from the patches on both sides of its strength."""
        for knot, between in hats((*sorted({0.0, *patches}),), share.strength):
            weight = between * share.weight
            if knot == 0.0 or weight == 0.0:
                continue
            patch = patches[knot]
            part = self._part(patch)
            (self._lids if share.morph in CLOSING else self._change)[part] += weight * patch.change
            if patch.flow.size:
                self._move(part, weight * patch.flow)
            if (cover := covers.get((share.morph, knot))) is not None:
                self._through[self._part(patches[1.0])] -= weight * cover

    def _part(self, patch: Patch) -> tuple[slice, slice]:
        top, left, bottom, right = patch.box
        return slice(top - self._top, bottom - self._top), slice(left - self._left, right - self._left)

    def _move(self, part: tuple[slice, slice], flow: Floats) -> None:
        if self._flow is None:
            self._flow = np.zeros((*self._before.shape[:2], 2), np.float32)
        self._flow[part] += flow

    def picture(self) -> Pixels:
        """The face, premultiplied."""
        through = np.maximum(self._through, 0.0)
        before = self._before
        if self._flow is not None:
            before = _moved(self._rest, self._top, self._left, self._flow * through)
        summed = before + self._change * through + self._lids
        return np.asarray(np.clip(np.rint(summed), 0, 255), np.uint8)


class Share(NamedTuple):
    """A morph's part in the face."""

    morph: str
    strength: float
    """At which its patches are looked up."""
    weight: float


def shares(pose: Pose) -> list[Share]:
    """What makes the face of a pose.

    Morphs of one feature go the way together: each at the strength of all, weighted by what it brings to it.
    """
    moving = {morph: strength for morph, strength in pose.items() if strength != 0.0 and morph not in TURNS}
    sums: dict[str, float] = {}
    for morph, strength in moving.items():
        feature = _feature(morph)
        sums[feature] = sums.get(feature, 0.0) + strength
    return [
        Share(morph, min(1.0, sums[feature]), strength / sums[feature]) if feature else Share(morph, strength, 1.0)
        for morph, strength in moving.items()
        for feature in [_feature(morph)]
    ]


def _feature(morph: str) -> str:
    """What several morphs would each have its way with; empty for a morph that has its feature to itself."""
    side = morph.rpartition("_")[2]
    if morph in OPENINGS:
        return "opening"
    if morph in CLOSING:
        return f"closing {side}"
    if morph.startswith("eyebrow_"):
        return f"brow {side}"
    return f"upper lid {side}" if morph.startswith(_UPPER_LID) else ""


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
