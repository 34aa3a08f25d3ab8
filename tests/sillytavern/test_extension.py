"""Our extension in SillyTavern 1.19.0: a live character in the chat that speaks what the language model writes."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.sillytavern.conftest import KEY
from tests.sillytavern.llm import REPLY, StandIn
from tests.sillytavern.page import ClientPage, looks, moves

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.sillytavern, pytest.mark.browser]

ALIVE = """name => kuchipaku.figures.some(
  (figure) => figure.character.name === name && figure.meter.fps > 3)"""
HEARD = "kuchipaku.audio.rms() > 0.005"
SILENT = "!kuchipaku.audio.playing && kuchipaku.audio.rms() < 0.001"


@pytest.fixture(scope="module")
def tab(chromium: Browser, newest: str) -> Iterator[ClientPage]:
    """One tab for the whole file, in the chat with Sumire; the extension is there, and off."""
    tab = ClientPage(chromium, newest)
    tab.choose("Sumire")
    yield tab
    tab.close()
    assert tab.errors == []


@pytest.fixture
def live(tab: ClientPage, server: str) -> ClientPage:
    """The tab with the extension on, its character alive and silent."""
    if tab.settings()["kuchipaku"].get("address") != server:
        connect(tab, server)
    tab.choose("Sumire")
    tab.page.wait_for_function(ALIVE, arg="Sumire")
    tab.command("/kuchi-stop")
    tab.page.wait_for_function(SILENT)
    tab.asked.clear()
    return tab


def connect(tab: ClientPage, address: str, key: str = "") -> str:
    """Fill in address and key, press Test, and switch the live character on; what the extension says of the server."""
    drawer = tab.section("Kuchipaku")
    drawer.locator("[data-setting=enabled]").check()
    drawer.locator("[data-setting=address]").fill(address)
    drawer.locator("[data-setting=key]").fill(key)
    drawer.locator("[data-act=test]").click()
    tab.page.wait_for_function("/^[^A]/.test(document.querySelector('.kuchi-result').textContent)")  # not "Asking…"
    return drawer.locator(".kuchi-result").inner_text()


def canvas(tab: ClientPage) -> Locator:
    """Where the character is painted."""
    return tab.page.locator("#kuchi-theatre canvas").first


def test_it_connects_with_a_key_and_not_without(tab: ClientPage, secure_server: str) -> None:
    assert "key" in connect(tab, secure_server, "wrong")
    assert connect(tab, secure_server, KEY).startswith("Connected.")
    tab.page.wait_for_function(ALIVE, arg="Sumire")


def test_the_character_is_alive(live: ClientPage) -> None:
    assert moves(looks(canvas(live))) >= 3


def test_a_reply_is_spoken_while_it_is_written(live: ClientPage, reply: StandIn) -> None:
    reply.pause = 0.25
    live.send("Tell me.")
    live.page.wait_for_function(HEARD)
    heard_at = live.last_message()
    resting = moves(looks(canvas(live), count=8, pause=60))
    live.wait_for_reply(REPLY)
    assert REPLY.startswith(heard_at) and len(heard_at) < len(REPLY)
    assert resting >= 4
    assert any(asked.startswith("POST /api/perform") for asked in live.asked)
    assert sum(asked.startswith("GET /api/audio/") for asked in live.asked) >= 1
    live.page.wait_for_function("kuchipaku.figures[0].shown.performance && kuchipaku.figures[0].shown.mediaTime > 0.3")


def test_the_lips_move_with_the_sound(live: ClientPage, reply: StandIn) -> None:
    live.send("Tell me.")
    live.page.wait_for_function(HEARD)
    pictures = looks(canvas(live), count=10, pause=60)
    mouth = [picture[int(0.4 * len(picture)) : int(0.6 * len(picture))] for picture in pictures]
    changes = [float(np.abs(a - b).mean()) for a, b in pairwise(mouth)]
    assert max(changes) > 0.1
    offsets = sorted(map(abs, live.page.evaluate("[...kuchipaku.figures[0].meter.offsets]")))
    assert offsets[len(offsets) // 2] < 0.1


def test_a_stop_silences_at_once(live: ClientPage, reply: StandIn) -> None:
    reply.reply = REPLY * 3
    live.send("Tell me more.")
    live.page.wait_for_function(HEARD)
    live.command("/kuchi-stop")
    live.page.wait_for_function(SILENT, timeout=1500)
    assert "POST /api/stop" in live.asked
    live.wait_for_reply((REPLY * 3).strip())


def test_a_new_message_cuts_the_old_reply_off(live: ClientPage, reply: StandIn) -> None:
    reply.reply = REPLY * 2
    live.send("Tell me.")
    live.page.wait_for_function(HEARD)
    first = live.page.evaluate("kuchipaku.figures[0].shown.performance")
    live.wait_for_reply((REPLY * 2).strip())
    reply.reply = "Mama may buy a lot of pie. Papa may pay for a lot of amber."
    live.send("Stop that.")
    live.page.wait_for_function(
        "first => kuchipaku.figures[0].shown.performance && kuchipaku.figures[0].shown.performance !== first", arg=first
    )


def test_a_command_speaks_and_another_sets_the_feeling(live: ClientPage) -> None:
    assert live.command("/kuchi-emote joy") == "joy"
    live.command("/kuchi-say Mama may buy a pie.")
    live.page.wait_for_function(HEARD)


def test_a_character_the_server_does_not_know_is_brought_there(live: ClientPage, server: str) -> None:
    live.choose("Akane")
    alive = "kuchipaku.figures.some((figure) => figure.part === 'akane' && figure.meter.fps > 3)"
    live.page.wait_for_function(alive, timeout=60_000)
    with urllib.request.urlopen(f"{server}api/characters", timeout=10) as answer:
        assert "akane" in {card["name"] for card in json.load(answer)["characters"]}
    assert moves(looks(canvas(live))) >= 3


def test_it_is_there_again_after_a_reload(live: ClientPage) -> None:
    live.reload()
    live.choose("Sumire")
    live.page.wait_for_function(ALIVE, arg="Sumire")


def test_a_hidden_tab_asks_for_no_pictures(live: ClientPage) -> None:
    live.hide(True)
    live.page.wait_for_function("kuchipaku.figures.every((figure) => figure.meter.fps === 0)")
    live.hide(False)
    live.page.wait_for_function(ALIVE, arg="Sumire")


def test_the_lips_follow_sillytaverns_own_voice(live: ClientPage, reply: StandIn) -> None:
    reply.reply = "Mama may buy a lot of pie. Papa may pay."
    live.section("Kuchipaku").locator("[data-setting=voice]").select_option("sillytavern")
    live.speak_by("OpenAI Compatible")
    live.send("Say it with the other voice.")
    live.page.wait_for_function("heard.sounds.length > 3")
    live.page.wait_for_function("kuchipaku.figures[0].shown.performance")
    assert any(asked.startswith("POST /api/perform") for asked in live.asked)
    live.silent()
    live.section("Kuchipaku").locator("[data-setting=voice]").select_option("server")
