from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kuchipaku.errors import BadRequest
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from kuchipaku.web.auth import read_or_make_key


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    key = read_or_make_key(path)
    assert len(key) >= 22
    assert read_or_make_key(path) == key
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_key_file_is_an_error_and_no_open_door(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    path.write_text("\n")
    with pytest.raises(BadRequest, match="holds no key"):
        read_or_make_key(path)


def test_a_secure_server_asks_for_the_key(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("open-sesame\n")
    server = {"secure": True, "api_key_file": str(tmp_path / "key.txt")}
    services = fake_services(tmp_path / "characters", settings={"server": server})
    client = create_app(services).test_client()
    for path in ("/api/plugins", "/live/test.mjpg?format=raw", "/metrics", "/nothing", "/api/talkinghead/result_feed"):
        refused = client.get(path)
        assert (refused.status_code, refused.get_json()["status"]) == (401, 401)
    for wrong in ("", "Bearer", "Bearer wrong", "Bearer open-sesame2", "open-sesame", "Basic b3Blbi1zZXNhbWU6"):
        assert client.get("/api/plugins", headers={"Authorization": wrong}).status_code == 401
    assert client.get("/api/plugins", headers={"Authorization": "Bearer open-sesame"}).status_code == 200
    with client.get("/") as page:
        assert page.status_code == 200
    assert client.options("/api/plugins").status_code == 200
    services.shutdown()


def test_pages_of_other_sites_may_not_read_but_sillytavern_may(tmp_path: Path) -> None:
    services = fake_services(tmp_path)
    client = create_app(services).test_client()
    theirs = client.get("/api/modules", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in theirs.headers
    tavern = client.get("/api/modules", headers={"Origin": "http://127.0.0.1:8000"})
    assert tavern.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
    services.shutdown()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("schlüssel".encode(), "one line of ASCII"),
        ("sesame".encode("utf-16"), "not a UTF-8 text"),
        ("sesame".encode("utf-16-le"), "one line of ASCII"),
        (b"one\ntwo\n", "one line of ASCII"),
    ],
)
def test_a_key_file_that_no_header_can_match_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "key.txt").write_bytes(content)
    with pytest.raises(BadRequest, match=told) as refused:
        read_or_make_key(tmp_path / "key.txt")
    assert refused.value.hint


def test_a_key_saved_by_an_editor_of_windows_is_the_key(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_bytes(b"\xef\xbb\xbfsesame\r\n")
    assert read_or_make_key(tmp_path / "key.txt") == "sesame"


def test_a_key_file_that_cannot_be_made_or_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere" / "key.txt", tmp_path):
        with pytest.raises(BadRequest, match="cannot be used") as refused:
            read_or_make_key(path)
        assert "server.api_key_file" in refused.value.hint


def client_of(folder: Path, **server: object) -> FlaskClient:
    return create_app(fake_services(folder, settings={"server": server})).test_client()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:8001", "http://localhost.evil"])
def test_a_page_of_another_site_changes_nothing(tmp_path: Path, origin: str) -> None:
    client = client_of(tmp_path)
    for method, path in (("POST", "/api/characters"), ("POST", "/api/characters/test/choose"), ("DELETE", "/x")):
        refused = client.open(path, method=method, headers={"Origin": origin})
        assert (refused.status_code, refused.get_json()["status"]) == (403, 403)
        assert "server.cors_origins" in refused.get_json()["hint"]
    assert not (tmp_path / ".chosen").exists()
    assert client.get("/api/modules", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize("origin", ["http://localhost:5100", "http://localhost:8000", None])
def test_own_pages_sillytavern_and_programs_may_change_things(tmp_path: Path, origin: str | None) -> None:
    headers = {"Host": "localhost:5100"} | ({"Origin": origin} if origin else {})
    assert client_of(tmp_path).post("/api/characters/test/choose", headers=headers).status_code == 200


def test_every_origin_may_where_the_settings_say_so(tmp_path: Path) -> None:
    client = client_of(tmp_path, cors_origins=["*"])
    assert client.post("/api/stop", json={}, headers={"Origin": "https://far.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:5100", 200),
        ("127.0.0.1:5100", 200),
        ("127.1.2.3", 200),
        ("[::1]:5100", 200),
        ("face.example", 200),
        ("evil.example:5100", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("10.0.0.7", 403),
        ("[::1", 403),
    ],
)
def test_a_loopback_server_answers_to_its_own_names_only(tmp_path: Path, host: str, status: int) -> None:
    response = client_of(tmp_path, hosts=["Face.Example"]).get("/health", headers={"Host": host})
    assert response.status_code == status, response.get_data(as_text=True)
    assert status == 200 or "server.hosts" in response.get_json()["hint"]


def test_a_server_on_the_network_answers_to_any_name(tmp_path: Path) -> None:
    client = client_of(tmp_path, host="0.0.0.0")
    assert client.get("/health", headers={"Host": "mybox.lan:5100"}).status_code == 200


def test_a_secure_server_names_no_character_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("open-sesame\n")
    client = client_of(tmp_path / "characters", secure=True, api_key_file=str(tmp_path / "key.txt"))
    for name in ("nobody", "test"):
        response = client.get(f"/live/{name}")
        assert (response.status_code, response.mimetype) == (200, "text/html")
