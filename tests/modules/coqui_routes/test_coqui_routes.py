"""/api/text-to-speech/coqui, as SillyTavern's provider "Coqui" calls it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from flask.testing import FlaskClient

import modules.coqui_routes
from kuchipaku import BadRequest, VoiceInfo
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules.coqui_routes.voices import voice_of

ROOT = "/api/text-to-speech/coqui"
LJ = "tts_models/en/ljspeech/vits"
YOUR_TTS = "tts_models/multilingual/multi-dataset/your_tts"
XTTS = "tts_models/multilingual/multi-dataset/xtts_v2"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path, modules.coqui_routes, settings={"modules": ["coqui-tts"]})
    yield made
    made.shutdown()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def test_every_model_is_there(client: FlaskClient) -> None:
    state = client.post(f"{ROOT}/coqui-api/check-model-state", json={"model_id": LJ})
    assert state.get_json() == {"model_state": "installed"}
    install = client.post(f"{ROOT}/coqui-api/install-model", json={"model_id": LJ, "action": "repare"})
    assert install.get_json() == {"status": "done"}
    assert client.post(f"{ROOT}/coqui-api/check-model-state", json={}).status_code == 400


def test_the_installed_voices_are_local_models_whatever_is_sent(client: FlaskClient) -> None:
    for sent in (b"", b"{not json", b'{"model_id": "model_id"}'):
        assert client.post(f"{ROOT}/local/get-models", data=sent).get_json() == {"models_list": ["hum/hum"]}


@pytest.mark.parametrize("unset", [None, "none", 0])
@pytest.mark.parametrize("model", [LJ, "local/hum/hum"])
def test_a_text_is_spoken_and_the_lips_move(client: FlaskClient, services: Services, model: str, unset: object) -> None:
    sent = {"text": "Hello", "model_id": model, "language_id": unset, "speaker_id": unset}
    answer = client.post(f"{ROOT}/generate-tts", json=sent)
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert soundfile.info(io.BytesIO(answer.data)).duration == pytest.approx(0.5)
    performer = services.stage.performer("test")
    while not performer.score.pieces:
        time.sleep(0.005)
    assert performer.score.end == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"model_id": YOUR_TTS}, 400),
        ({"model_id": YOUR_TTS, "language_id": 3}, 400),
        ({"model_id": YOUR_TTS, "language_id": 1}, 404),
        ({"model_id": "tts_models/ewe/openbible/vits"}, 404),
        ({"model_id": "local/nobody"}, 400),
        ({"language_id": "some"}, 400),
        ({"text": ""}, 400),
    ],
)
def test_what_cannot_be_spoken_is_told(client: FlaskClient, changed: dict[str, object], status: int) -> None:
    sent = {"text": "Hello", "model_id": LJ, "language_id": None, "speaker_id": None} | changed
    assert client.post(f"{ROOT}/generate-tts", json=sent).status_code == status


@pytest.mark.parametrize("missing", ["text", "model_id", "language_id", "speaker_id"])
def test_all_four_fields_are_needed(client: FlaskClient, missing: str) -> None:
    sent = {"text": "Hello", "model_id": LJ, "language_id": None, "speaker_id": None}
    del sent[missing]
    answer = client.post(f"{ROOT}/generate-tts", json=sent)
    assert answer.status_code == 400
    assert missing in answer.get_json()["error"]


def test_while_it_is_off_its_routes_are_not_found(tmp_path: Path) -> None:
    services = fake_services(tmp_path / "other", modules.coqui_routes, settings={"modules": []})
    client = create_app(services).test_client()
    for path in ("generate-tts", "coqui-api/check-model-state", "coqui-api/install-model", "local/get-models"):
        assert client.post(f"{ROOT}/{path}", json={}).status_code == 404
    services.shutdown()


VOICES = {f"a/{name}": VoiceInfo(name, language, name) for name, language in
          [("x", "en"), ("y", "en"), ("f", "fr-fr"), ("b", "pt-br"), ("j", "ja")]}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "language", "speaker", "voice"),
    [
        (LJ, None, None, "a/x"),
        ("tts_models/en/vctk/vits", None, 1, "a/y"),
        ("tts_models/en/vctk/vits", None, 108, "a/x"),
        (YOUR_TTS, 1, 0, "a/f"),
        (YOUR_TTS, 2, 5, "a/b"),
        (XTTS, 15, None, "a/j"),
        ("local/a/f", 0, 3, "a/f"),
    ],
)
def test_a_model_s_language_and_speaker_choose_the_voice(
    model: str, language: int | None, speaker: int | None, voice: str
) -> None:
    assert voice_of(model, language, speaker, VOICES) == voice


def test_a_model_of_unknown_languages_says_so() -> None:
    with pytest.raises(BadRequest) as refused:
        voice_of("tts_models/multilingual/multi-dataset/unheard_of", 0, 0, VOICES)
    assert "unknown" in refused.value.hint
