"""SillyTavern 1.19.0 without our extension's help: the Extras address, expressions, and speech by its own providers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.sillytavern.conftest import KEY
from tests.sillytavern.llm import StandIn
from tests.sillytavern.page import ClientPage, is_reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.sillytavern, pytest.mark.browser]


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


def test_a_reply_is_classified(connected: ClientPage, reply: StandIn) -> None:
    reply.reply = "I am so happy! This is wonderful, I love it!"
    with connected.page.expect_response(is_reading("wonderful")) as classified:
        connected.send("Good news!")
    top = classified.value.json()["classification"][0]["label"]
    assert top in ("joy", "love", "excitement", "admiration")
    connected.page.wait_for_function(
        "label => document.querySelector('#expression-image').src.includes(`/${label}.png`)", arg=top
    )


@pytest.mark.parametrize("provider", ["Silero", "OpenAI Compatible"])
def test_a_provider_of_its_own_speaks_with_our_voice(connected: ClientPage, reply: StandIn, provider: str) -> None:
    reply.reply = f"Mama may buy a lot of pie, says {provider}."  # the client says nothing twice
    connected.speak_by(provider)
    connected.send("Say something.")
    connected.page.wait_for_function("heard.sounds.length > 3 && Math.max(...heard.sounds) > 0.5")
    connected.silent()
