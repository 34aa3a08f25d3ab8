from __future__ import annotations

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from kuchipaku.services import Services


def png(size: tuple[int, int] = (64, 64)) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", size, "red").save(file, "PNG")
    return file.getvalue()


def add(client: FlaskClient, name: str, upload: bytes | None = None, **fields: str) -> TestResponse:
    form = {"name": name, **fields, "picture": (io.BytesIO(png() if upload is None else upload), "p.png")}
    return client.post("/api/characters", data=form, content_type="multipart/form-data")


def test_a_character_is_changed_and_the_rest_of_its_file_stays(client: FlaskClient, services: Services) -> None:
    path = services.settings.folders.characters / "test" / "character.toml"
    path.write_text("# mine\n" + path.read_text() + "\n[emotions.joy]\nhead_x = 0.5\n")
    changed = client.patch("/api/characters/test", json={"temperament": 0.9, "title": "Tess"})
    assert (changed.status_code, changed.get_json()["temperament"]) == (200, 0.9)
    character = services.characters.get("test")
    assert (character.title, character.temperament, character.emotions["joy"]) == ("Tess", 0.9, {"head_x": 0.5})
    assert path.read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("test", {"temperament": 2.0}, 400), ("test", {"voice": "nobody"}, 404), ("none", {"title": "X"}, 404)],
)
def test_a_wrong_change_is_refused(client: FlaskClient, name: str, body: dict[str, object], status: int) -> None:
    before = client.get("/api/characters").get_json()
    assert client.patch(f"/api/characters/{name}", json=body).status_code == status
    assert client.get("/api/characters").get_json() == before


def test_a_character_is_added_listed_read_chosen_and_deleted(client: FlaskClient) -> None:
    added = add(client, "zoe", title="Zoë")
    assert (added.status_code, added.get_json()["title"]) == (201, "Zoë")
    listed = client.get("/api/characters").get_json()
    assert ([c["name"] for c in listed["characters"]], listed["chosen"]) == (["test", "zoe"], "test")
    assert client.post("/api/characters/zoe/choose").get_json()["name"] == "zoe"
    assert client.get("/api/characters").get_json()["chosen"] == "zoe"
    assert "persona" in client.get("/api/characters/zoe").get_json()
    with client.get("/" + listed["characters"][1]["picture_url"]) as response:
        assert Image.open(io.BytesIO(response.data)).size == (512, 512)
    assert client.delete("/api/characters/zoe").get_json() == {"ok": True}
    assert client.get("/api/characters/zoe").status_code == 404


@pytest.mark.parametrize("name", ["../../x", "", "A", "con/../x", "x" * 50])
def test_a_bad_name_is_refused(client: FlaskClient, tmp_path: Path, name: str) -> None:
    assert add(client, name).status_code == 400
    assert sorted(path.name for path in (tmp_path / "characters").iterdir()) == ["test"]


def test_a_taken_name_is_refused(client: FlaskClient) -> None:
    assert add(client, "test").status_code == 409


@pytest.mark.parametrize(("upload", "status"), [(b"no picture", 400), (b"", 400), (png((9000, 9000)), 413)])
def test_a_bad_picture_leaves_nothing_behind(client: FlaskClient, tmp_path: Path, upload: bytes, status: int) -> None:
    response = add(client, "zoe", upload)
    assert (response.status_code, response.get_json()["ok"]) == (status, False)
    assert sorted(path.name for path in (tmp_path / "characters").iterdir()) == ["test"]


def test_an_unknown_field_is_named(client: FlaskClient) -> None:
    response = add(client, "zoe", tail="long")
    assert response.status_code == 400
    assert "'tail'" in response.get_json()["error"]


def test_followers_are_told_what_begins_and_stops(client: FlaskClient, services: Services) -> None:
    feed = client.get("/api/characters/test/events")
    chunks = iter(feed.response)
    assert next(chunks) == b": keep-alive\n\n"
    client.post("/api/perform", json={"text": "One."}).get_data()
    begun = _event(next(chunks))
    assert begun["type"] == "performance"
    client.post("/api/stop", json={})
    assert _event(next(chunks)) == {"type": "stop", "generation": begun["generation"] + 1}
    feed.close()


def _event(chunk: bytes | str) -> dict[str, object]:
    text = chunk if isinstance(chunk, str) else chunk.decode()
    return dict(json.loads(text.split("data: ", 1)[1]))


def test_deleting_a_character_that_is_watched_ends_its_picture(client: FlaskClient, services: Services) -> None:
    (services.settings.folders.characters / "zoe").mkdir()
    (services.settings.folders.characters / "zoe" / "character.toml").write_text('avatar = "bars"\n')
    live = client.get("/live/zoe.mjpg?format=raw")
    chunks = iter(live.response)
    next(chunks)
    client.delete("/api/characters/zoe")
    assert len(list(chunks)) < 30
    live.close()


def test_a_character_with_a_wrong_file_takes_no_other_with_it(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "characters" / "bad").mkdir()
    (tmp_path / "characters" / "bad" / "character.toml").write_text("temprament = 1")
    listed = client.get("/api/characters").get_json()
    bad, good = listed["characters"]
    assert (bad["name"], good["name"], listed["chosen"]) == ("bad", "test", "test")
    assert set(bad) == {*good, "error"}
    assert "there is no 'temprament'; allowed: avatar" in bad["error"]
    assert client.delete("/api/characters/bad").status_code == 200


def test_a_picture_is_sent_as_what_it_is(client: FlaskClient, tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "WEBP")
    (tmp_path / "characters" / "test" / "picture.png").write_bytes(file.getvalue())
    response = client.get("/api/characters/test/picture")
    assert (response.mimetype, response.data) == ("image/webp", file.getvalue())


def test_pictures_are_decoded_one_at_a_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, most = [], []

    def decode(upload: bytes, megapixels: float) -> bytes:
        busy.append(1)
        most.append(len(busy))
        time.sleep(0.02)
        busy.pop()
        return upload

    monkeypatch.setattr("kuchipaku.web.characters.character_picture", decode)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: add(client.application.test_client(), f"n{n}", fit="no").status_code, range(4)))
    assert (made, max(most)) == ([201] * 4, 1)


def test_a_picture_without_a_face_is_kept_whole_and_the_report_says_so(client: FlaskClient) -> None:
    told = add(client, "blob").get_json()["fit"]
    assert told["anchors"] is None and told["score"] <= 20
    assert [check["name"] for check in told["checks"] if check["verdict"] == "bad"]


def test_an_avatar_may_be_asked_for_and_only_one_that_a_picture_is_enough_for(client: FlaskClient) -> None:
    assert add(client, "ann", avatar="tha3", fit="no").get_json()["avatar"] == "tha3"
    refused = add(client, "bob", avatar="tha4")
    assert (refused.status_code, refused.get_json()["hint"]) == (400, "one of puppet, tha3")
    assert add(client, "bob", fit="maybe").status_code == 400
