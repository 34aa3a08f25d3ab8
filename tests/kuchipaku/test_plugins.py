from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from kuchipaku import Section, hookimpl
from kuchipaku.errors import BadRequest, PluginError
from kuchipaku.plugins import Plugins, load_plugins
from kuchipaku.settings import Settings
from kuchipaku.testing import Fakes


class Greets(Section):
    times: int = 1


class Greeter:
    """Says hello."""

    __version__ = "2.0"

    @hookimpl
    def settings_model(self) -> type[BaseModel]:
        return Greets

    @hookimpl
    def extras_modules(self) -> list[str]:
        return ["hello"]


class Breaker:
    @hookimpl
    def extras_modules(self) -> list[str]:
        raise RuntimeError("out of order")


class Misspelt:
    @hookimpl
    def register_voice(self) -> None: ...


def test_a_plugin_is_listed_with_what_it_says_of_itself() -> None:
    plugins = Plugins()
    plugins.add("greeter", Greeter)
    (info,) = plugins.infos()
    assert (info.name, info.version, info.about, info.state) == ("greeter", "2.0", "Says hello.", "ready")
    assert info.hooks == ("extras_modules", "settings_model")


def test_a_stranger_that_fails_is_skipped_and_listed(caplog: pytest.LogCaptureFixture) -> None:
    plugins = Plugins()
    plugins.add("breaker", Breaker)
    plugins.add("greeter", Greeter)
    assert list(plugins.each("extras_modules")) == [("greeter", ["hello"])]
    assert next((i.name, i.state, i.error) for i in plugins.infos()) == (
        "breaker",
        "failed",
        "RuntimeError: out of order",
    )
    assert "breaker" in caplog.text


def test_one_of_ours_that_fails_stops_the_start() -> None:
    plugins = Plugins()
    plugins.add("breaker", Breaker, "built-in")
    with pytest.raises(PluginError, match="the built-in plugin 'breaker' failed: out of order"):
        list(plugins.each("extras_modules"))


def test_a_misspelt_hook_is_found_at_the_start() -> None:
    plugins = Plugins()
    plugins.add("misspelt", Misspelt)
    (info,) = plugins.infos()
    assert info.state == "failed"
    assert "there is no hook 'register_voice'" in info.error
    with pytest.raises(PluginError) as caught:
        Plugins().add("misspelt", Misspelt, "built-in")
    assert "register_voices" in caught.value.hint


def test_two_plugins_of_one_name_are_an_error_that_names_them() -> None:
    plugins = Plugins()
    plugins.add("greeter", Greeter, "built-in")
    with pytest.raises(BadRequest, match=r"the name of the plugin 'greeter \(built-in\)' is taken"):
        plugins.add("greeter", Greeter, "built-in")


def test_a_stranger_of_a_taken_name_leaves_the_first_one_standing() -> None:
    plugins = Plugins()
    plugins.add("greeter", Greeter, "built-in")
    plugins.add("greeter", Breaker)
    assert list(plugins.each("extras_modules")) == [("greeter", ["hello"])]
    assert [(info.origin, info.state) for info in plugins.infos()] == [("built-in", "ready"), ("folder", "failed")]


def test_live_calls_never_raise(caplog: pytest.LogCaptureFixture) -> None:
    plugins = Plugins()
    plugins.add("breaker", Breaker, "built-in")
    plugins.add("greeter", Greeter)
    assert list(plugins.each_live("extras_modules")) == [("greeter", ["hello"])]
    assert "out of order" in caplog.text


def test_each_plugin_gets_its_own_table() -> None:
    plugins = Plugins()
    plugins.add("greeter", Greeter)
    resolved = plugins.resolve(Settings(plugins={"greeter": {"times": 3}}))
    assert resolved.plugin("greeter") == Greets(times=3)


@pytest.mark.parametrize(
    ("tables", "told"),
    [({"greeter": {"tines": 3}}, "'tines'"), ({"gretter": {}}, r"no plugin takes \[plugins.gretter\]")],
)
def test_wrong_plugin_settings_are_named(tables: dict[str, object], told: str) -> None:
    plugins = Plugins()
    plugins.add("greeter", Greeter, "built-in")
    with pytest.raises(BadRequest, match=told):
        plugins.resolve(Settings(plugins=tables))


def test_files_and_packages_of_the_folder_are_plugins(tmp_path: Path) -> None:
    source = 'from kuchipaku import hookimpl\n@hookimpl\ndef extras_modules(): return ["{}"]\n'
    (tmp_path / "one.py").write_text('"""The first."""\n' + source.format("one"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "__init__.py").write_text("from . import part\n" + source.format("two"))
    (tmp_path / "two" / "part.py").write_text("")
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    (tmp_path / "test_one.py").write_text("raise SystemExit\n")
    (tmp_path / "README.md").write_text("")
    plugins = load_plugins([], tmp_path)
    assert [(i.name, i.state) for i in plugins.infos()] == [("broken", "failed"), ("one", "ready"), ("two", "ready")]
    assert [names for _, names in plugins.each("extras_modules")] == [["one"], ["two"]]


def test_installed_plugins_are_found_by_their_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SimpleNamespace(name="greeter", load=Greeter)
    asked: list[str] = []
    monkeypatch.setattr("kuchipaku.plugins.entry_points", lambda group: asked.append(group) or [point])  # type: ignore[func-returns-value]
    plugins = load_plugins([], None, installed=True)
    assert asked == ["kuchipaku"]
    assert [(i.name, i.origin) for i in plugins.infos()] == [("greeter", "installed")]


def test_built_in_modules_come_first_and_mouths_on_top() -> None:
    class Below:
        @hookimpl
        def animate(self) -> str:
            return "below"

    class Mouth:
        @hookimpl(tryfirst=True)
        def animate(self) -> str:
            return "mouth"

    class Stranger:
        @hookimpl
        def animate(self) -> str:
            return "stranger"

    plugins = Plugins()
    for name, plugin in [("below", Below), ("mouth", Mouth), ("stranger", Stranger)]:
        plugins.add(name, plugin)
    known = {"timeline": None, "character": None, "settings": None}
    assert [layer for _, layer in plugins.each_live("animate", **known)] == ["below", "stranger", "mouth"]


def test_loading_the_fakes_by_name_works_like_any_module() -> None:
    sys.modules["fakes_module"] = Fakes()  # type: ignore[assignment]
    try:
        plugins = load_plugins(["fakes_module"])
    finally:
        del sys.modules["fakes_module"]
    assert [(i.name, i.origin, i.state) for i in plugins.infos()] == [("fakes_module", "built-in", "ready")]


def test_a_table_for_a_plugin_without_settings_is_refused() -> None:
    plugins = Plugins()
    plugins.add("breaker", Breaker)
    with pytest.raises(BadRequest, match=r"\[plugins.breaker\]"):
        plugins.resolve(Settings(plugins={"breaker": {"loud": True}}))


def test_a_stranger_that_exits_at_import_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "quitter.py").write_text("import sys\nsys.exit(3)\n")
    (info,) = load_plugins([], tmp_path).infos()
    assert (info.state, info.error) == ("failed", "SystemExit: 3")


def test_what_a_live_call_raised_is_listed() -> None:
    plugins = Plugins()
    plugins.add("breaker", Breaker)
    list(plugins.each_live("extras_modules"))
    (info,) = plugins.infos()
    assert (info.state, info.error) == ("ready", "in extras_modules: RuntimeError: out of order")
