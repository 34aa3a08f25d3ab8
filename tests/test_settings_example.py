from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

import server
from kuchipaku import Section, Settings
from kuchipaku.commands.settings_example import plugin_models, settings_toml
from kuchipaku.plugins import load_plugins

EXAMPLE = (Path(__file__).parents[1] / "settings.example.toml").read_text(encoding="utf-8")
MODELS = plugin_models(load_plugins(server.BUILT_IN))


def fields(model: type[BaseModel], table: str = "") -> Iterator[tuple[str, str, str | None]]:
    for name, field in model.model_fields.items():
        section = field.annotation if isinstance(field.annotation, type) else None
        if section and issubclass(section, BaseModel):
            yield from fields(section, name)
        elif name != "plugins":
            yield table, name, field.description


SETTINGS = [*fields(Settings), *(entry for name, model in MODELS.items() for entry in fields(model, f"plugins.{name}"))]


def test_the_example_shows_exactly_the_settings_there_are() -> None:
    told = "run: python -m kuchipaku settings-example > settings.example.toml"
    assert settings_toml(MODELS) == EXAMPLE, told


def test_what_it_shows_as_defaults_are_the_defaults() -> None:
    tables = tomllib.loads(re.sub(r"(?m)^#(?=\w)", "", EXAMPLE))
    plugins = tables.pop("plugins")
    assert Settings.model_validate(tables) == Settings()
    assert {name: model.model_validate(plugins[name]) for name, model in MODELS.items()} == {
        name: model() for name, model in MODELS.items()
    }


def test_as_it_stands_it_changes_nothing() -> None:
    tables = tomllib.loads(EXAMPLE)
    assert not any(tables.pop("plugins").values())
    assert Settings.model_validate(tables) == Settings()


@pytest.mark.parametrize(("table", "name", "sentence"), SETTINGS, ids=lambda part: str(part))
def test_every_setting_says_what_it_means(table: str, name: str, sentence: str | None) -> None:
    assert sentence, f"[{table}] {name} has no docstring"
    section = EXAMPLE.partition(f"[{table}]\n" if table else "\n\n")[2].partition("\n\n")[0]
    assert f"# {sentence.splitlines()[0]}\n" in section
    assert re.search(rf"(?m)^#(?: {name}: not set|{name} = .+)$", section)


def test_ranges_and_choices_are_told() -> None:
    class Dial(Section):
        """A dial."""

        turn: float = Field(0.5, gt=0, le=1)
        """How far."""

    shown = settings_toml({"dial": Dial})
    assert shown.endswith("# A dial.\n[plugins.dial]\n# How far.\n# Allowed: more than 0, at most 1.\n#turn = 0.5\n")


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    from kuchipaku.__main__ import main

    assert main(["settings-example"]) == 0
    assert capsys.readouterr().out == EXAMPLE
