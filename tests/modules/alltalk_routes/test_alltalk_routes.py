"""/alltalk, as SillyTavern's provider "AllTalk" calls it, in both of its versions."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from flask.testing import FlaskClient

import modules.alltalk_routes
from kuchipaku.audio import endless_wav_head
from kuchipaku.services import Services
from kuchipaku.testing import HUM_RATE, fake_services
from kuchipaku.web import create_app
from modules.alltalk_routes.forms import GenerateForm
from modules.alltalk_routes.narration import told
from modules.alltalk_routes.routes import parts_of

FORM = {
    "text_input": "Hello there.",
    "text_filtering": "standard",
    "character_voice_gen": "hum/hum",
    "narrator_enabled": "false",
    "narrator_voice_gen": "Please set a voice",
    "text_not_inside": "narrator",
    "language": "en",
    "output_file_name": "st_output",
    "output_file_timestamp": "true",
    "autoplay": "false",
    "autoplay_volume": "0.8",
}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path, modules.alltalk_routes)
    yield made
    made.shutdown()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def performed(services: Services) -> float:
    performer = services.stage.performer("test")
    end = time.monotonic() + 5
    while not performer.score.pieces:
        assert time.monotonic() < end, "nothing is performed"
        time.sleep(0.005)
    return performer.score.end


def test_a_provider_finds_a_server_that_is_ready(client: FlaskClient) -> None:
    assert client.get("/alltalk/api/ready").text == "Ready"
    assert client.get("/alltalk/api/voices").get_json() == {"status": "success", "voices": ["hum/hum"]}
    assert client.get("/alltalk/api/rvcvoices").get_json()["rvcvoices"] == ["Disabled"]


def test_the_settings_have_what_either_version_of_the_provider_reads(client: FlaskClient) -> None:
    settings = client.get("/alltalk/api/currentsettings").get_json()
    (model,) = settings["models_available"]
    assert model["name"] == model["model_name"] == settings["current_model_loaded"]
    assert settings["current_engine_loaded"] in settings["engines_available"]
    for name in ("deepspeed_available", "deepspeed_status", "low_vram_status", "finetuned_model", "lowvram_capable"):
        assert settings[name] is False


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("reload?tts_method=kuchipaku", "model-success"),
        ("reload?tts_method=XTTSv2%20Local", "model-failure"),
        ("deepspeed?new_deepspeed_value=True", "error"),
        ("lowvramsetting?new_low_vram_value=False", "error"),
    ],
)
def test_switches_of_an_engine_are_answered(client: FlaskClient, path: str, status: str) -> None:
    answer = client.post(f"/alltalk/api/{path}")
    assert (answer.status_code, answer.get_json()["status"]) == (200, status)


def test_version_2_is_told_a_path_under_the_endpoint_and_the_lips_move(client: FlaskClient, services: Services) -> None:
    answer = client.post("/alltalk/api/tts-generate", data=FORM).get_json()
    assert answer["status"] == "generate-success"
    file = client.get(f"/alltalk{answer['output_file_url']}")
    assert (file.status_code, file.mimetype) == (200, "audio/wav")
    assert soundfile.info(io.BytesIO(file.data)).duration == pytest.approx(1.2)
    assert performed(services) == pytest.approx(1.2)


def test_version_1_which_puts_wav_behind_a_voice_is_told_a_whole_address(client: FlaskClient) -> None:
    form = FORM | {"character_voice_gen": "hum/hum.wav"}
    answer = client.post("/alltalk/api/tts-generate", data=form, base_url="http://localhost:5100").get_json()
    assert answer["output_file_url"].startswith("http://localhost:5100/alltalk/audio/")
    assert client.get(answer["output_file_url"].removeprefix("http://localhost:5100")).status_code == 200


def test_a_preview_is_heard_and_moves_no_lips(client: FlaskClient, services: Services) -> None:
    url = client.post("/alltalk/api/previewvoice/", data={"voice": "hum/hum"}).get_json()["output_file_url"]
    assert client.get(f"/alltalk{url}").status_code == 200
    assert services.stage.on_stage("test") is None


def test_a_stream_comes_as_wav_without_a_known_end(client: FlaskClient, services: Services) -> None:
    query = {"text": "One. Two.", "voice": "hum/hum.wav", "language": "auto", "output_file": "stream_output.wav"}
    answer = client.get("/alltalk/api/tts-generate-streaming", query_string=query)
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert "Content-Length" not in answer.headers
    assert answer.data.startswith(endless_wav_head(HUM_RATE))
    assert len(answer.data) == 44 + 2 * 8 * 1600
    assert performed(services) > 0.0


def test_a_form_to_the_streaming_address_gives_a_file(client: FlaskClient) -> None:
    answer = client.post("/alltalk/api/tts-generate-streaming", data={"text": "Hello.", "voice": "hum/hum"})
    file = client.get(f"/alltalk{answer.get_json()['output_file_path']}")
    assert soundfile.info(io.BytesIO(file.data)).duration == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text_input": ""}, 400),
        ({"character_voice_gen": "nobody"}, 404),
        ({"narrator_enabled": "perhaps"}, 400),
        ({"narrator_enabled": "true", "text_input": "*He sighs.* “So.”"}, 404),
        ({"speed": "9"}, 400),
    ],
)
def test_what_cannot_be_spoken_is_told(client: FlaskClient, changed: dict[str, str], status: int) -> None:
    answer = client.post("/alltalk/api/tts-generate", data=FORM | changed)
    assert answer.status_code == status
    assert answer.get_json()["error"]


def test_a_file_that_nobody_made_is_not_found(client: FlaskClient) -> None:
    assert client.get("/alltalk/audio/nothing.wav").status_code == 404


MESSAGE = '*She looks up.* "Oh, it is you!" A pause. “Come in.”'
LOOKS, YOU, PAUSE, COME = "She looks up.", "Oh, it is you!", "A pause.", "Come in."


@pytest.mark.parametrize(
    ("narrator", "rest", "spoken"),
    [
        ("false", "narrator", [(MESSAGE, "hero")]),
        ("true", "narrator", [(LOOKS, "teller"), (YOU, "hero"), (PAUSE, "teller"), (COME, "hero")]),
        ("true", "character", [(LOOKS, "teller"), (YOU, "hero"), (PAUSE, "hero"), (COME, "hero")]),
        ("true", "silent", [(LOOKS, "teller"), (YOU, "hero"), (COME, "hero")]),
        ("silent", "character", [(YOU, "hero"), (PAUSE, "hero"), (COME, "hero")]),
    ],
)
def test_a_narrator_tells_what_is_his(narrator: str, rest: str, spoken: list[tuple[str, str]]) -> None:
    form = GenerateForm.model_validate(
        {"text_input": MESSAGE, "character_voice_gen": "hero", "narrator_voice_gen": "teller.wav"}
        | {"narrator_enabled": narrator, "text_not_inside": rest}
    )
    assert [(part.text, part.delivery.voice) for part in parts_of(form)] == spoken


def test_a_sign_that_is_never_closed_is_passed_over() -> None:
    assert [words for _, words in told('Well *then, "so it is', "character")] == ["Well", "then,", "so it is"]


def test_many_quotes_that_are_never_closed_are_passed_over_at_once() -> None:
    assert list(told("“" * 200_000 + "Well", "character")) == [("character", "Well")]
