"""A server with the talking head on fakes: the character "test" paints the numbers of its pose."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

import modules.emotion
import modules.encoders
import modules.puppet
import modules.talkinghead
import modules.talkinghead.extras.routes as extras_routes
from kuchipaku.picture import character_picture
from kuchipaku.pose import THA_RIG
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

PLUGINS = (modules.emotion, modules.encoders, modules.puppet, modules.talkinghead)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path / "characters", *PLUGINS, settings={"folders": {"models": str(tmp_path / "models")}})
    yield made
    made.shutdown()


@pytest.fixture
def client(house: Services) -> FlaskClient:
    return create_app(house).test_client()


@pytest.fixture
def unfitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads are taken as they are: fitting a picture takes seconds."""

    def files(upload: bytes, megapixels: float, *, networks: bool) -> dict[str, bytes]:
        text = 'title = "SillyTavern"\navatar = "puppet"\n'
        return {"picture.png": character_picture(upload, megapixels), "character.toml": text.encode()}

    monkeypatch.setattr(extras_routes, "character_files", files)


@pytest.fixture
def seen(client: FlaskClient) -> Callable[[int], list[dict[str, float]]]:
    """The poses of so many frames of "test", live: what `BarsAvatar` painted, to 1/64 and without its sign."""

    def poses(frames: int) -> list[dict[str, float]]:
        response = client.get("/live/test.mjpg?format=raw")
        chunks = iter(response.response)
        bodies = [part(next(chunks)) for _ in range(frames)]
        response.close()
        return [bars(np.frombuffer(body, np.uint8).reshape(64, 90, 4)) for body in bodies]

    return poses


def part(chunk: Any) -> bytes:
    """The body of one multipart piece."""
    assert chunk.startswith(b"--frame\r\n")
    return bytes(chunk.partition(b"\r\n\r\n")[2][:-2])


def bars(pixels: np.ndarray) -> dict[str, float]:
    heights = (pixels[:, ::2, 3] > 0).sum(axis=0) / 64
    return dict(zip(THA_RIG.morphs, heights.tolist(), strict=True))


@pytest.fixture
def face() -> Callable[..., bytes]:
    """A picture of a face of any size and mode, as the bytes of a file."""

    def drawn(size: tuple[int, int] = (512, 512), mode: str = "RGBA", form: str = "PNG") -> bytes:
        picture = Image.new("RGBA", size)
        width, height = size
        draw = ImageDraw.Draw(picture)
        draw.ellipse((width // 4, height // 8, width * 3 // 4, height // 2), fill="#f6d8c6")
        draw.rectangle((width // 4, height // 2, width * 3 // 4, height), fill="#446688")
        file = io.BytesIO()
        (picture.convert(mode) if mode != "RGBA" else picture).save(file, form)
        return file.getvalue()

    return drawn
