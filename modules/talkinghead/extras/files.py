"""`_animator.json` and `_emotions.json` in a character's folder, in the format of SillyTavern-Extras."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuchipaku import BadRequest, Character
from modules.talkinghead.extras import templates as emotions
from modules.talkinghead.extras.reading import Complaint, tell
from modules.talkinghead.extras.settings import KEYS, MOVEMENT, AnimatorSettings, Given, read_settings
from modules.talkinghead.extras.templates import Templates, read_templates

ANIMATOR, EMOTIONS = "_animator.json", "_emotions.json"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody said about a character's motion; None where nothing was said."""

    settings: Given | None = None
    templates: Templates | None = None

    def over(self, below: Wishes) -> Wishes:
        """These, and what is said `below` where these say nothing: key by key, emotion by emotion."""
        return Wishes(_over(self.settings, below.settings), _over(self.templates, below.templates))

    @property
    def move(self) -> bool:
        """Whether they say how the face moves; a crop, a filter or a rate does not."""
        return self.templates is not None or not set(MOVEMENT).isdisjoint(self.settings or ())


def _over(above: Mapping[str, Any] | None, below: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return below if above is None else {**(below or {}), **above}


def read_files(character: Character) -> tuple[Wishes, list[str]]:
    """What a character's two files say, and what is wrong with them, which is named in the log too.

    A wrong key is left out, a file that cannot be read as a whole: a character lives, whatever its files say.
    """
    wishes, wrong = [], []
    for name, read in ((ANIMATOR, read_settings), (EMOTIONS, read_templates)):
        where = f"{character.name}/{name}"
        try:
            said, complaints = read(read_json(character.folder / name))
        except BadRequest as error:
            said, complaints = {}, [Complaint("", str(error), error.hint)]
        tell(complaints, where)
        wishes.append(said or None)
        wrong += [f"{where}: {complaint}" for complaint in complaints]
    return Wishes(*wishes), wrong


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file, empty where there is no file. Raises BadRequest for anything else."""
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except (OSError, ValueError, RecursionError) as error:
        raise BadRequest(f"cannot be read: {error}", hint="it must be JSON") from error
    if not isinstance(read, dict):
        raise BadRequest("is no JSON object", hint="it begins with { and ends with }")
    return read


def animator_file(settings: AnimatorSettings, keys: Collection[str] = KEYS) -> bytes:
    """The content of an `_animator.json` with those keys."""
    return _written({key: value for key, value in settings.to_json().items() if key in keys})


def emotions_file(templates: Templates) -> bytes:
    """The content of an `_emotions.json`."""
    return _written(emotions.to_json(templates))


def _written(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
