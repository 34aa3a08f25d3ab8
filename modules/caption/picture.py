"""A picture in and its thumbnail out, both as base64."""

from __future__ import annotations

import base64
import binascii
import io
import re

from PIL import Image

from kuchipaku.errors import BadRequest
from kuchipaku.picture import upright_picture

SIDE = 512
"""Pixels of a thumbnail, at most, both ways."""
QUALITY = 75
"""Of its JPEG, 1 to 95."""
PREFIX = re.compile(r"\A\s*data:[^,]{0,200},")


def decoded(text: str, megapixels: float) -> Image.Image:
    """The picture in base64, with or without a `data:` prefix: RGBA, upright, shrunk to at most SIDE both ways.

    Raises BadRequest for what is no picture, TooLarge for one of more than `megapixels`.
    """
    try:
        upload = base64.b64decode("".join(PREFIX.sub("", text, count=1).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("that is not a picture", hint="send its bytes in base64") from error
    return upright_picture(upload, megapixels, SIDE)


def on_white(picture: Image.Image) -> Image.Image:
    """The picture as RGB, where it is transparent on white."""
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")


def thumbnail(picture: Image.Image) -> str:
    """An RGB picture as a JPEG in base64."""
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=QUALITY)
    return base64.b64encode(jpeg.getvalue()).decode("ascii")
