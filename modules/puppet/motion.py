"""How the pose moves the layers: the head turns as a solid, hair bends, the body leans and breathes.

Every layer has a depth in front of the axis that the head turns about, and a bulge: a dome over the face. A turn
moves a point sideways by its depth times the sine of the angle, so near things pass in front of far ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Pose
from modules.puppet.description import LayerSpec, PuppetSpec

Grid = NDArray[np.float64]
"""Coordinates of all layers' grid points: (L, N, N), in pixels."""

_STEPS = 3
"""Refinements of the inverse; after three, what is left is below a tenth of a pixel, and below one at the extremes."""


class Turn(NamedTuple):
    """A pose in angles (radians) and pixels. Positive: up, to the picture's left, counter-clockwise."""

    pitch: float
    yaw: float
    roll: float
    body_yaw: float
    body_roll: float
    breath: float


def turn_of(pose: Pose) -> Turn:
    """The angles of a clamped pose. The head follows a part of the body's turn."""

    def degrees(name: str, full: float) -> float:
        return radians(full * pose.get(name, 0.0))

    return Turn(
        pitch=degrees("head_x", 18),
        yaw=degrees("head_y", 18) + degrees("body_y", 6),
        roll=degrees("neck_z", 13),
        body_yaw=degrees("body_y", 16),
        body_roll=degrees("body_z", 6),
        breath=pose.get("breathing", 0.0),
    )


@dataclass(frozen=True)
class Rigging:
    """The layers' parameters as columns, (L, 1, 1) each, for all layers at once."""

    spec: PuppetSpec
    depth: Grid
    bulge: Grid
    head: Grid
    """1 for a layer of the head, 0 of the body, -1 for one that goes over from body to head along the neck."""
    root_x: Grid
    root_y: Grid
    hang_x: Grid
    hang_y: Grid
    sway: Grid

    @classmethod
    def of(cls, spec: PuppetSpec, layers: Sequence[LayerSpec]) -> Rigging:
        """Collects the columns."""

        def column(values: Sequence[float]) -> Grid:
            return np.array(values, float).reshape(-1, 1, 1)

        follows = {"head": 1.0, "body": 0.0, "neck": -1.0}
        return cls(
            spec,
            column([layer.depth for layer in layers]),
            column([layer.bulge for layer in layers]),
            column([follows[layer.group] for layer in layers]),
            column([layer.root[0] for layer in layers]),
            column([layer.root[1] for layer in layers]),
            column([layer.tip[0] - layer.root[0] for layer in layers]),
            column([layer.tip[1] - layer.root[1] for layer in layers]),
            column([layer.sway for layer in layers]),
        )

    def forward(self, x: Grid, y: Grid, turn: Turn) -> tuple[Grid, Grid]:
        """Where the points of the drawing at rest come to lie."""
        share = self._share(y)
        bent_x, bent_y = self._bend(x, y, share, turn)
        head_x, head_y = self._turn_head(bent_x, bent_y, turn)
        return self._move_body(bent_x + share * (head_x - bent_x), bent_y + share * (head_y - bent_y), share, turn)

    def backward(self, x: Grid, y: Grid, turn: Turn) -> tuple[Grid, Grid]:
        """Which points of the drawing come to lie at (x, y): the inverse of `forward`."""
        at_x, at_y = self._undo_rolls(x, y, turn)
        angle = -(turn.body_roll + self._share(at_y) * turn.roll)
        for _ in range(_STEPS):
            now_x, now_y = self.forward(at_x, at_y, turn)
            step_x, step_y = _rotate(x - now_x, y - now_y, angle)
            at_x, at_y = at_x + step_x, at_y + step_y
        return at_x, at_y

    def _share(self, y: Grid) -> Grid:
        low, high = self.spec.collar, self.spec.neck[1]
        along = np.clip((low - y) / (low - high), 0.0, 1.0)
        return np.where(self.head < 0, along * along * (3 - 2 * along), self.head)

    def _bend(self, x: Grid, y: Grid, share: Grid, turn: Turn) -> tuple[Grid, Grid]:
        square = self.hang_x**2 + self.hang_y**2
        along = np.clip(((x - self.root_x) * self.hang_x + (y - self.root_y) * self.hang_y) / square, 0.0, 1.3)
        weight = self.sway * along**1.6
        length = np.sqrt(square)
        yaw, roll = share * turn.yaw + turn.body_yaw / 2, share * turn.roll + turn.body_roll
        lag_x = 0.7 * length * np.sin(yaw) - self.hang_y * np.sin(roll)
        lag_y = length * (0.35 * share * np.sin(turn.pitch) - 0.012 * turn.breath)
        # Hair spreads a little when the head goes down, and with each breath.
        spread = (
            np.sign(self.root_x - self.spec.face[0]) * length * (0.02 * turn.breath - 0.15 * share * np.sin(turn.pitch))
        )
        return x + weight * (lag_x + spread), y + weight * lag_y

    def _turn_head(self, x: Grid, y: Grid, turn: Turn) -> tuple[Grid, Grid]:
        centre_x, centre_y, radius_x, radius_y = self.spec.face
        across, down = x - centre_x, y - centre_y
        dome = np.exp(-((across / radius_x) ** 2 + (down / radius_y) ** 2))
        depth = self.depth + self.bulge * dome
        turned_x = centre_x + across * np.cos(turn.yaw) - depth * np.sin(turn.yaw)
        turned_y = centre_y + down * np.cos(turn.pitch) - depth * np.sin(turn.pitch)
        pivot_x, pivot_y = self.spec.neck
        rolled_x, rolled_y = _rotate(turned_x - pivot_x, turned_y - pivot_y, turn.roll)
        return pivot_x + rolled_x, pivot_y + rolled_y

    def _move_body(self, x: Grid, y: Grid, share: Grid, turn: Turn) -> tuple[Grid, Grid]:
        waist_x, waist_y = self.spec.waist
        across = x - waist_x
        chest = 60 * np.exp(-((across / 150) ** 2))
        turned = across * np.cos(turn.body_yaw) - chest * np.sin(turn.body_yaw)
        # The head keeps its width: it only goes where the neck goes.
        carried = across - 60 * np.sin(turn.body_yaw)
        wide = 1 + 0.010 * turn.breath * (1 - share)
        lift = np.clip((560 - y) / 200, 0, 1) * 3.5 * turn.breath
        new_x, new_y = _rotate(
            (turned + share * (carried - turned)) * wide, y - lift - waist_y, np.asarray(turn.body_roll)
        )
        return waist_x + new_x, waist_y + new_y

    def _undo_rolls(self, x: Grid, y: Grid, turn: Turn) -> tuple[Grid, Grid]:
        waist_x, waist_y = self.spec.waist
        pivot_x, pivot_y = self.spec.neck
        back_x, back_y = _rotate(x - waist_x, y - waist_y, np.asarray(-turn.body_roll))
        back_x, back_y = back_x + waist_x, back_y + waist_y
        share = self._share(back_y)
        back_x, back_y = _rotate(back_x - pivot_x, back_y - pivot_y, -turn.roll * share)
        return back_x + pivot_x, back_y + pivot_y


def _rotate(x: Grid, y: Grid, angle: Grid | float) -> tuple[Grid, Grid]:
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin
