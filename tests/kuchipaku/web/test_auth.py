"""Who may come in: the door to the network, the key, and old clients that cannot send one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kuchipaku.cli import announce
from kuchipaku.encode import Encoder
from kuchipaku.errors import BadRequest
from kuchipaku.hookspecs import hookimpl
from kuchipaku.keys import add_key, revoke_key
from kuchipaku.settings import ServerSection
from kuchipaku.shelf import Shelf
from kuchipaku.testing import fake_services
from kuchipaku.web import auth, create_app

KEY = {"Authorization": "Bearer open-sesame"}
FEED, SAMPLE = "/api/talkinghead/result_feed", "/api/tts/sample/en_0"


class Png:
    """The picture format of result_feed."""

    @hookimpl
    def register_encoders(self, register: object) -> None:
        register("png", Encoder("image/png", alpha=True, encode=lambda pixels: b"png"))  # type: ignore[operator]


def client_of(folder: Path, **server: object) -> FlaskClient:
    return create_app(fake_services(folder / "characters", Png(), settings={"server": server})).test_client()


def secure_client(folder: Path, **server: object) -> FlaskClient:
    path = folder / "key.txt"
    if not path.exists():
        path.write_text("open-sesame\n")
    return client_of(folder, secure=True, api_key_file=str(path), **server)


def status(client: FlaskClient, path: str, address: str = "127.0.0.1", **options: object) -> int:
    with client.get(path, environ_overrides={"REMOTE_ADDR": address}, **options) as response:  # type: ignore[arg-type]
        return response.status_code


def test_it_listens_to_this_machine_only_by_default() -> None:
    assert ServerSection().host == "127.0.0.1"
    auth.check_door(ServerSection())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "my-box", "localhost.evil.example"])
def test_the_network_is_not_listened_to_without_a_key(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadRequest, match="no key is asked for") as refused:
        client_of(tmp_path, host=host)
    assert "--secure" in refused.value.hint and "--no-auth" in refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_addresses_need_no_key(tmp_path: Path, host: str) -> None:
    assert status(client_of(tmp_path, host=host), "/health") == 200


def test_the_network_is_listened_to_with_a_key_or_by_express_wish(tmp_path: Path) -> None:
    assert status(secure_client(tmp_path, host="0.0.0.0"), "/health") == 401
    assert status(client_of(tmp_path, host="0.0.0.0", no_auth=True), "/health") == 200


def test_a_key_and_no_key_cannot_both_be_wished_for(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="both set"):
        secure_client(tmp_path, no_auth=True)


def test_a_secure_server_makes_its_key_at_the_first_start(tmp_path: Path) -> None:
    client_of(tmp_path, secure=True, api_key_file=str(tmp_path / "new.txt"))
    made = (tmp_path / "new.txt").read_text()
    client = client_of(tmp_path, secure=True, api_key_file=str(tmp_path / "new.txt"))
    assert (tmp_path / "new.txt").read_text() == made
    assert status(client, "/health", headers={"Authorization": f"Bearer {made.strip()}"}) == 200


def test_a_secure_server_does_not_start_on_an_empty_key_file(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("\n")
    with pytest.raises(BadRequest, match="holds no key"):
        secure_client(tmp_path)


PATHS = (
    *("/api/plugins", "/health", "/metrics", "/openapi.json", "/live/test.mjpg?format=raw", "/nothing", "/studio/x"),
    *("/api//plugins", "/api/audio/x.wav", "/api/characters/test/picture", FEED, SAMPLE, "/static", "/live"),
)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_needs_the_key_whether_it_exists_or_not(tmp_path: Path, path: str) -> None:
    client = secure_client(tmp_path)
    for method in ("GET", "POST", "DELETE", "HEAD", "BREW"):
        refused = client.open(path, method=method)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="Kuchipaku"'
        assert method == "HEAD" or refused.get_json() == {"error": "401: Invalid API key"}


WRONG = ("", "Bearer", "Bearer ", "Bearer wrong", "Bearer open-sesame2", "Bearer open-sesam", "open-sesame")


@pytest.mark.parametrize("wrong", [*WRONG, "Basic b3Blbi1zZXNhbWU6", "basic open-sesame", "Bearer open-sesame x", " "])
def test_a_wrong_key_is_no_key(tmp_path: Path, wrong: str) -> None:
    assert status(secure_client(tmp_path), "/api/plugins", headers={"Authorization": wrong}) == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Token", "ApiKey", "x"])
def test_a_key_comes_in_behind_any_scheme_but_basic(tmp_path: Path, scheme: str) -> None:
    client = secure_client(tmp_path)
    assert status(client, "/api/plugins", headers={"Authorization": f"{scheme} open-sesame"}) == 200
    assert status(client, "/api/plugins", headers={"Authorization": f"{scheme}   open-sesame "}) == 200


def test_a_key_of_the_user_is_taken_as_it_is(tmp_path: Path) -> None:
    for key in ("open sesame", "a=b", 'x="y", z', "sk:1=="):
        (tmp_path / "key.txt").write_text(key)
        assert status(secure_client(tmp_path), "/health", headers={"Authorization": f"Bearer {key}"}) == 200


def test_each_of_several_keys_opens_until_it_is_revoked(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    phone = {"Authorization": f"Bearer {add_key(tmp_path / 'key.txt', 'phone').secret}"}
    assert (status(client, "/health", headers=KEY), status(client, "/health", headers=phone)) == (200, 200)
    revoke_key(tmp_path / "key.txt", "phone")
    assert (status(client, "/health", headers=KEY), status(client, "/health", headers=phone)) == (200, 401)


def test_nobody_comes_in_once_the_key_file_is_empty(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    (tmp_path / "key.txt").write_text("")
    for headers in (KEY, {}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
        assert status(client, "/health", headers=headers) == 401


def test_only_the_pages_themselves_are_open(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    for path in ("/", "/studio", "/live/test", "/live/nobody", "/static/api.js"):
        assert status(client, path) == 200
    assert client.get("/live/test").data == client.get("/live/nobody").data
    assert client.post("/").status_code != 200


def test_options_need_no_key(tmp_path: Path) -> None:
    assert secure_client(tmp_path).options("/api/plugins").status_code == 200


def test_an_old_client_sees_the_feed_from_where_a_key_was_shown(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    assert (status(client, FEED), status(client, SAMPLE)) == (401, 401)
    assert status(client, "/api/modules", headers=KEY) == 200
    assert (status(client, FEED), status(client, SAMPLE)) == (200, 404)
    assert (status(client, FEED, "10.0.0.9"), status(client, SAMPLE, "10.0.0.9")) == (401, 401)


def test_a_known_address_opens_nothing_else(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    assert status(client, "/api/modules", headers=KEY) == 200
    for path in set(PATHS) - {FEED, SAMPLE}:
        assert status(client, path) == 401, path
    assert client.post(FEED).status_code == client.post(SAMPLE).status_code == 401


def test_a_wrong_key_makes_no_address_known(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    assert status(client, "/api/modules", headers={"Authorization": "Bearer wrong"}) == 401
    assert status(client, FEED) == 401


def test_an_address_is_known_for_a_while_after_its_last_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(auth, "Shelf", lambda most, max_age: Shelf(most, max_age, clock=lambda: now[0]))
    client = secure_client(tmp_path, known_address_minutes=2)
    seen = []
    for now[0], headers in ((0.0, KEY), (119.0, None), (119.0, KEY), (238.0, None), (240.0, None)):
        seen.append(status(client, SAMPLE, headers=headers))
    assert seen == [404, 404, 404, 404, 401]


def test_an_address_is_forgotten_with_the_key_it_has_shown(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    phone = add_key(tmp_path / "key.txt", "phone").secret
    assert status(client, "/api/modules", headers={"Authorization": f"Bearer {phone}"}) == 200
    revoke_key(tmp_path / "key.txt", "phone")
    assert status(client, FEED) == 401


def test_no_address_is_known_where_the_settings_say_so(tmp_path: Path) -> None:
    client = secure_client(tmp_path, known_address_minutes=0)
    assert status(client, "/api/modules", headers=KEY) == 200
    assert (status(client, FEED), status(client, SAMPLE)) == (401, 401)


def test_a_header_of_a_proxy_makes_no_address_known(tmp_path: Path) -> None:
    client = secure_client(tmp_path)
    assert status(client, "/api/modules", headers=KEY) == 200
    forged = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert status(client, FEED, "10.0.0.9", headers=forged) == 401


def test_a_server_that_lets_everybody_in_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for section in ({"host": "0.0.0.0", "no_auth": True}, {}):
        services = fake_services(tmp_path / "characters", settings={"server": section})
        announce(services)("http://127.0.0.1:5100")
        assert ("EVERYBODY on the network" in capsys.readouterr().out) == bool(section)
        services.shutdown()
