from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import modules.emotion
import modules.talkinghead
from kuchipaku import LABELS, THA_RIG
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules.talkinghead.extras.settings import KEYS

STUDIO = "/api/talkinghead/studio"
Seen = Callable[[int], list[dict[str, float]]]


def read(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get(STUDIO).get_json())


def post(client: FlaskClient, **fields: object) -> dict[str, Any]:
    response = client.post(STUDIO, json=fields)
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def test_the_studio_tells_all_there_is(client: FlaskClient) -> None:
    told = read(client)
    assert told["character"] == "test"
    assert [morph["name"] for morph in told["morphs"]] == list(THA_RIG.morphs)
    groups = {morph["group"] for morph in told["morphs"]}
    assert groups == {"eyebrow", "eye", "iris", "mouth", "head", "body", "breath"}
    assert told["emotions"] == list(LABELS) == list(told["templates"])
    assert told["templates"]["joy"]["mouth_raised_corner_left"] > 0.5
    assert set(told["animator"]) == set(told["animator_help"]) == set(KEYS)
    assert set(told["animator_help"]["talking_fps"]) == {"about", "low", "high", "step", "kind"}
    assert set(told["filters"]["bloom"]["parameters"]) == {"luma_threshold", "hdr_exposure"}
    assert (told["talking"], told["emotion"], told["pose"], told["saved"]) == (False, "neutral", None, True)
    assert (told["files"], told["trouble"], told["in_charge"]) == ([], [], False)


def test_a_character_is_asked_for_by_name(client: FlaskClient) -> None:
    assert client.get(f"{STUDIO}?character=test").get_json()["character"] == "test"
    assert client.get(f"{STUDIO}?character=nobody").status_code == 404
    assert client.get(f"{STUDIO}?figure=test").status_code == 400
    assert client.post(STUDIO, json={"character": "nobody"}).status_code == 404


def test_a_held_pose_is_seen_at_once_and_let_go_by_null(client: FlaskClient, seen: Seen) -> None:
    assert post(client, pose={"head_x_index": 0.5, "mouth_smirk": 1})["pose"] == {"head_x": 0.5, "mouth_smirk": 1.0}
    pose = seen(3)[-1]
    assert (pose["head_x"], pose["mouth_smirk"]) == (0.5, 1.0)
    assert post(client, pose=None)["pose"] is None
    assert seen(20)[-1]["mouth_smirk"] == 0.0


def test_only_what_is_given_changes(client: FlaskClient) -> None:
    post(client, pose={"head_x": 0.5}, animator={"target_fps": 20}, templates={"joy": {"mouth_delta": 1}})
    told = post(client, animator={"crop_left": 0.5}, emotion="joy", talking=True)
    assert told["pose"] == {"head_x": 0.5}
    assert (told["animator"]["target_fps"], told["animator"]["crop_left"]) == (20.0, 0.5)
    assert told["templates"]["joy"] == {"mouth_delta": 1.0}
    assert (told["emotion"], told["talking"], told["saved"]) == ("joy", True, False)
    told = post(client, talking=False)
    assert (told["emotion"], told["talking"], told["pose"]) == ("joy", False, {"head_x": 0.5})


def test_null_takes_back_what_was_posted(client: FlaskClient) -> None:
    common = read(client)["templates"]["joy"]
    post(client, animator={"target_fps": 20}, templates={"joy": {}})
    told = post(client, animator=None, templates=None)
    assert (told["animator"]["target_fps"], told["templates"]["joy"], told["saved"]) == (25.0, common, True)


def test_nothing_given_changes_nothing(client: FlaskClient) -> None:
    told = post(client, animator={"target_fps": 20}, templates={"joy": {}})
    assert post(client, animator={}, templates={}) == told
    assert not told["saved"] and told["in_charge"]
    assert not post(client, animator=None, templates=None)["in_charge"]


def test_a_whole_sheet_sent_changes_only_what_differs_and_can_be_taken_back(client: FlaskClient) -> None:
    """The page sends all settings and all faces at each step, and at each step back."""
    before = read(client)
    sheet = {"animator": before["animator"], "templates": before["templates"], "pose": None}
    assert post(client, **sheet) == before
    filtered = before["animator"] | {"postprocessor_chain": [["bloom", {}]], "target_fps": 20}
    told = post(client, **sheet | {"animator": filtered})
    assert (told["in_charge"], told["saved"]) == (False, False)
    swaying = post(client, **sheet | {"animator": filtered | {"sway_macro_strength": 0.1}})
    assert swaying["in_charge"]
    smiling = post(client, **sheet | {"templates": before["templates"] | {"joy": {"mouth_smirk": 1}}})
    assert smiling["in_charge"] and smiling["animator"] == before["animator"]
    assert post(client, **sheet) == before


def test_filters_alone_leave_life_and_feelings_to_others(client: FlaskClient, tmp_path: Path) -> None:
    post(client, animator={"postprocessor_chain": [["translucency", {"alpha": 0.5}]], "crop_left": 0.5})
    told = client.post(f"{STUDIO}/save", json={}).get_json()
    assert (told["in_charge"], told["saved"], told["files"]) == (False, True, ["_animator.json"])
    saved = json.loads((tmp_path / "characters" / "test" / "_animator.json").read_text())
    assert saved == {"crop_left": 0.5, "postprocessor_chain": [["translucency", {"alpha": 0.5}]]}
    post(client, animator={"postprocessor_chain": [], "crop_left": 0})
    told = client.post(f"{STUDIO}/save", json={}).get_json()
    assert told["animator"]["crop_left"] == 0.0 and told["saved"]


def test_of_a_whole_sheet_only_the_changed_face_and_setting_are_saved(client: FlaskClient, tmp_path: Path) -> None:
    before = read(client)
    faces = before["templates"] | {"joy": before["templates"]["joy"] | {"mouth_smirk": 1.0}}
    post(client, animator=before["animator"] | {"target_fps": 20}, templates=faces)
    told = client.post(f"{STUDIO}/save", json={}).get_json()
    folder = tmp_path / "characters" / "test"
    saved = json.loads((folder / "_emotions.json").read_text())
    assert list(saved) == ["joy"] and saved["joy"]["mouth_smirk"] == 1.0
    assert json.loads((folder / "_animator.json").read_text()) == {"target_fps": 20.0}
    assert told["saved"] and told["templates"]["anger"] == before["templates"]["anger"]


def test_a_character_that_goes_takes_its_wishes_with_it(client: FlaskClient, face: Callable[..., bytes]) -> None:
    for _ in range(2):
        client.post(
            "/api/characters", data={"name": "robin", "fit": "no", "picture": (io.BytesIO(face()), "robin.png")}
        )
        assert client.get(f"{STUDIO}?character=robin").get_json()["animator"]["target_fps"] == 25.0
        post(client, character="robin", animator={"target_fps": 20})
        client.delete("/api/characters/robin")


def test_an_own_emotion_can_be_made_and_worn_in_one_go(client: FlaskClient, seen: Seen) -> None:
    told = post(client, templates={"smug": {"mouth_smirk": 1.0}}, emotion="smug")
    assert told["emotions"][-1] == told["emotion"] == "smug"
    assert seen(30)[-1]["mouth_smirk"] > 0.5


def test_a_template_under_a_slider_is_seen_without_easing(client: FlaskClient, seen: Seen) -> None:
    post(client, templates={"neutral": {"mouth_smirk": 0.25}})
    seen(3)
    post(client, templates={"neutral": {"mouth_smirk": 0.75}})
    assert seen(3)[-1]["mouth_smirk"] == 0.75


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"pose": {"tail": 1}}, "pose: tail is no morph"),
        ({"pose": {"head_x": "up"}}, "pose: head_x is 'up'"),
        ({"pose": {"head_x": True}, "sparkle": 1}, "'sparkle'"),
        ({"animator": {"sparkle": 1}}, "animator: sparkle is no setting"),
        ({"animator": {"target_fps": "fast"}}, "animator: target_fps is 'fast'"),
        ({"animator": {"target_fps": 0}}, "animator: target_fps is 0"),
        ({"animator": {"postprocessor_chain": [["sparkle", {}]]}}, "no filter 'sparkle'"),
        ({"templates": {"joy": {"tail": 1}}}, "templates: joy.tail is no morph"),
        ({"templates": {"joy": 1}}, "joy"),
        ({"emotion": "hangry"}, "no emotion is called 'hangry'"),
        ({"talking": "yes"}, "talking is 'yes'"),
        ({"pose": [1]}, "pose is [1]"),
    ],
)
def test_a_wrong_change_is_named_and_changes_nothing(client: FlaskClient, body: dict[str, Any], told: str) -> None:
    before = read(client)
    response = client.post(STUDIO, json={"animator": {"crop_left": 0.1}, "pose": {"head_y": 1}} | body)
    assert response.status_code in (400, 404)
    assert told in response.get_json()["error"] and response.get_json()["hint"]
    assert read(client) == before


def test_what_is_saved_is_in_force_after_a_restart(client: FlaskClient, tmp_path: Path) -> None:
    post(client, animator={"target_fps": 20}, templates={"joy": {"mouth_delta": 1}, "smug": {"mouth_smirk": 1}})
    told = client.post(f"{STUDIO}/save", json={}).get_json()
    assert (told["saved"], told["files"]) == (True, ["_animator.json", "_emotions.json"])
    folder = tmp_path / "characters" / "test"
    assert json.loads((folder / "_animator.json").read_text()) == {"target_fps": 20.0}
    emotions = json.loads((folder / "_emotions.json").read_text())
    assert list(emotions) == ["joy", "smug"]
    assert emotions["smug"]["mouth_smirk"] == 1.0 and emotions["joy"]["head_x_index"] == 0.0
    assert {file.name for file in folder.iterdir()} == {"_animator.json", "_emotions.json", "character.toml"}

    again = fake_services(tmp_path / "characters", modules.emotion, modules.talkinghead)
    performer = again.stage.performer("test")
    assert performer.fps == 20.0
    known = create_app(again).test_client().get(STUDIO).get_json()
    assert known["templates"]["smug"] == dict.fromkeys(known["templates"]["smug"], 0.0) | {"mouth_smirk": 1.0}
    assert known["saved"] and known["in_charge"] and known["emotions"][-1] == "smug"
    again.shutdown()


def test_reset_goes_back_to_the_files(client: FlaskClient) -> None:
    post(client, animator={"target_fps": 20})
    client.post(f"{STUDIO}/save", json={"character": "test"})
    post(client, animator={"target_fps": 5}, pose={"head_x": 1})
    told = client.post(f"{STUDIO}/reset", json={"character": "test"}).get_json()
    assert (told["animator"]["target_fps"], told["pose"], told["saved"]) == (20.0, None, True)


@pytest.mark.parametrize(("name", "key"), [("_animator.json", "sway_morphs"), ("_emotions.json", "joy")])
def test_what_is_in_force_can_be_downloaded_and_posted_again(client: FlaskClient, name: str, key: str) -> None:
    post(client, animator={"sway_morphs": ["head_y"]}, templates={"joy": {"mouth_delta": 1}})
    response = client.get(f"{STUDIO}/{name}?character=test")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.content_type == "application/json"
    content = response.get_json()
    assert content[key] == (["head_y_index"] if key == "sway_morphs" else content[key] | {"mouth_delta": 1.0})
    route = "load_animator_settings" if key == "sway_morphs" else "load_emotion_templates"
    assert client.post(f"/api/talkinghead/{route}", json=content).text == "OK"
    assert client.get(f"{STUDIO}/{name}").get_json() == content


def test_a_broken_file_is_shown_and_its_character_is_alive(client: FlaskClient, house: Services, seen: Seen) -> None:
    folder = house.characters.get("test").folder
    (folder / "_animator.json").write_text('{"target_fps": 0, "breathing_cycle_duration": 1.0}')
    told = read(client)
    assert told["trouble"] == ["test/_animator.json: target_fps is 0 (more than 0)"]
    assert told["in_charge"] and told["animator"]["breathing_cycle_duration"] == 1.0
    assert len({pose["breathing"] for pose in seen(12)}) > 6


def test_the_api_document_knows_every_route(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    told = {path: sorted(methods) for path, methods in paths.items() if path.startswith("/api/talkinghead/")}
    assert told == {
        "/api/talkinghead/load": ["post"],
        "/api/talkinghead/load_animator_settings": ["post"],
        "/api/talkinghead/load_emotion_templates": ["post"],
        "/api/talkinghead/result_feed": ["get"],
        "/api/talkinghead/set_emotion": ["post"],
        "/api/talkinghead/start_talking": ["get"],
        "/api/talkinghead/stop_talking": ["get"],
        "/api/talkinghead/studio": ["get", "post"],
        "/api/talkinghead/studio/_animator.json": ["get"],
        "/api/talkinghead/studio/_emotions.json": ["get"],
        "/api/talkinghead/studio/reset": ["post"],
        "/api/talkinghead/studio/save": ["post"],
        "/api/talkinghead/unload": ["get"],
    }
    body = paths["/api/talkinghead/studio"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"character", "pose", "animator", "templates", "emotion", "talking"}
    posted = paths["/api/talkinghead/load_animator_settings"]["post"]["requestBody"]["content"]["application/json"]
    assert set(posted["schema"]["properties"]) == set(KEYS)
    assert posted["schema"]["properties"]["target_fps"]["type"] == "number"
    form = paths["/api/talkinghead/load"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file"]
