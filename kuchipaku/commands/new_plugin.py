"""python -m kuchipaku new-plugin NAME: a working plugin with its test, to start from."""

from __future__ import annotations

import argparse
import importlib.util
import keyword
import re
import shutil
from pathlib import Path
from string import Template

from kuchipaku.commands.project import ROOT
from kuchipaku.errors import BadRequest, Busy

NAME = re.compile(r"(?!test_)[a-z][a-z0-9_]{0,39}")
"""What a plugin may be called: it is a Python package, and a table of the settings file."""
RULE = 'a-z, 0-9 and "_", a letter first, up to 40; neither a word of Python nor "test_..."'

KINDS = ("voice", "llm", "avatar", "layer")
TEMPLATES = Path(__file__).with_name("templates")

TRY = {
    "voice": 'choose it on the page, or write voice = "{name}" under [speech] in settings.toml',
    "llm": 'write llms = ["{name}"] under [reply] in settings.toml, and talk on the page',
    "avatar": 'write avatar = "{name}" into a character\'s character.toml, and open the page',
    "layer": "say something on the page",
}
"""How to see what a plugin of each kind does."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("new-plugin", help="write a working plugin with its test, to start from")
    parser.add_argument("name", help=RULE)
    parser.add_argument("--kind", choices=KINDS, default="voice", help="what it adds (default voice)")
    parser.add_argument(
        "--folder", type=Path, default=Path("plugins"), metavar="DIR", help="where it is put (default plugins)"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Write the plugin and tell what to do next. The exit status."""
    written = new_plugin(given.name, given.kind, given.folder)
    print("\n".join(_told(written, given.name, given.kind, given.folder)))
    return 0


def new_plugin(name: str, kind: str, folder: Path) -> list[Path]:
    """The files of a new plugin in `folder`/`name`, which appears whole or not at all.

    Raises BadRequest for a name that cannot be one, Busy for one that is taken.
    """
    _check(name, folder)
    making = folder / f".{name}.new"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        for template in sorted((TEMPLATES / kind).glob("*.txt")):
            text = Template(template.read_text(encoding="utf-8")).substitute(name=name)
            (making / _file_name(template, name)).write_text(text, encoding="utf-8")
        making.rename(folder / name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return sorted((folder / name).iterdir())


def _check(name: str, folder: Path) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise BadRequest(f"{name[:60]!r} cannot be a plugin's name", hint=RULE)
    for path in (folder / name, folder / f"{name}.py"):
        if path.exists():
            raise Busy(f"{path} exists already", hint="choose another name, or remove it")
    if importlib.util.find_spec(name) or (ROOT / "modules" / name).exists():
        raise Busy(f"{name!r} is the name of another module", hint="choose a name that nothing else has")


def _file_name(template: Path, name: str) -> str:
    """`voice.py` for voice.py.txt; the test is named after the plugin."""
    return f"test_{name}.py" if template.stem == "test.py" else template.stem


def _told(written: list[Path], name: str, kind: str, folder: Path) -> list[str]:
    home = f"  (in {ROOT}; from elsewhere, with PYTHONPATH={ROOT})" if not _is_ours(folder) else ""
    flag = "" if folder == Path("plugins") else f" --plugins {folder}"
    pytest = [] if importlib.util.find_spec("pytest") else ["  python -m pip install pytest"]
    return [
        *(f"written: {path}" for path in written),
        "",
        "next:",
        *pytest,
        f"  python -m pytest {folder / name}{home}",
        f"  python server.py{flag}",
        f"  {TRY[kind].format(name=name)}",
        "docs/plugins.md tells the rest.",
    ]


def _is_ours(folder: Path) -> bool:
    return folder.resolve().is_relative_to(ROOT)
