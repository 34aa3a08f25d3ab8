from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import summarize
from modules.summarize import routes

STATION = "Alice met Bob at the station. They talked about the weather and then went home. It rained all day."


def client(folder: Path, modules: tuple[str, ...] = ("summarize",), **mine: Any) -> FlaskClient:
    """A server whose folder of models is empty."""
    tables = {"modules": modules, "folders": {"models": str(folder / "models")}, "plugins": {"summarize": mine}}
    return create_app(fake_services(folder / "characters", summarize, settings=tables)).test_client()


@pytest.mark.parametrize("extra", [{}, {"params": {"temperature": 0.1, "bad_words": ["\n"]}}, {"more": None}])
def test_a_text_is_made_short_whatever_else_is_sent(tmp_path: Path, extra: dict[str, Any]) -> None:
    answer = client(tmp_path).post("/api/summarize", json={"text": STATION, **extra})
    assert answer.status_code == 200
    assert answer.get_json() == {"summary": "They talked about the weather and then went home."}


@pytest.mark.parametrize("body", [{}, {"params": {}}, {"text": None}, {"text": ["a"]}, {"text": 5}])
def test_a_missing_text_is_required(tmp_path: Path, body: dict[str, Any]) -> None:
    answer = client(tmp_path).post("/api/summarize", json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, '"text" is required')


def test_a_text_beyond_the_longest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LONGEST", 10)
    asked = client(tmp_path)
    assert asked.post("/api/summarize", json={"text": "Ten chars."}).get_json() == {"summary": "Ten chars."}
    answer = asked.post("/api/summarize", json={"text": "Eleven char"})
    assert (answer.status_code, answer.get_json()["error"]) == (413, "the text has 11 characters")


@pytest.mark.parametrize(("kind", "status"), [("application/json", 400), ("text/plain", 415)])
def test_what_is_no_json_is_refused(tmp_path: Path, kind: str, status: int) -> None:
    assert client(tmp_path).post("/api/summarize", data="text=hello", content_type=kind).status_code == status


def test_while_it_is_off_nothing_of_the_request_is_read(tmp_path: Path) -> None:
    answer = client(tmp_path, modules=()).post("/api/summarize", data="{not json", content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"]) == (403, "Module 'summarize' not enabled in config")


def test_without_weights_the_log_says_once_who_stands_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="kuchipaku.weights.pretrained")
    asked = client(tmp_path)
    for _ in range(2):
        asked.post("/api/summarize", json={"text": STATION})
    (told,) = caplog.messages
    assert "'extract' stands in" in told
    assert "python -m kuchipaku models fetch summarizer" in told


def test_a_wanted_model_without_weights_is_a_503_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    answer = client(tmp_path, engine="model").post("/api/summarize", json={"text": STATION})
    assert answer.status_code == 503
    assert answer.get_json()["hint"] == "python -m kuchipaku models fetch summarizer"


def test_the_number_of_sentences_is_a_setting(tmp_path: Path) -> None:
    text = "".join(f"Number {name} of the ducks swims in a pond of its own.\n" for name in "abcdefghijkl")
    summary = client(tmp_path, engine="extract", sentences=2).post("/api/summarize", json={"text": text}).get_json()
    assert summary["summary"].count("Number") == 2
