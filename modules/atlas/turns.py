"""Turns of head and body, and breath: the whole picture fetched along flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np

from kuchipaku import Pixels, Pose
from modules.atlas.picture import Floats
from modules.atlas.samples import STAGES, Sample
from modules.atlas.warp import fetched, flow_between, halved, lagrange, places


def turn_of(rest: Pixels, turned: Pixels) -> Floats:
    """How `rest` has to move to become `turned`, at half the size; both premultiplied."""
    return halved(flow_between(turned, rest))


@dataclass(frozen=True, slots=True)
class Axis:
    """The flows of one morph at the strengths rendered so far, and none at 0."""

    knots: tuple[float, ...]
    flows: Floats
    """(knots, h, w, 2)."""

    def having(self, strength: float, flow: Floats) -> Axis:
        """The same with one flow more."""
        return Axis((*self.knots, strength), np.concatenate([self.flows, flow[None]]))

    def add(self, x: float, flow: Floats) -> None:
        """Add the flow at strength `x`, on the polynomial through all that are known, to `flow`."""
        weights = lagrange((0.0, *self.knots), x)[1:]
        for weight, known in zip(weights, self.flows, strict=True):
            if weight != 0.0:
                cv2.scaleAdd(known, weight, flow, dst=flow)


@dataclass(frozen=True, slots=True)
class Turns:
    """The axes so far, and the movement that they make together."""

    size: tuple[int, int]
    """Width and height of the picture."""
    axes: Mapping[str, Axis] = field(default_factory=dict)

    def having(self, sample: Sample, flow: Floats) -> Turns:
        """The same with one flow more, at half the picture's size."""
        axis = self.axes.get(sample.morph)
        grown = axis.having(sample.strength, flow) if axis else Axis((sample.strength,), flow[None])
        return Turns(self.size, {**self.axes, sample.morph: grown})

    def lookup(self, pose: Pose) -> Floats | None:
        """Where in the picture at rest each pixel is fetched, (H, W, 2); None when nothing turns."""
        moved: Floats | None = None
        for stage in STAGES:
            active = {m: pose[m] for m in stage if pose.get(m, 0.0) != 0.0 and m in self.axes}
            if active:
                moved = _carried(moved, self._sum(active))
        if moved is None:
            return None
        whole = cv2.resize(moved, self.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(whole, _places(self.size[1], self.size[0]), dst=whole), np.float32)

    def _sum(self, active: Pose) -> Floats:
        flow: Floats = np.zeros(self.axes[next(iter(active))].flows.shape[1:], np.float32)
        for morph, strength in active.items():
            self.axes[morph].add(strength, flow)
        return flow


def _carried(inner: Floats | None, outer: Floats) -> Floats:
    """The flow of a picture moved along `inner` first and then, as a whole, along `outer`; both at half size."""
    if inner is None:
        return outer
    lookup = outer * 0.5 + _places(*outer.shape[:2])
    return np.asarray(fetched(inner, lookup), np.float32) + outer


@cache
def _places(height: int, width: int) -> Floats:
    return places(height, width)
