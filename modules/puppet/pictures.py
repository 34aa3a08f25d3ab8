"""Pictures of a character's folder, read and cut to what is painted on them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from kuchipaku import BadRequest, Pixels
from modules.puppet.blend import premultiplied
from modules.puppet.description import SIZE
from modules.puppet.features import Place

_LARGEST = 4096
"""Pixels on a side that a layer may have."""
_BELOW = 64
"""Pixels by which a layer is carried on below the picture."""


def load_layer(folder: Path, file: str, *, whole: bool = False) -> tuple[Place, float, Pixels]:
    """A layer's place, its pixels for one pixel of the picture, and its texture (premultiplied).

    A layer is square and covers the picture; a `whole` picture is fitted into it instead. Raises BadRequest.
    """
    pixels = _read(folder, file)
    height, width = pixels.shape[:2]
    if not whole and (width != height or width < SIZE):
        raise BadRequest(
            f"{folder.name}/{file} is {width} x {height} pixels",
            hint=f"a layer is square, {SIZE} x {SIZE} or larger, and all of it covers the picture",
        )
    return _cut(_fitted(pixels) if whole else premultiplied(pixels), f"{folder.name}/{file}")


def _read(folder: Path, file: str) -> Pixels:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadRequest(f"{folder.name}/{file} is missing", hint=f'check "file" in {folder.name}/character.toml')
    try:
        with Image.open(path) as picture:
            if max(picture.size) > _LARGEST:
                raise BadRequest(f"{folder.name}/{file} is too large", hint=f"at most {_LARGEST} pixels on a side")
            return np.asarray(picture.convert("RGBA"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequest(f"{folder.name}/{file} is not a picture that can be read", hint="save it as PNG") from error


def _fitted(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = SIZE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(premultiplied(pixels), size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    square = np.zeros((SIZE, SIZE, 4), np.uint8)
    left = (SIZE - size[0]) // 2
    square[SIZE - size[1] :, left : left + size[0]] = small
    return square


def _cut(pixels: Pixels, name: str) -> tuple[Place, float, Pixels]:
    rows, columns = np.nonzero(pixels[..., 3].any(axis=1))[0], np.nonzero(pixels[..., 3].any(axis=0))[0]
    if not len(rows):
        raise BadRequest(f"{name} is empty", hint="a layer must have something painted on it")
    detail = pixels.shape[0] / SIZE
    # Whole pixels of the picture, and one to spare, so that the edge fades out.
    left, top = int(columns[0] // detail) - 1, int(rows[0] // detail) - 1
    right, bottom = int(columns[-1] // detail) + 2, int(rows[-1] // detail) + 2
    matrix = np.array([[1.0, 0.0, -left * detail], [0.0, 1.0, -top * detail]])
    size = (round((right - left) * detail), round((bottom - top) * detail))
    texture = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR)
    if bottom > SIZE:
        # What the bottom edge cuts off goes on below it: the body may rise.
        texture = cv2.copyMakeBorder(texture[: -round(detail)], 0, round(_BELOW * detail), 0, 0, cv2.BORDER_REPLICATE)
        bottom = SIZE + _BELOW
    return Place(left, top, right - left, bottom - top), detail, np.asarray(texture, np.uint8)
