"""/api/voice-conversion against a server on this machine that answers as rvc-python does."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import rvc
from tests.modules.stand_in import Answer, Request, StandIn, json_answer

ROOT = "/api/voice-conversion/rvc"
WAV = b"RIFF....WAVEfmt the other voice"
RECORDING = b"RIFF....WAVEfmt what was said"


def engine(request: Request) -> Answer:
    """Two voices; one has a name that must be quoted in a path."""
    match request.method, request.path:
        case "GET", "/models":
            return json_answer({"models": ["violet", "a/b c"]})
        case "POST", "/models/violet" | "/models/a%2Fb%20c" | "/params" | "/upload_model":
            return json_answer({"message": "done"})
        case "POST", "/convert":
            return Answer(WAV, kind="audio/wav")
    return json_answer({"detail": "Not Found"}, 404)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(engine) as running:
        yield running


Booth = Callable[..., FlaskClient]


@pytest.fixture
def booth(server: StandIn, tmp_path: Path) -> Booth:
    """A client of a server that converts voices with the stand-in."""

    def made(modules: tuple[str, ...] = ("rvc",), **settings: object) -> FlaskClient:
        own = {"url": server.url, "timeout": 5.0} | settings
        tables: dict[str, object] = {"modules": modules, "plugins": {"rvc": own}}
        return create_app(fake_services(tmp_path / "characters", rvc, settings=tables)).test_client()

    return made


def converted(client: FlaskClient, wanted: Any) -> TestResponse:
    form = {"AudioFile": (io.BytesIO(RECORDING), "record.wav"), "json": wanted}
    return client.post(f"{ROOT}/process-audio", data=form)


def test_the_voices_of_the_engine_are_listed(booth: Booth) -> None:
    for answer in (booth().post(f"{ROOT}/get-models-list", json={}), booth().post(f"{ROOT}/get-models-list")):
        assert answer.get_json() == {"models_list": ["a/b c", "violet"]}


def test_a_recording_is_converted_as_the_client_asks(booth: Booth, server: StandIn) -> None:
    wanted = {
        "modelName": "violet",
        "pitchExtraction": "torchcrepe",
        "pitchOffset": "3",
        "indexRate": 0.75,
        "filterRadius": 5,
        "rmsMixRate": 0.1,
        "protect": 0.2,
        "text": "unused",
    }
    answer = converted(booth(), json.dumps(wanted))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "audio/x-wav", WAV)
    assert [request.path for request in server.requests] == ["/models", "/models/violet", "/params", "/convert"]
    assert server.requests[2].json["params"] == {
        "f0method": "crepe",
        "f0up_key": 3,
        "index_rate": 0.75,
        "filter_radius": 5,
        "rms_mix_rate": 0.1,
        "protect": 0.2,
    }
    assert base64.b64decode(server.requests[3].json["audio_data"]) == RECORDING


def test_the_name_of_a_voice_leads_nowhere_else(booth: Booth, server: StandIn) -> None:
    assert converted(booth(), '{"modelName": "a/b c"}').status_code == 200
    assert server.requests[1].path == "/models/a%2Fb%20c"
    answer = converted(booth(), '{"modelName": "../params"}')
    assert (answer.status_code, answer.get_json()["hint"]) == (404, "known: a/b c, violet")


WRONG = [
    "",
    "{broken",
    "[]",
    "{}",
    '{"modelName": "violet", "pitchOffset": 99}',
    '{"modelName": "violet", "protect": "x"}',
]


@pytest.mark.parametrize("wanted", WRONG)
def test_a_wrong_wish_is_refused(booth: Booth, server: StandIn, wanted: str) -> None:
    assert converted(booth(), wanted).status_code == 400
    assert server.requests == []


@pytest.mark.parametrize("body", [{"json": {}}, {"data": {"json": "{}"}}])
def test_a_missing_recording_is_refused(booth: Booth, body: dict[str, Any]) -> None:
    answer = booth().post(f"{ROOT}/process-audio", **body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "no audio was sent")


def test_models_are_handed_on_to_the_engine(booth: Booth, server: StandIn) -> None:
    files = {"model_0": (io.BytesIO(b"PK\x03\x04 one"), "a.zip"), "model_1": (io.BytesIO(b"PK\x03\x04 two"), "b.zip")}
    assert booth().post(f"{ROOT}/upload-models", data=files).get_json() == {"status": "ok"}
    assert [request.path for request in server.requests] == ["/upload_model"] * 2
    assert b"PK\x03\x04 one" in server.requests[0].body
    assert b'name="file"' in server.requests[0].body


@pytest.mark.parametrize("files", [{}, {"model": (io.BytesIO(b"7z\xbc\xaf"), "a.7z")}])
def test_what_is_no_archive_is_refused(booth: Booth, server: StandIn, files: dict[str, Any]) -> None:
    assert booth().post(f"{ROOT}/upload-models", data=files).status_code == 400
    assert server.requests == []


def test_without_an_engine_there_are_no_voices_and_no_conversion(booth: Booth) -> None:
    client = booth(url="")
    assert client.post(f"{ROOT}/get-models-list").get_json() == {"models_list": []}
    archive = {"model": (io.BytesIO(b"PK\x03\x04"), "a.zip")}
    for answer in (converted(client, '{"modelName": "x"}'), client.post(f"{ROOT}/upload-models", data=archive)):
        assert (answer.status_code, answer.get_json()["error"]) == (503, "no engine for voice conversion is installed")
        assert "pip install rvc-python" in answer.get_json()["hint"]


def test_while_the_module_is_off_its_routes_are_not_there(booth: Booth, server: StandIn) -> None:
    for path in ("get-models-list", "upload-models", "process-audio"):
        assert booth(modules=()).post(f"{ROOT}/{path}", data="{broken").status_code == 404
    assert server.requests == []


FAULTS = {
    "refusal": (json_answer({"detail": "CUDA out of memory"}, 500), "CUDA out of memory"),
    "no JSON": (Answer(b"hello"), "cannot be read"),
    "no list": (json_answer({"models": None}), "cannot be read"),
    "cut": (Answer(b"{", cut=True), "no voice conversion server answers"),
    "silence": (Answer(silent=True), "silent for 0.2 seconds"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_engine_is_told(booth: Booth, server: StandIn, fault: str) -> None:
    given, told = FAULTS[fault]
    server.answer = lambda request: given
    answer = booth(timeout=0.2).post(f"{ROOT}/get-models-list")
    assert answer.status_code == 503
    assert told in answer.get_json()["error"]
    assert answer.get_json()["hint"]


def test_an_answer_that_is_no_sound_is_told(booth: Booth, server: StandIn) -> None:
    server.answer = lambda request: Answer(b"<html>") if request.path == "/convert" else engine(request)
    assert converted(booth(), '{"modelName": "violet"}').status_code == 503


def test_an_engine_that_is_not_there_is_told_with_what_to_do(booth: Booth) -> None:
    answer = booth(url="http://127.0.0.1:9").post(f"{ROOT}/get-models-list")
    assert answer.status_code == 503
    assert "set plugins.rvc.url" in answer.get_json()["hint"]
