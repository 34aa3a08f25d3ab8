from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import embeddings
from modules.embeddings import routes


def client(folder: Path, modules: tuple[str, ...] = ("embeddings",), **mine: Any) -> FlaskClient:
    """A server whose folder of models is empty."""
    tables = {"modules": modules, "folders": {"models": str(folder / "models")}, "plugins": {"embeddings": mine}}
    return create_app(fake_services(folder / "characters", embeddings, settings=tables)).test_client()


def test_one_text_is_one_vector_and_a_list_is_a_list(tmp_path: Path) -> None:
    asked = client(tmp_path)
    one = asked.post("/api/embeddings/compute", json={"text": "two"}).get_json()["embedding"]
    many = asked.post("/api/embeddings/compute", json={"text": ["one", "two", "three"]}).get_json()["embedding"]
    assert np.shape(many) == (3, 256)
    assert many[1] == one
    assert np.linalg.norm(many, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_are_no_vectors(tmp_path: Path) -> None:
    assert client(tmp_path).post("/api/embeddings/compute", json={"text": []}).get_json() == {"embedding": []}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, '"text" is required'),
        ({"texts": []}, '"text" is required'),
        ({"text": None}, '"text" is required'),
        ({"text": 5}, '"text" must be string or array of strings'),
        ({"text": ["a", 1]}, '"text" must be string or array of strings'),
        ({"text": {"a": "b"}}, '"text" must be string or array of strings'),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, body: dict[str, Any], error: str) -> None:
    answer = client(tmp_path).post("/api/embeddings/compute", json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_more_texts_than_memory_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST", 2)
    asked = client(tmp_path)
    assert len(asked.post("/api/embeddings/compute", json={"text": ["a", "b"]}).get_json()["embedding"]) == 2
    answer = asked.post("/api/embeddings/compute", json={"text": ["a", "b", "c"]})
    assert (answer.status_code, answer.get_json()["hint"]) == (413, "at most 2 at once")


def test_while_it_is_off_nothing_of_the_request_is_read(tmp_path: Path) -> None:
    answer = client(tmp_path, modules=()).post("/api/embeddings/compute", data="{")
    assert (answer.status_code, answer.get_json()["error"]) == (403, "Module 'embeddings' not enabled in config")


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("sentence-transformers/all-mpnet-base-v2", "python -m kuchipaku models fetch embedder"),
        ("sentence-transformers/all-MiniLM-L6-v2", "hf download sentence-transformers/all-MiniLM-L6-v2 --local-dir"),
    ],
)
def test_a_model_without_weights_is_a_503_with_the_command_that_fetches_it(
    tmp_path: Path, model: str, hint: str
) -> None:
    answer = client(tmp_path, model=model).post("/api/embeddings/compute", json={"text": "x"})
    assert answer.status_code == 503
    assert answer.get_json()["hint"].startswith(hint)
