"""While a character takes its time to come alive, its still picture stands in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.browser.test_pickers import png
from tests.serving import running_server

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

SLOW = '''
"""An avatar, plain red, that is built once a file "go" lies in its character's folder."""

import time

import numpy as np

from kuchipaku import THA_RIG, hookimpl


class Red:
    rig, size = THA_RIG, (64, 64)

    def __init__(self, character):
        while not (character.folder / "go").exists():
            time.sleep(0.01)

    def paint(self, pose):
        return np.full((64, 64, 4), (255, 0, 0, 255), np.uint8)

    def close(self):
        pass


@hookimpl
def register_avatars(register):
    register("slow", Red)
'''
TEAL, RED = (0, 128, 128), (255, 0, 0)
BOXES = """() => ["still", "picture"].map((id) => {
  const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
  return [x, y, width, height];
})"""
STANDS_IN = "document.querySelector('#still').checkVisibility() && document.querySelector('#still').naturalWidth > 0"
IS_GONE = "getComputedStyle(document.querySelector('#still')).opacity === '0'"
ALIVE = "document.querySelector('#picture.shown') && kuchipaku.meter.fps > 0"
BAD = [b"no picture", png(128)[:40]]
PAGES = ["?character={}", "studio?character={}", "live/{}"]

Cast = Callable[[bytes | None], str]


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a secure server with its key, and the folder of its characters."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "slow.py").write_text(SLOW)
    (folder / "key.txt").write_text("sesame\n")
    flags = ("--plugins", str(folder / "plugins"), "--secure", "--api-key-file", str(folder / "key.txt"))
    with running_server(folder, *flags) as address:
        yield address, folder / "characters"


@pytest.fixture
def cast(slow_server: tuple[str, Path]) -> Iterator[Cast]:
    """Makes slow characters, each with a picture of its own; all come alive at the end."""
    _, folder = slow_server
    made: list[Path] = []

    def new(picture: bytes | None) -> str:
        slow = folder / f"slow{sum(1 for _ in folder.iterdir())}"
        slow.mkdir()
        if picture is not None:
            (slow / "picture.png").write_bytes(picture)
        (slow / "character.toml").write_text('avatar = "slow"\n')
        made.append(slow)
        return slow.name

    yield new
    for slow in made:
        (slow / "go").touch()


@pytest.fixture
def opened(new_page: Callable[..., Page], slow_server: tuple[str, Path]) -> Callable[..., Page]:
    """Opens a page of a character; the key comes with the address."""

    def at(path: str, name: str) -> Page:
        page = new_page("about:blank")
        page.add_init_script(f"localStorage.setItem('kuchipaku.character', '{name}')")
        with page.expect_response(f"**/{name}/picture"):
            page.goto(f"{slow_server[0]}{path.format(name)}#key=sesame")
        return page

    return at


@pytest.fixture
def let_live(slow_server: tuple[str, Path]) -> Callable[[str], None]:
    """Ends the building of a slow character."""
    return lambda name: (slow_server[1] / name / "go").touch()


def colour(page: Page) -> tuple[int, ...]:
    """Red, green, blue in the middle of where the character is."""
    x, y, width, height = page.evaluate(BOXES)[1]
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    found = picture.getpixel((round(x + width / 2), round(y + height / 2)))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_the_picture_stands_where_the_character_will_live_and_gives_way_to_it(
    opened: Callable[..., Page], cast: Cast, let_live: Callable[[str], None], path: str
) -> None:
    name = cast(png(128))
    page = opened(path, name)
    page.wait_for_function(STANDS_IN)
    page.wait_for_function("!document.querySelector('main')?.inert")
    still, canvas = page.evaluate(BOXES)
    assert still == canvas
    page.wait_for_function("fetch(document.querySelector('#still').src).then(() => false, () => true)")
    red, green, blue = colour(page)
    assert green > red + 20 and blue > red + 20, "teal shows"
    assert "live" not in path or (red, green, blue) == TEAL, "in OBS it is not dimmed"
    let_live(name)
    page.wait_for_function(ALIVE)
    page.wait_for_function(f"{IS_GONE} || !{STANDS_IN}")
    page.wait_for_function("getComputedStyle(document.querySelector('#picture')).opacity === '1'")
    assert colour(page) == RED
    assert page.evaluate(BOXES)[1] == canvas, "nothing jumps"


def test_what_goes_on_is_told_over_the_picture(
    opened: Callable[..., Page], cast: Cast, let_live: Callable[[str], None]
) -> None:
    name = cast(png(128))
    page = opened("?character={}", name)
    page.wait_for_function(STANDS_IN)
    page.locator("#rendering", has_text="Getting ready…").wait_for()
    let_live(name)
    page.wait_for_function("document.querySelector('#rendering').textContent === ''")


@pytest.mark.parametrize(("path", "picture"), [*((path, None) for path in PAGES), *((PAGES[0], bad) for bad in BAD)])
def test_without_a_picture_the_page_is_as_ever(
    opened: Callable[..., Page], cast: Cast, let_live: Callable[[str], None], path: str, picture: bytes | None
) -> None:
    name = cast(picture)
    page = opened(path, name)
    let_live(name)
    page.wait_for_function(ALIVE)
    assert page.locator("#still").is_hidden()


def test_a_picture_that_comes_late_takes_nobody_elses_place(opened: Callable[..., Page], cast: Cast) -> None:
    late, other = cast(png(32)), cast(png(128))
    held: list[Route] = []
    page = opened("?character={}", late)
    page.wait_for_function(STANDS_IN)
    page.route(f"**/{late}/picture", lambda route: held.append(route))
    page.reload()
    page.locator("#characters-open").click()
    page.locator("#cards button.card", has_text=other.title()).click()
    page.wait_for_function("document.querySelector('#still').naturalWidth === 128")
    assert len(held) == 2, "for the page, then for the card"
    for route in held:
        route.continue_()
    page.wait_for_function("[...document.querySelectorAll('#cards img')].some((face) => face.naturalWidth === 32)")
    assert page.evaluate("document.querySelector('#still').naturalWidth") == 128
