"""In Chromium: the shown frame against the heard sound, and how soon a stop silences it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kuchipaku.bench.figures import NotMeasured, Values, median
from kuchipaku.bench.host import Host

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = "Once upon a time there was a little girl, who lived with her grandmother at the edge of a dark old forest."
LOUD = 0.001
"""Root mean square above which something is heard; full scale is 1."""
LISTEN = """() => {
  window.heard = [];
  clearInterval(window.listening);
  window.listening = setInterval(() => window.heard.push([Date.now(), window.kuchipaku.audio.rms()]), 2);
}"""
LAST_LOUD = "(loud) => Math.max(0, ...window.heard.filter(([, rms]) => rms > loud).map(([moment]) => moment))"
PRESS_STOP = "() => { const now = Date.now(); document.getElementById('stop').click(); return now; }"


@contextmanager
def opened_page(host: Host) -> Iterator[Page]:
    """The chat page in a headless Chromium, ready to say a text. Raises NotMeasured without playwright or Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NotMeasured("playwright is missing: pip install -r requirements-dev.txt") from error
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise NotMeasured("Chromium is missing: apt-get install chromium")
    options: dict[str, Any] = {"executable_path": path, "args": ["--autoplay-policy=no-user-gesture-required"]}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options["chromium_sandbox"] = False
    with sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
        page = browser.new_page()
        page.goto(host.url)
        page.wait_for_function("() => window.kuchipaku?.shown && window.kuchipaku.meter.fps > 5", timeout=20_000)
        page.check("input[name=mode][value=say]", force=True)
        yield page


def say(page: Page, text: str) -> None:
    """Type `text`, send it, and wait until it is heard."""
    page.fill("#text", text)
    page.click("#send")
    page.wait_for_function("() => window.kuchipaku.audio.playing && window.kuchipaku.audio.rms() > 0.01")


def offset_figures(page: Page, sentences: int) -> Values:
    """av_offset_ms_p95, of every drawing of the screen while sound is heard."""
    for _ in range(sentences):
        say(page, TEXT)
        page.wait_for_function("() => !window.kuchipaku.audio.playing", timeout=30_000)
    measured = page.evaluate("() => window.kuchipaku.meter.offsetP95")
    return {"av_offset_ms_p95": float("nan") if measured is None else float(measured)}


def stop_figures(page: Page, host: Host, stops: int) -> Values:
    """stop_silence_ms: the worse of two medians, for the page's own button and for another client's POST /api/stop."""
    own = median([silence_after(page, lambda: float(page.evaluate(PRESS_STOP))) for _ in range(stops)])
    with host.client() as client:

        def stopped_by_another() -> float:
            asked = time.time() * 1000
            client.post("/api/stop", json={}).raise_for_status()
            return asked

        other = median([silence_after(page, stopped_by_another) for _ in range(stops)])
    return {"stop_silence_ms": max(own, other)}


def silence_after(page: Page, stop: Callable[[], float]) -> float:
    """Milliseconds from a stop to the last sound; `stop()` tells when it was asked for, in milliseconds of UTC."""
    say(page, TEXT)
    page.evaluate(LISTEN)
    page.wait_for_function("() => window.kuchipaku.audio.rms() > 0.02")
    asked = stop()
    page.wait_for_timeout(700)
    return max(0.0, float(page.evaluate(LAST_LOUD, LOUD)) - asked)
