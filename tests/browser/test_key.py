"""A secure server: the page asks for the key, once, and uses it everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_key_is_asked_for_kept_and_used_for_picture_and_sound(
    new_page: Callable[..., Page], secure_server: tuple[str, str]
) -> None:
    address, key = secure_server
    page = new_page(address)
    page.get_by_role("textbox", name="Key").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("was not accepted").wait_for()
    page.get_by_role("textbox", name="Key").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_function("kuchipaku.meter.fps > 0")
    page.get_by_label("Your text").fill("Hello!")
    page.keyboard.press("Enter")
    page.wait_for_function("kuchipaku.audio.rms() > 0.005")
    page.reload()
    page.wait_for_function("kuchipaku.meter.fps > 0")
    assert page.locator("dialog[open]").count() == 0


def test_the_address_for_obs_may_bring_the_key(new_page: Callable[..., Page], secure_server: tuple[str, str]) -> None:
    address, key = secure_server
    page = new_page(f"{address}#key={key.replace(' ', '%20')}")
    page.wait_for_function("kuchipaku.meter.fps > 0")
    assert "#" not in page.url
