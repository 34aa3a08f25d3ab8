"""/api/edge-tts, as SillyTavern's provider "Edge" calls it, with Microsoft's service and without."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from flask.testing import FlaskClient

import modules.edge_tts
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from tests.modules.edge_tts.edge_host import EdgeHost

ARIA = "en-US-AriaNeural"


def services_of(folder: Path, **settings: object) -> Services:
    tables = {"modules": ["edge-tts"], "plugins": {"edge_tts": settings}}
    return fake_services(folder, modules.edge_tts, settings=tables)


@pytest.fixture
def offline(tmp_path: Path) -> Iterator[Services]:
    made = services_of(tmp_path / "offline", online=False)
    yield made
    made.shutdown()


@pytest.fixture
def client(offline: Services) -> FlaskClient:
    return create_app(offline).test_client()


def end_of_score(services: Services) -> float:
    performer = services.stage.performer("test")
    end = time.monotonic() + 5
    while not performer.score.pieces:
        assert time.monotonic() < end, "nothing is performed"
        time.sleep(0.005)
    return performer.score.end


def test_the_list_has_this_server_s_voices_in_edge_s_shape(client: FlaskClient) -> None:
    (card,) = client.get("/api/edge-tts/list").get_json()
    assert card == {
        "Name": "hum/hum",
        "ShortName": "hum/hum",
        "Gender": "",
        "Locale": "en",
        "SuggestedCodec": "audio-24khz-48kbitrate-mono-mp3",
        "FriendlyName": "A hum",
        "Status": "GA",
        "VoiceTag": {"ContentCategories": ["General"], "VoicePersonalities": []},
    }


@pytest.mark.parametrize(
    ("sent", "duration"),
    [
        ({"voice": "hum/hum"}, 0.5),
        ({"voice": ARIA, "rate": 0}, 0.5),
        ({"voice": ARIA, "rate": 100}, 0.25),
        ({"voice": ARIA, "rate": -50}, 1.0),
        ({"voice": ARIA, "rate": "fast"}, 0.5),
        ({"voice": ARIA, "rate": True}, 0.5),
        ({"voice": ARIA, "rate": 10**400}, 0.125),
        ({"voice": ARIA, "rate": None}, 0.5),
        ({"voice": "en-GB-BrandNewNeural"}, 0.5),
    ],
)
def test_offline_a_voice_of_this_machine_stands_in_and_the_lips_move(
    client: FlaskClient, offline: Services, sent: dict[str, object], duration: float
) -> None:
    answer = client.post("/api/edge-tts/generate", json={"text": "*Hello*", **sent})
    assert (answer.status_code, answer.mimetype) == (200, "audio/mpeg")
    sound = soundfile.info(io.BytesIO(answer.data))
    assert (sound.format, sound.duration) == ("MP3", pytest.approx(duration, abs=0.01))
    assert end_of_score(offline) == pytest.approx(duration)


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"voice": ARIA}, 400, "text"),
        ({"text": "x"}, 400, "voice"),
        ({"text": "x", "voice": "nobody"}, 400, "nobody"),
        ({"text": "x", "voice": "zu-ZA-ThandoNeural"}, 404, "zu-za"),
    ],
)
def test_what_cannot_be_spoken_is_told(client: FlaskClient, sent: dict[str, str], status: int, told: str) -> None:
    answer = client.post("/api/edge-tts/generate", json=sent)
    assert answer.status_code == status
    assert told in answer.get_json()["error"]


def test_online_edge_itself_speaks_and_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = services_of(tmp_path / "online")
    client = create_app(services).test_client()
    with EdgeHost() as host:
        monkeypatch.setattr("edge_tts.communicate.WSS_URL", host.url)
        listed = {card["ShortName"]: card for card in client.get("/api/edge-tts/list").get_json()}
        assert host.heard == []
        answer = client.post("/api/edge-tts/generate", json={"text": "Hello you.", "voice": ARIA, "rate": 10})
    assert (listed[ARIA]["Locale"], listed[ARIA]["Gender"]) == ("en-US", "Female")
    assert "hum/hum" in listed
    assert answer.status_code == 200
    assert [(asked["text"], asked["rate"]) for asked in host.heard] == [("Hello you.", "+10%")]
    assert end_of_score(services) == pytest.approx(0.5, abs=0.1)
    services.shutdown()


def test_while_it_is_off_its_routes_refuse(tmp_path: Path) -> None:
    services = fake_services(tmp_path, modules.edge_tts)
    client = create_app(services).test_client()
    assert client.get("/api/edge-tts/list").status_code == 403
    assert client.post("/api/edge-tts/generate", json={}).status_code == 403
    services.shutdown()
