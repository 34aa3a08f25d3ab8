from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from kuchipaku import BadRequest, TooLarge
from modules.caption.picture import SIDE, decoded, on_white, thumbnail


def sent(picture: Image.Image, kind: str = "PNG") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", " data:image/png;base64,\n"])
def test_a_picture_comes_in_base64_with_a_prefix_or_without(prefix: str) -> None:
    text = prefix + sent(Image.new("RGBA", (30, 40), "#ff000080"))
    picture = decoded("\n".join((text[:60], text[60:])), 1.0)
    assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ("RGBA", (30, 40), (255, 0, 0, 128))


@pytest.mark.parametrize("text", ["", "x", "bm90IGEgcGljdHVyZQ==", "ÄÖÜ", "data:image/png;base64", "data:,"])
def test_what_is_no_picture_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="that is not a picture"):
        decoded(text, 1.0)


def test_a_prefix_is_looked_for_at_the_beginning_only() -> None:
    text = sent(Image.new("L", (3, 4)))
    with pytest.raises(BadRequest, match="that is not a picture"):
        decoded(f"{text[:8]} data:image/png;base64,{text[8:]}", 1.0)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(TooLarge, match="1100 x 1000 pixels"):
        decoded(sent(Image.new("L", (1100, 1000))), 1.0)


@pytest.mark.parametrize(
    ("size", "small"), [((1024, 768), (512, 384)), ((300, 400), (300, 400)), ((8, 2048), (2, 512))]
)
def test_a_thumbnail_is_a_jpeg_that_fits_and_is_never_enlarged(size: tuple[int, int], small: tuple[int, int]) -> None:
    made = thumbnail(on_white(decoded(sent(Image.new("RGB", size, "navy"), "BMP"), 10.0)))
    assert made.startswith("/9j/")
    with Image.open(io.BytesIO(base64.b64decode(made))) as jpeg:
        assert (jpeg.format, jpeg.mode, jpeg.size) == ("JPEG", "RGB", small)
        assert max(jpeg.size) <= SIDE


def test_a_thumbnail_is_white_where_the_picture_is_transparent() -> None:
    assert on_white(Image.new("RGBA", (2, 2), "#00000000")).getpixel((0, 0)) == (255, 255, 255)
    assert on_white(Image.new("RGBA", (2, 2), "#000000ff")).getpixel((0, 0)) == (0, 0, 0)
