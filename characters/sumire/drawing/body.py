"""Face, neck, clothes and the flower in the hair."""

from __future__ import annotations

import cv2
import numpy as np

from characters.sumire.drawing import palette as c
from characters.sumire.drawing.ink import SCALE, Curve, Mask, Sheet, both, mask_of, mirrored, moved, path
from modules.puppet.curves import Points, ellipse

_CHEEK: Curve = [(316, 110), (342, 158), (343, 202), (338, 235), (319, 261), (287, 283), (267, 293)]


def face_shape() -> Points:
    """The outline of the face."""
    return path([*_CHEEK, (256, 295), *mirrored(_CHEEK)])


def _soft(shape: Points, radius: float) -> Mask:
    return np.asarray(cv2.GaussianBlur(mask_of(shape), (0, 0), radius * SCALE), np.uint8)


def face(fringe: Mask, locks: Mask) -> Sheet:
    """Skin, cheeks, and the shadows that fringe and locks throw."""
    sheet = Sheet()
    skin = mask_of(face_shape())
    sheet.paint(skin, c.SKIN)
    sheet.paint(both(np.maximum(moved(fringe, 3, 10), moved(locks, 5, 2)), skin), c.SKIN_SHADE)
    for x in (202, 310):
        sheet.paint(both(_soft(ellipse((x, 250), (20, 9)), 7), skin), c.BLUSH, opacity=0.55)
    jaw = [*_CHEEK[1:], (256, 295), *mirrored(_CHEEK[1:])]
    sheet.line(jaw, [0.8, 1.8, 2.2, 2.2, 1.5, 1.3, 1.5, 2.0, 2.0, 1.6, 0.8], c.SKIN_LINE)
    return sheet


def nose() -> Sheet:
    """The tip of the nose."""
    sheet = Sheet()
    sheet.line([(253, 241), (256, 244), (260, 243)], [0.2, 1.8, 0.4], c.SKIN_LINE)
    return sheet


def neck() -> Sheet:
    """The neck, with the shadow of the head."""
    sheet = Sheet()
    side: Curve = [(236, 260), (235, 298), (229, 324), (204, 344)]
    whole = path(side, [(204, 344), (256, 420), (308, 344)], mirrored(side))
    skin = mask_of(whole)
    sheet.paint(skin, c.SKIN)
    sheet.paint(both(moved(mask_of(face_shape()), 3, 25), skin), c.SKIN_SHADE)
    sheet.line(side, [1.0, 1.8, 1.8, 0.8], c.SKIN_LINE)
    sheet.line(mirrored(side), [0.8, 1.8, 1.8, 1.0], c.SKIN_LINE)
    sheet.line([(240, 342), (228, 348), (214, 350)], [0, 1.4, 0], c.SKIN_DEEP)
    sheet.line([(272, 342), (284, 348), (298, 350)], [0, 1.4, 0], c.SKIN_DEEP)
    return sheet


def clothes() -> Sheet:
    """The blouse and its wide collar."""
    sheet = Sheet()
    half: Curve = [(218, 334), (186, 350), (146, 366), (118, 396), (104, 442), (98, 550)]
    trunk = path(half, [(98, 550), (414, 550)], mirrored(half), [(294, 334), (256, 420), (218, 334)])
    body = mask_of(trunk)
    sheet.paint(body, c.CLOTH)
    for fold in (
        path([(142, 550), (146, 490), (138, 436)], [(138, 436), (160, 490), (164, 550)]),
        path([(414, 370), (392, 420), (386, 550)], [(386, 550), (440, 550), (414, 370)]),
        path([(366, 550), (362, 490), (372, 430)], [(372, 430), (352, 490), (340, 550)]),
    ):
        sheet.paint(both(mask_of(fold), body), c.CLOTH_SHADE)
    sheet.paint(both(moved(_flaps(), 4, 9), body), c.CLOTH_SHADE)
    sheet.line(half, [1.6, 2.2, 2.4, 2.4, 2.0], c.CLOTH_LINE)
    sheet.line(mirrored(half), [2.0, 2.4, 2.6, 2.4, 1.6], c.CLOTH_LINE)
    sheet.line([(138, 436), (147, 486), (143, 530)], [0, 2.0, 1.6], c.CLOTH_LINE)
    sheet.line([(372, 430), (363, 486), (367, 530)], [0, 2.0, 1.6], c.CLOTH_LINE)
    _collar(sheet)
    return sheet


_INNER: Curve = [(216, 328), (228, 366), (254, 420)]
_OUTER: Curve = [(254, 420), (222, 436), (168, 414), (160, 368), (186, 342), (216, 328)]


def _flaps() -> Mask:
    return np.maximum(mask_of(path(_INNER, _OUTER)), mask_of(path(mirrored(_OUTER), mirrored(_INNER))))


def _collar(sheet: Sheet) -> None:
    for flip in (False, True):
        inner, outer = (mirrored(_INNER), mirrored(_OUTER)) if flip else (list(_INNER), list(_OUTER))
        flap = mask_of(path(outer, inner) if flip else path(inner, outer))
        sheet.paint(flap, c.COLLAR)
        lit = moved(flap, 12, -14) if flip else moved(flap, 8, -16)
        sheet.paint(both(flap, np.asarray(cv2.bitwise_not(lit), np.uint8)), c.COLLAR_SHADE)
        rim = [(x + (256 - x) * 0.12, y - 9) for x, y in outer]
        sheet.line(rim[1:-1], [2.6, 2.6, 2.6, 2.6], c.STRIPE, within=flap)
        sheet.line(outer, [1.4, 2.2, 2.4, 2.2, 1.4], c.COLLAR_LINE)
        sheet.line(inner, [1.4, 2.0, 1.4], c.COLLAR_LINE)


def ribbon() -> Sheet:
    """The bow and its tails."""
    sheet = Sheet()
    for side in (-1, 1):

        def at(*points: tuple[float, float], side: int = side) -> list[tuple[float, float]]:
            return [(256 + side * x, y) for x, y in points]

        tail = path(at((2, 424), (16, 470), (34, 550)), at((34, 550), (8, 550)), at((8, 550), (-2, 480), (-4, 426)))
        _cloth(sheet, tail, (6 * side, 0))
        loop = path(
            at((4, 414), (26, 394), (52, 392), (60, 414), (52, 440), (28, 438), (4, 426)),
            at((4, 426), (2, 420), (4, 414)),
        )
        _cloth(sheet, loop, (-3, -7))
        sheet.line(at((12, 418), (26, 414), (38, 414)), [0, 1.8, 0], c.RIBBON_LINE)
        sheet.line(at((12, 424), (24, 426), (32, 430)), [0, 1.6, 0], c.RIBBON_LINE)
    _cloth(
        sheet,
        path(
            [(246, 410), (256, 406), (266, 410), (268, 422), (265, 432), (256, 435), (247, 432), (244, 422), (246, 410)]
        ),
        (-2, -4),
    )
    return sheet


def _cloth(sheet: Sheet, shape: Points, light: tuple[float, float]) -> None:
    mask = mask_of(shape)
    sheet.paint(mask, c.RIBBON_SHADE)
    sheet.paint(both(mask, moved(mask, *light)), c.RIBBON)
    closed = np.concatenate([shape, shape[:1]])
    sheet.line(closed, [2.0, 2.2, 1.8, 2.2, 2.0], c.RIBBON_LINE)


def flower() -> Sheet:
    """The flower that holds the hair."""
    sheet = Sheet()
    middle = np.array([337.0, 128.0])
    for step in range(5):
        angle = np.radians(90 + 72 * step + 14)
        out = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-out[1], out[0]])
        ring = [(0.0, 0.0), (7, -8.5), (17, -9), (21, -2), (19.5, 0), (21, 2), (17, 9), (7, 8.5), (0.0, 0.0)]
        shape = path([tuple(middle + out * a + across * b) for a, b in ring])
        mask = mask_of(shape)
        sheet.paint(mask, c.PETAL)
        sheet.paint(both(_soft(ellipse(middle, (9, 9)), 2.5), mask), c.PETAL_SHADE)
        sheet.line(shape, [1.4, 1.6, 1.8, 1.6, 1.4], c.PETAL_LINE)
    sheet.paint(mask_of(ellipse(middle, (4.5, 4.5))), c.PETAL_LINE)
    sheet.paint(mask_of(ellipse(middle, (3.4, 3.4))), c.CENTRE)
    return sheet
