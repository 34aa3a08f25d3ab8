"""/api/chromadb, as SillyTavern-Extras has it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kuchipaku import BadRequest, EngineUnavailable
from kuchipaku.registry import Registry
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes

if TYPE_CHECKING:
    from modules.chromadb_store.store import Found, Message, Store


MOST_CHATS = 1000
"""Chats that are searched at once."""
MOST_MESSAGES = 20_000
"""Messages that are remembered at once."""


def _as_text(sent: object) -> object:
    return sent if sent is None or isinstance(sent, str) else json.dumps(sent)


Id = Annotated[str, Field(min_length=1, max_length=1000)]
Date = Annotated[int, Field(ge=-(2**62), le=2**62)] | Annotated[float, Field(allow_inf_nan=False)] | str
Meta = Annotated[str | None, BeforeValidator(_as_text)]


class Lenient(BaseModel):
    """Unknown fields are ignored, as SillyTavern-Extras does; numbers may stand for texts."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class SentMessage(Lenient):
    """A message to remember."""

    id: Id
    content: str
    role: str = ""
    date: Date = 0
    meta: Meta = None


class Metadata(Lenient):
    """What an export tells of a message beside its text."""

    role: str = ""
    date: Date = 0
    meta: Meta = None


class Entry(Lenient):
    """A message as an export writes it."""

    id: Id
    document: str
    metadata: Metadata = Metadata()


class ChatBody(Lenient):
    """Which chat."""

    chat_id: Id


class AddBody(ChatBody):
    """POST /api/chromadb."""

    messages: list[SentMessage] = Field(max_length=MOST_MESSAGES)


class QueryBody(ChatBody):
    """POST /api/chromadb/query."""

    query: str
    n_results: int = Field(1, ge=1)


class MultiQueryBody(Lenient):
    """POST /api/chromadb/multiquery."""

    chat_list: list[Id] = Field(max_length=MOST_CHATS)
    query: str
    n_results: int = Field(1, ge=1)


class ImportBody(ChatBody):
    """POST /api/chromadb/import."""

    content: list[Entry] = Field(max_length=MOST_MESSAGES)


class Chats:
    """Views of /api/chromadb."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings.plugin("chromadb_store")
        self._stores: Registry[Store] = Registry("memory of chats")
        self._stores.register("chromadb", self._build)

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("chromadb", __name__)
        gated = only_with(self._services, "chromadb")
        routes.post("")(gated(self.add))
        for view in (self.purge, self.query, self.multiquery, self.export):
            routes.post(f"/{view.__name__}")(gated(view))
        routes.post("/import")(gated(self.import_))
        return routes

    @takes(body=AddBody)
    def add(self) -> Response:
        """Remember messages of a chat; one of a known id takes the old one's place."""
        body, store = json_body(AddBody), self._store()
        from modules.chromadb_store.store import Message  # after `_store`, which tells what is not installed

        count = store.add(body.chat_id, [Message(**dict(sent)) for sent in body.messages])
        return jsonify(count=count)

    @takes(body=ChatBody)
    def purge(self) -> str:
        """Forget a chat."""
        self._store().purge(json_body(ChatBody).chat_id)
        return "Ok"

    @takes(body=QueryBody)
    def query(self) -> Response:
        """The messages of a chat that are most like a text."""
        body = json_body(QueryBody)
        return self._found([body.chat_id], body.query, body.n_results)

    @takes(body=MultiQueryBody)
    def multiquery(self) -> Response:
        """The messages of several chats that are most like a text."""
        body = json_body(MultiQueryBody)
        return self._found(body.chat_list, body.query, body.n_results)

    @takes(body=ChatBody)
    def export(self) -> Response:
        """All messages of a chat, in order of their dates."""
        chat = json_body(ChatBody).chat_id
        messages = self._store().export(chat)
        if messages is None:
            raise BadRequest(f"no chat is called {chat!r}", hint="POST /api/chromadb remembers one")
        return jsonify(chat_id=chat, content=[_entry(message) for message in messages])

    @takes(body=ImportBody)
    def import_(self) -> Response:
        """Remember what an export wrote."""
        body, store = json_body(ImportBody), self._store()
        from modules.chromadb_store.store import Message  # after `_store`, which tells what is not installed

        messages = [Message(entry.id, entry.document, **dict(entry.metadata)) for entry in body.content]
        return jsonify(count=store.add(body.chat_id, messages))

    def _found(self, chats: list[str], query: str, most: int) -> Response:
        found = self._store().query(chats, query, min(most, self._settings.most))
        return jsonify([_told(one) for one in found])

    def _store(self) -> Store:
        return self._stores.get("chromadb")

    def _build(self) -> Store:
        if find_spec("chromadb") is None:
            raise EngineUnavailable(
                "chromadb is not installed", hint="python -m pip install -r requirements-extras.txt"
            )
        from modules.chromadb_store.embedders import embedder
        from modules.chromadb_store.store import Store

        return Store(self._settings.folder, embedder(self._settings))


def _told(found: Found) -> dict[str, Any]:
    message = found.message
    return {
        "id": message.id,
        "date": message.date,
        "role": message.role,
        "meta": message.meta,
        "content": message.content,
        "distance": found.distance,
    }


def _entry(message: Message) -> dict[str, Any]:
    return {"id": message.id, "metadata": message.metadata(), "document": message.content}


def blueprint(services: Services) -> Blueprint:
    """Everything under /api/chromadb."""
    return Chats(services).blueprint()
