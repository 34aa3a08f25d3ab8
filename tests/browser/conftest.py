"""A real server with its embedded defaults, and a real Chromium looking at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
START_SECONDS = 60.0
DESKTOP = (1280, 800)

NewPage = Callable[..., "Page"]


@contextmanager
def running_server(folder: Path, *flags: str) -> Iterator[str]:
    """The address of a server of its own, with a copy of our characters in `folder`."""
    characters = shutil.copytree(ROOT / "characters", folder / "characters")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "server.py"), "--port", str(port), "--characters", str(characters), *flags]
    env = {name: value for name, value in os.environ.items() if name != "GROQ_API_KEY"}
    log = folder / "server.log"
    with log.open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, cwd=folder, env=env)
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for_answer(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_answer(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the index page is served. Fails with the server's own words if it ends or stays mute."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail(f"the server did not come up:\n{log.read_text()[-2000:]}")


def absent(reason: str) -> None:
    """Leave the browser tests out, saying why; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


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
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not chromium:
        absent("Chromium is not installed; apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        absent("playwright is not installed; pip install -r requirements-dev.txt")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


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
