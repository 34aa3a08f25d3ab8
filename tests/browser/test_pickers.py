"""Choosing who speaks, and with which voice."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


def png(side: int) -> bytes:
    """A plain square picture."""
    sink = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(sink, "PNG")
    return sink.getvalue()


def test_voices_are_grouped_by_the_names_of_their_languages_and_can_be_searched(page: Page) -> None:
    page.locator("#voices-open").click()
    groups = page.locator("#voice-list optgroup")
    assert groups.first.get_attribute("label") == "English"
    assert groups.count() > 50
    page.get_by_label("Search voices").fill("hindi")
    labels = [group.get_attribute("label") for group in groups.all()]
    assert labels == ["Hindi"]


def test_a_chosen_voice_is_sent_and_remembered(page: Page) -> None:
    page.locator("#voices-open").click()
    page.get_by_label("Search voices").fill("german")
    voice = page.locator("#voice-list option").first.get_attribute("value")
    assert voice is not None
    page.locator("#voice-list").select_option(voice)
    page.keyboard.press("Escape")
    with page.expect_request("**/api/chat") as asked:
        page.get_by_label("Your text").fill("Hallo!")
        page.keyboard.press("Enter")
    assert json.loads(asked.value.post_data or "")["voice"] == voice
    page.reload()
    page.wait_for_function("document.querySelector('#voice-title').textContent.includes('German')")


def test_the_picture_of_a_character_is_shown_and_its_address_given_back(page: Page) -> None:
    page.wait_for_function("document.querySelector('#character-picture').naturalWidth > 0")
    page.wait_for_function("fetch(document.querySelector('#character-picture').src).then(() => false, () => true)")


def test_a_character_can_be_added_met_and_deleted(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/api/fit", lambda route: route.fulfill(json={"score": 20, "checks": [], "preview": ""}))
    page.locator("#characters-open").click()
    page.locator("#add-picture").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png(512)})
    page.locator("#add-title").fill("Aoi of the Lake")
    assert page.locator("#add-name").input_value() == "aoi-of-the-lake"
    page.get_by_label("Take the picture as it is").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_function("document.querySelector('#character-title').textContent === 'Aoi of the Lake'")
    page.locator("#characters-open").click()
    page.get_by_role("button", name="Delete Aoi of the Lake").click()
    page.locator("#cards").get_by_text("Aoi of the Lake").wait_for(state="detached")
    assert page.locator("#character-title").inner_text() != "Aoi of the Lake"


def test_a_picture_that_is_none_is_refused_in_words(page: Page) -> None:
    page.locator("#characters-open").click()
    page.locator("#add-picture").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.locator("#add-title").fill("Nobody")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#add-trouble").wait_for()
    assert "picture" in page.locator("#add-trouble").inner_text()


def test_a_character_that_cannot_be_read_is_shown_but_not_met(new_page: Callable[..., Page], quiet_server: str) -> None:
    opened = new_page("about:blank")
    broken = {"name": "aaa", "title": "aaa", "picture_url": "api/characters/aaa/picture", "error": "a typo"}

    def with_a_broken_one(route: Route) -> None:
        listed = route.fetch().json()
        route.fulfill(json={"characters": [broken, *listed["characters"]], "chosen": "aaa"})

    opened.route("**/api/characters", with_a_broken_one)
    opened.goto(quiet_server)
    opened.wait_for_function("document.querySelector('#character-title').textContent === 'Sumire'")
    opened.locator("#characters-open").click()
    card = opened.get_by_role("button", name="aaa", exact=True)
    assert card.is_disabled()
    assert card.get_attribute("title") == "a typo"
