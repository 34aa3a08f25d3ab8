"""/v1/audio/speech, as clients of OpenAI's API call it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from flask.testing import FlaskClient

import modules.speech_api
from kuchipaku.score import Score
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules.speech_api.voices import meant


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    mapped = {"plugins": {"speech_api": {"voices": {"nova": "hum/hum", "mine": "character:other"}}}}
    made = fake_services(tmp_path, modules.speech_api, settings=mapped)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "character.toml").write_text('avatar = "bars"\ntitle = "The Other"\n')
    made.characters.choose("test")
    yield made
    made.shutdown()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def score_of(services: Services, character: str) -> Score:
    performer = services.stage.performer(character)
    end = time.monotonic() + 5
    while not performer.score.pieces:
        assert time.monotonic() < end, "nothing is performed"
        time.sleep(0.005)
    return performer.score


def test_sillytavern_s_request_gives_an_mp3_and_moves_the_lips_as_long(client: FlaskClient, services: Services) -> None:
    sent = {"model": "tts-1", "input": "Hello there.", "voice": "alloy", "response_format": "mp3", "speed": 1}
    answer = client.post("/v1/audio/speech", json=sent)
    assert (answer.status_code, answer.mimetype) == (200, "audio/mpeg")
    sound = soundfile.info(io.BytesIO(answer.data))
    assert (sound.format, sound.duration) == ("MP3", pytest.approx(1.2, abs=0.01))
    score = score_of(services, "test")
    assert score.end == pytest.approx(1.2)
    mouth = score.pieces[0].timeline.track("mouth")
    assert (len(mouth), mouth[0].start, mouth[-1].end) == (10, 0.0, pytest.approx(1.1))


def test_a_stop_silences_it(client: FlaskClient, services: Services) -> None:
    client.post("/v1/audio/speech", json={"input": "A rather long text.", "voice": "alloy"})
    score_of(services, "test")
    assert client.post("/api/stop", json={}).status_code == 200
    assert services.stage.performer("test").score.pieces == ()


@pytest.mark.parametrize(("audio_format", "kind"), [("wav", "wav"), ("flac", "flac"), ("ogg", "ogg"), ("opus", "ogg")])
def test_each_format_is_what_it_says(client: FlaskClient, audio_format: str, kind: str) -> None:
    answer = client.post("/v1/audio/speech", json={"input": "Hello.", "response_format": audio_format})
    assert (answer.status_code, answer.mimetype) == (200, f"audio/{kind}")
    assert soundfile.info(io.BytesIO(answer.data)).format == kind.upper()


@pytest.mark.parametrize(("audio_format", "streamed"), [("wav", True), ("pcm", True), ("mp3", False)])
def test_wav_and_pcm_are_sent_while_they_are_spoken(client: FlaskClient, audio_format: str, streamed: bool) -> None:
    answer = client.post("/v1/audio/speech", json={"input": "One. Two.", "response_format": audio_format})
    assert ("Content-Length" not in answer.headers) == streamed
    assert len(answer.data) > 1000


def test_pcm_is_24_khz(client: FlaskClient) -> None:
    answer = client.post("/v1/audio/speech", json={"input": "Hello", "response_format": "pcm"})
    assert (answer.mimetype, len(answer.data)) == ("audio/pcm", 2 * 12_000)


@pytest.mark.parametrize(
    "sent",
    [
        {"voice": "character:other"},
        {"voice": "alloy", "character": "other"},
        {"voice": "mine"},
        {"voice": "hum/hum", "character": "other"},
    ],
)
def test_a_voice_or_a_field_names_who_speaks(client: FlaskClient, services: Services, sent: dict[str, str]) -> None:
    assert client.post("/v1/audio/speech", json={"input": "Hello", **sent}).status_code == 200
    assert score_of(services, "other").end == pytest.approx(0.5)
    assert services.stage.on_stage("test") is None


@pytest.mark.parametrize(("speed", "duration"), [(2, 0.25), (0.5, 1.0)])
def test_the_speed_is_taken(client: FlaskClient, services: Services, speed: float, duration: float) -> None:
    client.post("/v1/audio/speech", json={"input": "Hello", "voice": "hum", "speed": speed})
    assert score_of(services, "test").end == pytest.approx(duration)


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({}, 400, "input"),
        ({"input": "  "}, 400, "empty"),
        ({"input": "Hi", "response_format": "aac"}, 400, "aac"),
        ({"input": "Hi", "speed": 9}, 400, "speed"),
        ({"input": "Hi", "stream_format": "sse"}, 400, "stream_format"),
        ({"input": "Hi", "voice": "nobody"}, 404, "nobody"),
        ({"input": "Hi", "voice": "character:nobody"}, 404, "nobody"),
        ({"input": "x" * 6000}, 413, "6000"),
    ],
)
def test_what_cannot_be_spoken_is_told(client: FlaskClient, sent: dict[str, object], status: int, told: str) -> None:
    answer = client.post("/v1/audio/speech", json=sent)
    assert answer.status_code == status
    assert told in answer.get_json()["error"]


def test_fields_of_other_clients_are_ignored(client: FlaskClient) -> None:
    sent = {"model": "kokoro", "input": "Hi", "voice": "alloy", "instructions": "cheerful", "lang_code": "a"}
    assert client.post("/v1/audio/speech", json=sent).status_code == 200


def test_every_name_that_voice_takes_is_listed(client: FlaskClient) -> None:
    voices = client.get("/v1/audio/voices").get_json()["voices"]
    assert {"id": "character:other", "name": "The Other", "language": ""} in voices
    assert {"id": "hum/hum", "name": "A hum", "language": "en"} in voices
    assert {"alloy", "nova", "mine"} < {voice["id"] for voice in voices}
    for voice in voices:
        assert client.post("/v1/audio/speech", json={"input": "Hi", "voice": voice["id"]}).status_code == 200


def test_there_is_one_model(client: FlaskClient) -> None:
    listed = client.get("/v1/models").get_json()
    assert (listed["object"], [model["id"] for model in listed["data"]]) == ("list", ["tts-1"])


def test_without_perform_nothing_moves(tmp_path: Path) -> None:
    off = {"plugins": {"speech_api": {"perform": False}}}
    services = fake_services(tmp_path / "still", modules.speech_api, settings=off)
    assert create_app(services).test_client().post("/v1/audio/speech", json={"input": "Hello"}).status_code == 200
    assert services.stage.on_stage("test") is None
    services.shutdown()


@pytest.mark.parametrize(
    ("voice", "understood"),
    [
        ("", ("", "")),
        ("shimmer", ("", "")),
        ("character:sumire", ("sumire", "")),
        ("espeak/de", ("", "espeak/de")),
        ("mapped", ("", "espeak/fr")),
    ],
)
def test_what_a_voice_means(voice: str, understood: tuple[str, str]) -> None:
    assert meant(voice, {"mapped": "espeak/fr"}) == understood
