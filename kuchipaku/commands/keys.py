"""python -m kuchipaku keys list | add NAME | revoke NAME: who may come in; a running server takes it over at once."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("keys", help="list, add and revoke the API keys of a secure server")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _action(actions, "list", listed, "the names of the keys; the keys themselves are in the file")
    add = _action(actions, "add", added, "make a key for somebody, and print it")
    add.add_argument("name", metavar="NAME", help="whose it is: letters, digits, - and _")
    revoke = _action(actions, "revoke", revoked, "strike a key off: it is refused at once")
    revoke.add_argument("name", metavar="NAME", help="as `list` shows it")


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: object, about: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=about, description=about)
    parser.add_argument("--api-key-file", type=Path, metavar="FILE", help="file with the keys (default api_key.txt)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (default settings.toml)")
    parser.set_defaults(run=run)
    return parser


def listed(given: argparse.Namespace) -> int:
    """Print the name of every key. The exit status is 0."""
    from kuchipaku.keys import read_keys

    for key in read_keys(key_file(given)):
        print(key.name)
    return 0


def added(given: argparse.Namespace) -> int:
    """Add a key and print it. The exit status is 0."""
    from kuchipaku.keys import add_key

    print(add_key(key_file(given), given.name).secret)
    return 0


def revoked(given: argparse.Namespace) -> int:
    """Strike a key off. The exit status is 0."""
    from kuchipaku.keys import revoke_key

    left = revoke_key(key_file(given), given.name)
    print(f"{given.name} is revoked; {left or 'no'} {'key is' if left == 1 else 'keys are'} left")
    return 0


def key_file(given: argparse.Namespace) -> Path:
    """The file with the keys, by the flag or the settings. Raises BadRequest for wrong settings."""
    from kuchipaku.settings import load_settings

    default = Path("settings.toml")
    flags = {"server": {"api_key_file": given.api_key_file}} if given.api_key_file else {}
    return load_settings(
        given.settings or (default if default.is_file() else None), os.environ, flags
    ).server.api_key_file
