"""The extension in a headless Chromium, in a page that only looks like SillyTavern."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "extension"
TAVERN = "http://tavern.test"
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json"}
STUB = (Path(__file__).parent / "tavern.js").read_text(encoding="utf-8")
PAGE = """<!doctype html><meta charset="utf-8"><title>Tavern</title>
<body><div id="extensions_settings2"></div><div id="extensionsMenu"></div>"""

Open = Callable[..., "Page"]


def serve(route: Route) -> None:
    """The extension's files as SillyTavern serves them; for everything else a page with nothing in it."""
    path = urlsplit(route.request.url).path
    if path.startswith("/extension/"):
        file = ROOT / path.lstrip("/")
        route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
    elif path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    else:
        route.fulfill(status=404)


@pytest.fixture
def tavern(chromium: Browser) -> Iterator[Open]:
    """Opens a page with a stubbed SillyTavern; `state` replaces parts of its context. No page may throw an error."""
    contexts, errors = [], []

    def opened(state: dict[str, Any] | None = None, size: tuple[int, int] = (1280, 800)) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route(f"{TAVERN}/**", serve)
        page.add_init_script(STUB.replace("STATE", json.dumps(state or {})))
        page.goto(f"{TAVERN}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def chat(tavern: Open) -> Open:
    """Opens a page in which the extension runs; `state` replaces parts of SillyTavern's context."""

    def opened(state: dict[str, Any] | None = None, size: tuple[int, int] = (1280, 800)) -> Page:
        page = tavern(state, size)
        page.add_style_tag(url=f"{TAVERN}/extension/style.css")
        page.evaluate("import('/extension/index.js')")
        page.evaluate("tavern.emit('APP_READY')")
        page.wait_for_function("globalThis.kuchipaku")
        return page

    return opened


@pytest.fixture
def blank(tavern: Open) -> Page:
    """A page to load single modules in."""
    return tavern()
