"""The extension's files: what SillyTavern reads of them, and what the server's page shares with them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "extension"
STATIC = ROOT / "kuchipaku" / "web" / "static"
OWN = {"place.js"}
"""Where the server is, and its key: the one thing that the page and the extension know in ways of their own."""
IMPORT = re.compile(r'(?:from|import\()\s*"(\.[^"]+)"')


@pytest.mark.parametrize("file", sorted((EXTENSION / "live").iterdir()), ids=lambda file: file.name)
def test_what_plays_and_draws_is_the_same_as_in_the_servers_page(file: Path) -> None:
    assert (file.read_bytes() == (STATIC / file.name).read_bytes()) is (file.name not in OWN)


@pytest.mark.parametrize("file", sorted(EXTENSION.rglob("*.js")), ids=lambda file: file.name)
def test_every_module_finds_what_it_imports_inside_of_the_extension(file: Path) -> None:
    for found in IMPORT.findall(file.read_text(encoding="utf-8")):
        imported = (file.parent / found).resolve()
        assert imported.is_file() and EXTENSION in imported.parents


def test_it_can_be_installed_from_the_repository_and_from_its_folder() -> None:
    whole, alone = (json.loads((folder / "manifest.json").read_text()) for folder in (ROOT, EXTENSION))
    for kind in ("js", "css"):
        assert (EXTENSION / alone[kind]).is_file()
        assert whole.pop(kind) == f"extension/{alone.pop(kind)}"
    assert whole == alone


def test_the_manifest_says_what_it_needs() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert manifest["version"] == project["version"]
    assert manifest["minimum_client_version"] == "1.12.13"
    assert manifest["requires"] == manifest["dependencies"] == []


def test_every_setting_can_be_chosen_in_the_drawer() -> None:
    defaults = (
        (EXTENSION / "settings.js").read_text(encoding="utf-8").partition("Object.freeze({")[2].partition("})")[0]
    )
    settings = set(re.findall(r"^  (\w+):", defaults, re.MULTILINE))
    drawer = set(re.findall(r'data-setting="(\w+)"', (EXTENSION / "settings.html").read_text(encoding="utf-8")))
    assert settings - drawer == {"box", "cast"}
    assert drawer <= settings
