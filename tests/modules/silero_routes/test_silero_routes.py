"""/api/tts, as SillyTavern's provider "Silero" calls it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from flask.testing import FlaskClient

import modules.silero_routes
from kuchipaku import VoiceInfo
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules.silero_routes.speakers import names_of, sample_of, voice_of


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path, modules.silero_routes, settings={"modules": ["silero-tts"]})
    yield made
    made.shutdown()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def seconds(file: bytes) -> float:
    return float(soundfile.info(io.BytesIO(file)).duration)


def test_every_voice_is_a_speaker_with_the_whole_address_of_its_sample(client: FlaskClient) -> None:
    (speaker,) = client.get("/api/tts/speakers", base_url="http://localhost:5100").get_json()
    assert speaker == {
        "name": "A hum (hum)",
        "voice_id": "hum/hum",
        "preview_url": "http://localhost:5100/api/tts/sample/hum/hum",
        "lang": "en",
    }
    sample = client.get(speaker["preview_url"].removeprefix("http://localhost:5100"))
    assert (sample.status_code, sample.mimetype) == (200, "audio/wav")
    assert seconds(sample.data) == pytest.approx((len(sample_of("en")) - 1) / 10)  # no blank between the lines


@pytest.mark.parametrize("speaker", ["hum/hum", "en_0", "en_117"])
def test_a_text_is_spoken_and_the_lips_move(client: FlaskClient, services: Services, speaker: str) -> None:
    sent = {"text": "Hello *there*.", "speaker": speaker, "session": "sillytavern"}
    answer = client.post("/api/tts/generate", json=sent)
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert seconds(answer.data) == pytest.approx(1.2)
    performer = services.stage.performer("test")
    while not performer.score.pieces:
        time.sleep(0.005)
    assert performer.score.end == pytest.approx(1.2)


def test_a_sample_moves_no_lips(client: FlaskClient, services: Services) -> None:
    client.get("/api/tts/sample/en_0")
    assert services.stage.on_stage("test") is None


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"speaker": "en_0"}, 400, "text"),
        ({"text": "hi"}, 400, "speaker"),
        ({"text": 5, "speaker": "en_0"}, 400, "text"),
        ({"text": "**", "speaker": "en_0"}, 400, "empty"),
        ({"text": "hi", "speaker": "no_such_voice"}, 404, "no_such_voice"),
        ({"text": "hi", "speaker": "zz_99"}, 404, "zz"),
    ],
)
def test_what_cannot_be_spoken_is_told(client: FlaskClient, body: dict[str, object], status: int, told: str) -> None:
    answer = client.post("/api/tts/generate", json=body)
    assert answer.status_code == status
    assert told in answer.get_json()["error"]


def test_a_form_is_no_json_and_an_unknown_sample_is_not_found(client: FlaskClient) -> None:
    assert client.post("/api/tts/generate", data={"text": "hi", "speaker": "en_0"}).status_code == 415
    assert client.get("/api/tts/sample/zz_99").status_code == 404


def test_the_session_of_a_silero_server_is_taken_note_of(client: FlaskClient) -> None:
    answer = client.post("/api/tts/session", json={"path": "sillytavern"})
    assert (answer.status_code, answer.text) == (200, "OK")


@pytest.mark.parametrize(("enabled", "listed"), [(["tts", "classify"], ["silero-tts"]), ([], [])])
def test_the_module_goes_by_its_long_name_only(tmp_path: Path, enabled: list[str], listed: list[str]) -> None:
    services = fake_services(tmp_path / "other", modules.silero_routes, settings={"modules": enabled})
    assert services.extras_modules() == listed
    status = 200 if listed else 403
    client = create_app(services).test_client()
    assert client.get("/api/tts/speakers").status_code == status
    assert client.post("/api/tts/generate", json={"text": "a", "speaker": "en_0"}).status_code == status
    services.shutdown()


def test_two_voices_of_one_label_have_two_names() -> None:
    voices = {name: VoiceInfo(name, "en", "Same") for name in ("a/one", "a/two")}
    assert names_of(voices) == {"a/one": "Same (a)", "a/two": "a/two"}


def test_a_name_has_no_sign_that_parts_a_voice_map() -> None:
    assert names_of({"a/x": VoiceInfo("x", "en", "English: UK, Annie")}) == {"a/x": "English UK Annie (a)"}


def test_silero_names_count_round_through_the_voices_of_their_language() -> None:
    voices = {f"a/{n}": VoiceInfo(n, "ru-ru", n) for n in "xyz"}
    assert [voice_of(f"ru_{n}", voices) for n in range(4)] == ["a/x", "a/y", "a/z", "a/x"]
