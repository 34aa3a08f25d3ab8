"""The anchors of a puppet's face as JSON, for editing by hand, and back into the text of its character.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from kuchipaku import BadRequest, Character
from kuchipaku.fitting.body import picture_layers
from kuchipaku.fitting.tables import with_table
from kuchipaku.settings import checked
from modules.puppet.description import PuppetSpec, puppet_spec

_PARTS = ("eyes", "brows", "mouth")


def anchors_of(character: Character) -> dict[str, Any]:
    """Everything in [puppet] but the layers, in pixels of the 512 x 512 picture; a part that is not drawn is None.

    What the file leaves out has its default. Raises BadRequest where the file is wrong.
    """
    spec = puppet_spec(character)
    anchors: dict[str, Any] = spec.model_dump(mode="json", exclude={"layers"})
    drawn = {layer.draw for layer in spec.layers}
    return anchors | {part: anchors[part] if part in drawn else None for part in _PARTS}


def with_anchors(text: str, anchors: Mapping[str, Any], picture: str = "picture.png") -> str:
    """A character.toml with these anchors in its table [puppet], in place of the old; other keys stay as they are.

    A part that is None is taken away. Layers of a character that is one picture follow the parts; a character with
    layers of its own keeps them. Raises BadRequest naming the key that is wrong.
    """
    before = _puppet_table(text)
    table = dict(before)
    for key, value in anchors.items():
        old = table.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        table[key] = {**old, **value} if both and old is not None else value
    table = {key: value for key, value in table.items() if value is not None}
    if _is_one_picture(before.get("layers", [])):
        table["layers"] = picture_layers(table, picture)
    checked(PuppetSpec, table, "anchors")
    return with_table(text, "puppet", table)


def _puppet_table(text: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(text).get("puppet", {})
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"character.toml is not TOML: {error}", hint="mend that line") from error
    if not isinstance(table, dict):
        raise BadRequest("character.toml: puppet is no table", hint="write [puppet]")
    return table


def _is_one_picture(layers: list[dict[str, Any]]) -> bool:
    return sum(1 for layer in layers if layer.get("file")) <= 1
