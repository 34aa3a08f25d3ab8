"""Signed addresses: what they open, for how long, and for whom."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from kuchipaku.errors import BadRequest
from kuchipaku.keys import Key, add_key, revoke_key
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from kuchipaku.web.signatures import SIGNABLE, Signer, address_of, signable

ANN, BOB = Key("ann", "violet"), Key("bob", "indigo")
LIVE = "/live/test.mjpg"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text("violet\n")
    return path


@pytest.fixture
def client(tmp_path: Path, key_file: Path) -> FlaskClient:
    server = {"secure": True, "api_key_file": str(key_file), "known_address_minutes": 0}
    return create_app(fake_services(tmp_path / "characters", settings={"server": server})).test_client()


def sign(client: FlaskClient, path: str, key: str = "violet") -> str:
    """A signed address, from the root on."""
    told = client.post("/api/sign", json={"path": path}, headers={"Authorization": f"Bearer {key}"})
    assert told.status_code == 200, told.get_data(as_text=True)
    return "/" + told.get_json()["url"]


def status(client: FlaskClient, path: str, method: str = "GET") -> int:
    with client.open(path, method=method) as response:
        return response.status_code


def test_a_signed_stream_opens_without_the_key(client: FlaskClient) -> None:
    url = sign(client, "/live/test.mjpg?format=raw&fps=5")
    assert url.startswith("/live/test.mjpg?format=raw&fps=5&expires=")
    assert status(client, url) == 200
    assert status(client, "/live/test.mjpg?format=raw&fps=5") == 401


def test_audio_and_events_open_as_well(client: FlaskClient) -> None:
    spoken = client.post("/api/speech", json={"text": "Hi."}, headers={"Authorization": "Bearer violet"}).get_json()
    with client.get(sign(client, spoken["audio_url"])) as heard:
        assert (heard.status_code, heard.data[:4]) == (200, b"RIFF")
    assert status(client, sign(client, "/api/characters/test/events")) == 200


def test_signing_needs_the_key(client: FlaskClient) -> None:
    assert client.post("/api/sign", json={"path": LIVE}).status_code == 401


def test_a_server_without_keys_gives_the_address_back(tmp_path: Path) -> None:
    client = create_app(fake_services(tmp_path)).test_client()
    told = client.post("/api/sign", json={"path": "live/test.mjpg?fps=5"})
    assert told.get_json() == {"url": "live/test.mjpg?fps=5", "expires": None}


def test_the_answer_says_when_it_expires(client: FlaskClient) -> None:
    told = client.post("/api/sign", json={"path": LIVE}, headers={"Authorization": "Bearer violet"}).get_json()
    assert parse_qs(urlsplit(told["url"]).query)["expires"] == [str(told["expires"])]


def test_a_signature_opens_one_path_and_only_to_get_it(client: FlaskClient) -> None:
    url = sign(client, LIVE)
    query = url.partition("?")[2]
    for other in (
        "/live/other.mjpg",
        "/api/plugins",
        "/api/talkinghead/result_feed",
        "/live/test.mjpg/",
        "/live//test.mjpg",
    ):
        assert status(client, f"{other}?{query}") == 401
    for method in ("POST", "DELETE", "PUT", "PATCH", "HEAD"):
        assert status(client, url, method) == 401


@pytest.mark.parametrize(
    "query",
    [
        *("", "expires=9999999999", "signature=x", "expires=9999999999&signature=", "expires=&signature=%00"),
        *("expires=never&signature=ü", "expires=9999999999&signature=" + "0" * 64, "expires[]=1&signature[]=1"),
    ],
)
def test_a_made_up_signature_opens_nothing(client: FlaskClient, query: str) -> None:
    assert status(client, f"{LIVE}?{query}") == 401


def test_a_later_expiry_needs_another_signature(client: FlaskClient) -> None:
    url = sign(client, LIVE)
    expires = parse_qs(urlsplit(url).query)["expires"][0]
    assert status(client, url.replace(expires, str(int(expires) + 1))) == 401


def test_a_signature_expires() -> None:
    now = [1000.0]
    signer = Signer(300, clock=lambda: now[0])
    query = signer.sign(LIVE, ANN)
    opened = []
    for now[0] in (1000.0, 1299.9, 1300.0, 9999.0):
        opened.append(signer.opens(LIVE, query, [BOB, ANN]))
    assert opened == [True, True, False, False]


def test_a_signature_ends_with_its_key_and_with_the_process() -> None:
    signer = Signer(300)
    query = signer.sign(LIVE, ANN)
    assert signer.opens(LIVE, query, [ANN, BOB])
    assert not signer.opens(LIVE, query, [BOB])
    assert not signer.opens(LIVE, query, [])
    assert not Signer(300).opens(LIVE, query, [ANN])


def test_a_revoked_key_takes_its_signed_addresses_along(client: FlaskClient, key_file: Path) -> None:
    phone = add_key(key_file, "phone").secret
    theirs, ours = sign(client, f"{LIVE}?format=raw", phone), sign(client, f"{LIVE}?format=raw")
    assert (status(client, theirs), status(client, ours)) == (200, 200)
    revoke_key(key_file, "phone")
    assert (status(client, theirs), status(client, ours)) == (401, 200)


def test_a_stream_that_is_open_stays_open(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with client.get(sign(client, f"{LIVE}?format=raw"), buffered=False) as stream:
        monkeypatch.setattr("kuchipaku.web.signatures.time.time", lambda: 1e12)
        parts = stream.iter_encoded()
        assert next(parts).startswith(b"--frame\r\n")


SIGNED = (
    *("/live/a-b_1.mjpg", "/api/talkinghead/result_feed", "/api/characters/x/events", "/api/performances/0f/events"),
    *("/api/audio/0f.wav", "/api/tts/sample/en_0", "/api/tts/sample/espeak/en us", "/api/characters/x/picture"),
)
UNSIGNED = (
    *("", "/", "/api/plugins", "/api/chat", "/live/x", "/live/a/b.mjpg", "/live/..mjpg", "/live/.mjpg", "/metrics"),
    *("/api/audio/../plugins.wav", "/api/audio/x.wav/", "//api/audio/x.wav", "https://evil.example/live/x.mjpg"),
    *("/api/characters/x", "/api/tts/sample/", "/api/tts/sample/a%0Ab", "/live/x.mjpg#", "/live/%2e%2e%2fx.mjpg"),
)


@pytest.mark.parametrize("path", SIGNED)
def test_streams_events_audio_and_pictures_can_be_signed(path: str) -> None:
    assert SIGNABLE.fullmatch(path)
    assert signable(path) == (path, "")
    assert signable(address_of(path, "")) == (path, "")


@pytest.mark.parametrize("path", UNSIGNED)
def test_nothing_else_can_be_signed(path: str) -> None:
    with pytest.raises(BadRequest, match="is not to be signed"):
        signable(path)


def test_what_was_signed_before_is_signed_anew() -> None:
    assert signable("live/x.mjpg?expires=1&fps=5&signature=0&background=") == ("/live/x.mjpg", "fps=5&background=")
