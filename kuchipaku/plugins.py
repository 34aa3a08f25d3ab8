"""Finding plugins, and calling them one by one so that none can break another."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pluggy

from kuchipaku import hookspecs
from kuchipaku.errors import BadRequest, KuchipakuError, PluginError
from kuchipaku.hookspecs import PROJECT
from kuchipaku.settings import Settings, checked

log = logging.getLogger(__name__)

Origin = Literal["built-in", "folder", "installed"]


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """What is told of a plugin in GET /api/plugins."""

    name: str
    origin: Origin
    version: str = ""
    about: str = ""
    """First line of its docstring."""
    state: Literal["ready", "failed"] = "ready"
    hooks: tuple[str, ...] = ()
    error: str = ""
    """Why it failed, or what its last live call raised; empty while it works."""


class Plugins:
    """The plugins of one server. Ours that fail stop the start; a stranger's are listed as failed and skipped."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._infos: dict[str, PluginInfo] = {}

    def infos(self) -> list[PluginInfo]:
        """Every plugin that was found, in order of loading."""
        return list(self._infos.values())

    def add(self, name: str, load: Callable[[], object], origin: Origin = "folder") -> None:
        """Load one plugin and check its hooks. Raises PluginError if a built-in one fails."""
        taken = name in self._infos
        name = f"{name} ({origin})" if taken else name
        self._infos[name] = PluginInfo(name, origin)
        with self.blame(name):
            if taken:
                raise BadRequest(f"the name of the plugin {name!r} is taken", hint="rename one of the two")
            plugin = load()
            self._manager.register(plugin, name)
            self._infos[name] = _described(self._infos[name], plugin, self._hooks_of(plugin))

    def resolve(self, settings: Settings) -> Settings:
        """`settings` with each plugin's table checked by the plugin's own model."""
        resolved = {}
        for name, model in self.each("settings_model"):
            with self.blame(name):
                resolved[name] = checked(model, settings.plugins.get(name, {}), f"[plugins.{name}]")
        failed = {info.name for info in self.infos() if info.state == "failed"}
        unknown = sorted(set(settings.plugins) - set(resolved) - failed)
        if unknown:
            known = ", ".join(sorted(resolved))
            raise BadRequest(f"settings: no plugin takes [plugins.{unknown[0]}]", hint=f"with settings: {known}")
        return settings.model_copy(update={"plugins": resolved})

    def each(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """(plugin, result) of one hook, built-in plugins first; results of None are left out.

        A plugin that raises is blamed: one of ours ends the call with PluginError, a stranger's is struck off.
        """
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            name = implementation.plugin_name
            if self._infos[name].state == "failed":
                continue
            result = None
            with self.blame(name):
                result = implementation.function(*(arguments[a] for a in implementation.argnames))
            if result is not None:
                yield name, result

    def each_live(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """Like `each`, while performing: whoever raises is logged and left out of this one call."""
        for name, call in self.callers(hook):
            if (result := call(**arguments)) is not None:
                yield name, result

    def callers(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        """(plugin, function) of one hook, built-in first. The functions take the hook's arguments by name.

        They never raise: an implementation that does is logged, and None is its result.
        """
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        return [
            (implementation.plugin_name, self._guarded(implementation, hook))
            for implementation in implementations
            if self._infos[implementation.plugin_name].state == "ready"
        ]

    def _guarded(self, implementation: pluggy.HookImpl, hook: str) -> Callable[..., Any]:
        name = implementation.plugin_name

        def call(**arguments: Any) -> Any:
            try:
                return implementation.function(*(arguments[a] for a in implementation.argnames))
            except Exception as error:
                log.exception("plugin %r failed in %s", name, hook)
                self._infos[name] = replace(self._infos[name], error=f"in {hook}: {type(error).__name__}: {error}")
                return None

        return call

    def _hooks_of(self, plugin: object) -> tuple[str, ...]:
        callers = self._manager.get_hookcallers(plugin) or []
        known = sorted(name for name, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec"))
        for caller in callers:
            if not caller.has_spec():
                raise PluginError(f"there is no hook {caller.name!r}", hint=f"known: {', '.join(known)}")
        return tuple(sorted(caller.name for caller in callers))

    def blame(self, name: str) -> AbstractContextManager[None]:
        """Inside it, what a stranger raises strikes the plugin off; what one of ours raises ends the start."""
        return _Blame(self, name)

    def fail(self, name: str, error: BaseException) -> None:
        """Strike a plugin off: log why, and list it as failed."""
        log.error("plugin %r failed: %s", name, error, exc_info=error)
        self._infos[name] = replace(self._infos[name], state="failed", error=f"{type(error).__name__}: {error}")

    def is_ours(self, name: str) -> bool:
        """Whether the plugin came with the server."""
        return self._infos[name].origin == "built-in"


class _Blame(AbstractContextManager[None]):
    """A context that lets no stranger's exception out, and names the plugin in one of ours."""

    def __init__(self, plugins: Plugins, name: str) -> None:
        self._plugins, self._name = plugins, name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, (Exception, SystemExit)):
            return False
        if not self._plugins.is_ours(self._name):
            self._plugins.fail(self._name, error)
            return True
        if isinstance(error, KuchipakuError):
            return False
        raise PluginError(f"the built-in plugin {self._name!r} failed: {error}") from error


def load_plugins(built_in: Sequence[str], folder: Path | None = None, *, installed: bool = False) -> Plugins:
    """The built-in modules (by import name), then the folder's files and packages, then installed entry points."""
    plugins = Plugins()
    for module in built_in:
        plugins.add(module.rpartition(".")[2], lambda module=module: importlib.import_module(module), "built-in")  # type: ignore[misc]
    for path in _plugin_files(folder):
        plugins.add(path.stem, lambda path=path: _import_file(path), "folder")  # type: ignore[misc]
    for point in sorted(_installed() if installed else (), key=lambda point: point.name):
        plugins.add(point.name, point.load, "installed")
    return plugins


def _plugin_files(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if not path.name.startswith(("_", ".", "test_"))]
    return sorted(path for path in found if path.suffix == ".py" or (path / "__init__.py").is_file())


def _import_file(path: Path) -> ModuleType:
    source = path / "__init__.py" if path.is_dir() else path
    name = f"kuchipaku_plugin_{path.stem}"
    search = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, source, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise PluginError(f"{source} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _installed() -> Sequence[EntryPoint]:
    return tuple(entry_points(group=PROJECT))


def _described(info: PluginInfo, plugin: object, hooks: tuple[str, ...]) -> PluginInfo:
    about = (getattr(plugin, "__doc__", None) or "").strip().partition("\n")[0]
    version = str(getattr(plugin, "__version__", "")) or (_own_version() if info.origin == "built-in" else "")
    return replace(info, version=version, about=about, hooks=hooks)


def _own_version() -> str:
    from kuchipaku import __version__

    return __version__


def as_json(info: PluginInfo) -> Mapping[str, Any]:
    """The entry of GET /api/plugins."""
    return {
        "name": info.name,
        "origin": info.origin,
        "version": info.version,
        "about": info.about,
        "state": info.state,
        "hooks": list(info.hooks),
        "error": info.error,
    }
