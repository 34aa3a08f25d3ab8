from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from kuchipaku.pose import OPENINGS
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

pytestmark = pytest.mark.usefixtures("unfitted")

HTML = "text/html; charset=utf-8"
Seen = Callable[[int], list[dict[str, float]]]


def post(client: FlaskClient, path: str, body: object) -> TestResponse:
    return client.post(f"/api/talkinghead/{path}", json=body)


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(f"/api/talkinghead/{path}")


def load(client: FlaskClient, picture: bytes, field: str = "file") -> TestResponse:
    return client.post("/api/talkinghead/load", data={field: (io.BytesIO(picture), "talkinghead.png")})


def feed(client: FlaskClient, frames: int = 1) -> list[Image.Image]:
    response = get(client, "result_feed")
    assert response.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
    chunks, pictures = iter(response.response), []
    while len(pictures) < frames:
        piece = next(chunks)
        assert isinstance(piece, bytes)
        while not piece.endswith(b"\r\n"):  # a large one comes in two
            piece += next(chunks)  # type: ignore[operator]
        head, _, picture = piece.partition(b"\r\n\r\n")
        assert head == b"--frame\r\nContent-Type: image/png"
        pictures.append(Image.open(io.BytesIO(picture)))
    response.close()
    return pictures


def test_the_plain_answers_of_the_extras(client: FlaskClient) -> None:
    for path, said in (
        ("start_talking", "talking started"),
        ("start_talking", "talking started"),
        ("stop_talking", "talking stopped"),
        ("stop_talking", "talking stopped"),
        ("unload", "animation paused"),
    ):
        response = get(client, path)
        assert (response.status_code, response.content_type, response.text) == (200, HTML, said)
        assert client.post(f"/api/talkinghead/{path}", json={}).status_code == 405


def test_a_module_that_is_off_says_so_before_it_reads_anything(tmp_path: Path, house: Services) -> None:
    import modules.talkinghead

    services = fake_services(tmp_path / "off", modules.talkinghead, settings={"modules": []})
    client = create_app(services).test_client()
    for path in ("unload", "start_talking", "stop_talking"):
        assert get(client, path).status_code == 403
    for path in ("load", "set_emotion", "load_emotion_templates", "load_animator_settings"):
        response = client.post(f"/api/talkinghead/{path}", data=b"{", content_type="application/json")
        assert response.status_code == 403 and "talkinghead" in response.get_json()["error"]
    services.shutdown()


@pytest.mark.parametrize(
    ("sent", "said"),
    [("joy", "joy"), ("hangry", "neutral"), ("Joy", "neutral"), ("[reset]", "[reset]"), ("[custom]", "[custom]")],
)
def test_an_emotion_is_set_and_an_unknown_one_is_neutral(
    client: FlaskClient, house: Services, sent: str, said: str
) -> None:
    response = post(client, "set_emotion", {"emotion_name": sent, "ignored": 1})
    assert (response.status_code, response.content_type, response.text) == (200, HTML, f"emotion set to {said}")
    assert house.stage.performer("test").score.rest == (sent if sent == "joy" else "neutral")


@pytest.mark.parametrize("body", [{"emotion": "joy"}, {"emotion_name": 3}, {"emotion_name": None}])
def test_an_emotion_is_required(client: FlaskClient, body: object) -> None:
    response = post(client, "set_emotion", body)
    assert response.status_code == 400 and "is required" in response.get_json()["error"]


@pytest.mark.parametrize("path", ["set_emotion", "load_emotion_templates", "load_animator_settings"])
@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [("{", "application/json", 400), ("joy", "text/plain", 415), ("[1]", "application/json", 400),
     ("null", "application/json", 400), ("3", "application/json", 400)],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(client: FlaskClient, path: str, raw: str, kind: str, status: int) -> None:
    response = client.post(f"/api/talkinghead/{path}", data=raw, content_type=kind)
    assert response.status_code == status and response.get_json()["ok"] is False


@pytest.mark.parametrize("path", ["load_emotion_templates", "load_animator_settings"])
@pytest.mark.parametrize("empty", [{}, []])
def test_anything_empty_takes_back_what_was_posted(client: FlaskClient, path: str, empty: object) -> None:
    response = post(client, path, empty)
    assert (response.status_code, response.content_type, response.text) == (200, HTML, "OK")


def test_templates_may_add_an_emotion_which_goes_with_them(client: FlaskClient, seen: Seen) -> None:
    assert post(client, "load_emotion_templates", {"smug": {"mouth_smirk": 1.0}}).text == "OK"
    assert post(client, "set_emotion", {"emotion_name": "smug"}).text == "emotion set to smug"
    assert seen(30)[-1]["mouth_smirk"] > 0.5
    assert post(client, "load_emotion_templates", {}).text == "OK"
    assert client.get("/api/talkinghead/studio").get_json()["emotion"] == "neutral"
    assert post(client, "set_emotion", {"emotion_name": "smug"}).text == "emotion set to neutral"
    assert seen(20)[-1]["mouth_smirk"] == 0.0


def test_each_post_takes_the_place_of_the_one_before(client: FlaskClient) -> None:
    post(client, "load_animator_settings", {"target_fps": 20, "crop_left": 0.5})
    post(client, "load_animator_settings", {"crop_top": 0.5})
    animator = client.get("/api/talkinghead/studio").get_json()["animator"]
    assert (animator["target_fps"], animator["crop_left"], animator["crop_top"]) == (25.0, 0.0, 0.5)


@pytest.mark.parametrize(
    "body",
    [
        {"no_such_setting": 1, "target_fps": 25},
        {"target_fps": "fast", "sway_morphs": "head_x_index", "talking_morph": 3},
        {"postprocessor_chain": [["bloom", {}], ["vignetting", {}], ["translucency", {"alpha": 0.9}],
                                 ["alphanoise", {"magnitude": 0.1, "sigma": 0.0}], ["banding", {}], ["scanlines", {}]]},
    ],
)  # fmt: skip
def test_settings_that_clients_send_are_ok(client: FlaskClient, seen: Seen, body: object) -> None:
    assert post(client, "load_animator_settings", body).text == "OK"
    assert len(seen(3)) == 3


HAZARDS: list[tuple[str, dict[str, Any], str]] = [
    ("load_animator_settings", {"postprocessor_chain": [["sparkle", {}]]}, "sparkle"),
    ("load_animator_settings", {"postprocessor_chain": [["bloom", {"sparkle": 1}]]}, "sparkle"),
    ("load_animator_settings", {"target_fps": 0}, "target_fps"),
    ("load_animator_settings", {"blink_probability": float("nan")}, "blink_probability"),
    ("load_emotion_templates", {"joy": {"mouth_aaa_index": "wide"}}, "joy.mouth_aaa_index"),
    ("load_emotion_templates", {"joy": {"mouth_aaa_index": None}}, "joy.mouth_aaa_index"),
    ("load_emotion_templates", {"joy": 1}, "joy"),
]


@pytest.mark.parametrize(("path", "body", "told"), HAZARDS)
def test_what_ended_the_animator_of_the_extras_is_refused_and_the_stream_lives_on(
    client: FlaskClient, seen: Seen, path: str, body: dict[str, Any], told: str
) -> None:
    post(client, "load_animator_settings", {"breathing_cycle_duration": 1.0})
    response = client.post(f"/api/talkinghead/{path}", data=json.dumps(body), content_type="application/json")
    assert response.status_code == 400 and told in response.get_json()["error"]
    breaths = {pose["breathing"] for pose in seen(12)}
    assert len(breaths) > 6


def test_templates_that_go_while_their_emotion_is_worn_leave_the_stream_alive(client: FlaskClient, seen: Seen) -> None:
    post(client, "load_animator_settings", {"breathing_cycle_duration": 1.0})
    post(client, "load_emotion_templates", {"smug": {"mouth_smirk": 1.0}})
    post(client, "set_emotion", {"emotion_name": "smug"})
    seen(3)
    post(client, "load_emotion_templates", {})
    assert len({pose["breathing"] for pose in seen(12)}) > 6


def test_a_name_of_an_emotion_is_text_in_a_page(client: FlaskClient) -> None:
    post(client, "load_emotion_templates", {"<b>": {}})
    assert post(client, "set_emotion", {"emotion_name": "<b>"}).text == "emotion set to &lt;b&gt;"


def test_talking_flaps_until_it_is_told_to_stop(client: FlaskClient, seen: Seen) -> None:
    get(client, "start_talking")
    openings = [pose["mouth_aaa"] for pose in seen(60)]
    assert min(openings) == 0.0 and max(openings) == 1.0
    get(client, "stop_talking")
    assert {pose[morph] for pose in seen(8)[3:] for morph in OPENINGS} == {0.0}


def test_while_a_line_is_spoken_lips_follow_its_score(client: FlaskClient, seen: Seen) -> None:
    get(client, "start_talking")
    client.post("/api/perform", json={"text": "a" * 60}).get_data()
    assert {pose["mouth_aaa"] for pose in seen(40)[15:]} == {1.0}


def test_a_picture_of_any_size_becomes_the_chosen_character(
    client: FlaskClient, house: Services, face: Callable[..., bytes]
) -> None:
    response = load(client, face((300, 400)))
    assert (response.status_code, response.content_type, response.text) == (200, HTML, "OK")
    extras = house.characters.chosen()
    assert (extras.name, extras.title, extras.avatar) == ("extras", "SillyTavern", "puppet")
    (picture,) = feed(client)
    assert (picture.mode, picture.size, picture.format) == ("RGBA", (512, 512), "PNG")
    assert picture.getpixel((2, 2)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_every_kind_of_picture_is_taken(client: FlaskClient, face: Callable[..., bytes], mode: str) -> None:
    assert load(client, face((640, 480), mode, "JPEG")).text == "OK"


def test_a_new_picture_takes_the_place_of_the_last_and_viewers_stay(
    client: FlaskClient, house: Services, face: Callable[..., bytes]
) -> None:
    load(client, face())
    first = house.characters.get("extras")
    before = (first.folder / first.picture).read_bytes()
    watching = iter(get(client, "result_feed").response)
    next(watching)
    assert load(client, face((512, 400))).text == "OK"
    assert (first.folder / first.picture).read_bytes() != before
    assert next(watching)
    assert [name for name in house.characters.names() if name != "test"] == ["extras"]


def test_the_same_picture_again_leaves_what_was_made_of_it(
    client: FlaskClient, house: Services, face: Callable[..., bytes]
) -> None:
    load(client, face())
    made = house.characters.get("extras").folder / "character.toml"
    made.write_text(made.read_text().replace("SillyTavern", "Robin"))
    client.post("/api/characters/test/choose")
    assert load(client, face()).text == "OK"
    assert house.characters.chosen().title == "Robin"
    assert load(client, face((512, 400))).text == "OK"
    assert house.characters.chosen().title == "SillyTavern"


def test_what_is_no_picture_changes_nothing(client: FlaskClient, house: Services, face: Callable[..., bytes]) -> None:
    for response in (
        load(client, b"no picture"),
        load(client, face(), "image"),
        post(client, "load", {"file": 1}),
    ):
        assert response.status_code == 400 and response.get_json()["error"]
    assert house.characters.names() == ["test"]


def test_a_pause_repeats_the_last_picture_until_the_next_load(
    client: FlaskClient, house: Services, face: Callable[..., bytes]
) -> None:
    load(client, face())
    get(client, "unload")
    assert house.stage.performer("extras").paused
    one, other = feed(client, 2)
    assert one.tobytes() == other.tobytes()
    load(client, face())
    assert not house.stage.performer("extras").paused
    assert len(feed(client, 2)) == 2


def test_posted_crops_show_in_the_feed(client: FlaskClient, face: Callable[..., bytes]) -> None:
    load(client, face())
    post(client, "load_animator_settings", {"crop_left": 0.5, "crop_right": 0.5})
    assert feed(client, 3)[-1].size == (256, 512)


def test_a_posted_rate_is_the_performers(client: FlaskClient, house: Services) -> None:
    post(client, "load_animator_settings", {"target_fps": 5})
    assert house.stage.performer("test").fps == 5.0
    post(client, "load_animator_settings", {})
    assert house.stage.performer("test").fps == 30
