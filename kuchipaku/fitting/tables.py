"""Tables of a character.toml as text: written anew, while the rest of the file stays as its author wrote it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kuchipaku.errors import BadRequest

_HEADER = re.compile(r"\s*\[\[?([^\[\]#]+)\]\]?\s*(#.*)?$")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def table_text(name: str, values: Mapping[str, Any]) -> str:
    """A table as TOML: plain values first, tables in it below, lists of tables last. None is left out."""
    plain = {key: value for key, value in values.items() if not _is_nested(value) and value is not None}
    lines = [f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in plain.items())]
    parts = ["\n".join(lines) + "\n"]
    for key, value in values.items():
        if isinstance(value, Mapping):
            parts.append(table_text(f"{name}.{_key(key)}", value))
    for key, value in values.items():
        if _is_nested(value) and not isinstance(value, Mapping):
            parts += [
                table_text(f"{name}.{_key(key)}", each).replace("[", "[[", 1).replace("]", "]]", 1) for each in value
            ]
    return "\n".join(parts)


def with_table(text: str, name: str, values: Mapping[str, Any]) -> str:
    """A file's text with the table `name` set to `values`, in the place of the old one or at the end.

    What the table held and `values` does not name is gone; everything outside it stays, comments too. Raises
    BadRequest where the text is not TOML, or writes the table in a way that cannot be told apart by lines.
    """
    before = _read(text)
    kept, place = _without(text, name)
    if place is None:
        place = len(kept)
    written = table_text(name, values).rstrip("\n").split("\n")
    gap = [""] if place and kept[place - 1].strip() else []
    after = [""] if place < len(kept) else []
    fresh = "\n".join([*kept[:place], *gap, *written, *after, *kept[place:]]).rstrip("\n") + "\n"
    if _read(fresh) != before | {name: _plain(values)}:
        raise BadRequest(
            f"the table [{name}] cannot be replaced", hint="write it as [tables], not inline, and try again"
        )
    return fresh


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"character.toml is not TOML: {error}", hint="mend that line") from error


def _without(text: str, name: str) -> tuple[list[str], int | None]:
    """The lines outside the table, and where it was."""
    kept: list[str] = []
    place, inside = None, False
    for line, header in _headed(text):
        if header is not None:
            inside = header == name or header.startswith(f"{name}.")
            if inside and place is None:
                place = len(kept)
        if not inside:
            kept.append(line)
    return kept, place


def _headed(text: str) -> Iterator[tuple[str, str | None]]:
    """Each line, with the name of the table that it opens; lines within a long string open none."""
    quotes = ""
    for line in text.split("\n"):
        match = None if quotes else _HEADER.match(line)
        yield line, ".".join(key.strip() for key in match[1].split(".")).replace('"', "") if match else None
        for found in re.findall(r'"""|\'\'\'', line):
            quotes = found if not quotes else ("" if found == quotes else quotes)


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping) for v in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string is a TOML string, but for the one character that JSON leaves bare.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else repr(value)
    return f"[{', '.join(_value(each) for each in value)}]"


def _plain(value: Any) -> Any:
    """As it reads when it is written and read back."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return tomllib.loads(f"v = {_value(value)}")["v"] if isinstance(value, float) else value
