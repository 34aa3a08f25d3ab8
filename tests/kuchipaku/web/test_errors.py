"""Bad input: one shape, a hint, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

BAD: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nothing", {}, 404, "not found"),
    ("GET", "/api/chat", {}, 405, "not allowed"),
    ("POST", "/api/chat", {}, 415, "JSON"),
    ("POST", "/api/chat", {"data": "{", "content_type": "application/json"}, 400, "not JSON"),
    ("POST", "/api/chat", {"data": "null", "content_type": "application/json"}, 400, "None"),
    ("POST", "/api/chat", {"json": [1]}, 400, "[1]"),
    ("POST", "/api/chat", {"json": {}}, 400, "'text' is missing"),
    ("POST", "/api/chat", {"json": {"text": 5}}, 400, "text is 5"),
    ("POST", "/api/chat", {"json": {"text": "a", "mood": 1}}, 400, "there is no 'mood'"),
    ("POST", "/api/chat", {"json": {"text": " \n"}}, 400, "the text is empty"),
    ("POST", "/api/chat", {"json": {"text": "a" * 20_001}}, 413, "20001 characters"),
    ("POST", "/api/chat", {"json": {"text": "a", "character": "nobody"}}, 404, "no character is called 'nobody'"),
    ("POST", "/api/chat", {"json": {"text": "a", "character": "../x"}}, 404, "no character"),
    ("POST", "/api/chat", {"json": {"text": "a", "voice": "opera"}}, 404, "no voice engine is called 'opera'"),
    ("POST", "/api/chat", {"json": {"text": "a", "voice": "hum/bass"}}, 404, "no voice is called 'bass'"),
    ("POST", "/api/chat", {"json": {"text": "a", "speed": 99}}, 400, "speed is 99"),
    ("POST", "/api/perform", {"json": {"text": "hi \ud800 there"}}, 400, "half a character"),
    ("POST", "/api/chat", {"json": {"text": "a", "speed": "1"}}, 400, "speed is '1'"),
    ("POST", "/api/chat", {"json": {"text": "a", "player": 1}}, 400, "player is 1"),
    ("POST", "/api/perform", {"json": {"text": "*sighs* 😀"}}, 400, "nothing to speak"),
    ("POST", "/api/speech", {"json": {"text": "a" * 5_001}}, 413, "5001 characters"),
    ("GET", "/live/test.mjpg?format=raw&fps=0.000001", {}, 400, "fps is '0.000001'"),
    ("POST", "/api/perform", {"json": {}}, 400, "the text is empty"),
    ("POST", "/api/perform", {"json": {"text": "a", "lines": [{"text": "b"}]}}, 400, "both"),
    ("POST", "/api/perform", {"json": {"lines": [{"text": "b", "emotion": "hunger"}]}}, 400, "lines.0.emotion"),
    ("POST", "/api/perform", {"json": {"lines": "b"}}, 400, "lines is 'b'"),
    ("POST", "/api/speech", {"json": {"text": "*sighs* 😀 ```x```"}}, 400, "nothing to speak"),
    ("POST", "/api/speech", {"json": {"text": "\ud800"}}, 400, "half a character"),
    ("POST", "/api/stop", {"json": {"character": "nobody"}}, 404, "no character"),
    ("POST", "/api/performances/x/clock", {"json": {"media_time": 0}}, 404, "no such performance"),
    ("POST", "/api/performances/x/clock", {"json": {"media_time": -1}}, 400, "media_time is -1"),
    ("GET", "/api/performances/x", {}, 404, "no such performance"),
    ("GET", "/api/performances/x/events", {}, 404, "no such performance"),
    ("GET", "/api/audio/x.wav", {}, 404, "no such audio"),
    ("GET", "/api/audio/..%2F..%2Fserver.py", {}, 404, ""),
    ("GET", "/live/nobody.mjpg?format=raw", {}, 404, "no character"),
    ("GET", "/live/test.mjpg?format=tiff", {}, 404, "no picture format"),
    ("GET", "/live/test.mjpg?format=raw&fps=fast", {}, 400, "fps is 'fast'"),
    ("GET", "/live/test.mjpg?format=raw&fps=nan", {}, 400, "fps is 'nan'"),
    ("GET", "/live/test.mjpg?format=raw&background=blue", {}, 400, "background is 'blue'"),
    ("GET", "/live/test.mjpg?format=raw&size=9", {}, 400, "there is no 'size'"),
    ("GET", "/api/characters/nobody", {}, 404, "no character"),
    ("GET", "/api/characters/test/picture", {}, 404, "no picture"),
    ("POST", "/api/characters/nobody/choose", {}, 404, "no character"),
    ("DELETE", "/api/characters/nobody", {}, 404, "no character"),
    ("DELETE", "/api/characters/test", {}, 409, "the only character"),
    ("POST", "/api/characters", {"data": {"name": "x"}}, 400, "no picture was sent"),
    ("GET", "/static/../server.py", {}, 404, ""),
]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("method", "path", "request_", "status", "told"), BAD)
def test_bad_input_is_told_in_one_shape_and_changes_nothing(
    client: FlaskClient,
    services: Services,
    tmp_path: Path,
    method: str,
    path: str,
    request_: dict[str, Any],
    status: int,
    told: str,
) -> None:
    before = everything(tmp_path)
    response = client.open(path, method=method, **request_)
    body = response.get_json()
    assert (response.status_code, body["status"], body["ok"]) == (status, status, False)
    assert set(body) == {"ok", "error", "hint", "status"}
    assert told in body["error"]
    assert everything(tmp_path) == before
    assert all(performer.score.performance == "" for performer in services.stage.performers())


def test_a_huge_body_is_refused(tmp_path: Path) -> None:
    services = fake_services(tmp_path, settings={"limits": {"upload_mb": 1}})
    response = create_app(services).test_client().post("/api/chat", json={"text": "a" * 2_000_000})
    services.shutdown()
    assert (response.status_code, response.get_json()["status"]) == (413, 413)
    assert "limits.upload_mb in the settings allows 1 MB" in response.get_json()["hint"]


def test_an_exception_nobody_foresaw_tells_nothing_of_the_inside(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    app: Flask = create_app(services)

    @app.get("/boom")
    def boom() -> str:
        raise RuntimeError("secret")

    response = app.test_client().get("/boom")
    assert (response.status_code, response.get_json()["error"]) == (500, "internal error")
    assert "secret" not in response.get_data(as_text=True)
    assert "secret" in caplog.text


def test_405_says_what_is_allowed(client: FlaskClient) -> None:
    assert "POST" in client.get("/api/chat").headers["Allow"]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"text": ' + "[" * 900 + "]" * 900 + "}"])
def test_json_that_is_nested_without_end_is_refused(client: FlaskClient, body: str) -> None:
    response = client.post("/api/chat", data=body, content_type="application/json")
    assert (response.status_code, response.get_json()["status"]) == (400, 400)


def test_an_endless_nest_is_called_by_its_name(client: FlaskClient) -> None:
    body = "[" * 100_000 + "]" * 100_000
    assert (
        "nested too deeply" in client.post("/api/chat", data=body, content_type="application/json").get_json()["error"]
    )
