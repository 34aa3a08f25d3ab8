"""docs/security.md: every promise names its tests, and they are there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from kuchipaku.cli import parse_flags
from kuchipaku.keys import Key, read_keys
from kuchipaku.settings import ServerSection, Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| promise \| test \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE)
PROMISES = [tuple(line.strip("| ").split(" | ")) for table in ROWS for line in table.splitlines()]


def functions(file: Path) -> set[str]:
    """Names of the test functions in a file."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


TESTS = {name for file in (ROOT / "tests" / "kuchipaku").rglob("test_*.py") for name in functions(file)}


def test_there_are_promises_under_every_heading_but_the_last() -> None:
    headings = re.findall(r"(?m)^## .*$", PAGE)
    assert len(ROWS) == len(headings) - 2
    assert len(PROMISES) > 30


@pytest.mark.parametrize("row", PROMISES, ids=lambda row: row[0][:40])
def test_every_promise_names_tests_that_there_are(row: tuple[str, ...]) -> None:
    _, named = row
    names = re.findall(r"`(test_\w+)`", named)
    assert names
    assert set(names) <= TESTS


def test_the_key_file_shown_is_one(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "key.txt").write_text(shown)
    keys = read_keys(tmp_path / "key.txt")
    assert keys == (Key("key-1", "NJxT9vXlqPBz0eRk6qYw3A"), Key("phone", "8bK2mUcQy0sJdWfVtHn4Gg"))


def test_the_settings_and_flags_shown_are_taken() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert Settings.model_validate(tomllib.loads(shown)).server.cors_origins == ("http://192.168.1.7:8000",)
    for line in re.findall(r"\./start\.sh ([^`\n]*)", PAGE):
        _, flags, _ = parse_flags(line.split())
        assert Settings.model_validate(flags).server.secure
    assert parse_flags(["--no-auth"])[1] == {"server": {"no_auth": True}}


def test_the_minutes_told_are_the_defaults() -> None:
    told = dict(re.findall(r"`server\.(\w+_minutes)`, (\d+) by default", PAGE))
    defaults = ServerSection()
    assert {name: float(minutes) for name, minutes in told.items()} == {
        "signed_url_minutes": defaults.signed_url_minutes,
        "known_address_minutes": defaults.known_address_minutes,
    }


def test_links_lead_somewhere() -> None:
    places = {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in re.findall(r"(?m)^#+ (.*)$", PAGE)}
    targets = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(targets) > 1
    for page, _, place in (target.partition("#") for target in targets):
        assert (ROOT / "docs" / page).is_file() if page else place in places
