"""docs/http.md and docs/extras.md against the server: endpoints, fields, events, headers; every curl line is run."""

from __future__ import annotations

import argparse
import io
import json
import re
import shlex
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

import server
from kuchipaku.director import Order
from kuchipaku.errors import KuchipakuError
from kuchipaku.manuscript import Manuscript
from kuchipaku.performance import Performance
from kuchipaku.plugins import load_plugins
from kuchipaku.script import Line
from kuchipaku.services import Services, build_services
from kuchipaku.settings import Settings
from kuchipaku.web import create_app

ROOT = Path(__file__).parents[1]
PAGE, EXTRAS = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("http.md", "extras.md"))
ENDPOINT = re.compile(r"(?m)^### `((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`\n")


def sections(page: str) -> dict[str, str]:
    """What a page says of each endpoint."""
    texts = [re.split(r"(?m)^## ", text)[0] for text in ENDPOINT.split(page)[2::2]]
    return dict(zip(ENDPOINT.findall(page), texts, strict=True))


SECTIONS = sections(PAGE) | sections(EXTRAS)
COMMON = PAGE.partition("## Common to all")[2].partition("## Performing")[0]
MANNER = "[how it is spoken]"
MODULES = re.findall(r"`([\w-]+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", EXTRAS.partition("**Flags.**")[0])))
NOBODY = "http://127.0.0.1:9"

CURL = argparse.ArgumentParser()
CURL.add_argument("url")
CURL.add_argument("-X")
CURL.add_argument("-H", action="append", default=[])
CURL.add_argument("-F", action="append", default=[])
CURL.add_argument("-d")
CURL.add_argument("-o")
CURL.add_argument("-N", action="store_true")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A server as it is shipped with all modules on, on a copy of the characters; nobody outside can be reached."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "characters", folder / "characters", ignore=shutil.ignore_patterns(".chosen"))
    tables = {
        "folders": {"characters": str(folder / "characters"), "models": str(folder / "models")},
        "reply": {"llms": ["eliza"]},
        "modules": MODULES,
        "plugins": {
            "websearch": {"google_url": NOBODY, "duckduckgo_url": NOBODY},
            "sd": {"url": NOBODY},
            "edge_tts": {"online": False},
            "chromadb_store": {"folder": str(folder / "chroma")},
        },
    }
    made = build_services(load_plugins(server.BUILT_IN, ROOT / "plugins"), Settings.model_validate(tables))
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def rules(app: Flask) -> dict[str, Callable[..., Any]]:
    """The endpoints served, as the page writes them, and their views."""
    return {
        f"{method} {re.sub(r'<[a-z]+:', '<', rule.rule)}": app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_page_lists_exactly_the_endpoints_that_are_served(app: Flask) -> None:
    assert sorted(SECTIONS) == sorted(rules(app))


def rows(text: str, head: str) -> dict[str, set[str]]:
    """The tables whose first column is called `head`: its cells, and the names in the second one."""
    tables = re.findall(rf"(?m)^\| {head} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text)
    cells = [line.split("|") for table in tables for line in table.splitlines()]
    return {name: set(re.findall(r"`(\w+)`", cell[2])) for cell in cells for name in re.findall(r"`([\w-]+)`", cell[1])}


@pytest.mark.parametrize("endpoint", SECTIONS)
def test_every_field_of_a_request_is_told(app: Flask, endpoint: str) -> None:
    text = SECTIONS[endpoint]
    taken = getattr(rules(app)[endpoint], "takes", {})
    model = taken.get("body") or taken.get("query")
    fields = set(model.model_fields) if model else set()
    if taken.get("form"):
        fields |= {*taken["fields"], taken["form"]}
    told = {name for head in ("field", "query", "form field") for name in rows(text, head)}
    told |= set(rows(COMMON, "field")) if MANNER in text else set()
    assert told == fields


def commands(text: str) -> list[str]:
    shown = "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    return shown.replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("endpoint", SECTIONS)
def test_every_endpoint_has_one_curl_line_that_calls_it(app: Flask, endpoint: str) -> None:
    (command,) = commands(SECTIONS[endpoint])
    method, path, _ = request_of(command, {"PERFORMANCE": "p", "AUDIO_URL": "api/audio/a.wav", "AUDIO": "a.wav"})
    adapter = app.url_map.bind("127.0.0.1:5100")
    rule, _ = adapter.match(path.partition("?")[0], method=method, return_rule=True)
    assert f"{method} {re.sub(r'<[a-z]+:', '<', rule.rule)}" == endpoint


def request_of(command: str, known: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """(method, path, the rest) of a curl line."""
    program, *arguments = shlex.split(Template(command).substitute(known))
    given = CURL.parse_args(arguments)
    assert program == "curl"
    path = given.url.removeprefix("http://127.0.0.1:5100")
    method = given.X or ("POST" if given.d or given.F else "GET")
    rest: dict[str, Any] = {"headers": [tuple(header.split(": ", 1)) for header in given.H]}
    if given.F:
        rest["data"] = {name: form_value(text) for name, text in (part.split("=", 1) for part in given.F)}
    elif given.d:
        rest["data"] = given.d
    return method, path, rest


def form_value(text: str) -> str | tuple[io.BytesIO, str]:
    """The text itself, or for "@file" a sound, an archive or a picture of that name."""
    if not text.startswith("@"):
        return text
    file = io.BytesIO()
    if text.endswith(".wav"):
        soundfile.write(file, np.zeros(1600), 16_000, format="WAV")
    elif text.endswith(".zip"):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("violet.pth", b"")
    else:
        Image.new("RGBA", (64, 64), "violet").save(file, "PNG")
    file.seek(0)
    return file, text[1:]


def body_of(response: TestResponse) -> bytes:
    """The whole body; of an answer that stays open, what comes before it waits or is done."""
    body = b""
    for chunk in response.iter_encoded():
        body += chunk
        if response.content_type.startswith("multipart/") or chunk.startswith(b": ") or b"event: done" in chunk:
            break
    response.close()
    return body


@pytest.fixture(scope="module")
def answers(app: Flask, services: Services) -> dict[str, tuple[int, str, bytes]]:
    """Status, media type and body of every endpoint's curl line, called in the order of the page."""
    client, found = app.test_client(), {}
    spoken = client.post("/api/speech", json={"text": "Hi."}).get_json()
    url = spoken["audio_url"]
    known = {"AUDIO_URL": url, "AUDIO": Path(url).name, "PERFORMANCE": "none yet"}
    for endpoint, text in SECTIONS.items():
        now = known
        if endpoint == "POST /api/performances/<name>/text":
            written = services.director.recite(Manuscript(100), Order(services.characters.chosen()))
            now = known | {"PERFORMANCE": written.name}
        method, path, rest = request_of(commands(text)[0], now)
        response = client.open(path, method=method, **rest)
        found[endpoint] = (response.status_code, response.mimetype or "", body_of(response))
        if endpoint == "POST /api/perform":
            known["PERFORMANCE"] = events_of(found[endpoint][2])[0]["performance"]
    return found


def events_of(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in re.findall(r"(?m)^data: (.*)$", body.decode())]


@pytest.mark.parametrize("endpoint", SECTIONS)
def test_the_curl_line_of_an_endpoint_is_answered(answers: dict[str, tuple[int, str, bytes]], endpoint: str) -> None:
    status, _, body = answers[endpoint]
    assert status in ((200, 201, 503) if endpoint in sections(EXTRAS) else (200, 201)), body[:300]
    assert body


def shown_in(text: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


SHOWN = {endpoint: shown for endpoint, text in SECTIONS.items() for shown in shown_in(text)}


@pytest.mark.parametrize("endpoint", SHOWN)
def test_the_answer_shown_is_like_the_real_one(answers: dict[str, tuple[int, str, bytes]], endpoint: str) -> None:
    status, mimetype, body = answers[endpoint]
    if status == 503:
        pytest.skip(json.loads(body)["hint"])
    assert mimetype in ("application/json", "text/html")
    assert_alike(SHOWN[endpoint], json.loads(body))


def assert_alike(shown: Any, given: Any, where: str = "answer") -> None:
    """The same keys and the same kinds of values; of a list the first item speaks for all."""
    if isinstance(shown, dict):
        assert list(shown) == list(given), where
        for key in shown:
            if key != "tracks":
                assert_alike(shown[key], given[key], f"{where}.{key}")
    elif isinstance(shown, list):
        for pair in list(zip(shown, given, strict=False))[:1]:
            assert_alike(*pair, f"{where}[0]")
    else:
        assert isinstance(given, (int, float) if isinstance(shown, int | float) else type(shown)), where


def test_an_error_looks_as_shown(client: FlaskClient) -> None:
    (shown,) = shown_in(COMMON)
    assert client.post("/api/speech", json={"text": "Hi.", "voice": "nobody"}).get_json() == shown


def test_the_curl_line_with_a_key_is_answered_by_a_secure_server(services: Services, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("violet\n")
    secured = services.settings.server.model_copy(update={"secure": True, "api_key_file": tmp_path / "key"})
    settings = services.settings.model_copy(update={"server": secured, "plugins": {}})
    client = create_app(build_services(services.plugins, settings)).test_client()
    (command,) = commands(COMMON)
    for key, status in (("violet", 200), ("wrong", 401)):
        method, path, rest = request_of(command, {"KEY": key})
        assert client.open(path, method=method, **rest).status_code == status


def test_the_events_of_a_performance_are_told_with_their_fields(answers: dict[str, tuple[int, str, bytes]]) -> None:
    told = {event.pop("type"): set(event) for event in events_of(answers["POST /api/chat"][2])}
    failed = Performance("id", "test", 1)
    failed.fail(KuchipakuError("broken", hint="mend it"))
    told["error"] = set(next(event for event in failed.events() if event and event.kind == "error").body)
    assert rows(PAGE.partition("## Performing")[2].partition("###")[0], "event") == told


def test_the_news_of_a_character_are_told_with_their_fields(services: Services) -> None:
    told = {}
    order = Order(services.characters.get("sumire"))
    services.director.perform(iter([Line(0, "Hello.", "joy")]), order)
    for _ in range(2):
        notice = next(services.stage.notices("sumire"))
        assert notice
        told[notice.kind] = set(notice.body)
        services.director.stop()
    assert rows(SECTIONS["GET /api/characters/<name>/events"], "event") == told


def test_the_headers_of_a_part_are_told(answers: dict[str, tuple[int, str, bytes]]) -> None:
    head = answers["GET /live/<name>.mjpg"][2].partition(b"\r\n\r\n")[0].decode()
    sent = {line.partition(":")[0] for line in head.split("\r\n")[1:]}
    assert set(rows(SECTIONS["GET /live/<name>.mjpg"], "part header")) == sent
    plain = answers["GET /api/talkinghead/result_feed"][2].partition(b"\r\n\r\n")[0]
    assert plain == b"--frame\r\nContent-Type: image/png"


def test_every_status_that_is_told_is_one_of_ours_or_of_http() -> None:
    told = set(re.findall(r"\d{3}", "".join(re.findall(r"(?m)^\| (\d{3}(?:, \d{3})*) \|", COMMON))))
    ours = {str(kind.status) for kind in KuchipakuError.__subclasses__()} | {"401", "405", "415"}
    assert told == ours
