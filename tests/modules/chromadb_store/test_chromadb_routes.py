"""/api/chromadb on a real database in a folder of the test."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import chromadb_store
from modules.chromadb_store import routes
from modules.chromadb_store.embedders import HashedEmbedder, Vectors
from modules.chromadb_store.store import Message, Store, name_of

TEA = [
    {"id": "m1", "date": 1684164339877, "role": "user", "content": "I like green tea.", "meta": "x"},
    {"id": "m2", "date": 1684164411759, "role": "assistant", "content": "The dragon sleeps."},
]

Open = Callable[..., FlaskClient]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """A client of a server whose database is in the test's folder."""

    def made(modules: tuple[str, ...] = ("chromadb",), **settings: object) -> FlaskClient:
        own = {"folder": str(tmp_path / "memory")} | settings
        tables: dict[str, object] = {"modules": modules, "plugins": {"chromadb_store": own}}
        return create_app(fake_services(tmp_path / "characters", chromadb_store, settings=tables)).test_client()

    return made


def asked(client: FlaskClient, what: str, **body: Any) -> Any:
    answer = client.post(f"/api/chromadb{what}", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_messages_are_remembered_and_the_closest_is_found_first(opened: Open) -> None:
    client = opened()
    assert asked(client, "", chat_id="c1", messages=TEA) == {"count": 2}
    first, second = asked(client, "/query", chat_id="c1", query="Green tea", n_results=5)
    assert {key: first[key] for key in ("id", "date", "role", "meta", "content")} == TEA[0]
    assert (second["id"], second["meta"]) == ("m2", None)
    assert 0.0 <= first["distance"] < second["distance"] <= 4.0
    assert [found["id"] for found in asked(client, "/query", chat_id="c1", query="a dragon")] == ["m2"]


def test_adding_the_same_again_changes_nothing_and_an_edit_takes_the_old_ones_place(opened: Open) -> None:
    client = opened()
    for _ in range(2):
        assert asked(client, "", chat_id="c1", messages=TEA) == {"count": 2}
    edited = {**TEA[0], "content": "I like coffee.", "meta": {"page": 3}}
    asked(client, "", chat_id="c1", messages=[edited])
    found = asked(client, "/query", chat_id="c1", query="coffee", n_results=9)
    assert [one["content"] for one in found] == ["I like coffee.", "The dragon sleeps."]
    assert found[0]["meta"] == '{"page": 3}'


def test_a_chat_that_is_not_there_is_empty(opened: Open) -> None:
    client = opened()
    assert asked(client, "/query", chat_id="never-seen", query="q") == []
    asked(client, "", chat_id="empty", messages=[])
    assert client.post("/api/chromadb/export", json={"chat_id": "empty"}).status_code == 400


def test_several_chats_are_searched_together_and_the_same_words_told_once(opened: Open) -> None:
    client = opened()
    asked(client, "", chat_id="one", messages=TEA)
    asked(client, "", chat_id="two", messages=[{"id": 7, "content": "I like green tea."}, {"id": 8, "content": "Tea!"}])
    found = asked(client, "/multiquery", chat_list=["one", "two", "two", "three"], query="tea", n_results=3)
    assert [one["content"] for one in found] == ["Tea!", "I like green tea.", "The dragon sleeps."]
    assert found[0]["id"] == "8"
    assert len(asked(client, "/multiquery", chat_list=["one", "two"], query="tea")) == 1
    assert asked(client, "/multiquery", chat_list=[], query="tea") == []


def test_a_chat_is_exported_by_date_and_imported_elsewhere(opened: Open) -> None:
    client = opened()
    asked(client, "", chat_id="c1", messages=[*reversed(TEA), {"id": "m3", "date": "later", "content": "Bye."}])
    exported = asked(client, "/export", chat_id="c1")
    assert exported["chat_id"] == "c1"
    assert [entry["id"] for entry in exported["content"]] == ["m1", "m2", "m3"]
    assert exported["content"][0] == {
        "id": "m1",
        "metadata": {"role": "user", "date": 1684164339877, "meta": "x"},
        "document": "I like green tea.",
    }
    assert asked(client, "/import", chat_id="c2", content=exported["content"]) == {"count": 3}
    assert asked(client, "/export", chat_id="c2")["content"] == exported["content"]


def test_a_chat_is_forgotten_and_only_that_one(opened: Open) -> None:
    client = opened()
    for chat in ("c1", "c2"):
        asked(client, "", chat_id=chat, messages=TEA)
    for _ in range(2):
        answer = client.post("/api/chromadb/purge", json={"chat_id": "c1"})
        assert (answer.mimetype, answer.get_data(as_text=True)) == ("text/html", "Ok")
    assert asked(client, "/query", chat_id="c1", query="tea") == []
    assert len(asked(client, "/query", chat_id="c2", query="tea")) == 1


def test_a_chat_outlives_the_server(opened: Open, tmp_path: Path) -> None:
    asked(opened(), "", chat_id="c1", messages=TEA)
    assert (tmp_path / "memory" / "chroma.sqlite3").is_file()
    assert asked(opened(), "/query", chat_id="c1", query="tea")[0]["id"] == "m1"


def test_a_query_finds_no_more_than_the_settings_allow(opened: Open) -> None:
    client = opened(most=1)
    asked(client, "", chat_id="c1", messages=TEA)
    assert len(asked(client, "/query", chat_id="c1", query="tea", n_results=10**6)) == 1


WRONG = [
    ("", {"messages": []}),
    ("", {"chat_id": "c"}),
    ("", {"chat_id": "", "messages": []}),
    ("", {"chat_id": "c", "messages": [{"content": "no id"}]}),
    ("", {"chat_id": "c", "messages": [{"id": "1"}]}),
    ("", {"chat_id": "c", "messages": [{"id": "1", "content": "x", "date": [1]}]}),
    ("/query", {"chat_id": "c"}),
    ("/query", {"chat_id": "c", "query": "q", "n_results": 0}),
    ("/multiquery", {"query": "q"}),
    ("/multiquery", {"chat_list": "c", "query": "q"}),
    ("/export", {"chat_id": "unknown"}),
    ("/import", {"chat_id": "c"}),
    ("/import", {"chat_id": "c", "content": [{"id": "1"}]}),
    ("/purge", {}),
]


def test_no_more_chats_or_messages_are_taken_than_can_be_worked_through(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = {"chat_list": ["c"] * (routes.MOST_CHATS + 1), "query": "q"}
    messages = {"chat_id": "c", "messages": [TEA[0]] * (routes.MOST_MESSAGES + 1)}
    for what, body in (("/multiquery", chats), ("", messages)):
        answer = opened().post(f"/api/chromadb{what}", json=body)
        assert answer.status_code == 400


@pytest.mark.parametrize(("what", "body"), WRONG)
def test_a_wrong_body_is_refused(opened: Open, what: str, body: dict[str, Any]) -> None:
    answer = opened().post(f"/api/chromadb{what}", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]


@pytest.mark.parametrize("what", ["", "/query", "/multiquery", "/export", "/import", "/purge"])
def test_while_the_module_is_off_no_database_is_made(opened: Open, tmp_path: Path, what: str) -> None:
    assert opened(modules=()).post(f"/api/chromadb{what}", data="{broken").status_code == 403
    assert not (tmp_path / "memory").exists()


@pytest.mark.parametrize("what", ["", "/query", "/multiquery", "/export", "/import", "/purge"])
def test_a_missing_package_is_told(opened: Open, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.delitem(sys.modules, "modules.chromadb_store.store")
    monkeypatch.setitem(sys.modules, "chromadb", None)
    body = {"chat_id": "c", "chat_list": ["c"], "query": "q", "messages": TEA, "content": []}
    answer = opened().post(f"/api/chromadb{what}", json=body)
    assert answer.status_code == 503
    assert "requirements-extras.txt" in answer.get_json()["hint"]


def test_a_collection_has_the_original_servers_name() -> None:
    assert name_of("c1") == "chat-a9f7e97965d6cf799a529102a973b8b9"


class Lengths:
    """An embedder of another size, by the number of letters."""

    name = "lengths"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[len(text), 0.0] for text in texts], np.float32)


def test_what_another_embedder_stored_is_embedded_anew(tmp_path: Path) -> None:
    messages = [Message("1", "tea"), Message("2", "green tea", "user", 5, "x")]
    Store(tmp_path, HashedEmbedder()).add("c", messages)
    store = Store(tmp_path, Lengths())
    (found,) = store.query(["c"], "123456789", 1)
    assert (found.message, found.distance) == (messages[1], 0.0)
    assert sorted(store.export("c") or [], key=lambda message: message.id) == messages


def test_what_is_added_to_another_embedders_chat_lies_beside_what_was_there(tmp_path: Path) -> None:
    Store(tmp_path, HashedEmbedder()).add("c", [Message("1", "tea")])
    store = Store(tmp_path, Lengths())
    assert store.add("c", [Message("2", "coffee")]) == 1
    found = store.query(["c"], "123", 2)
    assert [(one.message.content, one.distance) for one in found] == [("tea", 0.0), ("coffee", 9.0)]


def test_an_embedder_that_fails_loses_no_chat(tmp_path: Path) -> None:
    class Broken(Lengths):
        name = "broken"

        def embed(self, texts: Sequence[str]) -> Vectors:
            raise MemoryError

    Store(tmp_path, HashedEmbedder()).add("c", [Message("1", "tea")])
    with pytest.raises(MemoryError):
        Store(tmp_path, Broken()).export("c")
    assert Store(tmp_path, HashedEmbedder()).export("c") == [Message("1", "tea")]


def test_more_messages_than_the_database_takes_at_once_are_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, HashedEmbedder())
    monkeypatch.setattr(store._client, "get_max_batch_size", lambda: 2)
    messages = [Message(str(number), f"tea {number}", date=number) for number in range(5)]
    assert store.add("c", messages) == 5
    assert store.export("c") == messages
    assert [found.message for found in store.query(["c"], "tea 4", 1)] == [messages[4]]


def test_nothing_is_asked_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []  # telemetry would swallow an error and go on
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, lambda _, *address: asked.append(address))
    store = Store(tmp_path, HashedEmbedder())
    store.add("c", [Message("1", "tea")])
    assert [found.message.id for found in store.query(["c"], "tea", 1)] == ["1"]
    store.purge("c")
    assert (store.export("c"), asked) == (None, [])
