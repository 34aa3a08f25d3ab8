"""Faults of SillyTavern-Extras that are listed in its contract, and that are not here; one test each.

Those of its animator and filters have theirs in tests/modules/talkinghead.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from kuchipaku import BadRequest
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from server import BUILT_IN

MODULES = (
    "caption", "summarize", "classify", "talkinghead", "sd", "silero-tts", "edge-tts", "embeddings", "chromadb",
    "vosk-stt", "whisper-stt", "streaming-stt", "rvc", "coqui-tts", "websearch",
)  # fmt: skip
JSON_ROUTES = (
    "caption", "chromadb", "chromadb/import", "classify", "edge-tts/generate", "embeddings/compute", "image",
    "summarize", "talkinghead/load_animator_settings", "talkinghead/load_emotion_templates",
    "talkinghead/set_emotion", "text-to-speech/coqui/generate-tts", "tts/generate", "websearch",
)  # fmt: skip
KEY = {"Authorization": "Bearer test-key-123"}


def house_in(folder: Path, **settings: Any) -> Services:
    """A server with all of our plugins, in a folder of its own, with one character that paints bars."""
    plugins = [import_module(name) for name in BUILT_IN]
    folders = {"folders": {"characters": str(folder / "characters"), "models": str(folder / "models")}}
    store = {"plugins": {"chromadb_store": {"folder": str(folder / "chromadb")}}}
    return fake_services(folder / "characters", *plugins, settings={**folders, **store, **settings})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    """A server with every module on."""
    services = house_in(tmp_path, modules=MODULES)
    yield services
    services.shutdown()


@pytest.fixture
def client(house: Services) -> FlaskClient:
    """A client of it."""
    return create_app(house).test_client()


def sent_picture(mode: str, size: tuple[int, int] = (512, 512)) -> dict[str, Any]:
    """A form with a picture of one colour."""
    written = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 80).save(written, "JPEG" if mode == "CMYK" else "PNG")
    return {"file": (io.BytesIO(written.getvalue()), "talkinghead.png")}


def first_frame(client: FlaskClient) -> Image.Image:
    """The first picture of the feed."""
    response = client.get("/api/talkinghead/result_feed", buffered=False)
    chunks = iter(response.response)
    part = b""
    while not (part.endswith(b"\r\n") and len(part) > 100):
        piece = next(chunks)
        assert isinstance(piece, bytes)
        part += piece
    response.close()
    return Image.open(io.BytesIO(part.partition(b"\r\n\r\n")[2]))


def test_both_recognisers_may_be_on_at_once(client: FlaskClient) -> None:
    on = client.get("/api/modules").get_json()["modules"]
    assert {"vosk-stt", "whisper-stt"} <= set(on)
    for name in ("vosk", "whisper"):
        assert client.post(f"/api/speech-recognition/{name}/process-audio").status_code == 400


def test_a_painter_that_is_down_does_not_take_its_module_away(client: FlaskClient) -> None:
    assert "sd" in client.get("/api/modules").get_json()["modules"]
    answer = client.post("/api/image", json={"prompt": "a cat"})
    assert (answer.status_code, bool(answer.get_json()["hint"])) == (503, True)


@pytest.mark.parametrize("path", JSON_ROUTES)
@pytest.mark.parametrize("body", ["null", "42", '["text", "query", "emotion_name"]', "{", ""])
def test_no_json_body_is_an_internal_error(client: FlaskClient, path: str, body: str) -> None:
    answer = client.post(f"/api/{path}", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["hint"]


def test_an_import_without_content_is_told(client: FlaskClient) -> None:
    assert client.post("/api/chromadb/import", json={"chat_id": "a"}).status_code == 400


@pytest.mark.parametrize("image", ["AAAA", "not base64", "data:image/png;base64,AAAA"])
def test_a_picture_that_cannot_be_read_is_told(client: FlaskClient, image: str) -> None:
    assert client.post("/api/caption", json={"image": image}).status_code == 400


def test_missing_fields_of_coqui_and_rvc_are_told(client: FlaskClient) -> None:
    assert client.post("/api/text-to-speech/coqui/coqui-api/check-model-state", json={}).status_code == 400
    assert client.post("/api/voice-conversion/rvc/process-audio").status_code in (400, 503)


def test_a_voice_nobody_has_is_told(client: FlaskClient) -> None:
    answer = client.post("/api/tts/generate", json={"text": "Hi.", "speaker": "nobody"})
    assert answer.status_code in (400, 404)
    assert "nobody" in answer.get_json()["error"]


def test_a_streaming_recogniser_reads_its_language_from_json_too(client: FlaskClient) -> None:
    path = "/api/speech-recognition/streaming/record-and-transcript"
    for sent in ({"json": {"text": "", "language": "en"}}, {"data": {"language": "en"}}):
        answer = client.post(path, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 503, "there is neither model nor microphone, but the order was understood"
        assert answer.get_json()["hint"]


def test_the_feed_shows_somebody_before_the_first_load(client: FlaskClient) -> None:
    frame = first_frame(client)
    assert (frame.format, frame.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_picture_without_transparency_is_shown(client: FlaskClient, mode: str) -> None:
    answer = client.post("/api/talkinghead/load", data=sent_picture(mode))
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "OK")
    assert first_frame(client).getchannel("A").getextrema()[1] == 255


def test_what_is_no_picture_is_told_and_not_made_a_blank(client: FlaskClient) -> None:
    answer = client.post("/api/talkinghead/load", data={"file": (io.BytesIO(b"not a picture"), "a.png")})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["load_emotion_templates", "load_animator_settings"])
def test_files_are_taken_before_the_first_load(client: FlaskClient, path: str) -> None:
    assert client.post(f"/api/talkinghead/{path}", json={}).get_data(as_text=True) == "OK"


def test_a_model_is_chosen_without_a_json_content_type(client: FlaskClient) -> None:
    answer = client.post("/api/image/model", data='{"model": "tiny"}', content_type="text/plain;charset=UTF-8")
    assert answer.status_code == 503, "the painter is down, but the order was understood"


def test_an_empty_key_file_is_no_open_door(tmp_path: Path) -> None:
    (tmp_path / "api_key.txt").write_text("\n")
    secured = house_in(tmp_path, server={"secure": True, "api_key_file": str(tmp_path / "api_key.txt")})
    with pytest.raises(BadRequest):
        create_app(secured)
    secured.shutdown()


def test_the_feed_and_samples_are_not_open_to_everybody(tmp_path: Path) -> None:
    (tmp_path / "api_key.txt").write_text("test-key-123\n")
    server = {"secure": True, "api_key_file": str(tmp_path / "api_key.txt")}
    secured = house_in(tmp_path, server=server, modules=["talkinghead", "silero-tts"])
    client = create_app(secured).test_client()
    for path in ("/api/talkinghead/result_feed", "/api/tts/sample/hum"):
        assert client.get(path).status_code == 401
    assert client.get("/api/modules", headers=KEY).status_code == 200
    secured.shutdown()


def test_the_legacy_notice_is_one_entry(client: FlaskClient) -> None:
    (entry,) = client.get("/api/extensions").get_json()["extensions"]
    assert entry["name"] == "not-supported"
    assert "update" in entry["metadata"]["display_name"]
