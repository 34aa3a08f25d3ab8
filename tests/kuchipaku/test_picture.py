from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.picture import SIDE, character_picture


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
