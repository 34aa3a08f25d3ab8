"""The editor of the face: marks on the picture that are dragged, stepped, kept and taken back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.studio_host import ANCHORS, StudioHost

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

MOVED = """async ([anchors, id, x, y]) => {
  const { moved } = await import("./static/studio/anchors.js");
  return moved(anchors, id, x, y);
}"""

PLACES = """async (anchors) => {
  const { handlesOf } = await import("./static/studio/anchors.js");
  return Object.fromEntries(handlesOf(anchors).map(({ id, x, y }) => [id, [x, y]]));
}"""


@pytest.fixture
def editor(new_page: Callable[..., Page], server: str) -> tuple[Page, StudioHost]:
    """The editor of a character's face."""
    page = new_page("about:blank")
    host = StudioHost(page)
    page.goto(f"{server}studio?character=sumire#fit")
    mark(page, "mouth.at").wait_for()
    page.wait_for_function("document.querySelector('#face img').naturalWidth > 0")
    return page, host


@pytest.fixture(scope="module")
def blank(browser: Browser, server: str) -> Iterator[Page]:
    """A page of the server, to load modules in."""
    page = browser.new_page()
    page.goto(f"{server}health")
    yield page
    page.close()


def mark(page: Page, name: str) -> Locator:
    return page.locator(f"[data-handle='{name}']")


def drag(page: Page, name: str, right: float, down: float) -> None:
    """Drag a mark by so many pixels of the picture."""
    scale = page.locator("#face svg").evaluate("(svg) => svg.getScreenCTM().a")
    x, y = mark(page, name).evaluate(
        "(it) => { const b = it.getBoundingClientRect(); return [b.x+b.width/2, b.y+b.height/2]; }"
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    page.mouse.up()


def placed(page: Page, host: StudioHost, **parts: Any) -> None:
    """Wait until the server has the face as it was, but with these parts."""
    wanted = copy.deepcopy(ANCHORS) | parts
    for _ in range(200):
        if host.anchors == wanted:
            return
        page.wait_for_timeout(20)
    assert host.anchors == wanted


def test_a_dragged_mark_is_kept_once_when_it_is_let_go(editor: tuple[Page, StudioHost]) -> None:
    page, host = editor
    drag(page, "mouth.at", 12, -6)
    placed(page, host, mouth={"at": [268, 258], "size": 15})
    assert len(host.placed) == 1


def test_the_rim_changes_the_size_of_both_eyes(editor: tuple[Page, StudioHost]) -> None:
    page, host = editor
    drag(page, "eyes.size.right", -8, 30)
    placed(page, host, eyes=ANCHORS["eyes"] | {"size": 37})


def test_arrow_keys_move_the_focused_mark_by_one_and_with_shift_by_ten(editor: tuple[Page, StudioHost]) -> None:
    page, host = editor
    mark(page, "eyes.left").focus()
    for key in ("ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    placed(page, host, eyes=ANCHORS["eyes"] | {"left": [299, 232]})
    assert page.evaluate("document.activeElement.dataset.handle") == "eyes.left"
    assert mark(page, "eyes.left").get_attribute("aria-label") == "Left eye: 299, 232"


def test_a_move_is_taken_back_by_undo(editor: tuple[Page, StudioHost]) -> None:
    page, host = editor
    drag(page, "neck", 0, 20)
    placed(page, host, neck=[256, 312])
    page.keyboard.press("Control+z")
    placed(page, host)
    page.keyboard.press("Control+y")
    placed(page, host, neck=[256, 312])


def test_a_mark_can_be_dragged_by_touch(new_page: Callable[..., Page], server: str) -> None:
    page = new_page("about:blank", (390, 844))
    host = StudioHost(page)
    page.goto(f"{server}studio?character=sumire#fit")
    mark(page, "face").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#face img').naturalWidth > 0")
    page.locator("#face").evaluate("""(face) => {
      const mark = face.querySelector("[data-handle=face]");
      const scale = face.querySelector("svg").getScreenCTM().a, { x, y } = mark.getBoundingClientRect();
      const touch = (type, dx, target) => target.dispatchEvent(new PointerEvent(type, {
        bubbles: true, cancelable: true, pointerType: "touch", clientX: x + dx * scale, clientY: y }));
      touch("pointerdown", 0, mark);
      touch("pointermove", 20, window);
      touch("pointerup", 20, window);
    }""")
    placed(page, host, face=[276, 212, 92, 104])


def test_the_test_plays_mouths_blinks_and_turns_and_gives_the_face_back(editor: tuple[Page, StudioHost]) -> None:
    page, host = editor
    button = page.get_by_role("button", name="Test the face")
    button.click()
    page.wait_for_timeout(1200)
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    page.wait_for_timeout(100)
    poses = [body["pose"] for body in host.sent]
    assert poses[:2] == [{"mouth_aaa": 1}, {"mouth_iii": 1}]
    assert poses[-1] is None


def test_a_character_without_marks_says_so(new_page: Callable[..., Page], server: str) -> None:
    page = new_page("about:blank")
    StudioHost(page).anchors = None
    page.goto(f"{server}studio?character=sumire#fit")
    page.get_by_text("there is nothing to fit").wait_for()
    assert page.locator("#face").is_hidden()


@pytest.mark.parametrize(
    ("name", "to", "part", "becomes"),
    [
        ("face", (250, 200), "face", [250, 200, 92, 104]),
        ("face.width", (356, 0), "face", [256, 212, 100, 104]),
        ("face.height", (0, 312), "face", [256, 212, 92, 100]),
        ("neck", (250, 300), "neck", [250, 300]),
        ("eyes.right", (210, 210), "eyes", ANCHORS["eyes"] | {"right": [210, 210]}),
        ("eyes.size.left", (320, 0), "eyes", ANCHORS["eyes"] | {"size": 20}),
        ("eyes.height.right", (0, 212 - 29 * 0.875), "eyes", ANCHORS["eyes"] | {"height": 1}),
        ("brows.left", (300, 170), "brows", ANCHORS["brows"] | {"left": [300, 170]}),
        ("brows.size.right", (209, 174), "brows", ANCHORS["brows"] | {"size": 2}),
        ("mouth.size", (276, 0), "mouth", ANCHORS["mouth"] | {"size": 20}),
    ],
)
def test_each_mark_changes_its_own_part(
    blank: Page, name: str, to: tuple[float, float], part: str, becomes: object
) -> None:
    assert blank.evaluate(MOVED, [ANCHORS, name, *to]) == ANCHORS | {part: becomes}


def test_marks_lie_on_their_parts_and_what_is_not_drawn_has_none(blank: Page) -> None:
    places = blank.evaluate(PLACES, ANCHORS)
    assert len(places) == 16
    assert places["eyes.size.right"] == [212 - 29, 212]
    assert places["eyes.height.left"] == [300, 212 - 0.875 * 0.8 * 29]
    assert places["mouth.size"] == [271, 264]
    assert list(blank.evaluate(PLACES, {"face": [1, 2, 3, 4], "brows": None})) == ["face", "face.width", "face.height"]
