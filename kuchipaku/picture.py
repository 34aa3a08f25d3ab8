"""Pictures that come from outside: checked before they are decoded, and made into what avatars take."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from kuchipaku.errors import BadRequest, TooLarge

SIDE = 512
"""Pixels of a character's picture, both ways."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


def character_picture(upload: bytes, megapixels: float) -> bytes:
    """The upload as a PNG: RGBA, 512 x 512, shrunk to fit and centred on transparency, never enlarged.

    Raises BadRequest for what is no picture, TooLarge for one of more than `megapixels`, judged by its header.
    """
    try:
        with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
            _check_size(picture.size, megapixels)
            whole = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadRequest("that is not a picture", hint=f"send one of: {', '.join(FORMATS)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("the picture has too many pixels", hint=f"at most {megapixels:g} megapixels") from error
    whole.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (SIDE, SIDE))
    canvas.paste(whole, ((SIDE - whole.width) // 2, (SIDE - whole.height) // 2))
    png = io.BytesIO()
    canvas.save(png, "PNG")
    return png.getvalue()


def _check_size(size: tuple[int, int], megapixels: float) -> None:
    if size[0] * size[1] > megapixels * 1e6:
        raise TooLarge(
            f"the picture has {size[0]} x {size[1]} pixels", hint=f"at most {megapixels:g} megapixels: make it smaller"
        )
