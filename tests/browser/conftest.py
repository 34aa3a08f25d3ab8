"""A real server with its embedded defaults, and a real Chromium looking at it."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.serving import running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESKTOP = (1280, 800)

NewPage = Callable[..., "Page"]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server, with a slash at its end."""
    with running_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="package")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server that asks for a key, and the key."""
    folder = tmp_path_factory.mktemp("secure")
    key_file = folder / "key.txt"
    key_file.write_text("open sesame\n")
    with running_server(folder, "--secure", "--api-key-file", str(key_file)) as address:
        yield address, "open sesame"


@pytest.fixture(scope="package")
def browser(chromium: Browser) -> Browser:
    """A headless Chromium."""
    return chromium


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens an address in a page of its own; no page may have thrown an error by the end of the test."""
    contexts, errors = [], []

    def opened(address: str, size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def hush(server: str) -> Callable[[], None]:
    """Ends whatever is being performed, as another client would."""

    def stop() -> None:
        asked = urllib.request.Request(f"{server}api/stop", b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10):
            pass

    return stop


@pytest.fixture
def quiet_server(server: str, hush: Callable[[], None]) -> str:
    """The server, with nothing left on stage by the test before."""
    hush()
    return server


@pytest.fixture
def page(new_page: NewPage, quiet_server: str) -> Page:
    """The chat page with the character in view."""
    page = new_page(quiet_server)
    page.wait_for_function("kuchipaku.meter.fps > 0")
    return page
