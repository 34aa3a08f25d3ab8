"""SillyTavern 1.12.12, the last with a talking head of its own: expressions, talking head and speech, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.sillytavern.conftest import KEY
from tests.sillytavern.llm import StandIn
from tests.sillytavern.page import ClientPage, is_reading, looks, moves

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.sillytavern, pytest.mark.browser]

SAD = "I am so sad. I cry all day, I miss you so much, and there is nothing left but tears and pain."
HAPPY = "I am so happy! This is wonderful, I love it!"


@pytest.fixture(scope="module")
def tab(chromium: Browser, legacy: str) -> Iterator[ClientPage]:
    """One tab for the whole file: a person does all of this in one, too."""
    tab = ClientPage(chromium, legacy)
    tab.page.wait_for_function("document.querySelector('#extensions_status').textContent === 'Connected to API'")
    tab.choose("Sumire")
    tab.section("Character Expressions").locator("#expression_api").select_option("1")  # reads the labels anew
    yield tab
    tab.close()
    assert tab.errors == []


def test_the_expression_of_a_reply_is_shown(tab: ClientPage, reply: StandIn) -> None:
    reply.reply = HAPPY
    with tab.page.expect_response(is_reading("wonderful")) as classified:
        tab.send("Good news!")
    top = classified.value.json()["classification"][0]["label"]
    assert top in ("joy", "love", "excitement", "admiration")
    tab.page.wait_for_function(
        "label => document.querySelector('#expression-image').src.includes(`/${label}.png`)", arg=top
    )


def test_the_talking_head_is_loaded_and_moves(tab: ClientPage) -> None:
    section = tab.section("Character Expressions")
    with tab.page.expect_response(lambda answer: answer.url.endswith("/talkinghead/load")) as loaded:
        section.locator("#image_type_toggle").check()
    assert (loaded.value.status, loaded.value.text()) == (200, "OK")
    shown = tab.page.locator("#expression-image")
    tab.page.wait_for_function(
        "document.querySelector('#expression-image').src.endsWith('/api/talkinghead/result_feed')"
        " && document.querySelector('#expression-image').naturalWidth > 0"
    )
    assert moves(looks(shown)) >= 3
    assert "POST /api/talkinghead/load_emotion_templates" in tab.asked
    assert "POST /api/talkinghead/load_animator_settings" in tab.asked


def test_it_talks_while_the_reply_streams_and_wears_its_feeling(tab: ClientPage, reply: StandIn) -> None:
    reply.reply, reply.pause = SAD, 0.2
    with (
        tab.page.expect_response(lambda answer: answer.url.endswith("/start_talking")) as started,
        tab.page.expect_response(lambda answer: answer.url.endswith("/stop_talking")) as stopped,
        tab.page.expect_response(lambda answer: answer.url.endswith("/set_emotion")) as felt,
    ):
        tab.send("And bad news.")
    assert (started.value.text(), stopped.value.text()) == ("talking started", "talking stopped")
    assert felt.value.text() in ("emotion set to sadness", "emotion set to grief", "emotion set to disappointment")


@pytest.mark.parametrize(
    ("provider", "path"), [("Silero", "/api/tts/generate"), ("AllTalk", "/alltalk/api/tts-generate")]
)
def test_its_speech_is_ours(tab: ClientPage, reply: StandIn, provider: str, path: str) -> None:
    reply.reply = f"Mama may buy a lot of pie, says {provider}."  # the client says nothing twice
    tab.speak_by(provider)
    with tab.page.expect_response(lambda answer: answer.url.endswith(path)) as spoken:
        tab.send("Say something.")
    assert spoken.value.status == 200
    tab.page.wait_for_function("heard.sounds.length > 3 && Math.max(...heard.sounds) > 0.5")
    tab.silent()


def test_the_picture_rests_while_the_tab_is_hidden(tab: ClientPage) -> None:
    with tab.page.expect_response(lambda answer: answer.url.endswith("/talkinghead/unload")) as paused:
        tab.hide(True)
    assert paused.value.text() == "animation paused"
    with tab.page.expect_response(lambda answer: answer.url.endswith("/talkinghead/load")) as loaded:
        tab.hide(False)
    assert loaded.value.text() == "OK"


def test_it_connects_with_a_key_and_not_without(tab: ClientPage, secure_server: str) -> None:
    assert tab.connect_extras(secure_server, "wrong") == "Could not connect to API"
    assert tab.connect_extras(secure_server, KEY) == "Connected to API"
