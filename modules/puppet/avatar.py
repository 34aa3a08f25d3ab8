"""The puppet: layers and drawn features, moved by the pose and laid over one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku import THA_RIG, Character, Pixels, Pose
from modules.puppet.blend import over, straightened
from modules.puppet.brows import Brow
from modules.puppet.description import SIZE, LayerSpec, PuppetSpec, puppet_spec
from modules.puppet.eyes import Eye
from modules.puppet.features import DETAIL, Feature, Place
from modules.puppet.ground import Ground
from modules.puppet.motion import Rigging, turn_of
from modules.puppet.mouth import Mouth
from modules.puppet.own_eye import OwnEye
from modules.puppet.pictures import load_layer

_CELLS = 16
"""Cells of the grid, across and down, over which a layer's movement is looked up."""
_SIDES: tuple[Literal["right"], Literal["left"]] = ("right", "left")


@dataclass
class Sprite:
    """A texture with its place in the picture at rest."""

    spec: LayerSpec
    place: Place
    detail: float
    """Pixels of the texture for one pixel of the picture."""
    texture: Pixels
    """Premultiplied."""
    feature: Feature | None = None
    drawn: tuple[float, ...] | None = None
    """The strengths that the texture was drawn for."""

    def refresh(self, pose: Pose) -> None:
        """Draw the feature anew if one of its morphs has changed."""
        if self.feature is None:
            return
        strengths = tuple(pose.get(name, 0.0) for name in self.feature.morphs)
        if strengths != self.drawn:
            self.texture, self.drawn = self.feature.draw(pose), strengths


class Puppet:
    """A posed avatar painted from layers: 512 x 512, no network."""

    rig = THA_RIG
    size = (SIZE, SIZE)

    def __init__(self, spec: PuppetSpec, sprites: Sequence[Sprite]) -> None:
        self._sprites = sprites
        self._rigging = Rigging.of(spec, [sprite.spec for sprite in sprites])
        self._corners = np.array([[s.place.x, s.place.y, s.place.width, s.place.height] for s in sprites], float)

    @classmethod
    def of(cls, character: Character) -> Puppet:
        """The puppet in a character's folder. Raises BadRequest naming the file or key that is wrong."""
        spec = puppet_spec(character)
        ground = Ground(spec)
        sprites = [sprite for layer in spec.layers for sprite in _sprites(character, spec, layer, ground)]
        return cls(spec, sprites)

    def paint(self, pose: Pose) -> Pixels:
        """RGBA, uint8 (512, 512, 4), straight alpha. Strengths are clamped, unknown morphs ignored."""
        held = self.rig.clamp(pose)
        boxes, sources = self._movement(held)
        # Boxes are whole cells, so they may end a little outside of the picture.
        frame = np.zeros((SIZE + _CELLS, SIZE + _CELLS, 4), np.uint8)
        for sprite, (x, y, width, height), source in zip(self._sprites, boxes.tolist(), sources, strict=True):
            if width <= 0 or height <= 0:
                continue
            sprite.refresh(held)
            lookup = _upsampled(source, width, height)
            moved = cv2.remap(sprite.texture, lookup, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
            over(frame[y : y + height, x : x + width], moved)
        return straightened(frame[:SIZE, :SIZE])

    def close(self) -> None:
        """Nothing to let go of: layers are plain memory."""

    def _movement(self, pose: Pose) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """For each sprite its box in the frame (x, y, width, height), and a grid of texture coordinates to look up."""
        turn = turn_of(pose)
        nodes = np.linspace(0.0, 1.0, 9)
        x, y, width, height = (self._corners[:, i].reshape(-1, 1, 1) for i in range(4))
        shape = (len(self._sprites), 9, 9)
        rest_x = np.broadcast_to(x + width * nodes, shape)
        rest_y = np.broadcast_to(y + height * nodes[:, None], shape)
        boxes = _boxes(*self._rigging.forward(rest_x, rest_y, turn))
        cell = boxes[:, 2:] / _CELLS
        centres = np.arange(-1, _CELLS + 1) + 0.5
        grid_x = boxes[:, 0].reshape(-1, 1, 1) - 0.5 + cell[:, 0].reshape(-1, 1, 1) * centres
        grid_y = boxes[:, 1].reshape(-1, 1, 1) - 0.5 + cell[:, 1].reshape(-1, 1, 1) * centres[:, None]
        shape = (len(self._sprites), _CELLS + 2, _CELLS + 2)
        at_x, at_y = self._rigging.backward(np.broadcast_to(grid_x, shape), np.broadcast_to(grid_y, shape), turn)
        detail = np.array([sprite.detail for sprite in self._sprites]).reshape(-1, 1, 1)
        lookup = np.stack([(at_x + 0.5 - x) * detail - 0.5, (at_y + 0.5 - y) * detail - 0.5], axis=-1)
        return boxes, lookup.astype(np.float32)


def _boxes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    low = np.stack([x.min(axis=(1, 2)), y.min(axis=(1, 2))], axis=1) - 2
    high = np.stack([x.max(axis=(1, 2)), y.max(axis=(1, 2))], axis=1) + 2
    start = np.clip(np.floor(low), 0, SIZE).astype(int)
    end = np.clip(np.ceil(high), 0, SIZE).astype(int)
    cells = np.ceil(np.maximum(0, end - start) / _CELLS).astype(int)
    return np.concatenate([start, cells * _CELLS], axis=1)


def _upsampled(grid: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    # The grid has one more cell on every side, for cv2.resize holds its edge values flat.
    across, down = width // _CELLS, height // _CELLS
    whole = cv2.resize(grid, (width + 2 * across, height + 2 * down), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole[down : down + height, across : across + width], np.float32)


def _sprites(character: Character, spec: PuppetSpec, layer: LayerSpec, ground: Ground) -> list[Sprite]:
    if layer.draw:
        features = _features(spec, layer.draw, ground)
        return [Sprite(layer, feature.place, DETAIL, feature.place.canvas(), feature) for feature in features]
    place, detail, texture = load_layer(character.folder, layer.file, whole=not character.options.get("layers"))
    ground.lay(place, detail, texture)
    return [Sprite(layer, place, detail, texture)]


def _features(spec: PuppetSpec, draw: str, ground: Ground) -> list[Feature]:
    if draw == "mouth":
        return [Mouth(spec.mouth, ground)]
    if draw == "brows":
        return [Brow(spec.brows, side, ground) for side in _SIDES]
    kind = OwnEye if spec.eyes.own else Eye
    return [kind(spec.eyes, side, ground) for side in _SIDES]
