"""The bare page for OBS, and pages that follow what another client asks for."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TEXT = "Papa may pay for a lot of amber. Mama may buy a lot of pie."


@pytest.fixture
def character(server: str) -> str:
    """The name of the chosen character."""
    with urllib.request.urlopen(f"{server}api/characters", timeout=10) as answer:
        return str(json.load(answer)["chosen"])


@pytest.fixture
def live(new_page: Callable[..., Page], quiet_server: str, character: str) -> Page:
    """The bare page with the character in view, saying nothing."""
    page = new_page(f"{quiet_server}live/{character}?volume=0.5", (512, 512))
    page.wait_for_function("kuchipaku.meter.fps > 0 && !kuchipaku.shown.performance")
    return page


def performed(server: str, **body: object) -> Iterator[str]:
    """The event types of a performance that a client without a player asks for."""
    asked = urllib.request.Request(
        f"{server}api/perform", json.dumps({"text": TEXT, **body}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        for line in answer:
            if line.startswith(b"event: "):
                yield line.decode().split()[1]


def test_nothing_but_the_character_is_painted(live: Page) -> None:
    picture = Image.open(io.BytesIO(live.screenshot(omit_background=True)))
    alpha = picture.getchannel("A")
    assert alpha.getpixel((2, 2)) == 0
    assert alpha.getextrema() == (0, 255)


def test_it_plays_what_another_client_asks_for(live: Page, server: str) -> None:
    assert list(performed(server))[-1] == "done"
    live.wait_for_function("kuchipaku.audio.rms() > 0.005 && kuchipaku.shown.performance")
    live.wait_for_function("kuchipaku.audio.mediaTime > 1.5")
    offsets = sorted(map(abs, live.evaluate("kuchipaku.meter.offsets")))
    assert offsets[len(offsets) // 2] < 0.04
    live.wait_for_function("!kuchipaku.audio.playing && kuchipaku.audio.rms() < 0.001")


def test_it_falls_silent_when_another_client_stops_it(live: Page, server: str, hush: Callable[[], None]) -> None:
    for kind in performed(server, text=TEXT * 8):
        if kind == "timeline":
            break
    live.wait_for_function("kuchipaku.audio.rms() > 0.005")
    hush()
    live.wait_for_function("!kuchipaku.audio.playing && kuchipaku.audio.rms() < 0.001 && !kuchipaku.shown.performance")


def test_old_news_is_not_played_to_a_page_that_comes_later(
    new_page: Callable[..., Page], server: str, live: Page
) -> None:
    list(performed(server, text="Hi."))
    live.wait_for_function("kuchipaku.audio.mediaTime > 0")
    live.wait_for_function("!kuchipaku.audio.playing && !kuchipaku.shown.performance")
    page = new_page(server)
    page.wait_for_function("kuchipaku.meter.fps > 5")
    assert page.evaluate("kuchipaku.audio.mediaTime") is None
    assert page.locator(".reply").count() == 0


def test_the_chat_page_shows_what_another_client_asks_for(page: Page, server: str) -> None:
    list(performed(server))
    page.wait_for_function("document.querySelectorAll('.sentence').length === 2")
    page.wait_for_function("kuchipaku.audio.rms() > 0.005")


def test_a_hidden_page_asks_for_no_frames_until_it_is_seen_again(live: Page) -> None:
    live.evaluate("""() => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    live.wait_for_function("kuchipaku.meter.fps === 0")
    live.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
    live.wait_for_function("kuchipaku.meter.fps > 0")
