"""The server's own description, and whatever a machine can think of sending by it."""

from __future__ import annotations

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app


def _app() -> object:
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="kuchipaku-"))
    return create_app(fake_services(folder, settings={"limits": {"text_chars": 200}}))


api = schemathesis.openapi.from_wsgi("/openapi.json", _app())


@api.exclude(path_regex="/live/|result_feed|/events$").parametrize()
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_nothing_that_fits_the_description_breaks_the_server(case: schemathesis.Case) -> None:
    response = case.call()
    case.validate_response(response, checks=[not_a_server_error])


def test_the_description_names_every_route_and_its_errors() -> None:
    document = _app().test_client().get("/openapi.json").get_json()  # type: ignore[attr-defined]
    chat = document["paths"]["/api/chat"]["post"]
    assert chat["requestBody"]["content"]["application/json"]["schema"]["required"] == ["text"]
    assert chat["responses"]["default"]["content"]["application/json"]["schema"]["$ref"].endswith("/Error")
    assert "/live/{name}.mjpg" in document["paths"]
    assert all(op["summary"] for path in document["paths"].values() for op in path.values())


def test_the_description_of_a_secure_server_says_where_the_key_is_needed(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("sesame")
    server = {"secure": True, "api_key_file": str(tmp_path / "key.txt")}
    client = create_app(fake_services(tmp_path / "characters", settings={"server": server})).test_client()
    secured = client.get("/openapi.json", headers={"Authorization": "Bearer sesame"}).get_json()
    assert secured["security"] == [{"key": []}]
    opened = {path for path, methods in secured["paths"].items() for op in methods.values() if "security" in op}
    assert opened == {"/", "/studio", "/live/{name}"}
    assert _app().test_client().get("/openapi.json").get_json()["security"] == []  # type: ignore[attr-defined]
