from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import modules.emotion
from kuchipaku import hookimpl
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app


class Head:
    """A plugin that carries the module "talkinghead", and nothing of it."""

    @hookimpl
    def extras_modules(self) -> tuple[str, ...]:
        return ("talkinghead",)


def client_of(folder: Path, wanted: tuple[str, ...] = ("classify",)) -> Iterator[FlaskClient]:
    services = fake_services(folder, modules.emotion, settings={"modules": wanted})
    yield create_app(services).test_client()
    services.shutdown()


@pytest.mark.parametrize(("wanted", "worn"), [(["classify", "talkinghead"], "joy"), (["classify"], "neutral")])
def test_the_talking_head_wears_what_is_read_while_its_module_is_on(
    tmp_path: Path, wanted: list[str], worn: str
) -> None:
    services = fake_services(tmp_path, modules.emotion, Head(), settings={"modules": wanted})
    client = create_app(services).test_client()
    client.post("/api/classify", json={"text": "Yes!"})
    assert services.stage.performer("test").score.rest == worn
    labels = client.get("/api/classify/labels").get_json()["labels"]
    assert (labels[-1] == "talkinghead") == ("talkinghead" in wanted)
    services.shutdown()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    yield from client_of(tmp_path)


def test_classify_ranks_every_label(client: FlaskClient) -> None:
    ranked = client.post("/api/classify", json={"text": "Yes!", "ignored": 1}).get_json()["classification"]
    assert ranked[0] == {"label": "joy", "score": 1.0}
    assert len(ranked) == 28


def test_labels_come_in_the_order_of_an_empty_text(client: FlaskClient) -> None:
    labels = client.get("/api/classify/labels").get_json()["labels"]
    assert (labels[0], len(labels)) == ("neutral", 28)


@pytest.mark.parametrize(
    ("body", "told"), [({"text": 5}, '"text" is required'), ({}, '"text" is required'), ([], "is []")]
)
def test_a_wrong_body_is_told(client: FlaskClient, body: object, told: str) -> None:
    response = client.post("/api/classify", json=body)
    assert response.status_code == 400
    assert told in response.get_json()["error"]


@pytest.mark.parametrize(("wanted", "on", "status"), [((), [], 403), (("sd", "classify"), ["classify"], 200)])
def test_extras_modules_that_are_off_say_so(
    tmp_path: Path, wanted: tuple[str, ...], on: list[str], status: int
) -> None:
    for client in client_of(tmp_path, wanted):
        assert client.get("/api/modules").get_json() == {"modules": on}
        assert client.post("/api/classify", json={"text": "Hi!"}).status_code == status
        assert client.get("/api/classify/labels").status_code == status
