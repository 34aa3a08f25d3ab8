"""Pages of other origins: which may call, what their browsers are told, and where the server says it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Blueprint, Response, jsonify
from flask.testing import FlaskClient

from kuchipaku.errors import BadRequest
from kuchipaku.hookspecs import hookimpl
from kuchipaku.services import Services
from kuchipaku.settings import ServerSection, Settings, checked
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from kuchipaku.web.origins import absolute_url

TAVERN = "http://127.0.0.1:8000"
CORS = "Access-Control-Allow-Origin"


class Where:
    """A route that tells a whole address, and one that breaks."""

    @hookimpl
    def register_routes(self, services: Services) -> Blueprint:
        routes = Blueprint("where", __name__)

        @routes.get("")
        def where() -> Response:
            return jsonify(url=absolute_url("api/tts/sample/x"))

        @routes.get("/broken")
        def broken() -> Response:
            raise RuntimeError("broken")

        return routes


def client_of(folder: Path, **server: object) -> FlaskClient:
    if server.get("secure"):
        (folder / "key.txt").write_text("violet")
        server["api_key_file"] = str(folder / "key.txt")
    settings = {"server": server, "limits": {"upload_mb": 1}}
    return create_app(fake_services(folder / "characters", Where(), settings=settings)).test_client()


LOCAL = (TAVERN, "http://localhost:8000", "http://[::1]:8000", "https://127.0.0.1:8000", "https://localhost:8000")


@pytest.mark.parametrize("origin", LOCAL)
def test_sillytavern_on_this_machine_may_call(tmp_path: Path, origin: str) -> None:
    client = client_of(tmp_path)
    assert client.get("/api/modules", headers={"Origin": origin}).headers[CORS] == origin
    assert client.post("/api/stop", json={}, headers={"Origin": origin}).status_code == 200


FOREIGN = (
    "https://evil.example",
    "null",
    "http://localhost:8001",
    "http://localhost:8000.evil.example",
    "http://127.0.0.1",
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_reads_and_changes_nothing(tmp_path: Path, origin: str) -> None:
    client = client_of(tmp_path)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for method, headers in (("GET", {}), ("OPTIONS", asked), ("POST", {})):
        told = dict(client.open("/api/modules", method=method, headers={"Origin": origin, **headers}).headers)
        assert not [name for name in told if name.startswith("Access-Control")]
    for method, path in (("POST", "/api/characters"), ("POST", "/api/characters/test/choose"), ("DELETE", "/x")):
        refused = client.open(path, method=method, headers={"Origin": origin})
        assert (refused.status_code, refused.get_json()["status"]) == (403, 403)
        assert "server.cors_origins" in refused.get_json()["hint"]
    assert not (tmp_path / "characters" / ".chosen").exists()


@pytest.mark.parametrize("origin", ["http://localhost:5100", "http://localhost:8000", None])
def test_own_pages_sillytavern_and_programs_may_change_things(tmp_path: Path, origin: str | None) -> None:
    headers = {"Host": "localhost:5100"} | ({"Origin": origin} if origin else {})
    assert client_of(tmp_path).post("/api/characters/test/choose", headers=headers).status_code == 200


def test_every_origin_may_where_the_settings_say_so(tmp_path: Path) -> None:
    client = client_of(tmp_path, cors_origins=["*"])
    answer = client.post("/api/stop", json={}, headers={"Origin": "https://far.example"})
    assert (answer.status_code, answer.headers[CORS]) == (200, "https://far.example")


@pytest.mark.parametrize(
    "origin",
    ["", "localhost:8000", "http://x/", "http://x/y", "http://a@x", "null", "http://a b", "http://[", "http://x:y"],
)
def test_an_origin_in_the_settings_that_no_browser_sends_is_told(origin: str) -> None:
    with pytest.raises(BadRequest) as refused:
        checked(Settings, {"server": {"cors_origins": [origin]}}, "settings")
    assert "http://127.0.0.1:8000" in refused.value.hint


def test_an_origin_is_no_pattern_and_its_case_is_no_matter(tmp_path: Path) -> None:
    client = client_of(tmp_path, cors_origins=["HTTP://My-Box:8000", "http://a.example"])
    allowed = {
        origin: CORS in client.get("/health", headers={"Origin": origin}).headers
        for origin in ("http://my-box:8000", "http://aXexample", "http://a.example.evil", "http://a.example")
    }
    assert list(allowed.values()) == [True, False, False, True]


ASKED = "authorization,bypass-tunnel-reminder,content-type,x-csrf-token,cache-control,x-later"


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("path", ["/api/chat", "/api/modules", "/live/test.mjpg", "/api/sign"])
def test_a_preflight_is_answered_in_full(tmp_path: Path, path: str, secure: bool) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": ASKED}
    private = {"Access-Control-Request-Private-Network": "true"}
    answer = client_of(tmp_path, secure=secure).options(path, headers={"Origin": TAVERN, **asked, **private})
    assert (answer.status_code, answer.headers[CORS]) == (200, TAVERN)
    headers = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert headers >= {*ASKED.split(","), "last-event-id"}
    methods = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert methods == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert answer.headers["Access-Control-Max-Age"] == "600"


def test_a_private_network_is_granted_only_where_it_is_asked_for(tmp_path: Path) -> None:
    answer = client_of(tmp_path).options("/api/chat", headers={"Origin": TAVERN})
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_can_be_read_by_allowed_pages_too(tmp_path: Path) -> None:
    secure, plain = client_of(tmp_path, secure=True), client_of(tmp_path)
    huge = {"data": "x" * 2_000_000, "content_type": "application/json"}
    seen = []
    for client, method, path, options in (
        (secure, "GET", "/api/modules", {}),
        (plain, "POST", "/api/chat", {"json": {}}),
        (plain, "GET", "/nothing", {}),
        (plain, "GET", "/api/chat", {}),
        (plain, "POST", "/api/chat", huge),
        (plain, "POST", "/api/chat", {"data": "x"}),
        (plain, "GET", "/api/where/broken", {}),
    ):
        answer = client.open(path, method=method, headers={"Origin": TAVERN}, **options)
        assert answer.headers[CORS] == TAVERN
        assert "X-Request-Duration" in answer.headers["Access-Control-Expose-Headers"]
        seen.append(answer.status_code)
    assert seen == [401, 400, 404, 405, 413, 415, 500]


@pytest.mark.parametrize("origin", [None, TAVERN, "https://evil.example"])
def test_every_answer_says_that_it_depends_on_the_origin(tmp_path: Path, origin: str | None) -> None:
    answer = client_of(tmp_path).get("/health", headers={"Origin": origin} if origin else {})
    assert "Origin" in answer.headers["Vary"]
    assert len(answer.headers.getlist(CORS)) == (origin == TAVERN)


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
    client = client_of(tmp_path, host="0.0.0.0", no_auth=True)
    assert client.get("/health", headers={"Host": "mybox.lan:5100"}).status_code == 200


PUBLIC = "https://Face.example:8443/kuchi/"


def test_the_public_url_is_where_whole_addresses_begin(tmp_path: Path) -> None:
    told = client_of(tmp_path, public_url=PUBLIC).get("/api/where").get_json()
    assert told == {"url": "https://Face.example:8443/kuchi/api/tts/sample/x"}


def test_a_doubled_slash_leads_to_the_public_url(tmp_path: Path) -> None:
    client = client_of(tmp_path, public_url="https://face.example/kuchi")
    led = client.get("/api//modules?x=1", headers={"Host": "127.0.0.1:5100"})
    assert (led.status_code, led.headers["Location"]) == (308, "https://face.example/kuchi/api/modules?x=1")


def test_without_one_they_begin_where_the_client_has_called(tmp_path: Path) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    told = client_of(tmp_path).get("/api/where", headers={"Host": "localhost:5100", **forged}).get_json()
    assert told == {"url": "http://localhost:5100/api/tts/sample/x"}


def test_a_proxys_name_and_pages_are_the_servers_own(tmp_path: Path) -> None:
    client = client_of(tmp_path, public_url=PUBLIC)
    for host in ("face.example:8443", "face.example", "127.0.0.1:5100"):
        headers = {"Host": host, "Origin": "https://face.example:8443"}
        assert client.post("/api/stop", json={}, headers=headers).status_code == 200
    other = {"Host": "127.0.0.1:5100", "Origin": "https://other.example"}
    assert client.post("/api/stop", json={}, headers=other).status_code == 403


@pytest.mark.parametrize(
    "url", ["face.example", "ftp://face.example", "https://", "https://u@x", "https://x/?y", "http://a b", "http://["]
)
def test_a_public_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(BadRequest, match=r"server\.public_url") as refused:
        checked(Settings, {"server": {"public_url": url}}, "settings")
    assert "https://face.example/kuchi" in refused.value.hint


def test_a_public_url_loses_its_last_slash() -> None:
    assert ServerSection(public_url="https://face.example/kuchi/").public_url == "https://face.example/kuchi"
    assert ServerSection().public_url == ""


def test_addresses_in_answers_are_relative(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    urls = [
        client.get("/api/characters").get_json()["characters"][0]["picture_url"],
        client.post("/api/speech", json={"text": "Hi."}).get_json()["audio_url"],
        client.post("/api/sign", json={"path": "/live/test.mjpg"}).get_json()["url"],
    ]
    assert not [url for url in urls if "://" in url or url.startswith("/")]
