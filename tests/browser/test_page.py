"""The chat page in a real Chromium: what is seen, heard, stopped and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from kuchipaku import LABELS

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

pytestmark = pytest.mark.browser

TWO_FEELINGS = "*joy* Oh my, papa has come home again! *sadness* But mama may not stay."
LONG = "Bad pots make plain soup. " * 12
QUIET = 1e-3

IS_PAINTED = """() => {
  const canvas = document.querySelector("#picture");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let at = 0; at < pixels.length; at += 400) seen.add(pixels.slice(at, at + 4).join());
  return seen.size > 50;
}"""

WIDEST_MOUTH = """async (milliseconds) => {
  const picture = document.querySelector("#picture").getContext("2d");
  const from = performance.now();
  let widest = 0;
  while (performance.now() - from < milliseconds) {
    await new Promise(requestAnimationFrame);
    const pixels = picture.getImageData(225, 250, 60, 30).data;
    let dark = 0;
    for (let at = 0; at < pixels.length; at += 4) dark += pixels[at] + pixels[at + 1] + pixels[at + 2] < 330 ? 1 : 0;
    widest = Math.max(widest, dark);
  }
  return widest;
}"""

STOP_AND_WATCH = """async (press) => {
  const old = kuchipaku.shown.performance, from = performance.now();
  if (press === "Escape") dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  else document.querySelector("#stop").click();
  const last = kuchipaku.shown.mediaTime;
  let loud = 0, stale = 0;
  while (performance.now() - from < 1200) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (kuchipaku.audio.rms() > 1e-3) loud = performance.now() - from;
    if (kuchipaku.shown.performance === old && kuchipaku.shown.mediaTime !== last) stale += 1;
  }
  return { old, silentAfter: loud, stale };
}"""


def say(page: Page, text: str) -> None:
    """Have the character say `text` as it stands, and wait until it is heard."""
    page.get_by_text("Say it").click()
    page.get_by_label("Your text").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function("kuchipaku.audio.playing && kuchipaku.audio.rms() > 0.01")


def test_the_character_is_on_stage(page: Page) -> None:
    page.wait_for_function(IS_PAINTED)


def test_each_sentence_appears_with_its_emotion_and_is_heard(page: Page) -> None:
    say(page, TWO_FEELINGS)
    page.wait_for_function("document.querySelectorAll('.sentence').length === 2")
    assert page.locator(".chip").all_inner_texts() == ["joy", "sadness"]
    assert page.locator(".sentence .text").all_inner_texts() == [
        "Oh my, papa has come home again!",
        "But mama may not stay.",
    ]
    page.wait_for_function("document.querySelectorAll('.sentence')[1].dataset.state === 'speaking'")
    assert page.locator(".sentence").first.get_attribute("data-state") == "said"
    page.wait_for_function(f"!kuchipaku.audio.playing && kuchipaku.audio.rms() < {QUIET}")


def test_a_question_is_answered(page: Page) -> None:
    page.get_by_label("Your text").fill("Hello! Who are you?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function(f"kuchipaku.audio.rms() > {QUIET}")
    assert page.locator(".said").inner_text() == "Hello! Who are you?"
    assert set(page.locator(".chip").all_inner_texts()) <= set(LABELS)
    assert page.locator("#note").is_visible()


def test_a_conversation_goes_on_until_a_new_one_is_begun(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(conversation_of(request)))
    for number, text in enumerate(("Hello!", "And you?")):
        page.get_by_label("Your text").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_function("(n) => document.querySelectorAll('.reply .sentence').length > n", arg=number)
    page.get_by_role("button", name="New conversation").click()
    assert page.locator(".log li").count() == 0
    page.get_by_label("Your text").fill("Hello again!")
    page.keyboard.press("Enter")
    page.locator(".sentence").first.wait_for()
    assert [bool(conversation) for conversation in asked] == [False, True, False]


def conversation_of(request: Request) -> list[str]:
    """The conversation that a chat request goes on with, empty for a new one; nothing for other requests."""
    return [json.loads(request.post_data or "{}")["conversation"]] if request.url.endswith("/api/chat") else []


def test_the_spoken_word_is_lit(page: Page) -> None:
    say(page, TWO_FEELINGS)
    lit = page.wait_for_function("[...CSS.highlights.get('word') ?? []].map(String)[0]").json_value()
    assert lit in TWO_FEELINGS


def test_the_mouth_moves_while_sound_plays_and_rests_after(page: Page) -> None:
    say(page, "Papa may pay for a lot of amber, and mama may buy a lot of pie.")
    speaking = page.evaluate(WIDEST_MOUTH, 2000)
    page.wait_for_function("!kuchipaku.audio.playing && !kuchipaku.shown.performance")
    resting = page.evaluate(WIDEST_MOUTH, 1000)
    assert speaking > 1.5 * resting > 0


def test_picture_and_sound_are_together(page: Page) -> None:
    say(page, TWO_FEELINGS)
    page.wait_for_function("!kuchipaku.audio.playing")
    offsets = sorted(map(abs, page.evaluate("kuchipaku.meter.offsets")))
    assert len(offsets) > 60
    assert offsets[len(offsets) // 2] < 0.04


@pytest.mark.parametrize("press", ["Escape", "button"])
def test_stop_is_silence_within_a_tenth_of_a_second_and_no_old_frame(page: Page, press: str) -> None:
    say(page, LONG)
    page.wait_for_function("kuchipaku.shown.performance")
    watched: dict[str, Any] = page.evaluate(STOP_AND_WATCH, press)
    assert watched["old"]
    assert watched["silentAfter"] < 100
    assert watched["stale"] == 0
    assert page.locator("#stop").is_hidden()
    assert page.locator(".reply[data-stopped]").count() == 1


def test_a_new_conversation_ends_the_wait_for_the_old_answer(page: Page) -> None:
    page.route("**/api/chat", lambda route: None)
    page.get_by_label("Your text").fill("Hello!")
    page.keyboard.press("Enter")
    page.locator("#stop").wait_for()
    page.get_by_role("button", name="New conversation").click()
    page.locator("#stop").wait_for(state="hidden")


def test_a_text_after_a_stop_does_not_overtake_it(page: Page) -> None:
    held: list[Route] = []
    asked: list[Request] = []
    page.route("**/api/stop", lambda route: held.append(route))
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/api/chat") else None)
    page.get_by_label("Your text").press("Escape")
    page.get_by_label("Your text").fill("Hello!")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert (len(held), len(asked)) == (1, 0)
    held[0].continue_()
    page.locator(".sentence").first.wait_for()
    assert len(asked) == 1


def test_a_new_text_takes_the_place_of_the_old_one(page: Page) -> None:
    say(page, LONG)
    first = page.evaluate("kuchipaku.shown.generation")
    say(page, "Now this.")
    page.wait_for_function("(first) => kuchipaku.shown.generation > first && kuchipaku.shown.performance", arg=first)
    assert page.locator(".reply").first.get_attribute("data-stopped") is not None
    assert page.locator(".reply").last.get_by_text("Now this.").is_visible()


def test_an_error_is_told_with_its_hint_and_the_text_is_not_lost(page: Page) -> None:
    text = "word " * 20_000
    page.get_by_label("Your text").fill(text)
    page.keyboard.press("Enter")
    alert = page.locator(".reply [role=alert]")
    alert.wait_for()
    assert "characters" in alert.inner_text()
    assert "at most" in alert.inner_text()
    assert page.get_by_label("Your text").input_value() == text.strip()


def test_muting_silences_the_loudspeaker_and_is_remembered(page: Page) -> None:
    page.get_by_role("button", name="Mute").click()
    page.reload()
    assert page.get_by_role("button", name="Mute").get_attribute("aria-pressed") == "true"


def test_the_picture_comes_back_after_the_stream_was_cut(page: Page) -> None:
    page.route("**/live/*.mjpg*", lambda route: route.abort(), times=1)
    page.reload()
    page.get_by_text("Reconnecting").wait_for()
    page.wait_for_function("kuchipaku.meter.fps > 0")
    assert page.get_by_text("Reconnecting").is_hidden()


def test_a_phone_shows_all_of_it(new_page: Callable[..., Page], server: str) -> None:
    page = new_page(server, (360, 740))
    page.wait_for_function("kuchipaku.meter.fps > 0")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.documentElement.scrollHeight") == 740
    for control in ("#picture", "#text", "#send", "#characters-open", "#voices-open"):
        box = page.locator(control).bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= 360
        assert 0 <= box["y"] < box["y"] + box["height"] <= 740


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    controls = page.locator("button, input, select, textarea, a").all()
    assert len(controls) > 15
    nameless = [control.evaluate("(it) => it.outerHTML") for control in controls if not control.evaluate(NAME_OF)]
    assert nameless == []


NAME_OF = """(control) => control.getAttribute("aria-label") || control.innerText?.trim() || control.textContent.trim()
  || [...control.labels ?? []].map((label) => label.textContent.trim()).join("")"""
