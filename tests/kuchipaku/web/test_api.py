from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuchipaku import EngineUnavailable, Voice, hookimpl
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

EventsOf = Callable[[TestResponse], list[tuple[str, dict[str, Any]]]]


def test_a_chat_is_answered_with_events(client: FlaskClient, events_of: EventsOf) -> None:
    events = events_of(client.post("/api/chat", json={"text": "Hi there! You?"}))
    assert [kind for kind, _ in events if kind not in ("speech", "timeline")] == ["start", "line", "line", "done"]
    lines = [body for kind, body in events if kind == "line"]
    assert [(line["text"], line["emotion"]) for line in lines] == [("Hi there!", "joy"), ("You?", "neutral")]
    timelines = [body for kind, body in events if kind == "timeline"]
    assert timelines[0]["version"] == 1
    assert timelines[0]["tracks"]["mouth"][0] == {"start": 0.0, "end": 0.1, "name": "aa", "weight": 1.0}


def test_a_performance_can_be_read_and_followed_again(client: FlaskClient, events_of: EventsOf) -> None:
    events = events_of(client.post("/api/perform", json={"text": "One. Two."}))
    name = events[0][1]["performance"]
    assert events_of(client.get(f"/api/performances/{name}/events")) == events
    known = client.get(f"/api/performances/{name}").get_json()
    assert (known["state"], [line["text"] for line in known["lines"]]) == ("complete", ["One.", "Two."])
    assert known["lines"][1]["pieces"][0]["audio_url"].endswith(".wav")


def test_lines_bring_their_own_emotions(client: FlaskClient, events_of: EventsOf) -> None:
    lines = [{"text": "*joy* One.", "emotion": "anger", "strength": 0.5}, {"text": "**Two** 😀."}]
    told = [body for kind, body in events_of(client.post("/api/perform", json={"lines": lines})) if kind == "line"]
    assert [(line["n"], line["text"], line["emotion"], line["strength"]) for line in told] == [
        (0, "One.", "anger", 0.5),
        (1, "Two.", "neutral", 1.0),
    ]


def test_speech_gives_sound_phones_and_tracks(client: FlaskClient) -> None:
    spoken = client.post("/api/speech", json={"text": "*joy* ab! *anger* cd.", "speed": 2.0}).get_json()
    assert spoken["duration"] == pytest.approx(0.3, abs=0.01)
    assert [phone["symbol"] for phone in spoken["phones"]] == ["a", "b", "", "c", "d", ""]
    assert [phone["start"] for phone in spoken["phones"]] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2, 0.25])
    tracks = spoken["timeline"]["tracks"]
    assert [cue["name"] for cue in tracks["emotion"]] == ["joy", "anger"]
    assert len(tracks["mouth"]) == 4
    with wave.open(io.BytesIO(client.get("/" + spoken["audio_url"]).data)) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 16_000)
        assert wav.getnframes() / 16_000 == pytest.approx(spoken["duration"], abs=0.001)


def test_the_model_answers_without_a_performance(client: FlaskClient, services: Services) -> None:
    answer = client.post("/api/llm/reply", json={"text": "*joy* Hi. You"}).get_json()
    assert (answer["model"], answer["text"]) == ("echo", "Hi. You")
    assert [line["emotion"] for line in answer["lines"]] == ["joy", "neutral"]
    assert services.stage.performers() == []


def test_a_players_clock_moves_the_performance(client: FlaskClient, services: Services, events_of: EventsOf) -> None:
    events = events_of(client.post("/api/perform", json={"text": "One.", "player": True}))
    name = events[0][1]["performance"]
    report = client.post(f"/api/performances/{name}/clock", json={"media_time": 0.0, "ahead": 0.1})
    assert report.get_json() == {"ok": True, "taken": True}
    media = services.stage.performer("test").media_time()
    assert media == pytest.approx(-0.1, abs=0.05)
    client.post("/api/stop", json={})
    late = client.post(f"/api/performances/{name}/clock", json={"media_time": 0.0})
    assert late.get_json() == {"ok": True, "taken": False}


def test_stop_tells_the_generation(client: FlaskClient, services: Services) -> None:
    first = client.post("/api/stop", json={}).get_json()["generation"]
    second = client.post("/api/stop", json={"character": "test"}).get_json()["generation"]
    assert second == first + 1


def test_voices_plugins_and_health_tell_what_there_is(client: FlaskClient) -> None:
    voices = client.get("/api/voices").get_json()
    assert [voice["id"] for voice in voices["voices"]] == ["hum/hum"]
    (fakes,) = client.get("/api/plugins").get_json()["plugins"]
    assert (fakes["name"], fakes["state"]) == ("fakes", "ready")
    health = client.get("/health").get_json()
    assert (health["ok"], health["llm"]["name"], health["characters"]) == (True, "echo", 1)
    assert health["llm"]["note"] == "repeats what it is told"


def test_metrics_count_requests_and_stages(client: FlaskClient) -> None:
    client.post("/api/perform", json={"text": "One."}).get_data()
    text = client.get("/metrics").get_data(as_text=True)
    assert 'kuchipaku_requests_total{endpoint="performing.perform",status="200"} 1.0' in text
    assert "kuchipaku_first_audio_seconds_count 1.0" in text


def test_every_answer_tells_how_long_it_took(client: FlaskClient) -> None:
    assert float(client.get("/api/modules").headers["X-Request-Duration"]) >= 0.0


class _Silent:
    """A plugin whose voice engine is down."""

    @hookimpl
    def register_voices(self, register: Callable[[str, Callable[[], Voice]], None]) -> None:
        def refuse() -> Voice:
            raise EngineUnavailable("nobody answers", hint="start it")

        register("down", refuse)


def test_a_voice_engine_that_is_down_takes_no_other_with_it(tmp_path: Path) -> None:
    services = fake_services(tmp_path, _Silent())
    response = create_app(services).test_client().get("/api/voices")
    services.shutdown()
    assert response.status_code == 200
    assert [voice["id"] for voice in response.get_json()["voices"]] == ["hum/hum"]
    assert response.get_json()["errors"] == [{"engine": "down", "error": "nobody answers", "hint": "start it"}]
