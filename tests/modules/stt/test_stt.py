"""/api/speech-recognition on real engines with tiny models."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuchipaku import Samples
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import stt
from modules.stt import microphone
from modules.stt.published import published
from modules.stt.recogniser import RATE, heard
from modules.stt.routes import code_of
from modules.stt.vosk import Vosk

ROOT = "/api/speech-recognition"
ALL = ("whisper-stt", "vosk-stt", "streaming-stt")

Listen = Callable[..., FlaskClient]


def noise(seconds: float, rate: int = RATE) -> Samples:
    """Loud: what the tiny Vosk takes for a word."""
    return np.random.default_rng(0).normal(scale=0.1, size=round(seconds * rate)).astype(np.float32)


def silence(seconds: float, rate: int = RATE) -> Samples:
    return np.zeros(round(seconds * rate), np.float32)


def recording(samples: Samples, rate: int = RATE, kind: str = "WAV", subtype: str | None = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


@pytest.fixture
def listen(speech_models: Path, tmp_path: Path) -> Listen:
    """A client of a server with the tiny models, and without Whisper's filter of silence."""

    def made(modules: tuple[str, ...] = ALL, models: Path = speech_models, **settings: object) -> FlaskClient:
        own: dict[str, object] = {"skip_silence": False} | settings
        tables: dict[str, object] = {"modules": modules, "folders": {"models": str(models)}, "plugins": {"stt": own}}
        return create_app(fake_services(tmp_path / "characters", stt, settings=tables)).test_client()

    return made


def sent(client: FlaskClient, engine: str, file: bytes, **form: Any) -> TestResponse:
    data = {"AudioFile": (io.BytesIO(file), "record.wav"), **form}
    return client.post(f"{ROOT}/{engine}/process-audio", data=data)


@pytest.mark.parametrize("form", [{}, {"language": ""}, {"language": "en"}, {"language": "en-GB"}])
def test_whisper_hears_a_recording_without_blanks_around_it(listen: Listen, form: dict[str, str]) -> None:
    answer = sent(listen(), "whisper", recording(noise(0.5)), **form)
    assert answer.get_json() == {"transcript": "hello world"}


def test_whisper_makes_up_nothing_for_silence(listen: Listen) -> None:
    answer = sent(listen(skip_silence=True), "whisper", recording(silence(0.25)))
    assert answer.get_json() == {"transcript": ""}


def test_a_language_that_the_model_does_not_know_is_refused(listen: Listen) -> None:
    answer = sent(listen(), "whisper", recording(noise(0.2)), language="de")
    assert answer.status_code == 400
    assert answer.get_json()["hint"].startswith("known: en; plugins.stt.whisper_model")


def test_vosk_hears_each_word(listen: Listen) -> None:
    client = listen()
    once = np.concatenate([silence(0.4), noise(0.5), silence(0.4)])
    assert sent(client, "vosk", recording(once)).get_json() == {"transcript": "hello"}
    assert sent(client, "vosk", recording(np.concatenate([once, once]))).get_json() == {"transcript": "hello hello"}
    assert sent(client, "vosk", recording(silence(0.25)), language="en").get_json() == {"transcript": ""}


def test_vosk_keeps_what_was_said_before_a_long_pause(speech_models: Path) -> None:
    vosk = Vosk(speech_models / "vosk" / "vosk-model-small-en-us-0.15")
    long = np.concatenate([noise(0.5), silence(3.0)] * 3)
    assert vosk.transcript(long, "") == "hello hello hello"


@pytest.mark.parametrize(
    ("kind", "subtype", "rate", "channels"),
    [
        ("WAV", "PCM_16", 8_000, 1),
        ("WAV", "FLOAT", 44_100, 2),
        ("FLAC", "PCM_24", 48_000, 2),
        ("OGG", "VORBIS", 22_050, 1),
    ],
)
def test_any_sound_is_heard(listen: Listen, kind: str, subtype: str, rate: int, channels: int) -> None:
    once = np.concatenate([silence(0.4, rate), noise(0.5, rate), silence(0.4, rate)])
    file = recording(np.stack([once] * channels, axis=1), rate, kind, subtype)
    assert len(heard(file)) == pytest.approx(1.3 * RATE, abs=RATE * 0.01)
    assert sent(listen(), "vosk", file).get_json() == {"transcript": "hello"}


@pytest.mark.parametrize("engine", ["whisper", "vosk"])
@pytest.mark.parametrize("file", [b"", b"this is plain text", recording(silence(0.0)), recording(noise(0.1))[:30]])
def test_what_is_no_sound_is_refused(listen: Listen, engine: str, file: bytes) -> None:
    answer = sent(listen(), engine, file)
    assert answer.status_code == 400
    assert "audio" in answer.get_json()["error"]


@pytest.mark.parametrize("engine", ["whisper", "vosk"])
@pytest.mark.parametrize("body", [{"data": {"language": "en"}}, {"json": {}}, {}])
def test_a_missing_file_is_refused(listen: Listen, engine: str, body: dict[str, Any]) -> None:
    answer = listen().post(f"{ROOT}/{engine}/process-audio", **body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "no audio was sent")


def test_another_method_is_refused(listen: Listen) -> None:
    assert listen().get(f"{ROOT}/whisper/process-audio").status_code == 405


PATHS = {
    "whisper-stt": "whisper/process-audio",
    "vosk-stt": "vosk/process-audio",
    "streaming-stt": "streaming/record-and-transcript",
}


@pytest.mark.parametrize("module", ALL)
def test_a_module_that_is_off_has_no_route(listen: Listen, tmp_path: Path, module: str) -> None:
    others = tuple(name for name in ALL if name != module)
    assert listen(modules=others).post(f"{ROOT}/{PATHS[module]}", json={}).status_code == 404
    assert listen(models=tmp_path).post(f"{ROOT}/{PATHS[module]}", json={}).status_code != 404


def test_missing_weights_are_told_with_the_command_that_fetches_them(listen: Listen, tmp_path: Path) -> None:
    client = listen(models=tmp_path, whisper_model="small")
    for answer in (sent(client, "whisper", recording(noise(0.1))), client.post(f"{ROOT}/{PATHS['streaming-stt']}")):
        assert answer.status_code == 503
        assert answer.get_json()["hint"] == "python -m kuchipaku models fetch whisper-small"
    answer = sent(listen(models=tmp_path, whisper_model="mine"), "whisper", recording(noise(0.1)))
    assert answer.get_json()["hint"].startswith("set plugins.stt.whisper_model")
    answer = sent(client, "vosk", recording(noise(0.1)))
    assert answer.status_code == 503
    assert str(tmp_path / "vosk") in answer.get_json()["hint"]


def test_a_model_is_found_by_its_path_as_well(
    listen: Listen, speech_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vosk = speech_models / "vosk" / "vosk-model-small-en-us-0.15"
    monkeypatch.chdir(vosk.parent)
    for path in (str(vosk), f"./{vosk.name}"):
        answer = sent(listen(models=tmp_path, vosk_model=path), "vosk", recording(noise(0.3)))
        assert answer.get_json() == {"transcript": "hello"}


def test_a_missing_word_list_is_not_looked_for_on_the_network(
    listen: Listen, speech_models: Path, tmp_path: Path
) -> None:
    for name in ("model.bin", "config.json"):
        target = tmp_path / "whisper" / "base.en" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(speech_models / "whisper" / "base.en" / name)
    answer = sent(listen(models=tmp_path), "whisper", recording(noise(0.1)))
    assert answer.status_code == 503
    assert "tokenizer.json is not in" in answer.get_json()["error"]


@pytest.mark.parametrize(("engine", "package"), [("whisper", "faster_whisper"), ("vosk", "vosk")])
def test_a_missing_package_is_told(listen: Listen, monkeypatch: pytest.MonkeyPatch, engine: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    answer = sent(listen(), engine, recording(noise(0.1)))
    assert answer.status_code == 503
    assert answer.get_json()["hint"] == "python -m pip install -r requirements-extras.txt"


def test_a_folder_that_is_no_model_is_told(listen: Listen, tmp_path: Path) -> None:
    (tmp_path / "vosk" / "broken").mkdir(parents=True)
    answer = sent(listen(models=tmp_path, vosk_model="broken"), "vosk", recording(noise(0.1)))
    assert answer.status_code == 503


class Desk:
    """Takes the place of `record`: a microphone that hears what a test says."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def __call__(self, settings: object) -> Samples:
        return self.samples


@pytest.mark.parametrize("body", [{"json": {"text": "", "language": "en"}}, {"data": {"language": "en"}}, {}])
def test_the_microphone_is_heard_by_whisper(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    monkeypatch.setattr(microphone, "record", Desk(noise(0.3)))
    answer = listen().post(f"{ROOT}/streaming/record-and-transcript", **body)
    assert answer.get_json() == {"transcript": "hello world"}


@pytest.mark.parametrize("body", [{"json": {"language": "de"}}, {"data": {"language": "de"}}])
def test_the_language_is_read_from_json_and_from_a_form(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    monkeypatch.setattr(microphone, "record", Desk(noise(0.3)))
    assert listen().post(f"{ROOT}/streaming/record-and-transcript", **body).status_code == 400


def test_nobody_at_the_microphone_says_nothing(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "record", Desk(silence(0.0)))
    assert listen().post(f"{ROOT}/streaming/record-and-transcript").get_json() == {"transcript": ""}


def test_the_microphone_is_one_guests_at_a_time(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    client = listen()
    path = f"{ROOT}/streaming/record-and-transcript"
    meanwhile: list[int] = []

    def record(settings: object) -> Samples:
        meanwhile.append(client.post(path).status_code)
        return silence(0.0)

    monkeypatch.setattr(microphone, "record", record)
    assert client.post(path).status_code == 200
    assert meanwhile == [409]
    monkeypatch.setattr(microphone, "record", Desk(silence(0.0)))
    assert client.post(path).status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"), [("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), (" de ", "de"), ("", ""), (None, ""), (3, "")]
)
def test_a_language_is_written_in_many_ways(sent: object, code: str) -> None:
    assert code_of(sent) == code


def test_the_published_weights_lie_where_they_are_looked_for() -> None:
    usual = next(weights for weights in published() if "whisper" in weights.also)
    assert (usual.name, usual.folder) == ("whisper-base.en", "whisper/base.en")
    assert {file.path for file in usual.files} >= {"model.bin", "config.json", "tokenizer.json"}
    assert len({weights.name for weights in published()}) == 6


def test_a_recording_that_would_fill_the_memory_is_refused(listen: Listen) -> None:
    file = bytearray(recording(silence(0.01), kind="FLAC"))
    # The number of samples is the last 36 bits before the checksum of the stream's description.
    file[21] |= 0x0F
    answer = sent(listen(), "vosk", bytes(file))
    assert answer.status_code == 413
    assert answer.get_json()["hint"] == "at most 3600, in two channels"


def test_json_that_is_none_is_refused_by_the_microphone_too(listen: Listen) -> None:
    path = f"{ROOT}/{PATHS['streaming-stt']}"
    for text in ("{broken", "[" * 100_000, "[1]"):
        assert listen().post(path, data=text, content_type="application/json").status_code == 400
