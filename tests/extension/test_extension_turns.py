"""What happens in the chat, and what the server is asked to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SETTINGS = {"address": "http://kuchi.test"}
GROUP = {"groupId": "g", "groups": [{"id": "g", "members": ["Ann.png", "Ben.png"], "disabled_members": []}]}
BEGIN = """([type, dry]) => tavern.emit("GENERATION_STARTED", type, {}, dry)"""
WRITE = """([name, text, more]) => {
  const { chat } = tavern.state;
  const old = chat.at(-1);
  if (!old?.streaming) chat.push({ name, mes: "", streaming: true, ...more });
  chat.at(-1).mes = text;
  tavern.state.streamingProcessor = { messageId: chat.length - 1 };
  tavern.emit("STREAM_TOKEN_RECEIVED", text);
}"""
FINISH = """(type) => {
  const { chat } = tavern.state;
  chat.at(-1).streaming = false;
  tavern.emit("MESSAGE_RECEIVED", chat.length - 1, type);
}"""
WHOLE = """([message, type]) => {
  tavern.state.chat.push(message);
  tavern.emit("MESSAGE_RECEIVED", tavern.state.chat.length - 1, type);
}"""
ASKED = """(paths) => tavern.asked.filter(({ path }) => paths.some((part) => path.includes(part)))
  .map(({ path, body }) => [path.split("/").at(-1), body.text ?? body.character, body.end ?? null])"""


def begin(page: Page, kind: str = "normal", *, dry: bool = False) -> None:
    page.evaluate(BEGIN, [kind, dry])


def call_on(page: Page, member: int) -> None:
    """Let a member of the group take its turn."""
    page.evaluate("(member) => tavern.emit('GROUP_MEMBER_DRAFTED', member)", member)
    begin(page)


def write(page: Page, text: str, name: str = "Ann", **more: Any) -> None:
    page.evaluate(WRITE, [name, text, more])


def finish(page: Page, kind: str = "normal") -> None:
    page.evaluate(FINISH, kind)


def said(page: Page) -> str:
    """All the text that the server was given, in order."""
    return "".join(text for what, text, _ in page.evaluate(ASKED, ["/text"]) if what == "text")


def wait_for_asked(page: Page, path: str, times: int = 1) -> None:
    page.wait_for_function(
        "([path, times]) => tavern.asked.filter((one) => one.path.endsWith(path)).length >= times", arg=[path, times]
    )


def settle(page: Page) -> None:
    page.wait_for_timeout(200)


def test_a_reply_is_said_while_it_is_written(chat: Callable[..., Page]) -> None:
    page = chat()
    begin(page)
    write(page, "Ann: It is warm.")
    wait_for_asked(page, "/text")
    assert page.evaluate(ASKED, ["/perform"]) == [["perform", "", None], ["text", " It is warm.", False]]
    write(page, "Ann: It is warm. And *she")
    write(page, "Ann: It is warm. And *she nods* so late, too")
    finish(page)
    page.wait_for_function("tavern.asked.some(({ body }) => body?.end)")
    assert said(page) == " It is warm. And *she nods* so late, too"
    opened = page.evaluate("tavern.asked.find(({ path }) => path === '/api/perform').body")
    assert opened == {"text": "", "open": True, "player": True, "character": "ann"}


def test_a_reply_that_comes_whole_is_said(chat: Callable[..., Page]) -> None:
    page = chat()
    begin(page)
    page.evaluate(WHOLE, [{"name": "Ann", "mes": "Hello there"}, "normal"])
    wait_for_asked(page, "/text")
    assert page.evaluate(ASKED, ["/text"]) == [["text", "Hello there", True]]


def test_of_a_message_that_is_continued_only_the_new_part_is_said(chat: Callable[..., Page]) -> None:
    page = chat({"chat": [{"name": "Ann", "mes": "Once upon"}]})
    begin(page, "continue")
    page.evaluate("tavern.state.chat[0].mes = 'Once upon a time.'")
    page.evaluate("tavern.emit('MESSAGE_RECEIVED', 0, 'continue')")
    wait_for_asked(page, "/text")
    assert said(page) == " a time."


@pytest.mark.parametrize(
    "event", ["MESSAGE_SENT", "MESSAGE_SWIPED", "MESSAGE_EDITED", "MESSAGE_DELETED", "CHAT_CHANGED"]
)
def test_what_is_said_ends_at_once_when_it_no_longer_holds(chat: Callable[..., Page], event: str) -> None:
    page = chat()
    begin(page)
    write(page, "A first sentence.")
    wait_for_asked(page, "/text")
    page.evaluate("(event) => tavern.emit(event, 0)", event)
    wait_for_asked(page, "/api/stop")
    write(page, "A first sentence. A second one.")
    finish(page)
    settle(page)
    assert said(page) == "A first sentence."
    assert page.evaluate("tavern.asked.find(({ path }) => path === '/api/stop').body") == {"character": "ann"}


def test_after_a_stop_the_rest_of_the_reply_is_not_said_but_the_next_one_is(chat: Callable[..., Page]) -> None:
    page = chat()
    begin(page)
    page.evaluate("tavern.emit('GENERATION_STOPPED')")
    page.evaluate(WHOLE, [{"name": "Ann", "mes": "Half a"}, "normal"])
    settle(page)
    assert said(page) == ""
    begin(page)
    page.evaluate(WHOLE, [{"name": "Ann", "mes": "Anew."}, "normal"])
    wait_for_asked(page, "/text")
    assert said(page) == "Anew."


def test_a_new_turn_silences_the_one_before(chat: Callable[..., Page]) -> None:
    page = chat()
    for text in ("One, ", "Two, "):
        begin(page)
        write(page, text)
        wait_for_asked(page, "/text")
        page.evaluate("tavern.state.chat.at(-1).streaming = false")
    wait_for_asked(page, "/text", 2)
    assert [what for what, *_ in page.evaluate(ASKED, ["/perform", "/stop"])] == [
        "perform",
        "text",
        "stop",
        "perform",
        "text",
    ]


def test_a_dry_run_and_a_quiet_generation_silence_nobody(chat: Callable[..., Page]) -> None:
    page = chat()
    begin(page)
    write(page, "A first sentence.")
    wait_for_asked(page, "/text")
    begin(page, dry=True)
    begin(page, "quiet")
    write(page, "A first sentence. A second one.")
    wait_for_asked(page, "/text", 2)
    assert said(page) == "A first sentence. A second one."


def test_the_first_message_of_a_chat_is_said_even_after_a_stop(chat: Callable[..., Page]) -> None:
    page = chat()
    page.evaluate("tavern.emit('GENERATION_STOPPED')")
    page.evaluate(WHOLE, [{"name": "Ann", "mes": "Welcome."}, "first_message"])
    wait_for_asked(page, "/text")
    assert said(page) == "Welcome."


def test_members_of_a_group_speak_one_after_the_other(chat: Callable[..., Page]) -> None:
    page = chat(GROUP)
    begin(page)
    call_on(page, 0)
    write(page, "I go first,", "Ann", original_avatar="Ann.png")
    wait_for_asked(page, "/text")
    page.evaluate("tavern.state.chat.at(-1).streaming = false")
    page.evaluate("tavern.emit('MESSAGE_RECEIVED', 0, 'normal')")
    call_on(page, 1)
    page.evaluate(WHOLE, [{"name": "Ben", "mes": "Me next", "original_avatar": "Ben.png"}, "normal"])
    page.wait_for_function("tavern.asked.filter(({ path }) => path === '/api/perform').length === 2")
    performed = page.evaluate(
        "tavern.asked.filter(({ path }) => path === '/api/perform').map(({ body }) => body.character)"
    )
    assert performed == ["ann", "ben"]
    assert page.evaluate("tavern.asked.filter(({ path }) => path === '/api/stop').length") == 0


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"name": "Me", "mes": "Mine.", "is_user": True}, "normal"),
        ({"name": "System", "mes": "Told.", "is_system": True}, "normal"),
        ({"name": "Tale", "mes": "Once.", "extra": {"type": "narrator"}}, "normal"),
        ({"name": "Ann", "mes": "As you.", "is_user": False}, "impersonate"),
    ],
)
def test_only_characters_are_heard(chat: Callable[..., Page], message: dict[str, Any], kind: str) -> None:
    page = chat()
    begin(page, kind)
    page.evaluate(WHOLE, [message, kind])
    settle(page)
    assert said(page) == ""


@pytest.mark.parametrize(
    "chosen", [{"voice": "none"}, {"voice": "sillytavern"}, {"enabled": False}, {"cast": {"Ann.png": ""}}]
)
def test_nothing_is_said_where_that_was_chosen(chat: Callable[..., Page], chosen: dict[str, Any]) -> None:
    page = chat({"extensionSettings": {"kuchipaku": SETTINGS | chosen}})
    begin(page)
    page.evaluate(WHOLE, [{"name": "Ann", "mes": "Hello."}, "normal"])
    settle(page)
    assert said(page) == ""


def test_a_server_that_is_down_is_told_once(chat: Callable[..., Page]) -> None:
    page = chat()
    page.evaluate("kuchiServer.down = true")
    for _ in range(2):
        begin(page)
        page.evaluate(WHOLE, [{"name": "Ann", "mes": "Hello."}, "normal"])
        settle(page)
    assert page.evaluate("tavern.told") == ["The server does not answer. See that it is running, then try again."]
