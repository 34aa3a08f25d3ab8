from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import caption


def client(folder: Path, modules: tuple[str, ...] = ("caption",), **mine: Any) -> FlaskClient:
    """A server whose folder of models is empty."""
    tables: dict[str, Any] = {"modules": modules, "plugins": {"caption": mine}}
    tables |= {"folders": {"models": str(folder / "models")}, "limits": {"picture_megapixels": 0.1}}
    return create_app(fake_services(folder / "characters", caption, settings=tables)).test_client()


def png(width: int, height: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_a_picture_is_captioned_and_its_thumbnail_comes_along(tmp_path: Path) -> None:
    answer = client(tmp_path).post("/api/caption", json={"image": png(300, 200), "more": 1})
    assert answer.status_code == 200
    told = answer.get_json()
    assert told.pop("thumbnail").startswith("/9j/")
    assert told == {"caption": "a landscape picture, all red"}


@pytest.mark.parametrize("body", [{}, {"image": None}, {"image": [1, 2, 3]}])
def test_a_missing_picture_is_required(tmp_path: Path, body: dict[str, Any]) -> None:
    answer = client(tmp_path).post("/api/caption", json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, '"image" is required')


@pytest.mark.parametrize(("image", "status"), [("bm90IGEgcGljdHVyZQ==", 400), ("???", 400), (png(400, 300), 413)])
def test_what_cannot_be_decoded_is_refused(tmp_path: Path, image: str, status: int) -> None:
    assert client(tmp_path).post("/api/caption", json={"image": image}).status_code == status


def test_a_form_is_refused(tmp_path: Path) -> None:
    answer = client(tmp_path).post("/api/caption", data={"image": (io.BytesIO(b"png"), "a.png")})
    assert answer.status_code == 415


def test_while_it_is_off_nothing_of_the_request_is_read(tmp_path: Path) -> None:
    answer = client(tmp_path, modules=()).post("/api/caption", json={"image": "x"})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "Module 'caption' not enabled in config")


def test_a_wanted_model_without_weights_is_a_503_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    answer = client(tmp_path, engine="model").post("/api/caption", json={"image": png(30, 20)})
    assert answer.status_code == 503
    assert answer.get_json()["hint"] == "python -m kuchipaku models fetch captioner"
