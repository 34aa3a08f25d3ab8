"""Chats in a ChromaDB database on this disk, each a collection of its messages."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

import chromadb
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as DatabaseSettings
from chromadb.errors import NotFoundError

from modules.chromadb_store.embedders import Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a chat."""

    id: str
    content: str
    role: str = ""
    date: int | float | str = 0
    """When it was written, as the client counts; chats are exported in this order."""
    meta: str | None = None
    """Whatever the client wants back."""

    def metadata(self) -> dict[str, Any]:
        """What is kept beside its text."""
        known = {"role": self.role, "date": self.date}
        return known if self.meta is None else known | {"meta": self.meta}


@dataclass(frozen=True, slots=True)
class Found:
    """A message that a query found."""

    message: Message
    distance: float
    """Squared distance of the two vectors, 0 (the same) to 4."""


class Store:
    """The chats. Safe to use from any thread. A chat that is not there is empty, but for an export."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        folder.mkdir(parents=True, exist_ok=True)
        quiet = DatabaseSettings(anonymized_telemetry=False)
        self._client = chromadb.PersistentClient(str(folder.resolve()), quiet)
        self._lock = threading.Lock()

    def add(self, chat: str, messages: Iterable[Message]) -> int:
        """Remember messages; one of an id that is known takes the old one's place. How many there were."""
        new = {message.id: message for message in messages}
        with self._lock:
            if new:
                self._write(self._collection(chat) or self._made(name_of(chat)), list(new.values()))
        return len(new)

    def purge(self, chat: str) -> None:
        """Forget a chat."""
        with self._lock:
            if self._collection(chat):
                self._client.delete_collection(name_of(chat))

    def query(self, chats: Sequence[str], query: str, most: int) -> list[Found]:
        """The messages that are most like `query`, the closest first; of those with the same words only one."""
        (vector,) = self._embedder.embed([query])
        with self._lock:
            collections = [found for chat in dict.fromkeys(chats) if (found := self._collection(chat))]
            closest = [one for collection in collections for one in _closest(collection, vector, most)]
        first: dict[str, Found] = {}
        for one in sorted(closest, key=lambda one: one.distance):
            first.setdefault(one.message.content, one)
        return list(first.values())[:most]

    def export(self, chat: str) -> list[Message] | None:
        """All messages in order of their dates; None for a chat that is not there."""
        with self._lock:
            collection = self._collection(chat)
            if collection is None:
                return None
            messages = _all(collection)
        return sorted(messages, key=lambda message: (isinstance(message.date, str), message.date))

    def _collection(self, chat: str) -> Collection | None:
        try:
            found = self._client.get_collection(name_of(chat), embedding_function=None)
        except NotFoundError:
            return None
        known = (found.metadata or {}).get("embedder")
        return found if known == self._embedder.name else self._embedded_anew(found)

    def _embedded_anew(self, old: Collection) -> Collection:
        """The same chat with this embedder's vectors: those of another one mean nothing to it."""
        messages = _all(old)
        vectors = self._vectors(messages)  # first of all: where it fails, the chat is still there
        self._client.delete_collection(old.name)
        new = self._made(old.name)
        self._keep(new, messages, vectors)
        return new

    def _made(self, name: str) -> Collection:
        about = {"embedder": self._embedder.name}
        return self._client.get_or_create_collection(name, metadata=about, embedding_function=None)

    def _write(self, collection: Collection, messages: Sequence[Message]) -> None:
        self._keep(collection, messages, self._vectors(messages))

    def _vectors(self, messages: Sequence[Message]) -> Vectors:
        return self._embedder.embed([message.content for message in messages])

    def _keep(self, collection: Collection, messages: Sequence[Message], vectors: Vectors) -> None:
        """In as many steps as the database needs."""
        step = self._client.get_max_batch_size()
        for start in range(0, len(messages), step):
            some = messages[start : start + step]
            collection.upsert(
                ids=[message.id for message in some],
                embeddings=vectors[start : start + step],
                documents=[message.content for message in some],
                metadatas=[message.metadata() for message in some],
            )


def name_of(chat: str) -> str:
    """What a chat's collection is called, as in SillyTavern-Extras: a name for each id, whatever is in it."""
    return f"chat-{md5(chat.encode(), usedforsecurity=False).hexdigest()}"


def _closest(collection: Collection, vector: Any, most: int) -> list[Found]:
    most = min(most, collection.count())
    if not most:
        return []
    found: Mapping[str, Any] = collection.query(query_embeddings=[vector], n_results=most)
    columns = (found[name][0] for name in ("ids", "documents", "metadatas", "distances"))
    return [Found(_message(*row[:3]), float(row[3])) for row in zip(*columns, strict=True)]


def _all(collection: Collection) -> list[Message]:
    found: Mapping[str, Any] = collection.get()
    return [_message(*row) for row in zip(found["ids"], found["documents"], found["metadatas"], strict=True)]


def _message(id: str, document: str | None, metadata: Mapping[str, Any] | None) -> Message:
    known = metadata or {}
    return Message(id, document or "", known.get("role", ""), known.get("date", 0), known.get("meta"))
