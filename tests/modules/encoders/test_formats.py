from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

import modules.encoders
from kuchipaku import Pixels
from kuchipaku.testing import fake_services
from modules.encoders.formats import jpeg_of, png_of


def gradient() -> Pixels:
    ramp = np.arange(64, dtype=np.uint8) * 4
    return np.dstack(np.broadcast_arrays(ramp, ramp[:, None], 128, ramp[::-1])).astype(np.uint8)


def test_png_keeps_every_pixel_and_its_alpha() -> None:
    with Image.open(io.BytesIO(png_of(gradient()))) as picture:
        assert picture.mode == "RGBA"
        assert (np.asarray(picture) == gradient()).all()


def test_png_takes_pixels_that_are_not_contiguous() -> None:
    mirrored = gradient()[:, ::-1]
    with Image.open(io.BytesIO(png_of(mirrored))) as picture:
        assert (np.asarray(picture) == mirrored).all()


def test_jpeg_is_close_and_smaller_at_lower_quality() -> None:
    with Image.open(io.BytesIO(jpeg_of(gradient(), 85))) as picture:
        error = np.abs(np.asarray(picture).astype(int) - gradient()[..., :3])
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert error.mean() < 4
    assert len(jpeg_of(gradient(), 20)) < len(jpeg_of(gradient(), 95))


def test_register_encoders_offers_both(tmp_path: Path) -> None:
    services = fake_services(tmp_path, modules.encoders)
    offered = {name: services.encoders.get(name) for name in ("jpeg", "png")}
    services.shutdown()
    assert {name: (e.mimetype, e.alpha) for name, e in offered.items()} == {
        "jpeg": ("image/jpeg", False),
        "png": ("image/png", True),
    }
    assert offered["png"].encode(gradient()).startswith(b"\x89PNG")
    assert offered["jpeg"].encode(gradient()).startswith(b"\xff\xd8")
