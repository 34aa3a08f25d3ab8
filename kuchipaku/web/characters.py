"""Characters over HTTP: list, read, add, choose, delete, and follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from flask import Blueprint, Response, jsonify, request

from kuchipaku.character import Character
from kuchipaku.errors import BadRequest, KuchipakuError, UnknownName
from kuchipaku.fitting.adding import add_character
from kuchipaku.picture import character_picture, media_type
from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.stage import Notice
from kuchipaku.web.fitting import DECODING, report, uploaded
from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.schemas import CharacterBody
from kuchipaku.web.streams import KEEP_ALIVE, Seats, sse

FIELDS = {"name": True, "title": False, "avatar": False, "fit": False}
"""Fields of the form that adds a character, and whether they are required."""
AVATARS = ("puppet", "tha3")
"""Avatars that a single picture is enough for."""


class Characters:
    """Views of everything under /api/characters."""

    def __init__(self, services: Services, followers: Seats) -> None:
        self._services, self._followers = services, followers
        self._store = services.characters

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("characters", __name__, url_prefix="/api/characters")
        routes.get("")(self.listed)
        routes.post("")(self.add)
        routes.get("/<name>")(self.read)
        routes.patch("/<name>")(self.change)
        routes.delete("/<name>")(self.delete)
        routes.get("/<name>/picture")(self.picture)
        routes.post("/<name>/choose")(self.choose)
        routes.get("/<name>/events")(self.events)
        return routes

    def listed(self) -> Response:
        """Every character, and who is chosen."""
        characters = [self._listed(name) for name in self._store.names()]
        return jsonify(characters=characters, chosen=self._store.chosen_name())

    def read(self, name: str) -> Response:
        """One character."""
        character = self._store.get(name)
        return jsonify(card(character) | {"persona": character.persona, "live": self._live(name)})

    def picture(self, name: str) -> Response:
        """A character's picture."""
        character = self._store.get(name)
        path = character.folder / character.picture
        if not path.is_file():
            raise UnknownName(f"{name} has no picture", hint=f"put {character.picture} into its folder")
        picture = path.read_bytes()
        return Response(picture, mimetype=media_type(picture), headers={"Cache-Control": "no-cache"})

    @takes(form="picture", fields=FIELDS)
    def add(self) -> tuple[Response, int]:
        """A new character of one picture: a multipart form with `name`, `title` and the file `picture`.

        The doctor makes the picture ready for the `avatar`, "puppet" or "tha3"; with `fit` = "no" it is only shrunk.
        """
        upload = uploaded("picture", tuple(FIELDS))
        avatar, fitting = _choice("avatar", AVATARS), _choice("fit", ("yes", "no")) == "yes"
        name, title = request.form.get("name", ""), request.form.get("title", "")[:80]
        limit = self._services.settings.limits.picture_megapixels
        with DECODING:
            if fitting:
                chosen = cast(Literal["puppet", "tha3"], avatar)
                character, fitted = add_character(self._store, upload, limit, name=name, title=title, avatar=chosen)
                return jsonify(card(character) | {"fit": report(fitted)}), 201
            png = character_picture(upload, limit)
        return jsonify(card(self._store.add(name, title, png, f'avatar = "{avatar}"\n'))), 201

    def choose(self, name: str) -> Response:
        """Make it the one who performs when a request names nobody; it ends a pause."""
        chosen = self._store.choose(name)
        if performer := self._services.stage.on_stage(name):
            performer.resume()
        return jsonify(card(chosen))

    @takes(body=CharacterBody)
    def change(self, name: str) -> Response:
        """Change what its file says of its manner; it counts from the next performance on."""
        wish = json_body(CharacterBody).model_dump(exclude_unset=True)
        if "voice" in wish or "language" in wish:
            asked = replace(self._store.get(name), **{key: wish[key] for key in ("voice", "language") if key in wish})
            self._services.composer.check(asked, Delivery())
        return jsonify(card(self._store.change(name, wish)))

    def delete(self, name: str) -> Response:
        """Remove a character and its files; the last one stays."""
        self._store.delete(name)
        self._services.director.forget(name)
        return jsonify(ok=True)

    def events(self, name: str) -> Response:
        """News of a character: `performance` when one begins, `stop` when all is silent."""
        self._store.get(name)
        return self._followers.stream(lambda: _told(self._services.stage.notices(name)), "text/event-stream")

    def _live(self, name: str) -> dict[str, Any] | None:
        """How it is rendered now; None while nobody has called on it."""
        performer = self._services.stage.on_stage(name)
        if performer is None:
            return None
        known = ("ready", "paused", "note", "progress", "trouble", "fps")
        return {key: getattr(performer, key) for key in known}

    def _listed(self, name: str) -> dict[str, Any]:
        """A card; of a character that cannot be read, one that says why."""
        try:
            return card(self._store.get(name))
        except KuchipakuError as error:
            unread = Character(name, self._services.settings.folders.characters / name, title=name, avatar="")
            return card(unread) | {"error": f"{error}; {error.hint}"}


def _choice(field: str, choices: Sequence[str]) -> str:
    """What the form says, the first of `choices` where it says nothing. Raises BadRequest for anything else."""
    chosen = request.form.get(field) or choices[0]
    if chosen not in choices:
        raise BadRequest(f"{field} is {chosen[:40]!r}", hint=f"one of {', '.join(choices)}")
    return chosen


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
