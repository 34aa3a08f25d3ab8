"""python -m kuchipaku settings-example: every setting with its default, as settings.example.toml shows them."""

from __future__ import annotations

import argparse
import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kuchipaku.commands.project import built_in
from kuchipaku.plugins import Plugins, load_plugins
from kuchipaku.settings import PREFIX, Settings

HEAD = f"""\
# Every setting of Kuchipaku with its default. Copy this file to settings.toml, and take the "#" off what you change.
# An environment variable beats the file ({PREFIX}SERVER__PORT=5200), and a flag of server.py beats both.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name."""
    parser = commands.add_parser("settings-example", help="print every setting with its default, as a settings file")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the settings of the core and of the modules that server.py names. The exit status."""
    print(settings_toml(plugin_models(load_plugins(built_in()))), end="")
    return 0


def plugin_models(plugins: Plugins) -> dict[str, type[BaseModel]]:
    """The settings model of every plugin that has one, by the plugin's name."""
    return dict(plugins.each("settings_model"))


def settings_toml(models: Mapping[str, type[BaseModel]]) -> str:
    """A settings file with every key of the core and of the plugins' `models`: its sentence, its default, its range."""
    sections = {name: field for name, field in Settings.model_fields.items() if _is_table(field)}
    plain = {name: field for name, field in Settings.model_fields.items() if name not in {*sections, "plugins"}}
    schema = Settings.model_json_schema()["properties"]
    parts = [HEAD, *(_entry(name, field, schema[name]) for name, field in plain.items())]
    parts += [_table(name, field.annotation) for name, field in sections.items()]
    parts += [_table(f"plugins.{name}", model) for name, model in sorted(models.items())]
    return "\n".join(parts)


def _is_table(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _table(name: str, model: Any) -> str:
    schema = model.model_json_schema()["properties"]
    entries = [_entry(key, field, schema[key]) for key, field in model.model_fields.items()]
    about = "".join(f"# {line}\n" for line in inspect.cleandoc(model.__doc__ or "").splitlines())
    return f"{about}[{name}]\n" + "".join(entries)


def _entry(name: str, field: FieldInfo, schema: Mapping[str, Any]) -> str:
    """The sentence, what is allowed, and the default; a setting without a default value is shown as "not set"."""
    about = (field.description or "").splitlines()
    if allowed := ", ".join(_allowed(schema)):
        about.append(f"Allowed: {allowed}.")
    shown = json.dumps(field.default, default=str, ensure_ascii=False)
    value = f"#{name} = {shown}" if field.default is not None else f"# {name}: not set"
    return "".join(f"# {line}\n" for line in about) + f"{value}\n"


def _allowed(schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield ", ".join(json.dumps(value) for value in schema["enum"])
    if "exclusiveMinimum" in schema:
        yield f"more than {schema['exclusiveMinimum']:g}"
    if "minimum" in schema:
        yield f"at least {schema['minimum']:g}"
    if "maximum" in schema:
        yield f"at most {schema['maximum']:g}"
