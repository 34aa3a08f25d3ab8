"""python -m kuchipaku character fit PICTURE | add WHAT: any picture made into one that lives."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kuchipaku.errors import BadRequest, KuchipakuError

if TYPE_CHECKING:
    from kuchipaku.fitting import Fitted, Framing
    from kuchipaku.settings import Settings

COMMAND = "python -m kuchipaku character"
MARKS = {"ok": "ok", "mended": "ok", "look": "note", "bad": "FAIL"}
"""Verdict -> how it is printed."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("character", help="make any picture ready to live, and add characters")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    fitting = _action(actions, "fit", fitted, "check and mend a picture; write it, its anchors and a preview")
    fitting.add_argument("picture", type=Path, help="any picture of a character")
    fitting.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where it is put (default here)")
    fitting.add_argument("--name", default="", help="name of the files (default PICTURE-fitted)")
    adding = _action(actions, "add", added, "add a character of a picture, or of the folder of a THA4 model")
    adding.add_argument("source", type=Path, help="a picture, or a folder with character_model.yaml")
    adding.add_argument("--name", default="", help="its name: a-z, 0-9, - and _ (default from the source)")
    adding.add_argument("--title", default="", help="what people read (default from the name)")
    for each in (fitting, adding):
        each.add_argument(
            "--avatar", choices=("puppet", "tha3"), default="puppet", help="who moves it (default puppet)"
        )


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: object, about: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=about, description=about)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (default settings.toml)")
    parser.set_defaults(run=run)
    return parser


def fitted(given: argparse.Namespace) -> int:
    """Write NAME.png, NAME.toml and NAME_preview.png. The exit status is 1 if something cannot be mended."""
    from kuchipaku.fitting import fit, preview, puppet_table

    name = _output_name(given.name, given.picture, given.out)
    framing: Framing = "portrait" if given.avatar == "puppet" else "tha"
    done = fit(_read(given.picture), _settings(given).limits.picture_megapixels, framing)
    files = {f"{name}.png": done.picture_png, f"{name}_preview.png": preview(done)}
    if done.anchors:
        files[f"{name}.toml"] = puppet_table(done).encode()
    _write(given.out, files)
    print("\n".join(told(done)))
    print(f"written: {', '.join(str(given.out / file) for file in files)}")
    print(f"add it: {COMMAND} add {given.picture}" + (" --avatar tha3" if given.avatar == "tha3" else ""))
    return int(any(check.verdict == "bad" for check in done.checks))


def added(given: argparse.Namespace) -> int:
    """Add the character and tell what the doctor says of it. The exit status is 0."""
    from kuchipaku.character import CharacterStore
    from kuchipaku.fitting.adding import add_character, add_tha4

    settings = _settings(given)
    store, limit = CharacterStore(settings.folders.characters), settings.limits.picture_megapixels
    name = given.name or name_from(given.source)
    if given.source.is_dir():
        character = add_tha4(store, given.source, limit, name=name, title=given.title)
    else:
        picture = _read(given.source)
        character, done = add_character(store, picture, limit, name=name, title=given.title, avatar=given.avatar)
        print("\n".join(told(done)))
    print(f"added: {character.folder}  (avatar {character.avatar})")
    return 0


def told(done: Fitted) -> Iterator[str]:
    """Every check in a line, then the score."""
    for check in done.checks:
        hint = f"  -> {check.hint}" if check.hint else ""
        yield f"{MARKS[check.verdict]:5}{check.name}: {check.message}{hint}"
    yield f"score: {done.score} of 100"


def name_from(path: Path) -> str:
    """A character's name from the name of a file or folder. Raises BadRequest where nothing of it can be used."""
    name = re.sub(r"[^a-z0-9_-]+", "-", path.resolve().stem.lower()).strip("-_")[:40]
    if not name:
        raise BadRequest(f"{path.name!r} gives no name", hint='choose one: --name NAME, of a-z, 0-9, "-" and "_"')
    return name


def _output_name(wanted: str, picture: Path, out: Path) -> str:
    """What the files are called. Raises BadRequest for a path, and where the picture itself would be written over."""
    name = wanted or f"{name_from(picture)}-fitted"
    if name != Path(name).name:
        raise BadRequest(f"{name!r} is no name of a file", hint="--out DIR says where it is put")
    if (target := out / f"{name}.png").exists() and picture.exists() and target.samefile(picture):
        raise BadRequest(f"{target} is the picture itself", hint="choose another --name, or another --out")
    return name


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (folder / file).write_bytes(content)
    except OSError as error:
        hint = "choose another folder with --out DIR"
        raise KuchipakuError(f"{folder} cannot be written: {error.strerror}", hint=hint) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}", hint="give the path of a picture") from error


def _settings(given: argparse.Namespace) -> Settings:
    from kuchipaku.settings import load_settings

    default = Path("settings.toml")
    return load_settings(given.settings or (default if default.is_file() else None), os.environ, {})
