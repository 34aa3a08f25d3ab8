"""/api/talkinghead as SillyTavern-Extras has it: the same paths, bodies and answers, for the chosen character."""

from __future__ import annotations

import threading
from hashlib import sha256
from html import escape
from typing import Any

from flask import Blueprint, request
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from kuchipaku import BadRequest
from kuchipaku.services import Services
from kuchipaku.web.extras import only_with
from kuchipaku.web.openapi import json_body, takes
from modules.talkinghead.extras import settings, templates
from modules.talkinghead.extras.files import Wishes
from modules.talkinghead.extras.upload import NAME, character_files, has_networks
from modules.talkinghead.extras.wardrobe import Wardrobe


class EmotionBody(BaseModel):
    """POST /api/talkinghead/set_emotion; unknown fields are ignored, as SillyTavern-Extras does."""

    model_config = ConfigDict(extra="ignore")

    emotion_name: Any = Field(None, json_schema_extra={"type": "string"})


class FileBody(BaseModel):
    """The object of a file, with any keys; an empty list is as good as an empty object."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _no_list(cls, sent: object) -> object:
        return {} if sent == [] else sent

    def sent(self) -> dict[str, Any]:
        """What was sent, unread."""
        return self.model_dump(exclude_unset=True)


def _shown(key: settings.Key) -> Any:
    """A field of any type, which `settings` reads, with what is told of it in the API's document."""
    kind = {"number": "number", "morph": "string"}.get(key.kind, "array")
    return Any, Field(None, description=key.about, json_schema_extra={"type": kind})


SettingsBody = create_model(
    "SettingsBody",
    __base__=FileBody,
    __doc__="An `_animator.json`, any of its keys.",
    **{name: _shown(key) for name, key in settings.KEYS.items()},
)


class ExtrasRoutes:
    """Views of SillyTavern-Extras' own routes."""

    def __init__(self, services: Services, wardrobe: Wardrobe) -> None:
        self._services, self._wardrobe = services, wardrobe
        self._loading = threading.Lock()  # a large picture takes hundreds of megabytes while it is decoded
        self._loaded = b"", False

    def add_to(self, routes: Blueprint) -> None:
        """Put the routes on a blueprint."""
        gated = only_with(self._services, "talkinghead")
        routes.post("/load")(gated(self.load))
        routes.get("/unload")(gated(self.unload))
        routes.get("/start_talking")(gated(self.start_talking))
        routes.get("/stop_talking")(gated(self.stop_talking))
        routes.post("/set_emotion")(gated(self.set_emotion))
        routes.post("/load_emotion_templates")(gated(self.load_emotion_templates))
        routes.post("/load_animator_settings")(gated(self.load_animator_settings))

    @takes(form="file")
    def load(self) -> str:
        """A picture of any size becomes the character "extras", chosen and alive; it takes the place of the last."""
        upload = request.files.get("file")
        if upload is None:
            raise BadRequest("no picture was sent", hint="send a multipart form with the file field `file`")
        with self._loading:
            self._cast(upload.read())
            self._services.characters.choose(NAME)
        for performer in self._services.stage.performers():
            performer.resume()
        self._wardrobe.performer(NAME).prepare()
        return "OK"

    def _cast(self, picture: bytes) -> None:
        """Give the character "extras" that picture, unless it has it already: a client sends it whenever it is seen."""
        networks = has_networks(self._services.settings.folders.models)
        known = sha256(picture).digest(), networks
        if known == self._loaded and self._services.characters.has(NAME):
            return
        files = character_files(picture, self._services.settings.limits.picture_megapixels, networks=networks)
        self._services.characters.write(NAME, files, create=True)
        self._wardrobe.performer(NAME).recast()
        self._loaded = known

    def unload(self) -> str:
        """Pause the chosen character and free its renderer; the feed repeats the last picture until `load`."""
        self._wardrobe.performer().pause()
        return "animation paused"

    def start_talking(self) -> str:
        """Have the mouth talk until told to stop; while a score is spoken the lips follow that."""
        self._wardrobe.talk(True)
        return "talking started"

    def stop_talking(self) -> str:
        """Shut the mouth at once."""
        self._wardrobe.talk(False)
        return "talking stopped"

    @takes(body=EmotionBody)
    def set_emotion(self) -> str:
        """Wear an emotion when nothing is said; neutral for one that nobody knows. Names are case-sensitive."""
        name = json_body(EmotionBody).emotion_name
        if not isinstance(name, str):
            raise BadRequest('"emotion_name" is required', hint='send {"emotion_name": "joy"}')
        if name == "[reset]":
            with self._wardrobe.changing() as figure:
                figure.pose = {}
            self._wardrobe.feel("neutral")
        elif name != "[custom]":  # the pose that is held in the studio, held already
            name = self._wardrobe.feel(name)
        return f"emotion set to {escape(name)}"

    @takes(body=FileBody)
    def load_emotion_templates(self) -> str:
        """An `_emotions.json` in place of any posted before; an empty object takes them back."""
        read = templates.lenient(json_body(FileBody).sent(), "emotion templates")
        with self._wardrobe.changing() as figure:
            figure.say(Wishes(figure.posted.settings, read or None))
        return "OK"

    @takes(body=SettingsBody)
    def load_animator_settings(self) -> str:
        """An `_animator.json` in place of any posted before; an empty object takes it back."""
        read = settings.lenient(json_body(SettingsBody).sent(), "animator settings")
        with self._wardrobe.changing() as figure:
            figure.say(Wishes(read or None, figure.posted.templates))
        return "OK"
