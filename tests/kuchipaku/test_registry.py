from __future__ import annotations

import threading

import pytest

from kuchipaku.errors import EngineUnavailable, UnknownName
from kuchipaku.registry import Registry


def unavailable() -> str:
    raise EngineUnavailable("no key", hint="set one")


def test_an_engine_is_built_once_at_first_use() -> None:
    built: list[str] = []
    registry: Registry[list[str]] = Registry("engine")
    registry.register("a", lambda: built.append("a") or built)  # type: ignore[func-returns-value]
    assert built == []
    assert registry.get("a") is registry.get("a")
    assert built == ["a"]


def test_a_wrong_name_tells_the_right_ones() -> None:
    registry: Registry[str] = Registry("voice engine")
    registry.register("hum", str)
    with pytest.raises(UnknownName, match="no voice engine is called 'sing'") as caught:
        registry.get("sing")
    assert caught.value.hint == "known: hum"


def test_first_skips_what_is_unavailable_but_not_what_is_unknown() -> None:
    registry: Registry[str] = Registry("language model")
    registry.register("remote", unavailable)
    registry.register("local", lambda: "here")
    assert registry.first(["remote", "local"]) == ("local", "here")
    with pytest.raises(EngineUnavailable, match="no key"):
        registry.first(["remote"])
    with pytest.raises(UnknownName):
        registry.first(["nobody", "local"])
    with pytest.raises(EngineUnavailable, match="named in the settings"):
        registry.first([])


def test_a_factory_that_breaks_is_an_unavailable_engine() -> None:
    registry: Registry[float] = Registry("engine")
    registry.register("bad", lambda: 1 / 0)
    with pytest.raises(EngineUnavailable, match="'bad' could not start: division by zero"):
        registry.get("bad")


def test_a_later_plugin_takes_over_a_name() -> None:
    registry: Registry[str] = Registry("engine")
    registry.register("a", lambda: "old")
    registry.register("a", lambda: "new")
    assert registry.get("a") == "new"
    assert registry.names() == ["a"]


def test_a_slow_engine_keeps_no_other_waiting() -> None:
    begun, ready = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        ready.wait(10.0)
        return "slow"

    registry: Registry[str] = Registry("engine")
    registry.register("slow", slow)
    registry.register("quick", lambda: "quick")
    builder = threading.Thread(target=registry.get, args=("slow",))
    builder.start()
    begun.wait(5.0)
    assert registry.get("quick") == "quick"
    ready.set()
    builder.join()
