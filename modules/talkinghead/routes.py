"""/api/talkinghead: SillyTavern-Extras' routes, and the studio's: poses, emotions, animator and filters, live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import Field

from kuchipaku import THA_RIG, UnknownName
from kuchipaku.services import Services
from kuchipaku.web.openapi import json_body, query_of, takes
from kuchipaku.web.schemas import Body
from modules.talkinghead.extras import settings, templates
from modules.talkinghead.extras.figure import Figure
from modules.talkinghead.extras.files import ANIMATOR, EMOTIONS, Wishes, animator_file, emotions_file
from modules.talkinghead.extras.routes import ExtrasRoutes
from modules.talkinghead.extras.wardrobe import Wardrobe

GROUPS: Mapping[str, str] = {"neck": "head", "breathing": "breath"}
"""Group of a morph by the first part of its name, where it is not that part itself."""


class OneBody(Body):
    """Whose studio."""

    character: str = Field("", max_length=40, description="its name; empty: the chosen one")


class StudioBody(OneBody):
    """POST /api/talkinghead/studio: what is given changes, at once; null takes back what was posted."""

    pose: dict[str, Any] | None = Field(None, description="morphs to hold, by name; null gives the face back")
    animator: dict[str, Any] | None = Field(None, description="settings of an _animator.json, any of them")
    templates: dict[str, Any] | None = Field(None, description="emotion -> its whole pose, any of them")
    emotion: str = Field("", max_length=100, description="what is felt when nothing is said")
    talking: bool = Field(False, description="whether the mouth talks without a score")


def routes(services: Services) -> Blueprint:
    """Everything under /api/talkinghead but the feed."""
    blueprint = Blueprint("talkinghead", __name__)
    wardrobe = Wardrobe(services)
    ExtrasRoutes(services, wardrobe).add_to(blueprint)
    Studio(wardrobe).add_to(blueprint)
    return blueprint


class Studio:
    """Views of /api/talkinghead/studio."""

    def __init__(self, wardrobe: Wardrobe) -> None:
        self._wardrobe = wardrobe

    def add_to(self, blueprint: Blueprint) -> None:
        """Put the routes on a blueprint."""
        blueprint.get("/studio")(self.read)
        blueprint.post("/studio")(self.change)
        blueprint.post("/studio/save")(self.save)
        blueprint.post("/studio/reset")(self.reset)
        blueprint.get(f"/studio/{ANIMATOR}")(self.animator_file)
        blueprint.get(f"/studio/{EMOTIONS}")(self.emotions_file)

    @takes(query=OneBody)
    def read(self) -> Response:
        """Morphs, emotions, templates, animator and filters of a character, with the values in force."""
        return self._told(query_of(OneBody).character)

    @takes(body=StudioBody)
    def change(self) -> Response:
        """Change what is given, live: a held pose, settings, templates, the emotion, talking."""
        body = json_body(StudioBody)
        name = body.character
        if body.pose and body.model_fields_set <= {"character", "pose"}:
            # Under a hand on a slider: not eased over, as all else is.
            self._wardrobe.figure(name).pose = templates.strict_pose(body.pose, "pose")
            return self._told(name)
        with self._wardrobe.changing(name, ease=not (body.animator or body.templates)) as figure:
            said = _said(body, figure)
            if body.emotion and body.emotion not in {*figure.emotions(), *(said.templates or {})}:
                raise UnknownName(
                    f"no emotion is called {body.emotion!r}", hint=f"known: {', '.join(figure.emotions())}"
                )
            if "pose" in body.model_fields_set:
                figure.pose = templates.strict_pose(body.pose or {}, "pose")
            figure.say(said)
        if "talking" in body.model_fields_set:
            self._wardrobe.talk(body.talking, name)
        if body.emotion:
            self._wardrobe.feel(body.emotion, name)
        return self._told(name)

    @takes(body=OneBody)
    def save(self) -> Response:
        """Write what was changed into the character's folder: `_animator.json` and `_emotions.json`."""
        name = json_body(OneBody).character
        self._wardrobe.save(name)
        return self._told(name)

    @takes(body=OneBody)
    def reset(self) -> Response:
        """Back to what the character's files say, or to our own animation where it has none."""
        name = json_body(OneBody).character
        with self._wardrobe.changing(name) as figure:
            figure.reset()
        return self._told(name)

    @takes(query=OneBody)
    def animator_file(self) -> Response:
        """The settings in force as an `_animator.json` of SillyTavern-Extras, to download."""
        return _download(ANIMATOR, animator_file(self._wardrobe.figure(query_of(OneBody).character).settings))

    @takes(query=OneBody)
    def emotions_file(self) -> Response:
        """The templates in force as an `_emotions.json` of SillyTavern-Extras, to download."""
        return _download(EMOTIONS, emotions_file(self._wardrobe.figure(query_of(OneBody).character).templates()))

    def _told(self, name: str) -> Response:
        figure, performer = self._wardrobe.figure(name), self._wardrobe.performer(name)
        return jsonify(told(figure) | {"emotion": performer.score.rest})


def told(figure: Figure) -> dict[str, Any]:
    """A character's studio as JSON, but for the emotion it wears."""
    from modules.talkinghead.filters.chain import describe

    character = figure.character
    return {
        "character": character.name,
        "morphs": [_morph(name, *THA_RIG.ranges[name]) for name in THA_RIG.morphs],
        "emotions": figure.emotions(),
        "templates": {emotion: dict(pose) for emotion, pose in figure.templates().items()},
        "animator": figure.settings.to_json(),
        "animator_help": {name: _help(key) for name, key in settings.KEYS.items()},
        "filters": describe(),
        "in_charge": figure.in_charge,
        "talking": figure.is_talking,
        "pose": dict(figure.pose) or None,
        "saved": figure.is_saved(),
        "files": [name for name in (ANIMATOR, EMOTIONS) if (character.folder / name).is_file()],
        "trouble": figure.trouble,
    }


def _said(body: StudioBody, figure: Figure) -> Wishes:
    """What is posted after a change. Raises BadRequest for anything that is wrong in it."""
    given = settings.strict(body.animator or {}, "animator")
    poses = templates.strict(body.templates or {}, "templates")
    changed = figure.with_changes(given, poses)
    return Wishes(
        None if _is_null(body, "animator") else changed.settings,
        None if _is_null(body, "templates") else changed.templates,
    )


def _is_null(body: StudioBody, field: str) -> bool:
    return field in body.model_fields_set and getattr(body, field) is None


def _morph(name: str, low: float, high: float) -> dict[str, Any]:
    part = name.partition("_")[0]
    return {"name": name, "low": low, "high": high, "group": GROUPS.get(part, part)}


def _help(key: settings.Key) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if name in ("about", "low", "high", "step", "kind")}


def _download(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/json", headers=headers)
