from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.picture import SIDE, character_picture, media_type


def encoded(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims many pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\x00" * 1000)
    chunks = [header, body, b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_any_picture_becomes_512_rgba_png(kind: str) -> None:
    with Image.open(io.BytesIO(character_picture(encoded((1024, 512), kind), 40))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (SIDE, SIDE))
        assert picture.getpixel((256, 100)) == (0, 0, 0, 0)
        assert picture.getpixel((256, 256))[3] == 255  # type: ignore[index]


def test_a_small_picture_is_centred_and_not_enlarged() -> None:
    with Image.open(io.BytesIO(character_picture(encoded((10, 20)), 40))) as picture:
        assert picture.getbbox() == (251, 246, 261, 266)


@pytest.mark.parametrize("upload", [b"", b"hello", b"\x89PNG\r\n\x1a\n", encoded((64, 64))[:60], b"<svg/>"])
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(BadRequest, match="not a picture"):
        character_picture(upload, 40)


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000), (2_000_000, 2_000_000)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge) as caught:
        character_picture(bomb(*size), 40)
    assert "at most 40 megapixels" in caught.value.hint


def turned(kind: str, side: int) -> bytes:
    """A picture whose left half is red and right half blue, to be shown turned by a quarter: red on top."""
    picture = Image.new("RGB", (side, side), "blue")
    picture.paste("red", (0, 0, side // 2, side))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("side", [SIDE, 3 * SIDE])
def test_a_picture_from_a_phone_stands_upright(kind: str, side: int) -> None:
    with Image.open(io.BytesIO(character_picture(turned(kind, side), 40))) as picture:
        above, below = picture.getpixel((400, 100)), picture.getpixel((100, 400))
    assert above[0] > 200 > 50 > above[2]  # type: ignore[index, operator]
    assert below[2] > 200 > 50 > below[0]  # type: ignore[index, operator]


@pytest.mark.filterwarnings("ignore:.*EXIF")
@pytest.mark.parametrize(
    "exif", [b"Exif\x00\x00MM\x01*\x00\x00\x00\x08", b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", b"Exif\x00\x00II*\x00\x08"]
)
def test_a_torn_orientation_breaks_nothing(exif: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG", exif=exif)
    assert media_type(character_picture(file.getvalue(), 40)) == "image/png"


def test_a_large_jpeg_is_shrunk_while_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    convert = Image.Image.convert

    def noted(picture: Image.Image, mode: str | None = None) -> Image.Image:
        decoded.append(picture.size)
        return convert(picture, mode)

    monkeypatch.setattr(Image.Image, "convert", noted)
    character_picture(encoded((4096, 4096), "JPEG"), 40)
    assert decoded[0] == (1024, 1024)


@pytest.mark.parametrize(("kind", "told"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_the_kind_of_a_picture_is_found_in_its_content(kind: str, told: str) -> None:
    assert media_type(encoded((8, 8), kind)) == told
    with pytest.raises(BadRequest):
        media_type(b"title = 'no picture'")


def test_sixteen_bits_of_grey_become_eight() -> None:
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8), 0x4000, np.uint16)).save(file, "PNG")
    with Image.open(io.BytesIO(character_picture(file.getvalue(), 40))) as picture:
        assert picture.getpixel((256, 256)) == (64, 64, 64, 255)
