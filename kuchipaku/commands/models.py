"""python -m kuchipaku models list | fetch NAME... | verify [NAME...]: the published weights that plugins can use."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuchipaku.errors import BadRequest, UnknownName
from kuchipaku.weights import Found, Published, look, summary

if TYPE_CHECKING:
    from kuchipaku.plugins import Plugins
    from kuchipaku.weights.checksums import Record

COMMAND = "python -m kuchipaku models"
INTERRUPTED = 130
"""Exit status of what Ctrl+C ended."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Weights, and the plugin that can use them."""

    published: Published
    plugin: str


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("models", help="list, fetch and check the published weights of neural avatars")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _action(actions, "list", listed, "what there is, what of it is here, under which licence")
    fetch = _action(actions, "fetch", fetched, "fetch what is missing; a cut download is gone on with")
    fetch.add_argument("names", nargs="+", metavar="NAME", help=f"as `{COMMAND} list` shows")
    verify = _action(actions, "verify", verified, "check what is here; the exit status is 1 if something is wrong")
    verify.add_argument("names", nargs="*", metavar="NAME", help="only these (default all that are here)")


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: object, about: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=about, description=about)
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder of published weights (default models)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (default settings.toml)")
    parser.set_defaults(run=run)
    return parser


def listed(given: argparse.Namespace) -> int:
    """Print every name with its state. The exit status is 0."""
    models, entries = opened(given)
    if not entries:
        print("no plugin publishes weights")
        return 0
    records = _records(models)
    rows = [_row(entry, models, records) for entry in entries]
    print(_table([("NAME", "STATE", "SIZE", "LICENCE", "FOR", "WHERE"), *rows], [e.published.about for e in entries]))
    print(f"\nfetch one: {COMMAND} fetch {(*entries[0].published.also, entries[0].published.name)[0]}")
    return 0


def fetched(given: argparse.Namespace) -> int:
    """Fetch names, each after its licence was shown. The exit status."""
    models, entries = opened(given)
    try:
        for entry in [named(name, entries) for name in given.names]:
            _fetch(entry.published, models)
    except KeyboardInterrupt:
        print(f"\nstopped; to go on: {COMMAND} fetch {' '.join(given.names)}", file=sys.stderr)
        return INTERRUPTED
    return 0


def verified(given: argparse.Namespace) -> int:
    """Print what is wrong with what is here. The exit status is 1 if anything is."""
    models, entries = opened(given)
    chosen = [named(name, entries) for name in given.names]
    records = _records(models)
    told = [line for entry in chosen or entries for line in _checked(entry.published, models, records, bool(chosen))]
    print("\n".join(told) or f"nothing is here yet; see what there is: {COMMAND} list")
    return int(any(line.startswith("FAIL") for line in told))


def opened(given: argparse.Namespace) -> tuple[Path, list[Entry]]:
    """The folder of models, and what plugins publish. Raises BadRequest for wrong settings."""
    from kuchipaku.commands.project import built_in
    from kuchipaku.plugins import load_plugins
    from kuchipaku.settings import load_settings

    default = Path("settings.toml")
    flags = {"folders": {"models": given.models}} if given.models else {}
    settings = load_settings(given.settings or (default if default.is_file() else None), os.environ, flags)
    return settings.folders.models, offered(load_plugins(built_in(), settings.folders.plugins, installed=True))


def offered(plugins: Plugins) -> list[Entry]:
    """What all plugins publish, in order of loading. One that takes another's name is struck off."""
    entries: dict[str, Entry] = {}
    for plugin, offers in plugins.each("published_weights"):
        with plugins.blame(plugin):
            for published in offers:
                for name in (published.name, *published.also):
                    if name in entries:
                        raise BadRequest(f"there are weights called {name!r} already", hint="choose another name")
                entries |= dict.fromkeys((published.name, *published.also), Entry(published, plugin))
    return list(dict.fromkeys(entries.values()))


def named(name: str, entries: Sequence[Entry]) -> Entry:
    """The entry that goes by `name`. Raises UnknownName with the known ones."""
    for entry in entries:
        if name in (entry.published.name, *entry.published.also):
            return entry
    known = [name for entry in entries for name in (*entry.published.also, entry.published.name)]
    raise UnknownName(f"no weights are called {name!r}", hint=f"known: {', '.join(known) or 'none'}")


def introduction(published: Published, models: Path) -> str:
    """What a person should know before it is fetched: licence, credit, size, place."""
    from kuchipaku.weights.disk import megabytes

    size = f"{megabytes(published.size)} in {len(published.files)} files" if published.size else "size not known"
    lines = [
        f"{published.name}: {published.about}",
        f"  licence  {published.licence}, {published.licence_url}",
        f"  credit   {published.credit}, {published.homepage}",
        f"  size     {size}",
        f"  into     {models / published.folder}",
    ]
    if published.non_commercial:
        lines.insert(1, f"  *** NOT FOR COMMERCIAL USE: {published.licence} ***")
    return "\n".join(lines)


def _fetch(published: Published, models: Path) -> None:
    from kuchipaku.weights.bar import Bar
    from kuchipaku.weights.fetching import fetch

    print(introduction(published, models), flush=True)
    bar = Bar(sys.stderr)
    try:
        done = fetch(published, models, bar)
    finally:
        bar.close()
    for one in done:
        print(f"  {HOW[one.how]:8} {one.file.path}  sha256 {one.sha256[:16]}...")
    print(f"{published.name} is ready")


HOW = {"there": "was here", "trusted": "recorded", "fetched": "fetched"}
"""What became of a file, in a word."""


def _records(models: Path) -> dict[str, Record]:
    from kuchipaku.weights import checksums

    return checksums.read(models)


def _row(entry: Entry, models: Path, records: Mapping[str, Record]) -> tuple[str, ...]:
    from kuchipaku.weights.disk import megabytes

    published = entry.published
    state = str(summary(look(published, models, records)))
    name = " = ".join((*published.also, published.name))
    size = megabytes(published.size) if published.size else "?"
    return name, state, size, published.licence, entry.plugin, str(models / published.folder)


def _table(rows: Sequence[tuple[str, ...]], abouts: Sequence[str]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], *(f"{line}\n    {about}" for line, about in zip(lines[1:], abouts, strict=True))])


def _checked(published: Published, models: Path, records: Mapping[str, Record], wanted: bool) -> Iterator[str]:
    """A line for each file of a name; none if nothing of it is here and it was not asked for."""
    found = look(published, models, records)
    if wanted or any(one.path.is_file() for one in found):
        yield from (_line(published, one) for one in found)


def _line(published: Published, found: Found) -> str:
    key, fetch = published.key(found.file), f"{COMMAND} fetch {published.name}"
    if found.state in ("absent", "partial"):
        return f"FAIL {key} is {'here in part' if found.state == 'partial' else 'missing'}  -> {fetch}"
    if found.state == "changed":
        return f"FAIL {key} has sha256 {found.sha256}, expected {found.expected}  -> rm {found.path}; {fetch}"
    if wrong := _content(found):
        return f"FAIL {wrong}  -> rm {found.path}; {fetch}"
    known = "no checksum of it is known; fetch records this one" if found.state == "unchecked" else "sha256 is right"
    return f"{'note' if found.state == 'unchecked' else 'ok':4} {key}: {known}"


def _content(found: Found) -> str:
    from kuchipaku.weights import content

    try:
        content.check(found.path, found.file.path)
    except content.Unfit as error:
        return str(error)
    return ""
