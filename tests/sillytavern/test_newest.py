"""SillyTavern 1.19.0 without our extension's help: the Extras address, expressions, and speech by its own providers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sillytavern.conftest import KEY
from tests.sillytavern.llm import StandIn
from tests.sillytavern.page import ClientPage, is_reading
from tests.sillytavern.repository import served_repository

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.sillytavern, pytest.mark.browser]


INSTALL = """async body => {
  const headers = SillyTavern.getContext().getRequestHeaders();
  const answer = await fetch("/api/extensions/install", { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}"""
"""What SillyTavern's own dialog asks of its server."""


@pytest.fixture(scope="module")
def tab(chromium: Browser, newest: str) -> Iterator[ClientPage]:
    """One tab for the whole file, in the chat with Sumire, the live character switched off."""
    tab = ClientPage(chromium, newest)
    tab.choose("Sumire")
    tab.section("Kuchipaku").locator("[data-setting=enabled]").uncheck()
    yield tab
    tab.close()
    assert tab.errors == []


@pytest.fixture
def connected(tab: ClientPage, server: str) -> ClientPage:
    """The tab, connected to the server that wants no key; what it asked before is forgotten."""
    assert tab.connect_extras(server) == "Connected to API"
    tab.asked.clear()
    return tab


def test_it_connects_with_a_key_and_not_without(tab: ClientPage, secure_server: str) -> None:
    assert tab.connect_extras(secure_server, "wrong") == "Could not connect to API"
    assert tab.connect_extras(secure_server, KEY) == "Connected to API"


def test_its_installer_takes_our_repository(connected: ClientPage, tmp_path: Path) -> None:
    with served_repository(tmp_path) as address:
        told = connected.page.evaluate(INSTALL, {"url": address, "global": False})
    assert told["status"] == 200, told
    assert told["body"]["display_name"] == "Kuchipaku"
    folder = told["body"]["extensionPath"]
    script = json.loads((Path(folder) / "manifest.json").read_text())["js"]
    assert (Path(folder) / script).is_file()
    shutil.rmtree(folder)


def test_a_reply_is_classified(connected: ClientPage, reply: StandIn) -> None:
    reply.reply = "I am so happy! This is wonderful, I love it!"
    with connected.page.expect_response(is_reading("wonderful")) as classified:
        connected.send("Good news!")
    top = classified.value.json()["classification"][0]["label"]
    assert top in ("joy", "love", "excitement", "admiration")
    connected.page.wait_for_function(
        "label => document.querySelector('#expression-image').src.includes(`/${label}.png`)", arg=top
    )


@pytest.mark.parametrize("provider", ["Silero", "OpenAI Compatible", "AllTalk"])
def test_a_provider_of_its_own_speaks_with_our_voice(connected: ClientPage, reply: StandIn, provider: str) -> None:
    reply.reply = f"Mama may buy a lot of pie, says {provider}."  # the client says nothing twice
    connected.speak_by(provider)
    connected.send("Say something.")
    connected.page.wait_for_function("heard.sounds.length > 3 && Math.max(...heard.sounds) > 0.5")
    connected.silent()
