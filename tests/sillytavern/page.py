"""What a person does in SillyTavern, in either release: open it, connect, choose a character, send, listen."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Response

SIZE = {"width": 1280, "height": 800}
PATIENCE = 30_000.0
"""Milliseconds that anything may take on a busy machine."""
UNFOLDINGS = 5
"""Clicks that are tried on a section of the extensions' drawer."""

HEARD = """() => {
  window.heard = { plays: 0, sounds: [] };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.heard.plays += 1;
    this.addEventListener("timeupdate", () => window.heard.sounds.push(this.currentTime), { passive: true });
    return play.call(this);
  };
}"""
"""Counts what audio elements play; `heard.sounds` are the playback times they have told of, in seconds."""


class ClientPage:
    """One browser tab with SillyTavern in it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(f"({HEARD})()")
        self.errors: list[str] = []
        """What scripts of the page threw."""
        self.asked: list[str] = []
        """Method and path of every request that left for another address than the client's own."""
        self.address = address
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda sent: self._note(sent.method, sent.url))
        self.page.goto(address)
        self.ready()

    def _note(self, method: str, url: str) -> None:
        if url.startswith("http") and not url.startswith(self.address):
            self.asked.append(f"{method} /{url.split('/', 3)[3]}")

    def ready(self) -> None:
        """Wait until the client has started."""
        self.page.wait_for_function("window.SillyTavern && SillyTavern.getContext().characters.length > 0")
        self.page.locator("#preloader").wait_for(state="detached")

    def reload(self) -> None:
        """Load the page again, as F5 does."""
        self.saved()
        self.page.reload()
        self.ready()

    def saved(self) -> None:
        """Have the client write its settings now."""
        self.page.evaluate("async () => (await import('/script.js')).saveSettings()")

    def settings(self) -> dict[str, Any]:
        """The client's `extension_settings`."""
        return self.page.evaluate("SillyTavern.getContext().extensionSettings")  # type: ignore[no-any-return]

    def drawer(self, button: str) -> None:
        """Open a drawer of the top bar by its button's id, if it is shut."""
        icon = self.page.locator(f"#{button} .drawer-icon").first
        if "closedIcon" in str(icon.get_attribute("class")):
            icon.click()

    def section(self, title: str) -> Locator:
        """A section of the extensions' drawer, unfolded."""
        self.drawer("extensions-settings-button")
        section = self.page.locator(
            ".inline-drawer", has=self.page.locator(f".inline-drawer-header b:text-is('{title}')")
        )
        content = section.locator(".inline-drawer-content").first
        content.wait_for(state="attached")
        for _ in range(UNFOLDINGS):  # a client that is still starting may fold it again
            if content.is_visible():
                break
            section.locator(".inline-drawer-header").first.click()
            self.page.wait_for_timeout(2000)
        content.wait_for()
        return section

    def connect_extras(self, url: str, key: str = "") -> str:
        """Type an Extras address and key and press Connect; what the client says of it then."""
        self.drawer("extensions-settings-button")
        self.page.fill("#extensions_url", url.rstrip("/"))
        self.page.fill("#extensions_api_key", key)
        self.page.evaluate("document.querySelector('#extensions_status').textContent = ''")
        self.page.click("#extensions_connect")
        self.page.wait_for_function("document.querySelector('#extensions_status').textContent")
        return self.page.locator("#extensions_status").inner_text()

    def choose(self, name: str) -> None:
        """Open the chat with a character."""
        self.drawer("rightNavHolder")
        if not self.page.locator("#rm_print_characters_block").is_visible():
            self.page.click("#rm_button_characters")
        self.page.locator(".character_select", has=self.page.locator(f".ch_name:text-is('{name}')")).click()
        self.page.wait_for_function("name => SillyTavern.getContext().name2 === name", arg=name)
        self.page.locator("#chat .mes").last.wait_for()

    def send(self, text: str) -> None:
        """Send a message, once the client is done with the one before: until then it takes none."""
        idle = "getComputedStyle(document.querySelector('#mes_stop')).display === 'none'"
        self.page.wait_for_function(f"!document.body.dataset.generating && {idle}")
        self.page.fill("#send_textarea", text)
        self.page.press("#send_textarea", "Enter")

    def command(self, line: str) -> str:
        """What a slash command gives."""
        run = "async line => (await SillyTavern.getContext().executeSlashCommandsWithOptions(line)).pipe"
        return str(self.page.evaluate(run, line))

    def last_message(self) -> str:
        """The text of the newest message in the chat."""
        return self.page.locator("#chat .mes").last.locator(".mes_text").inner_text().strip()

    def wait_for_reply(self, text: str) -> None:
        """Until the newest message is `text`, whole."""
        script = "text => document.querySelector('#chat .mes:last-child .mes_text').textContent.trim() === text"
        self.page.wait_for_function(script, arg=text)

    def speak_by(self, provider: str) -> None:
        """Have SillyTavern's own TTS speak each reply, by one of its providers."""
        section = self.section("TTS")
        section.locator("#tts_enabled").check()
        self.page.evaluate("document.querySelector('#tts_voicemap_block').replaceChildren()")
        section.locator("#tts_provider").select_option(provider)  # lists its voices when it is ready
        self.page.wait_for_function("document.querySelectorAll('#tts_voicemap_block select').length > 0")
        self.page.evaluate("() => { heard.plays = 0; heard.sounds = []; }")

    def silent(self) -> None:
        """Switch SillyTavern's own TTS off."""
        self.section("TTS").locator("#tts_enabled").uncheck()

    def hide(self, hidden: bool) -> None:
        """Have the tab take itself for hidden, as behind another one."""
        state = "hidden" if hidden else "visible"
        self.page.evaluate(
            """([hidden, state]) => {
              Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
              Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            [hidden, state],
        )

    def close(self) -> None:
        """Close the tab."""
        self.context.close()


def is_reading(word: str) -> Callable[[Response], bool]:
    """Whether an answer is that of the classifier to a text with a word in it."""
    return lambda answer: answer.url.endswith("/api/classify") and word in (answer.request.post_data or "")


def looks(shown: Locator, count: int = 6, pause: int = 150) -> list[np.ndarray]:
    """Pictures of an element, `pause` milliseconds apart, RGB."""
    pictures = []
    for _ in range(count):
        pictures.append(np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"), np.int16))
        shown.page.wait_for_timeout(pause)
    return pictures


def moves(pictures: list[np.ndarray]) -> int:
    """How many of the pictures differ from the one before."""
    return sum(bool((before != after).any()) for before, after in pairwise(pictures))
