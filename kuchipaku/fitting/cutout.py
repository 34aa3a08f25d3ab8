"""The figure without its background: what alpha a picture has is kept, a plain background is taken away.

An edge pixel is a mixture of figure and background. Its share of the figure becomes its alpha, and what the background
gave to its colour is taken out, so that no halo shows on another ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.head import Head
from kuchipaku.fitting.pixels import Colours, Map, Mask, lab_of

_PLAIN = 0.8
"""Share of the border that a plain background must explain."""
_DEPTHS = (0.85, 0.45)
"""How far down the sides are border, in heights: below, a figure may run out of the picture."""
_CLOSE = 7.0
"""Distance in Lab within which a pixel is background."""
_GRAB_SIDE = 384
_GRAB_LEAST = 0.5
"""A cut by colours that fits less well than this is not made."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A figure on transparency, RGBA (H, W, 4), and how it came about."""

    pixels: Pixels
    how: Literal["alpha", "cleaned", "plain", "colours", "none"]
    """Its own alpha; that, with specks and pinholes mended; cut from a plain ground; cut by colours; left as it is."""
    sure: float
    """0 to 1."""


def has_alpha(rgba: Pixels) -> bool:
    """Whether a picture brings transparency around a figure: more than a hundredth of it."""
    return bool((rgba[..., 3] < 128).mean() > 0.01)


def cut_out(rgba: Pixels) -> Cut:
    """The figure of a picture (H, W, 4); the picture as it is where its background is not plain."""
    if has_alpha(rgba):
        return _cleaned(rgba)
    for depth in _DEPTHS:
        ground = _ground(rgba, depth)
        figure = None if ground is None else _figure(ground, lab_of(rgba), depth)
        if ground is not None and figure is not None and 0.02 < figure.mean() < 0.97:
            return Cut(_without(rgba, figure, _colour_of(ground)), "plain", _cleanness(figure))
    return Cut(rgba, "none", 0.0)


def _cleaned(rgba: Pixels) -> Cut:
    solid = rgba[..., 3] > 24
    kept = _large(solid, 0.002 * solid.sum())
    holes = ~_large(rgba[..., 3] < 128, 0.0004 * solid.sum()) & (rgba[..., 3] < 128) & kept_inside(kept)
    cleaned = rgba.copy()
    # Faint edges around what is kept stay.
    near = cv2.dilate(kept.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    cleaned[~near] = 0
    if holes.any():
        whole = cv2.inpaint(np.ascontiguousarray(cleaned[..., :3]), holes.astype(np.uint8), 3, cv2.INPAINT_TELEA)
        cleaned[holes, :3], cleaned[holes, 3] = whole[holes], 255
    mended = bool((rgba[..., 3][~near] > 24).any() or holes.any())
    return Cut(cleaned, "cleaned" if mended else "alpha", 1.0)


def kept_inside(mask: Mask) -> Mask:
    """The mask with all that it encloses."""
    outside = np.pad((~mask).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), 2)
    return np.asarray(outside[1:-1, 1:-1] != 2)


def _large(mask: Mask, least: float) -> Mask:
    """The connected parts of at least so many pixels; the largest in any case."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    sizes = boxes[:, cv2.CC_STAT_AREA].astype(float)
    sizes[0] = 0
    return np.asarray(
        np.isin(labels, np.flatnonzero((sizes >= max(1.0, least)) | (sizes == sizes.max()) & (sizes > 0)))
    )


def _ground(rgba: Pixels, depth: float) -> Colours | None:
    """The background's colour at each pixel, a smooth gradient fitted to the border; None where it is not plain."""
    lab = lab_of(rgba)
    height, width = lab.shape[:2]
    rim = np.zeros((height, width), bool)
    thick = max(2, min(height, width) // 60)
    side = int(depth * height)
    rim[:thick] = rim[:side, :thick] = rim[:side, -thick:] = True
    rows, columns = np.nonzero(rim)
    terms, colours = _terms(rows / height, columns / width), lab[rim]
    inside = np.linalg.norm(colours - np.median(colours, axis=0), axis=1) < 25
    if inside.mean() < 0.5:
        return None
    for _ in range(3):
        weights, *_ = np.linalg.lstsq(terms[inside], colours[inside], rcond=None)
        inside = np.linalg.norm(colours - terms @ weights, axis=1) < _CLOSE
        if inside.mean() < _PLAIN * 0.8:
            return None
    if inside.mean() < _PLAIN:
        return None
    y, x = np.mgrid[:height, :width]
    whole = _terms(y.ravel() / height, x.ravel() / width) @ weights
    return np.asarray(whole.reshape(height, width, 3), np.float32)


def _terms(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)


def _figure(ground: Colours, lab: Colours, depth: float) -> Mask:
    """All that the background does not flood from the border."""
    distance = np.linalg.norm(lab - ground, axis=2)
    close = distance < _CLOSE
    # Through gaps of a drawing's outline the flood would run into white clothes.
    radius = max(1, min(close.shape) // 320)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    wide = cv2.erode(np.pad(close.astype(np.uint8), radius + 1, mode="edge"), brush)
    flooded = _reached(wide, depth)[radius + 1 : -radius - 1, radius + 1 : -radius - 1]
    background = (cv2.dilate(flooded.astype(np.uint8), brush) > 0) & close
    if np.hypot(*ground.reshape(-1, 3).mean(axis=0)[1:]) > 15:
        # No eye is as green as a green screen: it shows through loops of hair, too.
        background |= _large(cv2.erode((close & ~background).astype(np.uint8), brush) > 0, 30) & close
    figure = _large(_unfrayed(~background, distance), 0.004 * (~background).sum())
    return np.asarray(figure)


def _unfrayed(figure: Mask, distance: Map) -> Mask:
    """Without the thin fringe, little different from the background, that a JPEG leaves around an outline."""
    strong = (figure & (distance > 2.3 * _CLOSE)).astype(np.uint8)
    broad = cv2.morphologyEx(figure.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(figure & ((cv2.dilate(strong, np.ones((3, 3), np.uint8)) > 0) | (broad > 0)))


def _reached(passable: Mask, depth: float) -> Mask:
    """What the border reaches through passable pixels."""
    _, labels = cv2.connectedComponents(passable, connectivity=4)
    side = int(depth * len(labels))
    reached = np.unique(np.concatenate([labels[0], labels[:side, 0], labels[:side, -1]]))
    return np.asarray(np.isin(labels, reached[reached > 0]))


def _colour_of(ground: Colours) -> Map:
    return np.asarray(cv2.cvtColor(ground, cv2.COLOR_LAB2RGB) * 255, np.float32)


def _without(rgba: Pixels, figure: Mask, ground: Map) -> Pixels:
    """The figure with soft edges, and no background in their colour."""
    colour = rgba[..., :3].astype(np.float32)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    sure = cv2.erode(figure.astype(np.uint8), kernel) > 0
    edge = (cv2.dilate(figure.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~sure
    inner = _spread(colour, sure, 3.0)
    span = inner - ground
    reach = (span * span).sum(axis=2)
    share = np.clip(((colour - ground) * span).sum(axis=2) / np.maximum(reach, 1), 0, 1)
    smooth = cv2.GaussianBlur(figure.astype(np.float32), (0, 0), 0.8)
    # Where the figure is of the background's colour, the mixture says nothing.
    share = np.where(reach > 30.0**2, share, smooth)
    alpha = np.where(edge, share, figure.astype(np.float32))
    alpha[alpha < 0.04] = 0
    pure = (colour - (1 - alpha[..., None]) * ground) / np.maximum(alpha[..., None], 0.25)
    pure = np.where(edge[..., None], np.where(alpha[..., None] > 0.5, pure, inner), colour)
    cut = np.concatenate([pure, alpha[..., None] * 255], axis=2)
    cut[alpha == 0] = 0
    return np.asarray(np.clip(np.rint(cut), 0, 255), np.uint8)


def _spread(colour: Map, known: Mask, sigma: float) -> Map:
    """Each pixel's colour as a mean of the known ones around it."""
    weight = known.astype(np.float32)
    total = cv2.GaussianBlur(colour * weight[..., None], (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    return np.asarray(np.where(share > 1e-3, total / np.maximum(share, 1e-3), colour), np.float32)


def _cleanness(figure: Mask) -> float:
    """How smooth an outline is: frayed ones come from a background that was not plain."""
    outline = float((figure ^ (cv2.erode(figure.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)).sum())
    return float(np.clip(1.3 - outline / (14 * np.sqrt(figure.sum() + 1)), 0, 1))


def cut_by_colours(rgba: Pixels, head: Head) -> Cut:
    """The second try: GrabCut from what the head tells of the figure's place.

    The picture is left as it is where the outcome fits badly.
    """
    factor = min(1.0, _GRAB_SIDE / max(rgba.shape[:2]))
    size = (round(rgba.shape[1] * factor), round(rgba.shape[0] * factor))
    small = cv2.resize(np.ascontiguousarray(rgba[..., :3]), size, interpolation=cv2.INTER_AREA)
    marks = _guess(size, head, factor)
    cv2.setRNGSeed(1)
    cv2.grabCut(small, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    figure = kept_inside(_large((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), np.inf))
    fits = _fit_of(small, figure)
    if fits < _GRAB_LEAST:
        return Cut(rgba, "none", fits)
    whole = cv2.resize(figure.astype(np.float32), rgba.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    large: Mask = cv2.GaussianBlur(whole, (0, 0), 0.6 / factor) > 0.55
    ground = _spread(rgba[..., :3].astype(np.float32), cv2.erode((~large).astype(np.uint8), np.ones((5, 5))) > 0, 6.0)
    return Cut(_without(rgba, large, ground), "colours", fits)


def _guess(size: tuple[int, int], head: Head, factor: float) -> Pixels:
    """GrabCut's marks: face and chest are figure, what is beside and above the head is background."""
    marks = np.full((size[1], size[0]), cv2.GC_PR_BGD, np.uint8)
    rows, columns = np.mgrid[: size[1], : size[0]]
    across, down = (columns / factor - head.x) / head.unit, (rows / factor - head.y) / head.unit
    crown = 1.6 if head.photo else 1.35
    marks[(np.abs(across) < 1.6) & (down > -1.7)] = cv2.GC_PR_FGD
    marks[(np.abs(across) < 2.6) & (down > 2.2)] = cv2.GC_PR_FGD
    marks[(across / 0.9) ** 2 + (down / crown) ** 2 < 1] = cv2.GC_FGD
    marks[(np.abs(across) < 0.8) & (down > 2.6)] = cv2.GC_FGD
    marks[(down < -2.6) | (np.abs(across) > 3.2) & (down < 1.0)] = cv2.GC_BGD
    return marks


def _fit_of(rgb: Map, figure: Mask) -> float:
    """How much an outline lies on edges of the picture, and how far its sides differ: 0 to 1."""
    if not 0.05 < figure.mean() < 0.9:
        return 0.0
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    mask = figure.astype(np.uint8)
    inside = (mask > 0) & (cv2.erode(mask, np.ones((7, 7), np.uint8)) == 0)
    outside = (mask == 0) & (cv2.dilate(mask, np.ones((7, 7), np.uint8)) > 0)
    near, far = _spread(lab, inside, 3.0), _spread(lab, outside, 3.0)
    rim = (mask > 0) & (cv2.erode(mask, np.ones((3, 3), np.uint8)) == 0)
    rim[-1] = rim[:, 0] = rim[:, -1] = False
    if not rim.any():
        return 0.0
    contrast = np.linalg.norm(near - far, axis=2)[rim]
    return float((contrast > 14).mean() * (0.4 + 0.6 * _cleanness(figure)))
