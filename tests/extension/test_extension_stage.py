"""The figures in the chat: who is shown, where, and whether anybody looks; the drawer; SillyTavern's own voice."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kuchipaku.audio import wav_of
from kuchipaku.speech import Speech

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SETTINGS = {"address": "http://kuchi.test"}
GROUP = {"groupId": "g", "groups": [{"id": "g", "members": ["Ann.png", "Ben.png"], "disabled_members": []}]}
SHOWN = "kuchipaku.figures.map(({ character }) => character.name)"
CHOSEN = """async ([all, recent, most]) => {
  const { chosenOf } = await import("/extension/theatre.js");
  return chosenOf(all.map((avatar) => ({ avatar })), recent, most).map(({ avatar }) => avatar);
}"""
KEPT = """async ([box, width, height]) => (await import("/extension/theatre.js")).kept(box, width, height)"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NAMELESS = """() => [...document.querySelectorAll("button, input, select, canvas")].filter((control) =>
  !(control.getAttribute("aria-label") || control.textContent.trim() || control.closest("label")?.textContent.trim()
    || control.closest("[aria-label]"))).map((control) => control.outerHTML)"""
SILENT_CLIP = base64.b64encode(wav_of(Speech(np.zeros(22_050, np.float32), 22_050))).decode()
PLAY = """(clip) => {
  const audio = Object.assign(new Audio(), { id: "tts_audio", src: `data:audio/wav;base64,${clip}` });
  document.body.append(audio);
  return audio.play();
}"""
CLOCKS = "tavern.asked.filter(({ path }) => path.endsWith('/clock')).map(({ body }) => body.media_time)"
CAPTION = """async ([events, times]) => {
  const { Caption } = await import("/extension/caption.js");
  const caption = new Caption();
  for (const [event, told] of events) caption.hear(event, told);
  return times.map((time) => caption.at(time)).map(({ text, from, to }) => [text, text.slice(from, to)]);
}"""


def test_who_spoke_last_is_among_those_shown(blank: Page) -> None:
    assert blank.evaluate(CHOSEN, [["a", "b", "c", "d"], [], 2]) == ["a", "b"]
    assert blank.evaluate(CHOSEN, [["a", "b", "c", "d"], ["d", "c"], 3]) == ["a", "c", "d"]


def test_a_window_stays_where_it_can_be_taken_hold_of(blank: Page) -> None:
    away = {"left": 3, "top": -2, "width": 5, "height": 0}
    kept = blank.evaluate(KEPT, [away, 480, 960])
    assert kept == {"left": pytest.approx(0.9), "top": 0, "width": 1, "height": pytest.approx(0.1)}


def test_all_who_may_speak_in_a_group_are_shown(chat: Callable[..., Page]) -> None:
    page = chat(GROUP)
    page.wait_for_function("kuchiServer.live === 2")
    assert page.evaluate(SHOWN) == ["Ann", "Ben"]
    page.evaluate("(tavern.state.groups[0].disabled_members = ['Ann.png'], tavern.emit('GROUP_UPDATED'))")
    assert page.evaluate(SHOWN) == ["Ben"]
    page.wait_for_function("kuchiServer.live === 1")


def test_another_chat_brings_another_character(chat: Callable[..., Page]) -> None:
    page = chat()
    page.wait_for_function("kuchiServer.live === 1")
    page.evaluate("(tavern.state.characterId = 1, tavern.emit('CHAT_CHANGED'))")
    page.wait_for_function("kuchipaku.figures[0]?.part === 'ben'")
    page.evaluate("(tavern.state.characterId = undefined, tavern.emit('CHAT_CHANGED'))")
    page.locator("#kuchi-theatre").wait_for(state="hidden")
    page.wait_for_function("kuchiServer.live === 0")


def test_nothing_is_streamed_to_a_hidden_tab(chat: Callable[..., Page]) -> None:
    page = chat()
    page.wait_for_function("kuchiServer.live === 1")
    page.evaluate(HIDE, True)
    page.wait_for_function("kuchiServer.live === 0")
    page.evaluate(HIDE, False)
    page.wait_for_function("kuchiServer.live === 1")


def test_the_picture_comes_back_by_itself(chat: Callable[..., Page]) -> None:
    page = chat({"characterId": None})
    page.evaluate("kuchiServer.down = true")
    page.evaluate("(tavern.state.characterId = 0, tavern.emit('CHAT_CHANGED'))")
    page.get_by_text("Kuchipaku does not answer. Reconnecting…").wait_for()
    page.evaluate("kuchiServer.down = false")
    page.wait_for_function("document.querySelector('#kuchi-theatre canvas.shown')")
    assert page.locator(".kuchi-note").inner_text() == ""


def test_the_window_is_moved_resized_and_remembered(chat: Callable[..., Page]) -> None:
    page = chat()
    theatre, corner = page.locator("#kuchi-theatre"), page.locator(".kuchi-corner")
    before = theatre.bounding_box() or {}
    page.mouse.move(before["x"] + 100, before["y"] + 150)
    page.mouse.down()
    page.mouse.move(before["x"] + 400, before["y"] + 50, steps=3)
    page.mouse.up()
    moved = theatre.bounding_box() or {}
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == (pytest.approx(300), pytest.approx(-100))
    corner.focus()
    page.keyboard.press("ArrowUp")
    taller = theatre.bounding_box() or {}
    assert taller["height"] - moved["height"] == pytest.approx(0.02 * 800)
    assert taller["y"] + taller["height"] == pytest.approx(moved["y"] + moved["height"])
    box = page.evaluate("tavern.state.extensionSettings.kuchipaku.box")
    assert box["left"] * 1280 == pytest.approx(taller["x"])
    assert page.evaluate("tavern.saved") > 0


def test_a_phone_shows_all_of_it(chat: Callable[..., Page]) -> None:
    page = chat(GROUP, size=(360, 740))
    box = page.locator("#kuchi-theatre").bounding_box() or {}
    assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_it_is_hidden_and_called_back(chat: Callable[..., Page]) -> None:
    page = chat()
    page.locator("#kuchi-theatre").hover()
    page.get_by_role("button", name="Hide").click()
    assert page.locator("#kuchi-theatre").is_hidden()
    page.locator("#extensionsMenu").get_by_text("Live character").click()
    assert page.locator("#kuchi-theatre").is_visible()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "Connected. Kuchipaku 0.1.0, voice espeak, 2 characters."),
        ({"key": "sesame"}, "The server asks for a key: enter it above."),
        ({"down": True}, "It runs, but keeps pages of http://tavern.test out"),
    ],
)
def test_the_server_is_tested(chat: Callable[..., Page], state: dict[str, Any], told: str) -> None:
    page = chat()
    page.evaluate("(state) => Object.assign(kuchiServer, state)", state)
    if state.get("down"):
        page.evaluate(
            "{ const cut = fetch; window.fetch = (url, o) => o?.mode === 'no-cors' ? Promise.resolve() : cut(url, o) }"
        )
    page.locator("[data-act=test]").dispatch_event("click")
    page.wait_for_function("(told) => document.querySelector('.kuchi-result').textContent.startsWith(told)", arg=told)


def test_the_key_goes_with_every_request_from_when_it_is_entered(chat: Callable[..., Page]) -> None:
    page = chat({"characterId": None})
    page.evaluate("kuchiServer.key = 'sesame'")
    page.evaluate("(tavern.state.characterId = 0, tavern.emit('CHAT_CHANGED'))")
    page.get_by_text("The server asks for a key. Enter it under Extensions, Kuchipaku.").wait_for()
    page.evaluate("tavern.asked.length = 0")
    page.locator("[data-setting=key]").fill("sesame", force=True)
    page.wait_for_function("kuchiServer.live === 1")
    assert {one["key"] for one in page.evaluate("tavern.asked")} == {"Bearer sesame"}


def test_a_characters_temperament_is_chosen_in_the_drawer(chat: Callable[..., Page]) -> None:
    page = chat()
    slider = page.locator("[aria-label='Temperament of Ann']")
    slider.wait_for(state="attached")
    assert slider.input_value() == "0.5"
    slider.fill("0.8", force=True)
    slider.dispatch_event("change")
    page.wait_for_function("tavern.asked.some(({ method }) => method === 'PATCH')")
    sent = page.evaluate("tavern.asked.find(({ method }) => method === 'PATCH')")
    assert (sent["path"], sent["body"]) == ("/api/characters/ann", {"temperament": 0.8})
    assert "80%" in page.locator("label", has=slider).inner_html()


def test_everything_that_can_be_used_has_a_name(chat: Callable[..., Page]) -> None:
    page = chat()
    page.wait_for_function("kuchiServer.live === 1")
    nameless = page.evaluate(NAMELESS)
    assert nameless == []


def test_lips_follow_the_clip_of_another_voice(chat: Callable[..., Page]) -> None:
    page = chat(
        {
            "extensionSettings": {"kuchipaku": SETTINGS | {"voice": "sillytavern"}},
            "chat": [{"name": "Ann", "mes": "Hi"}],
        }
    )
    page.evaluate(PLAY, SILENT_CLIP)
    page.wait_for_function("tavern.asked.some(({ path }) => path === '/api/perform')")
    sent = page.evaluate("tavern.asked.find(({ path }) => path === '/api/perform').body")
    assert sent == {"audio": len(base64.b64decode(SILENT_CLIP)), "text": "", "character": "ann", "player": "true"}
    page.evaluate("kuchiServer.performances.get('p1').speech()")
    page.wait_for_function(f"{CLOCKS}.length > 0")
    page.evaluate(
        "(document.querySelector('#tts_audio').pause(), document.querySelector('#tts_audio').currentTime = 0.75)"
    )
    page.wait_for_function(f"{CLOCKS}.at(-1) === 0.75")
    page.evaluate("document.querySelector('#tts_audio').src = '/sounds/silence.mp3'")
    page.wait_for_function("tavern.asked.some(({ path }) => path === '/api/stop')")


def test_another_voice_is_left_alone_unless_that_was_chosen(chat: Callable[..., Page]) -> None:
    page = chat({"chat": [{"name": "Ann", "mes": "Hi"}]})
    page.evaluate(PLAY, SILENT_CLIP)
    page.wait_for_timeout(300)
    assert page.evaluate("tavern.asked.filter(({ path }) => path === '/api/perform')") == []


def test_the_word_that_is_heard_is_lit(blank: Page) -> None:
    words = [{"name": "Go", "start": 0.0, "end": 0.4}, {"name": "go", "start": 0.5, "end": 0.9}]
    events = [
        ["start", {}],
        ["line", {"n": 0, "text": "Go, go!"}],
        ["speech", {"n": 0, "start": 1.0, "duration": 1.0}],
        ["timeline", {"n": 0, "start": 1.0, "tracks": {"word": words}}],
    ]
    assert blank.evaluate(CAPTION, [events, [0.5, 1.2, 1.45, 1.6, 2.5]]) == [
        ["", ""],
        ["Go, go!", "Go"],
        ["Go, go!", ""],
        ["Go, go!", "go"],
        ["", ""],
    ]
