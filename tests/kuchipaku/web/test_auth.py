from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

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
