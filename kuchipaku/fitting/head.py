"""Where the head is: two structured eyes above two smooth cheeks of skin, alike when mirrored.

The drawn face is looked for at all sizes with box filters; photographs have their say through OpenCV's Haar cascades,
which know no drawn face but hardly miss a real one. Weights and ranges are by eye, over drawings and photographs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.pixels import Colours, Map, Mask, lab_of, scaled, skin_map

_UNIT = 16
"""Pixels between the eyes at which a face is judged."""
_STEP = 1.16
"""From one size to the next."""
_SIDE = 960
"""Pixels of the longer side of a picture that is searched."""
_CUT_SIDE = 640
"""The same for a figure cut out: no part of it is as small as a face in a crowd."""
_LEAST = 0.75
"""A drawn face scores at least this."""
_USUAL = 20
"""A picture's longer side, in distances between the eyes, up to which a figure is drawn."""
_CHANCE = 0.2
"""What a face loses each time it is half as large: there are more places where fingers or folds look like one."""
_SURE_HAAR = 4.5
"""Weight from which the stricter cascade is believed."""
_CASCADES = Path(cv2.__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Head:
    """A face found: the point between its eyes and the distance from eye to eye, in pixels of the picture."""

    x: float
    y: float
    unit: float
    """From the middle of one eye to the middle of the other."""
    score: float
    """0 to about 2; higher is surer."""
    photo: bool = False
    """Whether it has a real person's proportions."""


def find_heads(rgba: Pixels) -> list[Head]:
    """What may be the faces of a picture (H, W, 4), the surest first; some may be parts of one face."""
    left, top, right, bottom = _bounds(rgba[..., 3] > 128)
    figure = rgba[top:bottom, left:right]
    cut = bool((figure[..., 3] < 128).any())
    factor = min(1.0, (_CUT_SIDE if cut else _SIDE) / max(figure.shape[:2]))
    small = scaled(figure, factor) if factor < 1 else figure
    found = [*_photographed(small), *_drawn(small, cut)]
    found.sort(key=lambda head: -head.score)
    return [Head(left + h.x / factor, top + h.y / factor, h.unit / factor, h.score, h.photo) for h in _apart(found)]


def _bounds(mask: Mask) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is there; of everything where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _apart(heads: list[Head]) -> list[Head]:
    kept: list[Head] = []
    for head in heads:
        if all(np.hypot(head.x - k.x, head.y - k.y) > 0.5 * max(k.unit, head.unit) for k in kept):
            kept.append(head)
    return kept


def _photographed(rgba: Pixels) -> list[Head]:
    """Faces on which two cascades agree, the stricter one with certainty."""
    factor = 640 / max(rgba.shape[:2])
    grey = cv2.cvtColor(scaled(rgba, factor)[..., :3], cv2.COLOR_RGB2GRAY)
    boxes, _ = _cascade("alt2", grey)
    others, weights = _cascade("default", grey)
    heads = []
    for (x, y, size, _), weight in zip(others, weights, strict=True):
        agreed = any(
            abs(x + size / 2 - b[0] - b[2] / 2) + abs(y + size / 2 - b[1] - b[3] / 2) < size / 3 for b in boxes
        )
        if agreed and weight > _SURE_HAAR:
            # Places in the box of the cascade are those of an average face.
            centre = (x + size / 2) / factor, (y + 0.41 * size) / factor
            heads.append(Head(*centre, 0.37 * size / factor, 2 + weight / 100, photo=True))
    return heads


def _cascade(name: str, grey: Map) -> tuple[list[list[float]], list[float]]:
    cascade = cv2.CascadeClassifier(str(_CASCADES / f"haarcascade_frontalface_{name}.xml"))
    boxes, _, weights = cascade.detectMultiScale3(grey, 1.1, 4, minSize=(40, 40), outputRejectLevels=True)
    return [list(map(float, box)) for box in boxes], [float(weight) for weight in weights]


def _drawn(rgba: Pixels, cut: bool) -> list[Head]:
    height, width = rgba.shape[:2]
    silhouette = rgba[..., 3] > 128
    heads: list[Head] = []
    unit = max(8.0, max(height, width) / (32 if cut else 64))
    while unit < width / 2.2:
        factor = _UNIT / unit
        if min(height, width) * factor > 2 * _UNIT:
            small = scaled(rgba, factor)
            lab = lab_of(small)
            likeness = _likeness(lab, small[..., 3].astype(np.float32) / 255)
            if cut:
                likeness -= _strangeness(silhouette, likeness.shape, unit)
            heads += [Head(x / factor, y / factor, unit, score) for x, y, score in _peaks(likeness, lab)]
        unit *= _STEP
    usual = max(height, width) / _USUAL
    fair = [replace(h, score=h.score - _CHANCE * max(0.0, float(np.log2(usual / h.unit)))) for h in heads]
    return [head for head in fair if head.score > _LEAST]


def _likeness(lab: Colours, alpha: Map) -> Map:
    """How much each place is the middle between two eyes, at the one size of _UNIT."""
    mean, square = cv2.blur(lab, (5, 5)), cv2.blur(lab * lab, (5, 5))
    structure = np.clip(np.sqrt(np.maximum(0, square - mean * mean)).sum(axis=2) / 40, 0, 1) * alpha
    skin, light = skin_map(lab, alpha), lab[..., 0] / 100
    eyes = _both(_box(structure, 0.5, 0.34), 0.5, 0.0)
    plain = [*_both(_box(structure, 0.36, 0.24), 0.45, 0.5), _moved(_box(structure, 0.3, 0.2), 0, 0.4)]
    cheeks = [*_both(_box(skin, 0.36, 0.24), 0.4, 0.5), _moved(_box(skin, 0.25, 0.4), 0, 0.2)]
    outside = np.maximum(*_both(_box(skin, 0.36, 0.24), 1.3, 0.1))
    bright, dim = _both(_box(light, 0.36, 0.24), 0.45, 0.5), _both(_box(light, 0.3, 0.3), 0.5, 0.0)
    darker = np.minimum(bright[0] - dim[0], bright[1] - dim[1])
    skinny = 0.6 * np.min(cheeks, axis=0) + 0.4 * np.mean(cheeks, axis=0) - 0.35 * outside
    found = np.minimum(*eyes) - 0.5 * np.max(plain, axis=0) + 0.5 * skinny + 0.8 * np.clip(darker, -0.3, 0.3)
    return np.asarray(found, np.float32)


def _box(values: Map, width: float, height: float) -> Map:
    return np.asarray(cv2.blur(values, (int(width * _UNIT), int(height * _UNIT))), np.float32)


def _both(values: Map, x: float, y: float) -> tuple[Map, Map]:
    return _moved(values, -x, y), _moved(values, x, y)


def _moved(values: Map, x: float, y: float) -> Map:
    """What lies (x, y) units away from each place."""
    matrix = np.array([[1, 0, -x * _UNIT], [0, 1, -y * _UNIT]], np.float32)
    return np.asarray(
        cv2.warpAffine(values, matrix, values.shape[::-1], flags=cv2.INTER_NEAREST, borderValue=0), np.float32
    )


def _strangeness(silhouette: Mask, shape: tuple[int, ...], unit: float) -> Map:
    """How far each place is from where eyes of that size are in a figure: below its crown, within its width."""
    height, width = shape
    down = silhouette.shape[0] / height
    top = np.where(silhouette.any(axis=0), silhouette.argmax(axis=0), 4 * silhouette.shape[0]).astype(np.float32)
    # The hair's own outline, not single strands: the middle value nearby.
    crown = cv2.resize(top[None], (width, 1), interpolation=cv2.INTER_AREA)[0]
    crown = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(crown, 5, "edge"), 11), axis=1)
    below = (np.arange(height)[:, None] * down - crown) / unit
    breadth = silhouette.sum(axis=1)[np.minimum((np.arange(height) * down).astype(int), len(silhouette) - 1)]
    share = unit / np.maximum(breadth, 1)
    far = 0.35 * np.clip(np.abs(below - 1.75) - 0.35, 0, 3)
    return np.asarray(far + 0.3 * np.abs(np.log(np.maximum(share, 1e-3) / 0.42))[:, None], np.float32)


def _peaks(likeness: Map, lab: Colours) -> Iterator[tuple[int, int, float]]:
    for _ in range(5):
        _, score, _, (x, y) = cv2.minMaxLoc(likeness)
        yield x, y, score + 0.6 * max(0.0, _symmetry(lab, x, y))
        cv2.circle(likeness, (x, y), _UNIT // 2, -99, -1)


def _symmetry(lab: Colours, x: int, y: int) -> float:
    """Correlation of a face with its mirror image: -1 to 1."""
    half = int(1.1 * _UNIT)
    patch = lab[max(0, y - int(0.45 * _UNIT)) : y + _UNIT, max(0, x - half) : x + half + 1]
    if patch.shape[1] < 2 * half + 1:
        return 0.0
    patch = patch - patch.mean(axis=(0, 1))
    return float((patch * patch[:, ::-1]).sum() / max(1e-6, (patch * patch).sum()))
