"""Characters: folders with a character.toml, read, written and listed."""

from __future__ import annotations

import re
import tempfile
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import Field, field_validator, model_validator

from kuchipaku.emotion import LABELS
from kuchipaku.errors import BadRequest, Busy, KuchipakuError, UnknownName
from kuchipaku.pose import Pose, spread
from kuchipaku.settings import Section, checked, read_toml

NAME = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\Z)[a-z0-9][a-z0-9_-]{0,39}")
"""What a character may be called: keeps paths, and what Windows takes for devices, out of requests."""

_CHOSEN = ".chosen"


@dataclass(frozen=True, slots=True)
class Character:
    """Who performs: a persona, a voice, and a body for an avatar to move."""

    name: str
    """Its folder's name: lower-case letters, digits, "-" and "_"; what the API takes."""
    folder: Path
    """Where its files lie."""
    title: str = ""
    """What a person reads."""
    avatar: str = "puppet"
    """The kind of avatar that performs it."""
    picture: str = "picture.png"
    """File name of its picture, inside the folder."""
    persona: str = ""
    """Who it is, told to the language model in the second person."""
    prompt: str = ""
    """File name of its own prompt template, inside the folder; empty: the common one."""
    voice: str = ""
    """"engine" or "engine/voice"; empty: the server's default."""
    language: str = ""
    """BCP 47, lower case; empty: found from the text."""
    speed: float = 1.0
    """Times the engine's usual rate, 0.25 to 4."""
    pitch: float = 1.0
    """Times the engine's usual pitch, 0.25 to 4."""
    temperament: float = 0.5
    """Liveliness, 0 (still) to 1 (restless)."""
    seed: int = 0
    """Lays out its blinks and sways."""
    rest: str = "neutral"
    """The emotion it wears when nothing is said."""
    emotions: Mapping[str, Pose] = field(default_factory=dict)
    """Its own emotion poses, in place of the common ones: label -> pose."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The table of character.toml named like its avatar kind: settings of that avatar."""


class CharacterFile(Section):
    """What character.toml may say, beside the table of its avatar."""

    title: str = Field("", max_length=80)
    avatar: str = "puppet"
    picture: str = Field("picture.png", pattern=r"^[^/\\]+$")
    persona: str = Field("", max_length=8000)
    prompt: str = Field("", pattern=r"^[^/\\]*$")
    voice: str = ""
    language: str = ""
    speed: float = Field(1.0, ge=0.25, le=4.0)
    pitch: float = Field(1.0, ge=0.25, le=4.0)
    temperament: float = Field(0.5, ge=0.0, le=1.0)
    seed: int = 0
    rest: str = "neutral"
    emotions: dict[str, dict[str, float]] = Field(default_factory=dict)

    @field_validator("emotions")
    @classmethod
    def _both_sides(cls, emotions: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        return {label: spread(pose) for label, pose in emotions.items()}

    @model_validator(mode="after")
    def _known_rest(self) -> CharacterFile:
        if self.rest not in (*LABELS, *self.emotions):
            raise ValueError(f"rest is {self.rest!r}, which is no emotion: one of {', '.join(LABELS)}, or your own")
        return self


def read_character(folder: Path) -> Character:
    """The character of one folder. Raises BadRequest naming the file, the key and what is allowed."""
    path = folder / "character.toml"
    tables = read_toml(path)
    avatar = tables.get("avatar", "puppet")
    options = tables.pop(avatar, {}) if isinstance(avatar, str) else {}
    if not isinstance(options, dict):
        raise BadRequest(f"{folder.name}/character.toml: {avatar!r} is {options!r}", hint=f"write a table: [{avatar}]")
    known = checked(CharacterFile, tables, f"{folder.name}/character.toml")
    values = known.model_dump() | {"title": known.title or folder.name.title()}
    return Character(name=folder.name, folder=folder, options=options, **values)


class CharacterStore:
    """The folder of characters. Every call reads the disk, so that a file edited by hand counts at once.

    Safe to use from any thread: one change is made at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changing = threading.Lock()

    def names(self) -> list[str]:
        """Every character there is, in alphabetical order."""
        if not self._folder.is_dir():
            return []
        return sorted(toml.parent.name for toml in self._folder.glob("*/character.toml") if _fits(toml.parent.name))

    def has(self, name: str) -> bool:
        """Whether there is a character of that name."""
        return _fits(name) and (self._folder / name / "character.toml").is_file()

    def get(self, name: str) -> Character:
        """The character of that name. Raises UnknownName, or BadRequest if its file is wrong."""
        return read_character(self._known(name))

    def chosen_name(self) -> str:
        """Who performs when a request names nobody: the chosen one, else the first that is right; empty if none is."""
        try:
            name = (self._folder / _CHOSEN).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            name = ""
        names = self.names()
        return name if name in names else next(filter(self._is_right, names), next(iter(names), ""))

    def chosen(self) -> Character:
        """The one who performs when a request names nobody. Raises UnknownName if there is no character."""
        return self.get(self.chosen_name())

    def _is_right(self, name: str) -> bool:
        try:
            return bool(self.get(name))
        except KuchipakuError:
            return False

    def choose(self, name: str) -> Character:
        """Make `name` the chosen one, for later starts too. Raises UnknownName; KuchipakuError if it cannot write."""
        with self._changing, self._writing():
            character = self.get(name)
            (self._folder / _CHOSEN).write_text(name, encoding="utf-8")
            return character

    def add(
        self, name: str, title: str, picture: bytes, tables: str = "", files: Mapping[str, bytes] | None = None
    ) -> Character:
        """A new character of one PNG picture; `tables` is more TOML for its file, `files` lie beside, or in its place.

        Raises BadRequest for a bad name or wrong tables, Busy for one that exists. The folder appears whole or not
        at all.
        """
        text = f"title = {_toml_text(title or name.title())}\n{tables}"
        return self._create(name, {"picture.png": picture, **(files or {}), "character.toml": text.encode()})

    def write(self, name: str, files: Mapping[str, bytes | None], *, create: bool = False) -> Character:
        """Put files into a character's folder, none of them half written; None removes one.

        Names are relative and stay inside. With `create` a character that does not exist is made. Raises UnknownName,
        and BadRequest for a wrong name or character.toml, before anything is changed.
        """
        if create and not self.has(name):
            return self._create(name, {file: content for file, content in files.items() if content is not None})
        with self._changing, self._writing() as making:
            folder, fresh = self._known(name), _filled(making / name, files)
            for file, content in files.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                if content is None:
                    (folder / file).unlink(missing_ok=True)
                else:
                    (fresh / file).replace(folder / file)
            return self.get(name)

    def change(self, name: str, values: Mapping[str, str | float]) -> Character:
        """Set keys of a character's file; the rest of it stays, comments too. Raises UnknownName, BadRequest."""
        path = self._known(name) / "character.toml"
        self.get(name)  # a file that is wrong is told as such, and left alone
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        document.update(values)
        return self.write(name, {"character.toml": tomlkit.dumps(document).encode()})

    def _create(self, name: str, files: Mapping[str, bytes]) -> Character:
        """A character of these files. The folder appears whole or not at all."""
        if not _fits(name):
            raise BadRequest(f"{name[:60]!r} cannot be a character's name", hint='a-z, 0-9, "-" and "_", up to 40')
        with self._changing, self._writing() as making:
            if (self._folder / name).exists():
                raise Busy(f"there is a character called {name!r} already", hint="choose another name, or delete it")
            _filled(making / name, files).rename(self._folder / name)
            return self.get(name)

    def delete(self, name: str) -> None:
        """Remove a character and its files, whether or not they are right. Raises UnknownName, Busy for the last one.

        The folder is gone at once, and its files soon after.
        """
        with self._changing, self._writing() as leaving:
            folder = self._known(name)
            if self.names() == [name]:
                raise Busy(f"{name} is the only character", hint="add another one first")
            folder.rename(leaving / name)

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """A folder beside the characters, gone afterwards. Raises KuchipakuError where nothing can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as beside:
                yield Path(beside)
        except OSError as error:
            raise KuchipakuError(
                f"the folder of characters cannot be changed: {error.strerror}", hint=f"let me write to {self._folder}"
            ) from error

    def _known(self, name: str) -> Path:
        """The folder of that character. Raises UnknownName."""
        if not name and not self.names():
            raise UnknownName("there is no character yet", hint="docs/characters.md says how to make one")
        if not self.has(name):
            known = ", ".join(self.names()) or "there is none yet"
            raise UnknownName(f"no character is called {name!r}", hint=f"known: {known}")
        return self._folder / name


def _filled(folder: Path, files: Mapping[str, bytes | None]) -> Path:
    """`folder` made anew with these files. Raises BadRequest for a name that leads out, or a wrong character.toml."""
    for file, content in files.items():
        path = folder / file
        if not path.resolve().is_relative_to(folder.resolve()) or path.resolve() == folder.resolve():
            raise BadRequest(f"{file!r} is no file of a character", hint="a name inside of its folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or b"")
    if files.get("character.toml") is not None:
        read_character(folder)
    return folder


def _fits(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def _toml_text(text: str) -> str:
    """`text` as a TOML basic string; checked by reading it back."""
    escaped = "".join(c if c >= " " and c not in '"\\\x7f' else f"\\u{ord(c):04x}" for c in text)
    quoted = f'"{escaped}"'
    return quoted if tomllib.loads(f"v = {quoted}")["v"] == text else '""'
