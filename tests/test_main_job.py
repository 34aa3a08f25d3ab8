"""The whole main job on the embedded parts, as a user with curl would do it."""

from __future__ import annotations

import io
import json
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

import server
from kuchipaku.emotion import LABELS
from kuchipaku.plugins import load_plugins
from kuchipaku.services import Services, build_services
from kuchipaku.settings import Settings
from kuchipaku.web import create_app

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A server as it is shipped, on a copy of the characters."""
    folder = tmp_path_factory.mktemp("characters") / "characters"
    shutil.copytree(ROOT / "characters", folder, ignore=shutil.ignore_patterns(".chosen"))
    tables = {"folders": {"characters": str(folder)}, "reply": {"llms": ["eliza"]}}
    services = build_services(load_plugins(server.BUILT_IN), Settings.model_validate(tables))
    yield services
    services.shutdown()


@pytest.fixture
def client(embedded: Services) -> FlaskClient:
    return create_app(embedded).test_client()


def events(client: FlaskClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    text = client.post(path, json=body).get_data(as_text=True)
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def samples_of(client: FlaskClient, url: str) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(client.get("/" + url).data)) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), np.int16) / 32768.0, wav.getframerate()


def test_a_text_is_answered_aloud_with_a_face(client: FlaskClient) -> None:
    told = events(client, "/api/chat", {"text": "Hello! I am so happy today."})
    assert told[-1]["reason"] == "complete"
    lines = [event for event in told if event["type"] == "line"]
    assert lines
    assert all(line["emotion"] in LABELS and "*" not in line["text"] for line in lines)
    speeches = [event for event in told if event["type"] == "speech"]
    assert speeches
    for speech in speeches:
        samples, rate = samples_of(client, speech["audio_url"])
        assert len(samples) / rate == pytest.approx(speech["duration"], abs=0.001)
        assert np.abs(samples).max() > 0.05


def test_the_mouth_is_open_on_the_sound_and_shut_in_the_pause(client: FlaskClient) -> None:
    spoken = client.post("/api/speech", json={"text": "Mama, papa, go home.", "voice": "espeak/en-us"}).get_json()
    samples, _ = samples_of(client, spoken["audio_url"])
    loudness = np.array([np.sqrt(np.mean(part**2)) for part in np.array_split(samples, int(spoken["duration"] * 50))])
    times = (np.arange(len(loudness)) + 0.5) / 50
    shut = np.array([_viseme(spoken, t) in ("sil", "PP", "") for t in times])
    assert loudness[~shut].mean() > 3 * loudness[shut].mean()


def _viseme(spoken: dict[str, Any], t: float) -> str:
    cues = [cue for cue in spoken["timeline"]["tracks"]["mouth"] if cue["start"] <= t < cue["end"]]
    return str(cues[-1]["name"]) if cues else ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("*joy* नमस्ते, आप कैसे हैं?", "hi"),
        ("*joy* வணக்கம், எப்படி இருக்கிறீர்கள்?", "ta"),
        ("*joy* నమస్కారం, ఎలా ఉన్నారు?", "te"),
        ("*joy* ನಮಸ್ಕಾರ, ಹೇಗಿದ್ದೀರಿ?", "kn"),
        ("*joy* നമസ്കാരം, സുഖമാണോ?", "ml"),
        ("*joy* 今日は天気がいいですね。", "ja"),
        ("*joy* 你好，你怎么样？", "cmn"),
        ("*joy* ¿Cómo estás?", "es"),
        ("*joy* Wie geht es dir?", "de"),
        ("*joy* Comment ça va ?", "fr"),
    ],
)
def test_many_languages_are_spoken_with_phones_and_mouth(client: FlaskClient, text: str, language: str) -> None:
    for body in ({"text": text}, {"text": text, "language": language}):
        spoken = client.post("/api/speech", json=body).get_json()
        assert spoken["duration"] > 0.5
        assert len([phone for phone in spoken["phones"] if phone["symbol"]]) > 6
        names = {cue["name"] for cue in spoken["timeline"]["tracks"]["mouth"]}
        assert len(names) >= 3
        assert next(cue["name"] for cue in spoken["timeline"]["tracks"]["emotion"]) == "joy"


def test_the_face_moves_with_the_line_and_rests_after(client: FlaskClient, embedded: Services) -> None:
    events(client, "/api/perform", {"text": "*joy* Mama oh mama. *sadness* No, papa."})
    performer = embedded.stage.performer(embedded.characters.chosen().name)
    score = performer.score
    assert score.origin is not None
    play = performer._play
    poses = [performer._laid(play, score.origin + t) for t in np.arange(-0.5, score.end + 6.0, 0.04)]
    opening = [
        sum(pose.get(m, 0.0) for m in ("mouth_aaa", "mouth_iii", "mouth_uuu", "mouth_eee", "mouth_ooo"))
        for pose in poses
    ]
    speaking = opening[12 : 12 + int(score.end / 0.04)]
    assert max(speaking) > 0.5
    assert min(speaking) < 0.05
    assert max(opening[-10:]) < 0.05
    assert client.post("/api/stop", json={}).get_json()["ok"]


def test_nothing_in_asterisks_reaches_the_voice(client: FlaskClient) -> None:
    plain = client.post("/api/speech", json={"text": "I see you."}).get_json()
    marked = client.post("/api/speech", json={"text": "*sighs deeply* I see *waves* you. *anger*"}).get_json()
    assert [p["symbol"] for p in marked["phones"]] == [p["symbol"] for p in plain["phones"]]


def test_health_says_honestly_who_answers(client: FlaskClient) -> None:
    model = client.get("/health").get_json()["llm"]
    assert model["name"] == "eliza"
    assert "not a language model" in model["note"]
