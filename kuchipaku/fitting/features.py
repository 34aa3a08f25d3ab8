"""Where eyes, brows and mouth of a face are, whether they are open, and which colours they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.face import UNIT, Face, face_of
from kuchipaku.fitting.head import Head
from kuchipaku.fitting.pixels import Map, hex_colour, ramp

Point = tuple[float, float]

_DOWNS, _HALVES, _TILTS = np.arange(-0.24, 0.361, 0.03), np.arange(0.36, 0.67, 0.02), np.arange(-0.09, 0.091, 0.03)
"""Where eyes are looked for: below the middle, to its sides, and one higher than the other. In units."""
_HAIR_SHARE = 0.8
"""How much less hair counts for an eye than what has a colour of its own: eyes may be of the hair's colour."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes. Lengths in pixels of the face, sure 0 to 1."""

    left: Point
    """Middle of the eye on the picture's right."""
    right: Point
    half_width: float
    half_height: float
    open: bool
    sure: float
    iris: tuple[str, str, str]
    """Colour of its top, middle and bottom."""
    lash: str
    differ: float
    """How unlike the two are in width, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Brows:
    """Both brows."""

    left: Point
    right: Point
    half_length: float
    width: float
    colour: str
    sure: float


@dataclass(frozen=True, slots=True)
class Mouth:
    """The mouth."""

    at: Point
    half_width: float
    half_height: float
    open: bool
    line: str
    sure: float


def find_eyes(face: Face) -> Eyes:
    """The pair of eyes. It is always somewhere: `sure` says how likely it is there."""
    at_left, at_right = _pair(face)
    right, left = _extent(face, *at_right), _extent(face, *at_left)
    # On bare skin there is no extent at all.
    half_width = max(1.0, _agreed(right[2], left[2]))
    half_height = max(1.0, _agreed(right[3], left[3]))
    if max(right[3], left[3]) > 1.35 * min(right[3], left[3]):
        # Hair or glasses run into one of them: its height is that of the other.
        tilt = at_left[1] - at_right[1]
        level = right[1] if right[3] < left[3] else left[1] - tilt
        right, left = (right[0], level, *right[2:]), (left[0], level + tilt, *left[2:])
    differ = abs(right[2] - left[2]) / max(right[2], left[2], 1.0)
    core = max(_core(face, *at_right), _core(face, *at_left))
    shape = half_height / half_width
    iris, lash = _eye_colours(face, (left[:2], right[:2]), half_width, half_height)
    return Eyes(
        left[:2],
        right[:2],
        half_width,
        half_height,
        shape > (0.18 if face.head.photo else 0.36) and core > 0.25,
        min(1.0, core),
        iris,
        lash,
        differ,
    )


def _pair(face: Face) -> tuple[Point, Point]:
    """The left and the right eye: where two dark round spots, nearly of one height, have skin below."""
    spot = _spots(face)
    middle, level = face.middle
    offsets = np.arange(-0.15, 0.151, 0.03) * UNIT
    best, place = -np.inf, ((middle + UNIT / 2, level), (middle - UNIT / 2, level))
    for down, half, tilt in product(_DOWNS * UNIT, _HALVES * UNIT, _TILTS * UNIT):
        right, left = spot[int(level + down - tilt)], spot[int(level + down + tilt)]
        x = middle + offsets
        pair = right[(x - half).astype(int)], left[(x + half).astype(int)]
        strain = abs(down) + np.abs(offsets) + abs(half - UNIT / 2) + abs(tilt)
        scores = np.minimum(*pair) + 0.5 * np.maximum(*pair) - 0.4 * strain / UNIT
        at = int(scores.argmax())
        if scores[at] > best:
            best, place = scores[at], ((x[at] + half, level + down + tilt), (x[at] - half, level + down - tilt))
    return place


def _spots(face: Face) -> Map:
    """How much each place is a dark spot of an eye's size above skin."""
    wide = cv2.GaussianBlur(face.strange * (1 - _HAIR_SHARE * _hair(face)), (0, 0), 0.11 * UNIT)
    spot = wide + 0.6 * cv2.GaussianBlur(_darkness(face), (0, 0), 0.08 * UNIT)
    for below, weight in ((0.36, 0.7), (0.52, 0.4)):
        rows = round(below * UNIT)
        spot[:-rows] -= weight * wide[rows:]
    return np.asarray(spot, np.float32)


def _hair(face: Face) -> Map:
    """How much each place is of the colour above the forehead: a fringe hangs between the eyes, dark above skin."""
    (x, y), reach = face.middle, 0.6 * UNIT
    above = np.s_[int(y - 1.2 * UNIT) : int(y - 0.55 * UNIT), int(x - reach) : int(x + reach)]
    colours = face.lab[above][(face.strange[above] > 0.5) & (face.rgba[above][..., 3] > 128)]
    if len(colours) < 0.1 * UNIT * UNIT:
        return np.zeros_like(face.strange)
    difference = (face.lab - np.median(colours, axis=0)) * (0.55, 1, 1)
    return 1 - ramp(np.linalg.norm(difference, axis=2), 8, 24)


def settled(rgba: Pixels, head: Head) -> Face:
    """The face of a head, brought to the distance of the eyes that are found in it."""
    face = face_of(rgba, head)
    for _ in range(2):
        left, right = _pair(face)
        x, y = face.out((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
        face = face_of(rgba, replace(head, x=x, y=y, unit=face.length(left[0] - right[0])))
    # Cascades take a drawing for a person now and then, but nobody has eyes as high as drawn ones.
    drawn = face.head.photo and find_eyes(face).half_height > 0.215 * UNIT
    return replace(face, head=replace(face.head, photo=False)) if drawn else face


def surest(rgba: Pixels, heads: Sequence[Head]) -> list[Head]:
    """The heads with the surest first: of several that score alike, the one with a mouth where a mouth should be.

    Brows under a fringe are two marks over skin, too, and so may be drawn cheeks.
    """
    if not heads or heads[0].photo:
        return list(heads)
    close = [head for head in heads[:6] if head.score > heads[0].score - 0.45]
    weighed = []
    for head in close:
        face = settled(rgba, head)
        mouth = find_mouth(face, find_eyes(face))
        weighed.append((head.score + 0.5 * (mouth.sure if mouth else 0.0), head))
    weighed.sort(key=lambda pair: -pair[0])
    return [head for _, head in weighed] + [head for head in heads if head not in close]


def _darkness(face: Face) -> Map:
    return np.asarray(np.clip((face.skin[0] - face.lab[..., 0]) / 60, 0, 1), np.float32)


def _core(face: Face, x: float, y: float) -> float:
    """How little skin there is in the middle of an eye, 0 to 1."""
    r = int(0.09 * UNIT)
    return float(face.strange[int(y) - r : int(y) + r + 1, int(x) - r : int(x) + r + 1].mean())


def _extent(face: Face, x: float, y: float) -> tuple[float, float, float, float]:
    """An eye's middle, half its width and half its height, grown from its core until skin is met."""
    across = face.strange[int(y - 0.10 * UNIT) : int(y + 0.12 * UNIT)].max(axis=0)
    left, right = _run(across, x, 0.45 * UNIT, 0.35, gap=3)
    if right - left > 0.72 * UNIT:
        # The rim of glasses, beyond a little skin.
        left, right = _run(across, x, 0.45 * UNIT, 0.5, gap=1)
    down = face.strange[:, int(x - 0.10 * UNIT) : int(x + 0.10 * UNIT)].mean(axis=1)
    top, bottom = _run(down, y, 0.40 * UNIT, 0.35, gap=1)
    return (left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2


def _run(profile: NDArray[np.float32], start: float, reach: float, least: float, gap: int) -> tuple[float, float]:
    """How far a profile stays above `least` on both sides of `start`; gaps up to `gap` are stepped over."""
    ends = []
    for step in (-1, 1):
        end, at, missed = round(start), round(start), 0
        while 0 <= at < len(profile) and abs(at - start) <= reach and missed <= gap:
            if profile[at] >= least:
                end, missed = at, 0
            else:
                missed += 1
            at += step
        ends.append(float(end))
    return ends[0], ends[1]


def _agreed(one: float, other: float) -> float:
    """Of two lengths that should be one, the smaller where hair or glasses made the other too long."""
    return min(one, other) if max(one, other) > 1.35 * min(one, other) else (one + other) / 2


def _eye_colours(
    face: Face, middles: tuple[Point, Point], half_width: float, half_height: float
) -> tuple[tuple[str, str, str], str]:
    pixels = np.concatenate([_ellipse(face, middle, 0.55 * half_width, half_height) for middle in middles])
    rgb, lab, height = pixels[:, :3], pixels[:, 3:6], pixels[:, 6]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    coloured = ~((lab[:, 0] > 82) & (chroma < 12)) & (lab[:, 0] > 22)
    thirds = []
    for low, high in ((-0.8, -0.1), (-0.35, 0.35), (0.1, 0.85)):
        chosen = coloured & (height > low) & (height < high)
        thirds.append(hex_colour(np.median(rgb[chosen] if chosen.sum() > 4 else rgb, axis=0)))
    dark = lab[:, 0] <= np.quantile(lab[:, 0], 0.12)
    return (thirds[0], thirds[1], thirds[2]), hex_colour(np.median(rgb[dark], axis=0))


def _ellipse(face: Face, middle: Point, half_width: float, half_height: float) -> NDArray[np.float32]:
    """Pixels of an ellipse: red, green, blue, L, a, b, and the height from -1 (top) to 1."""
    rows, columns = np.mgrid[: face.lab.shape[0], : face.lab.shape[1]]
    x, y = (columns - middle[0]) / max(1.0, half_width), (rows - middle[1]) / max(1.0, half_height)
    inside = x * x + y * y < 1
    parts = [face.rgba[..., :3][inside], face.lab[inside], y[inside][:, None]]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def find_brows(face: Face, eyes: Eyes) -> Brows | None:
    """The brows, if both show: a thin line above each eye with skin on both sides of it."""
    right, left = (_brow_line(face, middle, eyes) for middle in (eyes.right, eyes.left))
    if right is None or left is None:
        return None
    shown = (len(right) + len(left)) / (4 * eyes.half_width)
    if shown < 0.4 or abs(np.median(right[:, 1]) - np.median(left[:, 1])) > 0.3 * UNIT:
        return None
    both = np.concatenate([right, left])
    half = float(max(np.ptp(right[:, 0]), np.ptp(left[:, 0])) / 2)
    colours = face.rgba[both[:, 1].astype(int), both[:, 0].astype(int), :3]
    places = [(float(line[:, 0].mean()), float(np.median(line[:, 1]))) for line in (left, right)]
    return Brows(
        places[0],
        places[1],
        half,
        float(np.median(both[:, 2])),
        hex_colour(np.median(colours, axis=0)),
        min(1.0, float(shown)),
    )


def _brow_line(face: Face, middle: Point, eyes: Eyes) -> NDArray[np.float64] | None:
    """Columns of a brow: x, y and thickness (N, 3); None where too few are like the others."""
    found = []
    top = middle[1] - eyes.half_height
    for x in range(round(middle[0] - 1.1 * eyes.half_width), round(middle[0] + 1.1 * eyes.half_width) + 1):
        stroke = _stroke_above(face.strange[:, x], top, 0.6 * UNIT)
        if stroke and stroke[1] - stroke[0] < 0.17 * UNIT:
            found.append((x, (stroke[0] + stroke[1]) / 2, stroke[1] - stroke[0]))
    if len(found) < 0.25 * UNIT:
        return None
    line = np.array(found, float)
    line = line[np.abs(line[:, 1] - np.median(line[:, 1])) < 0.14 * UNIT]
    return line if len(line) >= 0.25 * UNIT else None


def _stroke_above(column: NDArray[np.float32], top: float, reach: float) -> tuple[int, int] | None:
    """The first stroke above an eye's top that has skin below and above it: its first and last row."""
    at, end = round(top), max(1, round(top - reach))
    while at > end and column[at] >= 0.25:
        at -= 1
    while at > end and column[at] < 0.25:
        at -= 1
    last = at
    while at > end and column[at] >= 0.25:
        at -= 1
    return (at + 1, last) if end < at < last else None


def find_mouth(face: Face, eyes: Eyes) -> Mouth | None:
    """The mouth: the widest mark in the middle of the lower face that is no chin."""
    middle = (eyes.left[0] + eyes.right[0]) / 2
    level = (eyes.left[1] + eyes.right[1]) / 2
    usual = 1.08 if face.head.photo else 0.66
    top, bottom = round(level + 0.3 * UNIT), round(level + 1.45 * UNIT)
    left, right = round(middle - 0.55 * UNIT), round(middle + 0.55 * UNIT)
    marks = _marks(face)[top:bottom, left:right]
    best, chosen = 0.05, None
    for least in (0.07, 0.1, 0.15, 0.22, 0.32, 0.45):
        # A mouth that is drawn faintly may leave out its middle.
        gap = 13 if least < 0.12 else 1
        joined = cv2.morphologyEx((marks > least).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
        _, labels, boxes, centres = cv2.connectedComponentsWithStats(joined)
        for n in range(1, len(boxes)):
            score = _mouthlike(boxes[n], centres[n], marks, labels == n, usual - 0.3)
            if score > best:
                best, chosen = score, labels == n
    return None if chosen is None else _mouth(face, chosen, (left, top), best)


def _marks(face: Face) -> Map:
    """What is darker or redder than the skin around it, 0 to 1."""
    kernel = np.ones((round(0.34 * UNIT), round(0.34 * UNIT)), np.uint8)
    darker = cv2.morphologyEx(face.lab[..., 0], cv2.MORPH_BLACKHAT, kernel)
    redder = cv2.morphologyEx(face.lab[..., 1], cv2.MORPH_TOPHAT, kernel)
    return np.asarray(np.clip((darker + 0.7 * redder) / 40, 0, 1), np.float32)


def _mouthlike(
    box: NDArray[np.int32], centre: NDArray[np.float64], marks: Map, mask: NDArray[np.bool_], usual: float
) -> float:
    """How much a mark is like a mouth, by its width, strength and place; 0 for one that runs out of the window."""
    left, top, width, height = (float(value) for value in box[:4])
    cut = left == 0 or left + width == marks.shape[1] or top == 0
    if cut or not 0.1 * UNIT < width < 0.95 * UNIT or height > 0.5 * UNIT:
        return 0.0
    aside = (centre[0] - marks.shape[1] / 2) / UNIT
    off = centre[1] / UNIT - usual
    place = np.exp(-((aside / 0.17) ** 2) - (off / (0.2 if off < 0 else 0.42)) ** 2)
    # A mouth lies, a nose stands.
    lying = min(1.0, width / UNIT / 0.45) * min(1.0, width / (1.3 * height))
    return float(lying * (0.3 + marks[mask].mean()) * place)


def _mouth(face: Face, mask: NDArray[np.bool_], corner: tuple[int, int], score: float) -> Mouth:
    rows, columns = np.nonzero(mask)
    left, right = np.quantile(columns, (0.01, 0.99))
    top, bottom = np.quantile(rows, (0.03, 0.97))
    half_width, half_height = (right - left) / 2 + 0.5, (bottom - top) / 2 + 0.5
    at = (corner[0] + (left + right) / 2, corner[1] + (top + bottom) / 2)
    colours = face.rgba[rows + corner[1], columns + corner[0], :3]
    dark = colours.sum(axis=1) <= np.quantile(colours.sum(axis=1), 0.3)
    is_open = half_height > 0.32 * half_width and half_height > 0.055 * UNIT
    line = _visible(np.median(colours[dark], axis=0), face)
    return Mouth(
        (float(at[0]), float(at[1])), float(half_width), float(half_height), bool(is_open), line, min(1.0, score)
    )


def _visible(rgb: NDArray[np.float64], face: Face) -> str:
    """The colour of a line; one as pale as the skin is darkened, or an opening mouth would have no rim."""
    lab = cv2.cvtColor((rgb / 255).astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB)[0, 0]
    darkest = float(face.skin[0]) - 32
    if lab[0] > darkest:
        lab[:] = max(15.0, darkest), max(lab[1], 14), max(lab[2], 12)
    return hex_colour(cv2.cvtColor(lab.reshape(1, 1, 3), cv2.COLOR_LAB2RGB)[0, 0] * 255)
