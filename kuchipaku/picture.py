"""Pictures that come from outside: checked before they are decoded, and made into what avatars take."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from kuchipaku.errors import BadRequest, TooLarge

SIDE = 512
"""Pixels of a character's picture, both ways."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
LARGEST = 178.0
"""Megapixels beyond which Pillow opens no picture at all."""


def character_picture(upload: bytes, megapixels: float) -> bytes:
    """The upload as a PNG: RGBA, 512 x 512, upright, shrunk to fit and centred on transparency, never enlarged.

    Raises BadRequest for what is no picture, TooLarge for one of more than `megapixels`, judged by its header.
    Decoding takes up to 12 bytes a pixel for a moment.
    """
    whole = upright_picture(upload, megapixels, SIDE)
    canvas = Image.new("RGBA", (SIDE, SIDE))
    canvas.paste(whole, ((SIDE - whole.width) // 2, (SIDE - whole.height) // 2))
    png = io.BytesIO()
    canvas.save(png, "PNG")
    return png.getvalue()


def upright_picture(upload: bytes, megapixels: float, side: int) -> Image.Image:
    """The upload as RGBA, upright, shrunk to at most `side` pixels both ways, never enlarged. Raises as above."""
    with _opened(upload, megapixels) as picture:
        # A JPEG is shrunk while it is decoded; other formats take no notice.
        picture.draft(None, (2 * side, 2 * side))
        whole = _eight_bit(picture).convert("RGBA")
        whole.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _upright(whole)


def media_type(picture: bytes) -> str:
    """What kind of picture it is, such as "image/png", by its content. Raises BadRequest for what is no picture."""
    with _opened(picture, LARGEST) as opened:
        return Image.MIME[opened.format or ""]


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8: Pillow itself would clip it to white."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its EXIF tags say; as it is where they cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # torn tags raise whatever they lead into
        return picture


@contextmanager
def _opened(picture: bytes, megapixels: float) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            _check_size(opened.size, megapixels)
            yield opened
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadRequest("that is not a picture", hint=f"it can be one of: {', '.join(FORMATS)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("the picture has too many pixels", hint=f"at most {megapixels:g} megapixels") from error


def _check_size(size: tuple[int, int], megapixels: float) -> None:
    if size[0] * size[1] > megapixels * 1e6:
        raise TooLarge(
            f"the picture has {size[0]} x {size[1]} pixels", hint=f"at most {megapixels:g} megapixels: make it smaller"
        )
