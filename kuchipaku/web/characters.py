"""Characters over HTTP: list, read, add, choose, delete, and follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kuchipaku.character import Character
from kuchipaku.errors import BadRequest, Busy, UnknownName
from kuchipaku.picture import character_picture
from kuchipaku.services import Services
from kuchipaku.stage import Notice
from kuchipaku.web.openapi import takes
from kuchipaku.web.streams import KEEP_ALIVE, Seats, sse


def blueprint(services: Services, followers: Seats) -> Blueprint:
    """Everything under /api/characters."""
    routes = Blueprint("characters", __name__, url_prefix="/api/characters")
    store = services.characters

    @routes.get("")
    def listed() -> Response:
        """Every character, and who is chosen."""
        characters = [card(store.get(name)) for name in store.names()]
        return jsonify(characters=characters, chosen=store.chosen().name if characters else "")

    @routes.get("/<name>")
    def read(name: str) -> Response:
        """One character."""
        character = store.get(name)
        return jsonify(card(character) | {"persona": character.persona})

    @routes.get("/<name>/picture")
    def picture(name: str) -> Response:
        """A character's picture, PNG."""
        character = store.get(name)
        path = character.folder / character.picture
        if not path.is_file():
            raise UnknownName(f"{name} has no picture", hint=f"put {character.picture} into its folder")
        return Response(path.read_bytes(), mimetype="image/png", headers={"Cache-Control": "no-cache"})

    @routes.post("")
    @takes(form="picture")
    def add() -> tuple[Response, int]:
        """A new character of one picture: a multipart form with `name`, `title` and the file `picture`."""
        unknown = (set(request.form) | set(request.files)) - {"name", "title", "picture"}
        if unknown:
            raise BadRequest(f"there is no field {min(map(str, unknown))!r}", hint="allowed: name, title, picture")
        upload = request.files.get("picture")
        if upload is None:
            raise BadRequest("no picture was sent", hint="send a multipart form with the file field `picture`")
        png = character_picture(upload.read(), services.settings.limits.picture_megapixels)
        character = store.add(request.form.get("name", ""), request.form.get("title", "")[:80], png)
        return jsonify(card(character)), 201

    @routes.post("/<name>/choose")
    def choose(name: str) -> Response:
        """Make it the one who performs when a request names nobody."""
        return jsonify(card(store.choose(name)))

    @routes.delete("/<name>")
    def delete(name: str) -> Response:
        """Remove a character and its files; the last one stays."""
        store.get(name)
        if len(store.names()) == 1:
            raise Busy(f"{name} is the only character", hint="add another one first")
        services.director.stop(name)
        store.delete(name)
        services.stage.forget(name)
        return jsonify(ok=True)

    @routes.get("/<name>/events")
    def events(name: str) -> Response:
        """News of a character: `performance` when one begins, `stop` when all is silent."""
        store.get(name)
        return followers.stream(_told(services.stage.notices(name)), "text/event-stream")

    return routes


def card(character: Character) -> dict[str, Any]:
    """What is told of a character in a list."""
    return {
        "name": character.name,
        "title": character.title,
        "avatar": character.avatar,
        "picture_url": f"api/characters/{character.name}/picture",
        "voice": character.voice,
        "language": character.language,
        "temperament": character.temperament,
    }


def _told(notices: Iterator[Notice | None]) -> Iterator[bytes]:
    yield KEEP_ALIVE
    for notice in notices:
        yield sse(notice.number, notice.kind, notice.body) if notice else KEEP_ALIVE
