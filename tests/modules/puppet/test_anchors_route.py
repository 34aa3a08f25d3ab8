from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

import modules.puppet
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

SUMIRE = (Path(__file__).resolve().parents[3] / "characters" / "sumire" / "picture.png").read_bytes()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path, modules.puppet)
    yield made
    made.shutdown()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    client = create_app(services).test_client()
    form = {"name": "sue", "picture": (io.BytesIO(SUMIRE), "p.png")}
    assert client.post("/api/characters", data=form, content_type="multipart/form-data").status_code == 201
    return client


def test_anchors_are_read_moved_and_kept(client: FlaskClient, services: Services) -> None:
    anchors = client.get("/api/puppet/sue/anchors").get_json()["anchors"]
    x, y = anchors["mouth"]["at"]
    moved = client.put("/api/puppet/sue/anchors", json={"anchors": {"mouth": {"at": [x + 10, y + 5]}}})
    assert moved.get_json()["anchors"]["mouth"]["at"] == [x + 10, y + 5]
    again = client.get("/api/puppet/sue/anchors").get_json()["anchors"]
    assert again["mouth"]["at"] == [x + 10, y + 5]
    assert again["eyes"] == anchors["eyes"]


def test_the_live_picture_follows_at_once(client: FlaskClient, services: Services) -> None:
    performer = services.stage.performer("sue")
    performer._paint()
    before = performer.hub.newest()
    client.put("/api/puppet/sue/anchors", json={"anchors": {"mouth": {"at": [300, 400], "own": False, "size": 40}}})
    performer._paint()
    after = performer.hub.newest()
    assert before and after
    assert not performer.trouble
    assert np.abs(before.frame.pixels.astype(int) - after.frame.pixels).max() > 30


@pytest.mark.parametrize(
    ("anchors", "named"),
    [({"mouth": {"at": "here"}}, "mouth.at"), ({"nose": [1, 2]}, "nose"), ({"eyes": {"size": 1e9}}, "eyes.size")],
)
def test_a_wrong_anchor_is_named_and_changes_nothing(client: FlaskClient, anchors: object, named: str) -> None:
    before = client.get("/api/puppet/sue/anchors").get_json()
    refused = client.put("/api/puppet/sue/anchors", json={"anchors": anchors})
    assert (refused.status_code, named in refused.get_json()["error"]) == (400, True)
    assert client.get("/api/puppet/sue/anchors").get_json() == before


def test_only_puppets_have_anchors(client: FlaskClient) -> None:
    assert client.get("/api/puppet/test/anchors").status_code == 400
    assert client.get("/api/puppet/nobody/anchors").status_code == 404
