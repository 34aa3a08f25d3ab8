"""What is sent: how much of it is taken, which names are, and that none of it becomes a path."""

from __future__ import annotations

import io
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response
from flask.testing import FlaskClient
from PIL import Image

import server
from kuchipaku.hookspecs import hookimpl
from kuchipaku.plugins import load_plugins
from kuchipaku.services import Services, build_services
from kuchipaku.settings import Settings
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

ROOT = Path(__file__).parents[3]
SECRET = "the-content-of-a-file-outside"
SPARE = {"upload_mb": 1, "picture_megapixels": 0.01, "text_chars": 100}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(fake_services(tmp_path / "characters", settings={"limits": SPARE})).test_client()


def form(name: str, size: int = 64, filename: str = "face.png") -> dict[str, object]:
    png = io.BytesIO()
    Image.new("RGBA", (size, size), "violet").save(png, "PNG")
    return {"name": name, "fit": "no", "picture": (io.BytesIO(png.getvalue()), filename)}


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_body_has_its_limit(client: FlaskClient) -> None:
    huge, form_type = b"x" * 2_000_000, "multipart/form-data; boundary=b"
    for path, kind in (("/api/chat", "application/json"), ("/api/characters", form_type), ("/api/fit", form_type)):
        refused = client.post(path, data=huge, content_type=kind)
        assert refused.status_code == 413
        assert "limits.upload_mb in the settings allows 1 MB" in refused.get_json()["hint"]


def test_a_text_has_its_limit(client: FlaskClient) -> None:
    for path in ("/api/chat", "/api/perform"):
        assert client.post(path, json={"text": "a" * 101}).status_code == 413


def test_a_picture_has_its_limit_before_it_is_unpacked(client: FlaskClient, tmp_path: Path) -> None:
    before = everything(tmp_path)
    for path, data in (("/api/characters", form("x", 200)), ("/api/fit", {"picture": form("x", 200)["picture"]})):
        assert client.post(path, data=data).status_code == 413
    assert everything(tmp_path) == before


NAMES = (
    "",
    "..",
    ".",
    "../x",
    "a/b",
    "a\\b",
    "/etc",
    "C:",
    "con",
    "x" * 41,
    "Ann",
    "ü",
    "a b",
    "-a",
    "a.b",
    "a\0b",
    "a\n",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_short_and_of_small_letters_or_it_is_refused(client: FlaskClient, tmp_path: Path, name: str) -> None:
    before = everything(tmp_path)
    assert client.post("/api/characters", data=form(name)).status_code == 400
    assert everything(tmp_path) == before


def test_the_name_of_an_uploaded_file_is_not_looked_at(client: FlaskClient, tmp_path: Path) -> None:
    assert client.post("/api/characters", data=form("ann", filename="../../evil.png")).status_code == 201
    added = {name for name in everything(tmp_path) if "ann" in name}
    assert added == {"characters/ann", "characters/ann/character.toml", "characters/ann/picture.png"}
    assert not [name for name in everything(tmp_path) if "evil" in name]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path]]:
    """The server with all its modules, and a folder with a secret just outside everything that it serves."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text(SECRET)
    shutil.copytree(ROOT / "characters", folder / "characters", ignore=shutil.ignore_patterns(".chosen"))
    tables = {"folders": {"characters": str(folder / "characters"), "models": str(folder / "models")}}
    services = build_services(load_plugins(server.BUILT_IN), Settings.model_validate(tables))
    yield create_app(services), folder
    services.shutdown()


WAYS_OUT = (
    *("../secret.txt", "..%2Fsecret.txt", "%2e%2e/secret.txt", "..%5Csecret.txt", "....//secret.txt", "..", "%2e%2e"),
    *("sumire/../../secret.txt", "sumire%2F..%2F..%2Fsecret.txt", "..%252Fsecret.txt", "secret.txt%00", "file:secret"),
)


def test_no_path_of_a_url_leads_to_a_file_outside(shipped: tuple[Flask, Path]) -> None:
    app, folder = shipped
    before = everything(folder)
    tried = 0
    for rule in app.url_map.iter_rules():
        for way in (*WAYS_OUT, f"{folder}/secret.txt", f"%2F{folder}/secret.txt") if rule.arguments else ():
            for method in (rule.methods or set()) - {"OPTIONS"}:
                answer = app.test_client().open(re.sub(r"<[^>]+>", way, rule.rule), method=method)
                page = rule.rule == "/live/<name>" and answer.data == app.test_client().get("/live/x").data
                assert 300 <= answer.status_code < 500 or page or answer.data == b"", (method, rule.rule, way)
                assert SECRET not in answer.get_data(as_text=True)
                tried += 1
    assert tried > 100
    assert everything(folder) == before


def test_no_path_in_a_body_leads_to_a_file_outside(shipped: tuple[Flask, Path]) -> None:
    app, folder = shipped
    before = everything(folder)
    for way in ("../secret.txt", f"{folder}/secret.txt", "sumire/../../secret.txt"):
        for path, body in (
            ("/api/chat", {"text": "Hi.", "character": way}),
            ("/api/perform", {"text": "Hi.", "voice": way}),
            ("/api/speech", {"text": "Hi.", "voice": f"espeak/{way}"}),
            ("/api/stop", {"character": way}),
            ("/api/llm/reply", {"text": "Hi.", "character": way}),
            ("/api/sign", {"path": way}),
        ):
            answer = app.test_client().post(path, json=body)
            assert 400 <= answer.status_code < 500, (path, answer.get_data(as_text=True))
            assert SECRET not in answer.get_data(as_text=True)
    assert everything(folder) == before


class Breaking:
    """A route with a fault in it."""

    @hookimpl
    def register_routes(self, services: Services) -> Blueprint:
        routes = Blueprint("breaking", __name__)

        @routes.get("")
        def broken() -> Response:
            raise RuntimeError("broken")

        return routes


def test_no_key_and_no_signature_is_ever_logged_or_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "key.txt").write_text("phone: violet-key\nindigo-key\n")
    section = {"secure": True, "api_key_file": str(tmp_path / "key.txt")}
    client = create_app(fake_services(tmp_path / "c", Breaking(), settings={"server": section})).test_client()
    said = []
    for key in ("violet-key", "indigo-key", "wrong-key"):
        for path in ("/api/breaking", "/api/plugins", "/metrics", "/openapi.json", "/nothing"):
            said.append(client.get(path, headers={"Authorization": f"Bearer {key}"}).get_data(as_text=True))
    signed = client.post(
        "/api/sign", json={"path": "/live/nobody.mjpg"}, headers={"Authorization": "Bearer violet-key"}
    )
    url = signed.get_json()["url"]
    said.append(client.get(f"/{url}").get_data(as_text=True))
    said.append(client.get(f"/{url.replace('nobody', 'test')}").get_data(as_text=True))
    (tmp_path / "key.txt").write_text("violet-key\nschlüssel-key")
    said.append(client.get("/health").get_data(as_text=True))
    assert "RuntimeError: broken" in caplog.text
    assert "nobody is let in" in caplog.text
    for secret in ("violet-key", "indigo-key", "wrong-key", "schl", url.rpartition("=")[2]):
        assert secret not in caplog.text
        assert secret not in "".join(said)
