"""Who plays whom, how characters are brought to the server, and the slash commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

SETTINGS = {"address": "http://kuchi.test"}
NOBODY_YET = {"characters": [{"avatar": "Zoë 2.png", "name": "Zoë"}]}
PART = "kuchipaku.figures[0]?.part"
FORMS = (
    "tavern.asked.filter(({ path, method }) => path === '/api/characters' && method === 'POST').map(({ body }) => body)"
)
RUN = (
    """async ([name, named, text]) => tavern.commands.find((command) => command.name === name).callback(named, text)"""
)
NAMES = """async (character) => (await import("/extension/cast.js")).namesFor(character).slice(0, 3)"""


def with_card(page: Page, sprites: list[dict[str, str]] | None = None) -> None:
    """Let SillyTavern have the picture of every character, and these sprites."""

    def answer(route: Route) -> None:
        if "sprites" in route.request.url:
            route.fulfill(json=sprites or [])
        elif route.request.url.endswith(".json"):
            route.fulfill(json={"target_fps": 20})
        else:
            route.fulfill(body=b"picture", content_type="image/png")

    page.route("**/characters/*", answer)
    page.route("**/characters/*/*", answer)
    page.route("**/api/sprites/**", answer)


def run(page: Page, command: str, text: str = "", **named: str) -> str:
    return page.evaluate(RUN, [command, named, text])


@pytest.mark.parametrize(
    ("name", "avatar", "names"),
    [
        ("Ann", "Ann.png", ["ann", "ann-2", "ann-3"]),
        ("Zoë Müller", "default_Zoe.png", ["zoe-muller", "default-zoe", "zoe-muller-2"]),
        ("con", "con1.png", ["con-st", "con1", "con-st-2"]),
    ],
)
def test_names_that_the_server_takes(blank: Page, name: str, avatar: str, names: list[str]) -> None:
    assert blank.evaluate(NAMES, {"name": name, "avatar": avatar}) == names


def test_a_name_of_other_letters_becomes_a_number(blank: Page) -> None:
    names = blank.evaluate(NAMES, {"name": "すみれ", "avatar": "すみれ.png"})
    assert names[0].startswith("st-") and names[0].isascii()
    assert names[0] != blank.evaluate(NAMES, {"name": "さくら", "avatar": "さくら.png"})[0]


def test_one_of_the_same_name_plays_the_part(chat: Callable[..., Page]) -> None:
    page = chat()
    page.wait_for_function(f"{PART} === 'ann'")
    page.wait_for_function("kuchiServer.live === 1")
    assert page.evaluate(FORMS) == []


def test_the_one_chosen_plays_the_part(chat: Callable[..., Page]) -> None:
    page = chat({"extensionSettings": {"kuchipaku": SETTINGS | {"cast": {"Ann.png": "ben"}}}})
    page.wait_for_function(f"{PART} === 'ben'")


def test_a_character_that_the_server_does_not_know_is_brought_there(chat: Callable[..., Page]) -> None:
    page = chat(NOBODY_YET | {"characterId": None})
    with_card(page)
    page.evaluate("kuchiServer.taken = ['zoe']")
    page.evaluate("(tavern.state.characterId = 0, tavern.emit('CHAT_CHANGED'))")
    page.wait_for_function(f"{PART} === 'zoe-2'")
    assert page.evaluate(FORMS) == [
        {"name": name, "title": "Zoë", "picture": len(b"picture")} for name in ("zoe", "zoe-2")
    ]
    assert page.evaluate("tavern.state.extensionSettings.kuchipaku.cast") == {"Zoë 2.png": "zoe-2"}


def test_the_files_of_the_old_talking_head_come_along(chat: Callable[..., Page]) -> None:
    page = chat(NOBODY_YET | {"characterId": None})
    with_card(page, [{"label": "talkinghead", "path": "/characters/Zoe/talkinghead.png"}])
    page.evaluate("(tavern.state.characterId = 0, tavern.emit('CHAT_CHANGED'))")
    page.wait_for_function(f"{PART} === 'zoe'")
    dressed = page.evaluate("tavern.asked.filter(({ path }) => path.includes('/studio')).map(({ body }) => body)")
    assert dressed == [
        {"character": "zoe", "animator": {"target_fps": 20}},
        {"character": "zoe"},
        {"character": "zoe", "templates": {"target_fps": 20}},
        {"character": "zoe"},
    ]


def test_a_picture_that_was_refused_is_not_sent_again(chat: Callable[..., Page]) -> None:
    page = chat(NOBODY_YET | {"characterId": None})
    with_card(page)
    page.evaluate("kuchiServer.score = 0")
    page.evaluate("Object.assign(globalThis, { createImageBitmap: () => Promise.resolve(new OffscreenCanvas(8, 8)) })")
    page.evaluate("OffscreenCanvas.prototype.close = () => {}")
    page.evaluate("(tavern.state.characterId = 0, tavern.emit('CHAT_CHANGED'))")
    page.wait_for_function("document.querySelector('.kuchi-note').textContent === 'that is no picture'")
    page.evaluate("tavern.asked.length = 0")
    page.wait_for_function("tavern.asked.length > 0", timeout=15_000)
    page.wait_for_timeout(200)
    assert page.evaluate(FORMS) == []


def test_nobody_is_brought_where_that_was_not_wished(chat: Callable[..., Page]) -> None:
    page = chat(NOBODY_YET | {"extensionSettings": {"kuchipaku": SETTINGS | {"bring": False}}})
    page.wait_for_function("document.querySelector('.kuchi-note').textContent.startsWith('Nobody plays Zoë yet.')")
    assert page.evaluate(FORMS) == []


def test_a_feeling_is_shown(chat: Callable[..., Page]) -> None:
    page = chat()
    assert run(page, "kuchi-emote", "joy", character="Ben") == "joy"
    asked = page.evaluate("tavern.asked.find(({ path }) => path === '/api/talkinghead/studio').body")
    assert asked == {"character": "ben", "emotion": "joy"}


def test_a_text_is_said_and_stopped(chat: Callable[..., Page]) -> None:
    page = chat()
    assert run(page, "kuchi-say", "*joy* Well done") == "*joy* Well done"
    page.wait_for_function("tavern.asked.some(({ body }) => body?.text === '*joy* Well done' && body.end)")
    run(page, "kuchi-stop")
    run(page, "kuchi-say", "More")
    page.wait_for_function("tavern.asked.filter(({ path }) => path === '/api/perform').length === 2")


def test_another_one_plays_the_part(chat: Callable[..., Page]) -> None:
    page = chat()
    assert run(page, "kuchi-load", "Ben") == "ben"
    page.wait_for_function(f"{PART} === 'ben'")
    assert run(page, "kuchi-load", "carol") == ""
    assert page.evaluate("tavern.told.at(-1)") == "The server has no character carol; it has ann, ben."


@pytest.mark.parametrize(
    ("command", "text", "named", "told"),
    [
        ("kuchi-say", "", {}, "Say which text."),
        ("kuchi-emote", "joy", {"character": "Carol"}, "Nobody is called Carol."),
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    chat: Callable[..., Page], command: str, text: str, named: dict[str, Any], told: str
) -> None:
    page = chat()
    assert run(page, command, text, **named) == ""
    assert page.evaluate("tavern.told") == [told]
