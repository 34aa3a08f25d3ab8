"""Real processes for tests: our server, any program that answers HTTP, a headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
SERVER = ROOT / "server.py"
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
START_SECONDS = 60.0


def absent(reason: str) -> NoReturn:
    """Leave a test out, saying what it lacks; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], address: str, log: Path, *, cwd: Path, seconds: float = START_SECONDS
) -> Iterator[str]:
    """`address`, while `command` runs in `cwd` and answers there; its words go to `log`."""
    env = {name: value for name, value in os.environ.items() if name != "GROQ_API_KEY"}
    with log.open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, cwd=cwd, env=env)
        try:
            wait_for_answer(address, process, log, seconds)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_answer(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Until anything is served at `address`. RuntimeError with the process's own words if it ends or stays mute."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"{address} did not come up:\n{log.read_text()[-2000:]}")


@contextmanager
def running_server(folder: Path, *flags: str) -> Iterator[str]:
    """The address, with a slash at its end, of a server of its own, with a copy of our characters in `folder`."""
    characters = shutil.copytree(ROOT / "characters", folder / "characters")
    port = str(free_port())
    command = [sys.executable, str(SERVER), "--port", port, "--characters", str(characters), *flags]
    with running(command, f"http://127.0.0.1:{port}/", folder / "server.log", cwd=folder) as address:
        yield address


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A headless Chromium; skips where there is none."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not chromium:
        absent("Chromium is not installed; apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        absent("playwright is not installed; pip install -r requirements-dev.txt")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
