from __future__ import annotations

import shutil
import sys
from types import SimpleNamespace

import pytest

from kuchipaku.bench import browser
from kuchipaku.bench.figures import NotMeasured
from kuchipaku.bench.host import Host

HOST = Host("http://127.0.0.1:9", 9, 0)


class FakePage:
    """A page on which each sound ends so many milliseconds after its stop."""

    def __init__(self, *ends: float) -> None:
        self._ends = list(ends)
        self.said: list[str] = []

    def fill(self, selector: str, text: str) -> None:
        self.said.append(text)

    def evaluate(self, script: str, argument: object = None) -> float | None:
        if script == browser.LAST_LOUD:
            return 1000.0 + self._ends.pop(0)
        return 1000.0 if script == browser.PRESS_STOP else 12.5

    def __getattr__(self, name: str) -> object:
        return lambda *arguments, **options: None


def test_the_worse_of_the_two_ways_to_stop_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[str] = []
    answer = SimpleNamespace(raise_for_status=lambda: None)

    class Client:
        def __enter__(self) -> Client:
            return self

        def __exit__(self, *raised: object) -> None: ...

        def post(self, path: str, json: object) -> object:
            posted.append(path)
            return answer

    monkeypatch.setattr(Host, "client", lambda host: Client())
    monkeypatch.setattr("time.time", lambda: 1.0)
    found = browser.stop_figures(FakePage(30, 10, 20, 50, 70, 60), HOST, stops=3)  # type: ignore[arg-type]
    assert found == {"stop_silence_ms": 60.0}
    assert posted == ["/api/stop"] * 3


def test_the_offset_is_what_the_pages_meter_tells() -> None:
    page = FakePage()
    assert browser.offset_figures(page, sentences=2) == {"av_offset_ms_p95": 12.5}  # type: ignore[arg-type]
    assert page.said == [browser.TEXT] * 2


def test_without_chromium_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("playwright")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NotMeasured, match="apt-get install chromium"), browser.opened_page(HOST):
        pass


def test_without_playwright_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(NotMeasured, match=r"requirements-dev\.txt"), browser.opened_page(HOST):
        pass
