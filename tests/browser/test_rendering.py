"""What the page tells of how the character is rendered, and of a picture before it becomes a character."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_pickers import png

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

BUSY_MS = 2000
"""How often a page asks that has something to wait for."""
WAITING_MS = 500
"""How often one asks whose character is not alive yet."""
WELL = {"ready": True, "paused": False, "note": "THA4 exact, 24 ms a frame", "progress": None, "trouble": "", "fps": 25}
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
FIT = {
    "score": 64,
    "checks": [
        {"name": "background", "verdict": "mended", "message": "the plain background was taken away", "hint": ""},
        {"name": "mouth", "verdict": "bad", "message": "the mouth is open", "hint": "take one with a shut mouth"},
    ],
    "anchors": None,
    "picture": DOT,
    "preview": DOT,
}


@pytest.fixture
def told(new_page: Callable[..., Page], server: str) -> Callable[..., tuple[Page, dict[str, Any]]]:
    """Opens the page of a character rendered in a way that the test may change."""

    def opened(**live: object) -> tuple[Page, dict[str, Any]]:
        page, state = new_page("about:blank"), WELL | live
        page.clock.install()
        page.route("**/live/*.mjpg*", lambda route: route.abort())
        page.route(
            "**/api/characters/sumire", lambda route: route.fulfill(json={"name": "sumire", "live": state or None})
        )
        page.goto(server)
        return page, state

    return opened


Opened = Callable[..., tuple["Page", dict[str, Any]]]


def test_a_quiet_line_says_how_the_character_is_rendered(told: Opened) -> None:
    page, _ = told()
    page.locator("#rendering", has_text="THA4 exact, 24 ms a frame").wait_for()
    assert page.get_by_role("progressbar", name="Preparing").count() == 0
    assert page.locator("#rendering-trouble").is_hidden()


def test_a_bar_shows_how_far_the_preparing_is_and_goes_at_its_end(told: Opened) -> None:
    page, state = told(progress=0.42, note="Pose atlas")
    page.locator("#rendering", has_text="Preparing, 42 % · Pose atlas").wait_for()
    assert page.get_by_role("progressbar", name="Preparing").evaluate("(bar) => bar.value") == 0.42
    state["progress"] = None
    page.clock.fast_forward(BUSY_MS)
    page.locator("#preparing").wait_for(state="hidden")


def test_trouble_is_told_in_words_until_it_is_over(told: Opened) -> None:
    page, state = told(trouble="CUDA is out of memory; close another program")
    page.get_by_text("CUDA is out of memory; close another program").wait_for()
    state["trouble"] = ""
    page.clock.fast_forward(BUSY_MS)
    page.locator("#rendering-trouble").wait_for(state="hidden")


def test_a_character_that_is_still_built_says_so(told: Opened) -> None:
    page, state = told(ready=False, note="")
    page.locator("#rendering", has_text="Getting ready…").wait_for()
    state["ready"] = True
    page.clock.fast_forward(WAITING_MS)
    page.wait_for_function("document.querySelector('#rendering').textContent === ''")


def test_a_character_that_nobody_has_called_on_yet_is_waited_for_too(told: Opened) -> None:
    page, state = told()
    state.clear()
    page.reload()
    page.locator("#rendering", has_text="Getting ready…").wait_for()
    state |= WELL
    page.clock.fast_forward(WAITING_MS)
    page.locator("#rendering", has_text="THA4 exact").wait_for()


def test_the_studio_of_the_character_is_one_click_away(told: Opened) -> None:
    page, _ = told()
    page.locator("#studio[href='studio?character=sumire']").wait_for()
    page.locator("#characters-open").click()
    assert page.get_by_role("link", name="Studio of Sumire").get_attribute("href") == "studio?character=sumire"


@pytest.fixture
def adding(page: Page) -> Page:
    """The dialog in which a character is added."""
    page.locator("#characters-open").click()
    return page


def choose(page: Page) -> None:
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(64)}
    page.locator("#add-picture").set_input_files(picture)


def test_a_picture_is_looked_at_before_it_is_added(adding: Page) -> None:
    adding.route("**/api/fit", lambda route: route.fulfill(json=FIT))
    choose(adding)
    adding.get_by_role("img", name="Score: 64 of 100").wait_for()
    assert adding.locator("#fit-preview").get_attribute("src") == DOT
    rows = adding.locator("#fit-checks li")
    assert rows.all_inner_texts() == [
        "The plain background was taken away",
        "The mouth is open\ntake one with a shut mouth",
    ]
    assert [row.get_attribute("data-verdict") for row in rows.all()] == ["mended", "bad"]
    assert adding.get_by_role("img", name="Cannot be mended").count() == 1


def test_while_it_is_looked_at_the_dialog_says_so_and_only_the_last_picture_counts(adding: Page) -> None:
    held: list[Route] = []
    adding.route("**/api/fit", lambda route: held.append(route))
    choose(adding)
    adding.get_by_text("Looking at the picture…").wait_for()
    choose(adding)
    while len(held) < 2:
        adding.wait_for_timeout(10)
    held[1].fulfill(json=FIT | {"score": 92})
    adding.get_by_role("img", name="Score: 92 of 100").wait_for()
    assert adding.get_by_text("will do well").is_visible()


@pytest.mark.parametrize("unmended", [False, True])
def test_a_picture_can_be_taken_as_it_is(adding: Page, unmended: bool) -> None:
    adding.route("**/api/fit", lambda route: route.fulfill(json=FIT))
    refused = {"ok": False, "error": "not today", "hint": "", "status": 400}
    posted: list[str] = []

    def keep(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        posted.append((route.request.post_data_buffer or b"").decode("latin1"))
        return route.fulfill(status=400, json=refused)

    adding.route("**/api/characters", keep)
    choose(adding)
    adding.locator("#add-title").fill("Aoi")
    adding.get_by_label("Take the picture as it is").set_checked(unmended)
    adding.get_by_role("button", name="Add", exact=True).click()
    adding.get_by_text("not today").wait_for()
    assert ('name="fit"\r\n\r\nno' in posted[0]) is unmended
    assert adding.get_by_role("button", name="Add", exact=True).is_enabled()
