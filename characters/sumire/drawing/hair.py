"""The hair: clumps that taper, each with a shade side, a part of the light ring and lines that fade to the crown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from characters.sumire.drawing import palette as c
from characters.sumire.drawing.ink import Curve, Mask, Sheet, both, mask_of, mirrored, path
from modules.puppet.curves import Points, normals, spline

Tones = tuple[str, ...]


def _edges(spine: Curve, widths: Sequence[float]) -> tuple[Points, Points]:
    curve = spline(spine, 60)
    profile = spline(np.stack([np.arange(len(widths)), widths], axis=1), 60)[:, 1]
    half = normals(curve) * np.maximum(profile, 0)[:, None] / 2
    return curve + half, curve - half


def _gloss(left: Points, right: Points, height: float) -> Mask:
    """A jagged band of light across a clump, where it passes the height."""
    middle = int(np.argmin(np.abs((left[:, 1] + right[:, 1]) / 2 - height)))
    across = np.array([0.10, 0.22, 0.34, 0.46, 0.58, 0.70, 0.80])
    above = np.array([0.0, -4.0, -1.5, -6.0, -2.0, -4.0, 0.0])
    below = np.array([0.0, 5.0, 1.5, 7.0, 2.0, 4.5, 0.0])

    def edge(offsets: Points) -> Points:
        at = np.clip(middle + offsets, 0, 59)
        rows = np.arange(60)
        ends = [np.stack([np.interp(at, rows, side[:, axis]) for axis in (0, 1)], axis=1) for side in (left, right)]
        return np.asarray(ends[0] + (ends[1] - ends[0]) * across[:, None])

    return mask_of(np.concatenate([edge(above), edge(below)[::-1]]))


def clump(
    sheet: Sheet,
    spine: Curve,
    widths: Sequence[float],
    *,
    shade: float = 0.34,
    gloss: float | None = None,
    tones: tuple[Tones, Tones] = (c.HAIR, c.HAIR_SHADE),
    fade: float = 0.3,
    line: float = 2.0,
    inner: Sequence[float] = (),
) -> None:
    """One clump of hair along its spine, root first.

    `fade`: where its outlines begin, in parts of its length. `gloss`: height of the light. `inner`: thin lines along
    it, each by its place across, 0 (picture's left) to 1.
    """
    left, right = _edges(spine, widths)
    body = mask_of(np.concatenate([left, right[::-1]]))
    sheet.paint(body, *tones[0], span=c.SPAN)
    if shade:
        depth = shade * np.linspace(0.0, 1.0, 60)[:, None] ** 0.7
        rim = right + (left - right) * depth
        sheet.paint(both(mask_of(np.concatenate([right + (right - left), rim[::-1]])), body), *tones[1], span=c.SPAN)
    if gloss is not None:
        sheet.paint(both(_gloss(left, right, gloss), body), c.HAIR_LIGHT)
    start = int(60 * fade)
    for place in inner:
        sheet.line((left + (right - left) * place)[start + 6 : 54], [0, 1.3, 0.9, 0], c.HAIR_LINE)
    for edge in (left, right):
        sheet.line(edge[start:], [0, 0.7 * line, line, 0.7 * line], c.HAIR_LINE)


_HALF = [(256, 60), (180, 84), (150, 150), (137, 230), (128, 310), (132, 366), (146, 396)]
"""The outline of the back hair, from the crown down the picture's left."""
_BACK = (
    ([(50, 170), (74, 270), (78, 350), (52, 404)], [16, 34, 36, 22, 0], 0.40, ()),
    ([(66, 130), (106, 230), (112, 330), (78, 410)], [20, 40, 44, 28, 0], 0.40, (0.4,)),
    ([(72, 110), (106, 200), (122, 300), (106, 402)], [20, 34, 36, 26, 0], 0.22, (0.55,)),
    ([(84, 110), (112, 190), (131, 280), (138, 376)], [10, 20, 22, 14, 0], 0.20, ()),
)
"""The clumps of one side of it: spine (from the middle), widths, fade, inner lines."""


def back() -> Sheet:
    """The mass behind the neck."""
    sheet = Sheet()
    hem: Curve = [(146, 396), (200, 384), (256, 372), (312, 384), (366, 396)]
    body = mask_of(path(_HALF, hem, mirrored(_HALF)))
    sheet.paint(body, *c.HAIR_BACK, span=c.SPAN)
    nape = mask_of(path([(190, 200), (196, 320), (214, 400)], [(298, 400), (316, 320), (322, 200)]))
    sheet.paint(both(nape, body), *c.HAIR_DEEP, span=c.SPAN)
    for side, shade in ((-1, 0.0), (1, 0.22)):
        for spine, widths, fade, inner in _BACK:
            placed = [(256 + side * x, y) for x, y in spine]
            clump(sheet, placed, widths, tones=(c.HAIR_BACK, c.HAIR_DEEP), shade=shade, fade=fade, inner=inner)
    return sheet


def cap() -> Sheet:
    """The crown, down to the temples; the bangs grow out of it."""
    sheet = Sheet()
    outer = [(256, 36), (214, 41), (176, 64), (150, 106), (139, 160), (140, 200)]
    inner = [(140, 200), (168, 200), (182, 160), (210, 122), (256, 108)]
    body = mask_of(path(outer, inner, mirrored(inner), mirrored(outer)))
    sheet.paint(body, *c.HAIR, span=c.SPAN)
    edge = path([(322, 50), (354, 104), (358, 170), (346, 226)], [(346, 226), (410, 200), (400, 80), (322, 50)])
    sheet.paint(both(mask_of(edge), body), *c.HAIR_SHADE, span=c.SPAN)
    sheet.line(outer, [1.4, 2.0, 2.4, 2.4, 0], c.HAIR_LINE)
    sheet.line(mirrored(outer), [0, 2.6, 2.6, 2.2, 1.4], c.HAIR_LINE)
    return sheet


def bangs_right() -> Sheet:
    """The fringe on the picture's left."""
    sheet = Sheet()
    clump(
        sheet, [(240, 50), (178, 88), (154, 150), (164, 240)], [16, 36, 34, 22, 0], gloss=120, fade=0.36, inner=(0.5,)
    )
    clump(sheet, [(252, 48), (198, 88), (172, 134), (180, 188)], [20, 42, 38, 22, 0], gloss=111, inner=(0.45,))
    clump(sheet, [(260, 46), (222, 86), (198, 128), (208, 171)], [22, 42, 44, 26, 0], gloss=105, inner=(0.4, 0.68))
    return sheet


def bangs_left() -> Sheet:
    """The fringe on the picture's right."""
    sheet = Sheet()
    clump(sheet, [(284, 52), (338, 92), (358, 154), (348, 242)], [16, 36, 34, 22, 0], gloss=124, fade=0.36)
    clump(sheet, [(278, 50), (322, 90), (343, 138), (333, 189)], [20, 42, 38, 22, 0], gloss=114, inner=(0.5,))
    clump(sheet, [(272, 48), (302, 88), (320, 130), (308, 172)], [20, 42, 44, 26, 0], gloss=108, inner=(0.42,))
    return sheet


def bangs_middle() -> Sheet:
    """The fringe between the eyes."""
    sheet = Sheet()
    clump(sheet, [(268, 60), (270, 100), (272, 132), (264, 158)], [10, 20, 18, 10, 0], shade=0.6)
    clump(sheet, [(268, 46), (282, 88), (290, 126), (279, 168)], [20, 40, 42, 26, 0], gloss=104, inner=(0.45,))
    clump(sheet, [(264, 44), (246, 88), (232, 136), (252, 194)], [22, 40, 44, 28, 0], gloss=103, inner=(0.5, 0.72))
    for strand in (
        [(262, 43), (240, 52), (212, 78)],
        [(262, 43), (250, 56), (240, 80)],
        [(268, 43), (296, 54), (324, 84)],
    ):
        sheet.line(strand, [0, 1.5, 0], c.HAIR_LINE)
    return sheet


def lock_right() -> Sheet:
    """The long lock on the picture's left, in front of the ear."""
    sheet = Sheet()
    clump(sheet, [(170, 110), (158, 200), (162, 290), (186, 348)], [14, 28, 28, 18, 0], fade=0.34)
    clump(sheet, [(164, 100), (146, 200), (142, 300), (168, 372)], [10, 30, 34, 24, 0], fade=0.14, inner=(0.5, 0.76))
    sheet.line([(137, 222), (133, 256), (134, 296)], [0, 3.4, 0], c.HAIR_SHINE)
    return sheet


def lock_left() -> Sheet:
    """The long lock on the picture's right."""
    sheet = Sheet()
    clump(sheet, [(342, 110), (354, 200), (350, 290), (326, 348)], [14, 28, 28, 18, 0], fade=0.34)
    clump(sheet, [(348, 100), (366, 200), (370, 300), (344, 372)], [10, 30, 34, 24, 0], fade=0.14, inner=(0.45, 0.2))
    sheet.line([(358, 230), (363, 262), (362, 296)], [0, 3.0, 0], c.HAIR_SHINE)
    return sheet


def ahoge() -> Sheet:
    """The strands that stand up."""
    sheet = Sheet()
    clump(sheet, [(258, 44), (254, 28), (262, 14), (282, 12)], [3, 7, 6, 0], shade=0.4, fade=0.05, line=1.5)
    clump(sheet, [(252, 44), (242, 34), (232, 30), (220, 34)], [3, 5, 4, 0], shade=0.4, fade=0.05, line=1.5)
    return sheet
