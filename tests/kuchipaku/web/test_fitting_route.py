from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

SUMIRE = (Path(__file__).resolve().parents[3] / "characters" / "sumire" / "picture.png").read_bytes()


def sent(client: FlaskClient, picture: bytes = SUMIRE, **fields: str) -> TestResponse:
    form = {**fields, "picture": (io.BytesIO(picture), "p.png")}
    return client.post("/api/fit", data=form, content_type="multipart/form-data")


def opened(url: str) -> Image.Image:
    head, _, body = url.partition(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


@pytest.mark.parametrize(("framing", "head"), [("portrait", 200), ("tha", 128)])
def test_a_picture_is_reported_mended_and_shown(client: FlaskClient, framing: str, head: int) -> None:
    told = sent(client, framing=framing).get_json()
    assert told["score"] >= 80
    assert opened(told["picture"]).size == (512, 512)
    assert opened(told["preview"]).width > 512
    eyes = told["anchors"]["eyes"]
    assert 0.2 * head < eyes["left"][0] - eyes["right"][0] < 0.8 * head
    assert {"name", "verdict", "message", "hint"} == set(told["checks"][0])


def test_nothing_is_kept(client: FlaskClient) -> None:
    before = client.get("/api/characters").get_json()
    sent(client)
    assert client.get("/api/characters").get_json() == before


@pytest.mark.parametrize(
    ("picture", "fields", "message"),
    [
        (b"no picture", {}, "not a picture"),
        (SUMIRE, {"framing": "square"}, "framing is 'square'"),
        (SUMIRE, {"colour": "red"}, "no field 'colour'"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, picture: bytes, fields: dict[str, str], message: str) -> None:
    refused = sent(client, picture, **fields)
    assert refused.status_code == 400
    assert message in refused.get_json()["error"]


def test_a_form_without_a_picture_is_refused(client: FlaskClient) -> None:
    refused = client.post("/api/fit", data={}, content_type="multipart/form-data")
    assert (refused.status_code, "no picture was sent" in refused.get_json()["error"]) == (400, True)
