"""The picture before and after side by side, with what was found drawn in."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from kuchipaku.fitting.place import BOX, SIDE
from kuchipaku.fitting.report import Fitted

_CELL = 16
"""Pixels of a field of the checkerboard."""
_INK = {"box": "#2b7de9", "eyes": "#d6249f", "brows": "#1a9850", "mouth": "#e4572e", "neck": "#8452cf"}


def preview(fitted: Fitted) -> bytes:
    """A PNG of 1032 x 512 pixels: before | after."""
    sheet = Image.new("RGB", (2 * SIDE + 8, SIDE), "white")
    before = Image.fromarray(fitted.before)
    before.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    left = _board()
    left.paste(before, ((SIDE - before.width) // 2, (SIDE - before.height) // 2), before)
    with Image.open(io.BytesIO(fitted.picture_png)) as picture:
        right = _board()
        right.paste(picture, (0, 0), picture)
    pen = ImageDraw.Draw(right)
    if fitted.framing == "tha":
        pen.rectangle(BOX, outline=_INK["box"])
    if fitted.anchors:
        _draw(pen, fitted.anchors)
    sheet.paste(left, (0, 0))
    sheet.paste(right, (SIDE + 8, 0))
    png = io.BytesIO()
    sheet.save(png, "PNG")
    return png.getvalue()


def _board() -> Image.Image:
    rows, columns = np.mgrid[:SIDE, :SIDE] // _CELL
    grey = np.where((rows + columns) % 2, 225, 250).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _draw(pen: ImageDraw.ImageDraw, anchors: dict[str, Any]) -> None:
    eyes, mouth, brows = anchors["eyes"], anchors["mouth"], anchors.get("brows")
    for side in ("left", "right"):
        _ellipse(pen, eyes[side], eyes["size"], 0.875 * eyes["size"] * eyes["height"], "eyes")
        if brows:
            _ellipse(pen, brows[side], brows["size"], brows["width"] / 2 + 1, "brows")
    _ellipse(pen, mouth["at"], mouth["size"], mouth["size"] / 3, "mouth")
    _ellipse(pen, anchors["neck"], 3, 3, "neck")
    x, y, half_width, half_height = anchors["face"]
    _ellipse(pen, [x, y], half_width, half_height, "box")


def _ellipse(pen: ImageDraw.ImageDraw, at: list[float], half_width: float, half_height: float, ink: str) -> None:
    pen.ellipse((at[0] - half_width, at[1] - half_height, at[0] + half_width, at[1] + half_height), outline=_INK[ink])
