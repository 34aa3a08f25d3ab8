"""RGBA pixels to JPEG and PNG bytes."""

from __future__ import annotations

import fpng
import numpy as np
import simplejpeg

from kuchipaku import Pixels


def jpeg_of(pixels: Pixels, quality: int) -> bytes:
    """A baseline JPEG, 4:2:0; alpha is ignored, so lay the picture on a background first."""
    whole = np.ascontiguousarray(pixels)
    return bytes(simplejpeg.encode_jpeg(whole, quality=quality, colorspace="RGBA", colorsubsampling="420"))


def png_of(pixels: Pixels) -> bytes:
    """An 8-bit RGBA PNG, exact; fpng, because zlib at its fastest takes ten times as long."""
    return bytes(fpng.from_ndarray(np.ascontiguousarray(pixels)))
