"""New characters from what a person has: any picture, or the folder of a THA4 model."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from kuchipaku.character import Character, CharacterStore
from kuchipaku.errors import BadRequest
from kuchipaku.fitting.body import puppet_table
from kuchipaku.fitting.report import Fitted, fit
from kuchipaku.picture import character_picture

THA4_MODEL = "character_model.yaml"
"""The file that makes a folder a THA4 model."""
_THA4_FILES = ("character_image_file_name", "face_morpher_file_name", "body_morpher_file_name")
_LARGEST = 64 * 2**20
"""Bytes that one file of a model may have."""


def add_character(
    store: CharacterStore,
    picture: bytes,
    megapixels: float,
    *,
    name: str,
    title: str = "",
    avatar: Literal["puppet", "tha3"] = "puppet",
) -> tuple[Character, Fitted]:
    """A new character of any picture, made ready for its avatar, and what the doctor says of it.

    Raises as `fit` and `CharacterStore.add` do.
    """
    fitted = fit(picture, megapixels, framing="portrait" if avatar == "puppet" else "tha")
    # A table that is not the avatar's own would be an unknown key.
    tables = f'avatar = "{avatar}"\n\n{puppet_table(fitted) if avatar == "puppet" else ""}'
    return store.add(name, title, fitted.picture_png, tables), fitted


def add_tha4(store: CharacterStore, folder: Path, megapixels: float, *, name: str, title: str = "") -> Character:
    """A new character of a THA4 model's folder, whose files are copied. Raises BadRequest where one is missing."""
    named = _model_files(folder)
    files = {file: _read(folder, file) for file in (THA4_MODEL, *named.values())}
    picture = files[named["character_image_file_name"]]
    return store.add(name, title, character_picture(picture, megapixels), 'avatar = "tha4"\n', files)


def _model_files(folder: Path) -> dict[str, str]:
    """The three files that character_model.yaml names: a picture and two networks."""
    text = _read(folder, THA4_MODEL).decode("utf-8", "replace")
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line and not line.lstrip().startswith("#"))
    named = {key.strip(): value.strip().strip("'\"") for key, value in pairs}
    missing = [key for key in _THA4_FILES if not named.get(key)]
    if missing:
        raise BadRequest(f"{folder.name}/{THA4_MODEL} does not name {missing[0]}", hint="it must name three files")
    return {key: named[key] for key in _THA4_FILES}


def _read(folder: Path, file: str) -> bytes:
    path = folder / file
    if Path(file).name != file or not path.is_file():
        raise BadRequest(
            f"{folder.name}/{file} is missing", hint=f"a THA4 model is {THA4_MODEL} and the files it names"
        )
    if path.stat().st_size > _LARGEST:
        raise BadRequest(f"{folder.name}/{file} is too large", hint=f"at most {_LARGEST >> 20} MB")
    return path.read_bytes()
